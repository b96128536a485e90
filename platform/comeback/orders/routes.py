"""HTTP of orders."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.db import ReadSession, WriteSession
from comeback.orders import service
from comeback.orders.schemas import OrderIn, OrderOut, OrderPage


@post("/api/v1/orders", operation_id="createOrder", opt={"permission": "orders:write"})
async def create_order(data: JSONBody[OrderIn], session: NamedDependency[WriteSession]) -> Response[OrderOut]:
    """Creates an order (201), or updates the one of the same `external_id` (200)."""
    (done,) = await service.import_orders(session, [data])
    return Response(await service.order_view(session, done.order_id), status_code=201 if done.created else 200)


@get("/api/v1/orders/{order_id:str}", operation_id="getOrder", opt={"permission": "orders:read"})
async def get_order(order_id: FromPath[str], read: NamedDependency[ReadSession]) -> OrderOut:
    """One order with what may still be refunded."""
    return await service.order_view(read, service.known_id(order_id))


@get("/api/v1/orders", operation_id="listOrders", opt={"permission": "orders:read"})
async def list_orders(
    read: NamedDependency[ReadSession],
    number: FromQuery[str | None] = None,
    email: FromQuery[str | None] = None,
    external_id: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> OrderPage:
    """Orders, newest first; what is given must all fit."""
    return await service.list_orders(read, number=number, email=email, external_id=external_id, cursor=cursor)


@post("/api/v1/orders/{order_id:str}/cancel", operation_id="cancelOrder", status_code=200,
      opt={"permission": "orders:write"})  # fmt: skip
async def cancel_order(order_id: FromPath[str], session: NamedDependency[WriteSession]) -> OrderOut:
    """Cancels an order of which nothing has left (409 otherwise); no money moves."""
    key = service.known_id(order_id)
    await service.cancel_order(session, key)
    return await service.order_view(session, key)


ROUTES = [create_order, get_order, list_orders, cancel_order]
