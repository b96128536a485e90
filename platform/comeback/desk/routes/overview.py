"""The first page and the search."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from comeback.core.db import ReadSession
from comeback.desk.schemas.overview import OverviewOut, SearchOut
from comeback.desk.service import overview

STAFF = {"permission": "orders:read"}


@get("/api/studio/overview", operation_id="studioOverview", opt=STAFF, tags=["studio"])
async def first_page(read: NamedDependency[ReadSession]) -> OverviewOut:
    """Four numbers with their change in 30 days, and the piles of waiting work."""
    return await overview.overview(read)


@get("/api/studio/search", operation_id="studioSearch", opt=STAFF, tags=["studio"])
async def search(read: NamedDependency[ReadSession], q: FromQuery[str] = "") -> SearchOut:
    """Finds by the beginning of an order, return or tracking number, a mail address or a name."""
    return await overview.search(read, q[:200])


ROUTES = (first_page, search)
