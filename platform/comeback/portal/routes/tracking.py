"""`/t/{token}`: the order's page. The token is the proof; looking changes nothing."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core.access import PUBLIC, resolve
from comeback.core.db import Database
from comeback.core.settings import Settings
from comeback.kit.tokens import digest
from comeback.portal.errors import NoPage
from comeback.portal.pages.cache import PageCache
from comeback.portal.pages.render import Made, answer, make
from comeback.portal.pages.visit import asked_language, remember
from comeback.portal.service import tracking as service
from comeback.shipments.errors import NoShipment

CACHE = PageCache()
MAX_TOKEN = 100


@get("/t/{token:str}", opt={"permission": PUBLIC}, operation_id="trackingPage", include_in_schema=False)
async def tracking(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The order's page, from memory where it was made a moment ago."""
    asked = asked_language(request)
    key = (digest(token), asked or "")
    made = CACHE.get(key)
    if made is None:
        made = await _make(database, settings, token, asked)
        CACHE.put(key, made)
    return answer(made)


async def _make(database: Database, settings: Settings, token: str, asked: str | None) -> Made:
    found = await resolve(database, "page", digest(token)) if len(token) <= MAX_TOKEN else []
    if not found:
        raise NoPage()
    shop_id, order_id = found[0]
    try:
        async with database.read(shop_id) as session:
            shown = await service.show(session, settings, order_id, asked)
    except NoShipment as unknown:
        raise NoPage() from unknown
    remember(shown.look)
    return make("tracking.html", shown.look, shown.reader, keep_language=asked is not None, page=shown.page)


ROUTES = (tracking,)
