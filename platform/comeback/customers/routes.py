"""HTTP of customers: one person, statements of consent, suppressions."""

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.db import ReadSession, WriteSession
from comeback.customers import service
from comeback.customers.schemas import ConsentsIn, CustomerOut, SuppressionOut
from comeback.kit.paging import Page


@get("/api/v1/customers/{customer_id:str}", operation_id="getCustomer", opt={"permission": "customers:read"})
async def get_customer(customer_id: FromPath[str], read: NamedDependency[ReadSession]) -> CustomerOut:
    """One person with current consents, the ledger behind them and suppressions."""
    return await service.get_customer(read, service.known_id(customer_id))


@put("/api/v1/customers/{customer_id:str}/consents", operation_id="putConsents", opt={"permission": "customers:write"})
async def put_consents(
    customer_id: FromPath[str], data: JSONBody[ConsentsIn], session: NamedDependency[WriteSession]
) -> CustomerOut:
    """Adds statements; what holds is the latest of each channel and purpose."""
    return await service.add_consents(session, service.known_id(customer_id), data.consents)


@get("/api/v1/suppressions", operation_id="listSuppressions", opt={"permission": "customers:read"})
async def list_suppressions(
    read: NamedDependency[ReadSession], cursor: FromQuery[str | None] = None, address: FromQuery[str | None] = None
) -> Page[SuppressionOut]:
    """Suppressed addresses, newest first; `address` asks for one of them."""
    return await service.list_suppressions(read, cursor, address)


ROUTES = [get_customer, put_consents, list_suppressions]
