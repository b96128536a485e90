"""HTTP of the catalog."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from comeback.catalog import service
from comeback.catalog.schemas import ProductIn, ProductOut, ProductPage, StockPage
from comeback.core.db import ReadSession, WriteSession


@post("/api/v1/products", operation_id="upsertProduct", opt={"permission": "products:write"})
async def upsert_product(data: JSONBody[ProductIn], session: NamedDependency[WriteSession]) -> Response[ProductOut]:
    """Creates a product (201), or updates the one of the same `external_id` (200)."""
    _, created = await service.upsert_product(session, data)
    return Response(await service.product_view(session, data.external_id), status_code=201 if created else 200)


@get("/api/v1/products", operation_id="listProducts", opt={"permission": "products:read"})
async def list_products(
    read: NamedDependency[ReadSession],
    external_id: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> ProductPage:
    """Products with their variants, newest first."""
    return await service.list_products(read, external_id=external_id, cursor=cursor)


@get("/api/v1/stock", operation_id="listStock", opt={"permission": "products:read"})
async def list_stock(
    read: NamedDependency[ReadSession],
    variant: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> StockPage:
    """Stock by variant and location: sellable, quarantine, reserved."""
    return await service.stock_view(read, variant, cursor)


ROUTES = [upsert_product, list_products, list_stock]
