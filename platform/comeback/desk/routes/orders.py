"""The order list and one order's page."""

from typing import Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.desk.schemas.orders import OrderDetail, OrderFilter, OrderList
from comeback.desk.schemas.shipments import Period
from comeback.desk.service import orders
from comeback.orders import service as order_room

READ = {"permission": "orders:read"}


@get("/api/studio/orders", operation_id="studioOrders", opt=READ, tags=["studio"])
async def list_orders(
    read: NamedDependency[ReadSession],
    q: FromQuery[str | None] = None,
    progress: FromQuery[OrderFilter | None] = None,
    trouble: FromQuery[Literal["yes"] | None] = None,
    country: FromQuery[str | None] = None,
    days: FromQuery[Period | None] = None,
    cursor: FromQuery[str | None] = None,
) -> OrderList:
    """A page of orders, newest first; `trouble=yes` are those whose parcel is late, stuck or on its way back."""
    wanted = orders.Wanted(q[:200] if q else None, progress, trouble == "yes", country, int(days) if days else None)
    return await orders.list_orders(read, wanted, cursor)


@get("/api/studio/orders/{order_id:str}", operation_id="studioOrder", opt=READ, tags=["studio"])
async def get_order(
    order_id: FromPath[str], read: NamedDependency[ReadSession], settings: NamedDependency[Settings]
) -> OrderDetail:
    """One order: lines, money, parcels, returns, messages, one timeline."""
    return await orders.order_page(read, settings, order_room.known_id(order_id))


ROUTES = (list_orders, get_order)
