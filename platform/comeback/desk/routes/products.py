"""The products with their stock, and one product's page."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from comeback.core.db import ReadSession
from comeback.desk.schemas.products import ProductDetail, ProductList, StockFilter
from comeback.desk.service import products
from comeback.kit.ids import parse_id

READ = {"permission": "products:read"}


@get("/api/studio/products", operation_id="studioProducts", opt=READ, tags=["studio"])
async def list_products(
    read: NamedDependency[ReadSession],
    q: FromQuery[str | None] = None,
    stock: FromQuery[StockFilter | None] = None,
    cursor: FromQuery[str | None] = None,
) -> ProductList:
    """A page of products by title."""
    return await products.list_products(read, q[:200] if q else None, stock, cursor)


@get("/api/studio/products/{product_id:str}", operation_id="studioProduct", opt=READ, tags=["studio"])
async def get_product(product_id: FromPath[str], read: NamedDependency[ReadSession]) -> ProductDetail:
    """One product: variants, stock by place, why it comes back."""
    return await products.detail(read, parse_id(product_id))


ROUTES = (list_products, get_product)
