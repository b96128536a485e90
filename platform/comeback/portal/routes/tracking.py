"""`/t/{token}`: the order's page. The token is the proof; looking changes nothing.

Bare ASGI: a mail that is opened by thousands at once asks for this page, so nothing stands between token and page.
"""

from typing import Any, cast
from urllib.parse import parse_qs

from litestar import asgi
from litestar.connection import ASGIConnection
from litestar.types import Receive, Scope, Send

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


@asgi("/t", is_mount=True, opt={"permission": PUBLIC, "operation_id": "trackingPage"}, copy_scope=True)
async def tracking(scope: Scope, receive: Receive, send: Send) -> None:
    """The order's page, from memory where it was made a moment ago; the 404 page for every other token."""
    status = 200
    try:
        made = await _page(cast("Any", scope))
    except NoPage:
        status, made = 404, error_made(NEUTRAL, reader_for(ASGIConnection(scope), NEUTRAL), 404)
    headers, body = bare(made)
    await send(cast("Any", {"type": "http.response.start", "status": status, "headers": headers}))
    await send(cast("Any", {"type": "http.response.body", "body": body}))


async def _page(scope: Any) -> Made:
    token = scope["path"].strip("/")
    if scope["method"] != "GET" or not 0 < len(token) <= MAX_TOKEN:
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
