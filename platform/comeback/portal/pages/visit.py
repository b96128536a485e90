"""One visit: which shop, which language was asked for, how the reader reads."""

from collections import OrderedDict
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, UploadFile

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import Database
from comeback.core.limits import client_address
from comeback.core.settings import Settings
from comeback.merchants import service as merchants
from comeback.portal.errors import NoPage, StaleForm
from comeback.portal.pages.look import NEUTRAL, Look, look_of
from comeback.portal.rules.access import SESSION_HOURS, form_token, same
from comeback.portal.words.catalogue import NAMES, accepted, pick
from comeback.portal.words.reader import Reader, zone_of

COOKIE = "comeback_portal"
_SHOPS_KEPT = 500
_LOOKS: OrderedDict[str, Look] = OrderedDict()


class Visit(msgspec.Struct, frozen=True):
    """Who looks at which shop. `asked` is the language chosen by hand, kept in links and forms."""

    shop_id: UUID
    look: Look
    reader: Reader
    asked: str | None

    @property
    def suffix(self) -> str:
        """What addresses end in, so that the chosen language stays."""
        return f"?lang={self.asked}" if self.asked else ""

    def path(self, rest: str) -> str:
        """An address of this shop."""
        return f"/{self.look.slug}/{rest}{self.suffix}"


def asked_language(request: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The language chosen by hand, where we speak it."""
    said = request.query_params.get("lang")
    return said if said in NAMES else None


def remember(look: Look) -> None:
    """Keeps a shop's look for pages that may not ask the database (errors)."""
    _LOOKS[look.slug] = look
    _LOOKS.move_to_end(look.slug)
    while len(_LOOKS) > _SHOPS_KEPT:
        _LOOKS.popitem(last=False)


def remembered(path: str) -> Look:
    """The look of the shop that a path belongs to, as far as this process has seen it."""
    return _LOOKS.get(path.lstrip("/").split("/")[0], NEUTRAL)


def reader_for(request: ASGIConnection[Any, Any, Any, Any], look: Look) -> Reader:
    """Language by hand, else the browser's, else the shop's; days in the shop's zone."""
    wishes = accepted(request.headers.get("accept-language", ""))
    language = pick(asked_language(request), *wishes, look.locale)
    return Reader(language, look.country, zone_of(look.timezone), clock.now())


async def visit(request: Request[Any, Any, Any], database: Database, slug: str) -> Visit:
    """The visit of a shop's page. Raises NoPage (404) for an unknown shop."""
    shop_id = await merchants.shop_by_slug(database, slug)
    if shop_id is None:
        raise NoPage()
    async with database.read(shop_id) as session:
        look = look_of(await merchants.get_shop(session))
    remember(look)
    return Visit(shop_id, look, reader_for(request, look), asked_language(request))


async def visit_shop(request: Request[Any, Any, Any], database: Database, shop_id: UUID) -> Visit:
    """The visit of a page whose address names no shop; its token did."""
    async with database.read(shop_id) as session:
        look = look_of(await merchants.get_shop(session))
    remember(look)
    return Visit(shop_id, look, reader_for(request, look), asked_language(request))


async def own_visit(request: Request[Any, Any, Any], database: Database, slug: str, who: Principal) -> Visit:
    """The visit of someone with a session. Raises NoPage (404) where the session is of another shop."""
    seen = await visit(request, database, slug)
    if seen.shop_id != who.shop_id:
        raise NoPage()
    return seen


async def form_of(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    """The fields of a posted form; files are not read."""
    found: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if not isinstance(value, UploadFile):
            found.setdefault(name, []).append(str(value))
    return found


def csrf_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """The token that forms of this session carry."""
    return form_token(settings.secret_key.reveal(), request.cookies.get(COOKIE, ""))


def check_form(request: Request[Any, Any, Any], settings: Settings, form: dict[str, list[str]]) -> None:
    """Raises StaleForm (403) for a form that this session was not given."""
    if not same((form.get("csrf") or [""])[0], csrf_of(request, settings)):
        raise StaleForm()


def address_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """The address that asks; what the client claims counts only behind our own proxies."""
    peer = request.client.host if request.client else "unknown"
    return client_address(peer, request.headers.get("x-forwarded-for", ""), settings.trusted_proxies)


def session_cookie(settings: Settings, slug: str, token: str) -> Cookie:
    """The session, for this shop's pages alone; an empty token takes it away."""
    return Cookie(
        key=COOKIE,
        value=token,
        path=f"/{slug}",
        httponly=True,
        secure=settings.secure,
        samesite="lax",
        max_age=SESSION_HOURS * 3600 if token else 0,
    )
