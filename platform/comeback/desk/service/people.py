"""Who is at the desk."""

from typing import Any

from litestar.datastructures import Cookie

from comeback.core.access import Principal
from comeback.core.clock import clock
from comeback.core.db import Database, ReadSession
from comeback.core.limits import Limiter
from comeback.core.settings import Settings
from comeback.desk.errors import NoSession
from comeback.desk.schemas.session import BrandOut, LoginIn, SessionOut, ShopOut, StaffOut
from comeback.desk.schemas.welcome import AcceptIn, PasswordIn
from comeback.merchants import service as merchants
from comeback.merchants.schemas import ShopView, StaffView

FALLBACK_COLOUR = "#2f5d50"


def cookie_name(secure: bool) -> str:
    """The session's cookie; the prefix binds it to the host and to https (RFC 6265bis §4.1.3.2)."""
    return "__Host-comeback" if secure else "comeback_session"


def cookie(settings: Settings, value: str, **more: Any) -> Cookie:
    """The session's cookie with `value`; an empty one with `max_age=0` takes it away."""
    name = cookie_name(settings.secure)
    return Cookie(name, value=value, path="/", httponly=True, secure=settings.secure, samesite="lax", **more)


async def sign_in(
    database: Database, limiter: Limiter, body: LoginIn, address: str, user_agent: str = ""
) -> tuple[str, SessionOut]:
    """The new session's token and what the page needs. Raises WrongLogin (401) or TooManyLogins (429)."""
    begun = await merchants.login(
        database, body.email, body.password, limiter=limiter, address=address, user_agent=user_agent
    )
    return begun.token, _shape(begun.staff, begun.shop, begun.csrf)


async def renew(database: Database, principal: Principal, body: PasswordIn, user_agent: str) -> tuple[str, SessionOut]:
    """Another password, and a session instead of all there were. Raises WrongPassword or WeakPassword (422)."""
    begun = await merchants.renew_password(database, principal, body.current, body.password, user_agent)
    return begun.token, _shape(begun.staff, begun.shop, begun.csrf)


async def come_in(database: Database, body: AcceptIn, user_agent: str) -> tuple[str, SessionOut]:
    """An invitation becomes an account with a session. Raises InvitationOver (404) or WeakPassword (422)."""
    begun = await merchants.come_in(database, body.token, body.password, user_agent)
    return begun.token, _shape(begun.staff, begun.shop, begun.csrf)


def require_staff(principal: Principal) -> None:
    """Raises NoSession (401) for keys, which have no desk."""
    if principal.kind != "staff":
        raise NoSession()


async def sign_out(database: Database, token: str) -> None:
    """Ends the session."""
    await merchants.logout(database, token)


async def who(session: ReadSession, principal: Principal) -> SessionOut:
    """The session that asks. Raises NoSession (401) for keys, which have no desk."""
    require_staff(principal)
    person = merchants.staff_view(await merchants.get_staff(session, principal.id))
    shop = merchants.shop_view(await merchants.get_shop(session))
    return _shape(person, shop, principal.csrf)


def _shape(person: StaffView, shop: ShopView, csrf: str) -> SessionOut:
    brand = shop.brand
    return SessionOut(
        staff=StaffOut(id=str(person.id), name=person.name, email=person.email, role=person.role),
        shop=ShopOut(
            id=str(shop.id),
            name=shop.name,
            slug=shop.slug,
            locale=shop.locale,
            timezone=shop.timezone,
            currency=shop.currency,
            country=shop.country,
            brand=BrandOut(
                primary=str(brand.get("primary") or FALLBACK_COLOUR),
                logo_url=brand.get("logo_url"),
                radius=int(brand.get("radius") or 12),
            ),
        ),
        permissions=sorted(person.permissions),
        csrf=csrf,
        now=clock.now(),
    )
