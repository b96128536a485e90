"""The customers, and one customer's page."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from comeback.core.db import ReadSession
from comeback.customers import service as customer_room
from comeback.desk.schemas.customers import CustomerDetail, CustomerList, CustomerTimeline
from comeback.desk.service import customers

READ = {"permission": "customers:read"}


@get("/api/studio/customers", operation_id="studioCustomers", opt=READ, tags=["studio"])
async def list_customers(
    read: NamedDependency[ReadSession], q: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None
) -> CustomerList:
    """A page of customers, newest first."""
    return await customers.list_customers(read, q[:200] if q else None, cursor)


@get("/api/studio/customers/{customer_id:str}", operation_id="studioCustomer", opt=READ, tags=["studio"])
async def get_customer(customer_id: FromPath[str], read: NamedDependency[ReadSession]) -> CustomerDetail:
    """One customer: contact, numbers, credit, consents, suppressions, latest orders."""
    return await customers.detail(read, customer_room.known_id(customer_id))


@get(
    "/api/studio/customers/{customer_id:str}/timeline",
    operation_id="studioCustomerTimeline", opt=READ, tags=["studio"],
)  # fmt: skip
async def get_timeline(
    customer_id: FromPath[str], read: NamedDependency[ReadSession], cursor: FromQuery[str | None] = None
) -> CustomerTimeline:
    """Orders, parcels, mails, opens and clicks, returns, credit and consents of one customer in one line."""
    return await customers.timeline(read, customer_room.known_id(customer_id), cursor)


ROUTES = (list_customers, get_customer, get_timeline)
