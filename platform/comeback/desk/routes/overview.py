"""The first page and the search."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from comeback.core.db import ReadSession
from comeback.desk.schemas.charts import ChartsOut
from comeback.desk.schemas.overview import ConnectionView, OverviewOut, SearchOut
from comeback.desk.service import charts, overview

STAFF = {"permission": "orders:read"}


@get("/api/studio/overview", operation_id="studioOverview", opt=STAFF, tags=["studio"])
async def first_page(read: NamedDependency[ReadSession]) -> OverviewOut:
    """Four numbers with their change in 30 days, and the piles of waiting work."""
    return await overview.overview(read)


@get("/api/studio/overview/charts", operation_id="studioCharts", opt=STAFF, tags=["studio"])
async def pictures(read: NamedDependency[ReadSession]) -> ChartsOut:
    """Parcels and mails of thirty days; reasons of returns and promises kept by carriers of ninety."""
    return await charts.charts(read)


@get("/api/studio/connections", operation_id="studioConnections", opt={"permission": "settings:read"}, tags=["studio"])
async def list_connections(read: NamedDependency[ReadSession]) -> list[ConnectionView]:
    """The shop's accounts at other companies, without anything secret."""
    return await overview.connections(read)


@get("/api/studio/search", operation_id="studioSearch", opt=STAFF, tags=["studio"])
async def search(read: NamedDependency[ReadSession], q: FromQuery[str] = "") -> SearchOut:
    """Finds by the beginning of an order, return or tracking number, a mail address, a name or a product."""
    return await overview.search(read, q[:200])


ROUTES = (first_page, pictures, list_connections, search)
