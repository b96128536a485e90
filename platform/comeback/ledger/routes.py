"""HTTP of the ledger."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from comeback.core.db import ReadSession
from comeback.kit.ids import parse_id
from comeback.ledger import service
from comeback.ledger.schemas import EntriesOut


@get("/api/v1/ledger", operation_id="listLedger", opt={"permission": "credits:read"})
async def list_ledger(read: NamedDependency[ReadSession], order: FromQuery[str]) -> EntriesOut:
    """The entries of an order (by its id), oldest first."""
    order_id = parse_id(order)
    return EntriesOut(items=[] if order_id is None else await service.entries(read, order_id=order_id))


ROUTES = [list_ledger]
