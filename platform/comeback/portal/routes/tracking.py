"""`/t/{token}`: the order's page. The token is the proof; looking changes nothing.

A mail that is opened by thousands at once asks for this page, so repeat views come from memory.
"""

from typing import Any, cast
from urllib.parse import parse_qs

from litestar import Request, Response, get
from litestar.params import FromPath

from comeback.core.access import PUBLIC, resolve
from comeback.core.db import Database
from comeback.kit.tokens import digest
from comeback.portal.errors import NoPage
from comeback.portal.pages.cache import Kept
from comeback.portal.pages.look import NEUTRAL
from comeback.portal.pages.render import Made, bare, make
from comeback.portal.pages.trouble import error_made
from comeback.portal.pages.visit import reader_for, remember
from comeback.portal.service import tracking as service
from comeback.portal.words.catalogue import NAMES
from comeback.shipments.errors import NoShipment

CACHE: Kept[tuple[bytes, str], Made] = Kept()
MAX_TOKEN = 100


@get("/t/{token:str}", opt={"permission": PUBLIC}, operation_id="trackingPage", include_in_schema=False)
async def tracking(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """The order's page, from memory where it was made a moment ago; the 404 page for every other token."""
    status = 200
    try:
        made = await _page(cast("Any", request.scope), token)
    except NoPage:
        status, made = 404, error_made(NEUTRAL, reader_for(request, NEUTRAL), 404)
    headers, body = bare(made)
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
    media = told.pop("content-type", "text/html; charset=utf-8")
    told.pop("content-length", None)
    return Response(body, status_code=status, headers=told, media_type=media)


async def _page(scope: Any, token: str) -> Made:
    if not 0 < len(token) <= MAX_TOKEN:
        raise NoPage()
    language = _language(scope["query_string"])
    key = (digest(token), language or "")
    made = CACHE.get(key)
    if made is None:
        # The edge puts its state, and with it this process's database, into every scope.
        made = await _make(scope["comeback"].database, token, language)
        CACHE.put(key, made)
    return made


def _language(query: bytes) -> str | None:
    said = parse_qs(query.decode("latin-1")).get("lang", [""])[0] if query else ""
    return said if said in NAMES else None


async def _make(database: Database, token: str, asked: str | None) -> Made:
    found = await resolve(database, "page", digest(token))
    if not found:
        raise NoPage()
    shop_id, order_id = found[0]
    try:
        async with database.read(shop_id) as session:
            shown = await service.show(session, database.settings, order_id, asked)
    except NoShipment as unknown:
        raise NoPage() from unknown
    remember(shown.look)
    return make("tracking.html", shown.look, shown.reader, keep_language=asked is not None, page=shown.page)


ROUTES = (tracking,)
