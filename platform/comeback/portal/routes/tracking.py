"""`/t/{token}`: the order's page. The token is the proof; looking changes nothing.

A mail that is opened by thousands at once asks for this page, so repeat views come from memory.
"""

from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs

from litestar import Request, get
from litestar.params import FromPath
from litestar.types import ASGIApp

from comeback.core.access import PUBLIC
from comeback.core.db import Database
from comeback.kit.tokens import digest
from comeback.portal.errors import NoPage
from comeback.portal.pages.cache import Kept
from comeback.portal.pages.look import NEUTRAL
from comeback.portal.pages.render import Made, Sent, make_order
from comeback.portal.pages.trouble import error_made
from comeback.portal.pages.visit import reader_for, remember
from comeback.portal.service import tracking as service
from comeback.portal.words.catalogue import NAMES

CACHE: Kept[tuple[bytes, str], Made] = Kept()
MAX_TOKEN = 100


@get("/t/{token:str}", opt={"permission": PUBLIC}, operation_id="trackingPage", include_in_schema=False)
async def tracking(request: Request[Any, Any, Any], token: FromPath[str]) -> ASGIApp:
    """The order's page, from memory where it was made a moment ago; the 404 page for every other token."""
    try:
        return Sent(await _page(cast("Any", request.scope), token))
    except NoPage:
        return Sent(error_made(NEUTRAL, reader_for(request, NEUTRAL), 404), 404)


async def _page(scope: Any, token: str) -> Made:
    if not 0 < len(token) <= MAX_TOKEN:
        raise NoPage()
    language = _language(scope["query_string"])
    # The edge puts its state, and with it this process's database, into every scope.
    database: Database = scope["comeback"].database
    return await CACHE.get_or_make((digest(token), language or ""), partial(_make, database, token, language))


def _language(query: bytes) -> str | None:
    said = parse_qs(query.decode("latin-1")).get("lang", [""])[0] if query else ""
    return said if said in NAMES else None


async def _make(database: Database, token: str, asked: str | None) -> Made:
    shown = await service.show_by_token(database, digest(token), asked)
    if shown is None:
        raise NoPage()
    remember(shown.look)
    return make_order(shown.look, shown.reader, shown.page, keep_language=asked is not None)


ROUTES = (tracking,)
