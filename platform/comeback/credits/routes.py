"""HTTP of store credit."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from comeback.core.db import ReadSession, WriteSession
from comeback.credits import service
from comeback.credits.schemas import RedeemIn, RedeemOut, StatementOut
from comeback.customers import service as customers


@get("/api/v1/credits", operation_id="getCredits", opt={"permission": "credits:read"})
async def get_credits(read: NamedDependency[ReadSession], customer: FromQuery[str]) -> StatementOut:
    """A customer's balances, lots and latest entries."""
    known = await customers.get_customer(read, customers.known_id(customer))
    return await service.statement(read, known.id)


@post("/api/v1/credits/redeem", operation_id="redeemCredit", status_code=200, opt={"permission": "credits:write"})
async def redeem_credit(data: JSONBody[RedeemIn], session: NamedDependency[WriteSession]) -> RedeemOut:
    """Spends credit once per `source`; 409 where there is not enough."""
    await customers.get_customer(session, data.customer)
    return await service.redeem(session, data)


ROUTES = [get_credits, redeem_credit]
"""The handlers of this room; `/api/v1/ledger` is the ledger's own."""
