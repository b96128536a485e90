"""`/t/{token}`: the order's page. The token is the proof; looking changes nothing.

Bare ASGI: a mail that is opened by thousands at once asks for this page, so nothing stands between token and page.
"""

from typing import Any, cast
from urllib.parse import parse_qs

from litestar import asgi
from litestar.types import Receive, Scope, Send

from comeback.core.access import PUBLIC, resolve
from comeback.core.db import Database
from comeback.kit.tokens import digest
from comeback.portal.errors import NoPage
from comeback.portal.pages.cache import Kept
from comeback.portal.pages.render import Made, bare, make
from comeback.portal.pages.visit import remember
from comeback.portal.service import tracking as service
from comeback.portal.words.catalogue import NAMES
from comeback.shipments.errors import NoShipment

CACHE: Kept[tuple[bytes, str], Made] = Kept()
MAX_TOKEN = 100


@asgi("/t", is_mount=True, opt={"permission": PUBLIC, "operation_id": "trackingPage"}, copy_scope=True)
async def tracking(scope: Scope, receive: Receive, send: Send) -> None:
    """The order's page, from memory where it was made a moment ago. Raises NoPage (404)."""
    asked = cast("Any", scope)
    token = asked["path"].strip("/")
    if asked["method"] not in ("GET", "HEAD") or not 0 < len(token) <= MAX_TOKEN:
        raise NoPage()
    language = _language(asked["query_string"])
    key = (digest(token), language or "")
    made = CACHE.get(key)
    if made is None:
        # The edge puts its state, and with it this process's database, into every scope.
        made = await _make(asked["comeback"].database, token, language)
        CACHE.put(key, made)
    headers, body = bare(made)
    await send(cast("Any", {"type": "http.response.start", "status": 200, "headers": headers}))
    await send(cast("Any", {"type": "http.response.body", "body": body if asked["method"] == "GET" else b""}))


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
