"""HTTP of returns: quotes, cases, receipts, settlements, labels, policies."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.access import Principal
from comeback.core.blobs import Blobs
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.kit.tokens import Signer
from comeback.returns import service
from comeback.returns.errors import PolicyNotFound
from comeback.returns.rules.policy import Policy
from comeback.returns.schemas import (
    CaseOut,
    CasePage,
    DeclineIn,
    PolicyOut,
    PolicyPage,
    QuoteIn,
    QuoteOut,
    ReceiptIn,
    ReceiptOut,
    ReturnIn,
    SettleIn,
    SettlementOut,
)
from comeback.returns.service.viewing import read as read_parts


@post("/api/v1/returns/quote", operation_id="quoteReturn", status_code=200, opt={"permission": "returns:read"})
async def quote_return(
    data: JSONBody[QuoteIn], session: NamedDependency[WriteSession], signer: NamedDependency[Signer]
) -> QuoteOut:
    """What would come back, why, and until when this holds; 409 where units are not free. Nothing is stored."""
    return await service.quote_return(session, signer, data)


@post("/api/v1/returns", operation_id="createReturn", opt={"permission": "returns:write"})
async def create_return(
    data: JSONBody[ReturnIn],
    session: NamedDependency[WriteSession],
    signer: NamedDependency[Signer],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> CaseOut:
    """Opens a return for a quote that still holds; approved at once where the policy says so."""
    case = await service.create_return(session, signer, principal, data)
    return await service.get_case(session, case.id, settings)


def _id_of(value: str | None, name: str) -> UUID | None:
    if value is None:
        return None
    found = parse_id(value)
    if found is None:
        raise Invalid(errors=[FieldError(f"/{name}", "is not an id")])
    return found


@get("/api/v1/returns", operation_id="listReturns", opt={"permission": "returns:read"})
async def list_returns(
    read: NamedDependency[ReadSession],
    cursor: FromQuery[str | None] = None,
    tab: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    kind: FromQuery[str | None] = None,
    order: FromQuery[str | None] = None,
    customer: FromQuery[str | None] = None,
    number: FromQuery[str | None] = None,
) -> CasePage:
    """Returns that fit all filters, newest first. `tab` is a tab of the inbox, `status` a state of the case."""
    return await service.list_cases(
        read,
        tab,
        cursor,
        state=status,
        kind=kind,
        order=_id_of(order, "order"),
        customer=_id_of(customer, "customer"),
        number=number,
    )


@get("/api/v1/returns/{return_id:str}", operation_id="getReturn", opt={"permission": "returns:read"})
async def get_return(
    return_id: FromPath[str], read: NamedDependency[ReadSession], settings: NamedDependency[Settings]
) -> CaseOut:
    """One return with lines, parcels, receipts, settlements, replacements and timeline."""
    return await service.get_case(read, service.known_id(return_id), settings)


@post(
    "/api/v1/returns/{return_id:str}/approve",
    operation_id="approveReturn",
    status_code=200,
    opt={"permission": "returns:decide"},
)
async def approve_return(
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> CaseOut:
    """The goods may come; the label is ordered."""
    case = await service.approve(session, principal, service.known_id(return_id))
    return await service.get_case(session, case.id, settings)


@post(
    "/api/v1/returns/{return_id:str}/decline",
    operation_id="declineReturn",
    status_code=200,
    opt={"permission": "returns:decide"},
)
async def decline_return(
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    data: JSONBody[DeclineIn | None] = None,
) -> CaseOut:
    """The goods may not come; the customer reads the reason. 409 for a withdrawal."""
    reason = (data or DeclineIn()).reason
    case = await service.decline(session, principal, service.known_id(return_id), reason)
    return await service.get_case(session, case.id, settings)


@post(
    "/api/v1/returns/{return_id:str}/cancel",
    operation_id="cancelReturn",
    status_code=200,
    opt={"permission": "returns:write"},
)
async def cancel_return(
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> CaseOut:
    """The customer keeps the goods; 409 once goods were received or money moves."""
    case = await service.cancel(session, principal, service.known_id(return_id))
    return await service.get_case(session, case.id, settings)


@post("/api/v1/returns/{return_id:str}/receipts", operation_id="receiveReturn", opt={"permission": "returns:write"})
async def receive_return(
    return_id: FromPath[str],
    data: JSONBody[ReceiptIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
) -> ReceiptOut:
    """Goods arrived, with or without a first finding."""
    receipt = await service.receive(session, principal, service.known_id(return_id), data)
    parts = await read_parts(session, await service.find(session, receipt.case_id))
    return service.receipt_out(parts, receipt)


@put(
    "/api/v1/returns/{return_id:str}/receipts/{receipt_id:str}",
    operation_id="reviseReceipt",
    opt={"permission": "returns:write"},
)
async def revise_receipt(
    return_id: FromPath[str],
    receipt_id: FromPath[str],
    data: JSONBody[ReceiptIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
) -> ReceiptOut:
    """A new finding for what the receipt holds; stock is put right, settled money stays."""
    receipt = await service.revise(session, principal, service.known_id(return_id), service.known_id(receipt_id), data)
    parts = await read_parts(session, await service.find(session, receipt.case_id))
    return service.receipt_out(parts, receipt)


@post(
    "/api/v1/returns/{return_id:str}/settle",
    operation_id="settleReturn",
    status_code=200,
    opt={"permission": "refunds:write"},
)
async def settle_return(
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    data: JSONBody[SettleIn | None] = None,
) -> SettlementOut:
    """Settles what arrived by the code of the quote; `blocked` where amounts differ or a dispute is open."""
    row = await service.settle(session, principal, service.known_id(return_id), data or SettleIn())
    return await service.get_settlement(session, row)


@get("/api/v1/returns/{return_id:str}/label", operation_id="getReturnLabel", opt={"permission": "returns:read"})
async def get_return_label(
    return_id: FromPath[str],
    read: NamedDependency[ReadSession],
    blobs: NamedDependency[Any],  # a protocol cannot be checked at run time
) -> Response[bytes]:
    """The label as PDF; 404 while it is being made."""
    store: Blobs = blobs
    pdf = await service.label_of(read, store, service.known_id(return_id))
    return Response(pdf, media_type="application/pdf")


@get("/api/v1/policies", operation_id="listPolicies", opt={"permission": "policies:read"})
async def list_policies(read: NamedDependency[ReadSession]) -> PolicyPage:
    """All versions, newest first; version 0 is the built-in one."""
    return await service.list_policies(read)


@post("/api/v1/policies", operation_id="createPolicy", opt={"permission": "policies:write"})
async def create_policy(data: JSONBody[Policy], session: NamedDependency[WriteSession]) -> PolicyOut:
    """A draft under the next version number."""
    return await service.draft(session, data)


@post(
    "/api/v1/policies/{version:int}/publish",
    operation_id="publishPolicy",
    status_code=200,
    opt={"permission": "policies:write"},
)
async def publish_policy(
    version: FromPath[int], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> PolicyOut:
    """The version counts for new returns from now on and never changes again."""
    if not 0 < version < 2**31:
        raise PolicyNotFound()
    return await service.publish(session, principal, version)


ROUTES = [
    quote_return,
    create_return,
    list_returns,
    get_return,
    approve_return,
    decline_return,
    cancel_return,
    receive_return,
    revise_receipt,
    settle_return,
    get_return_label,
    list_policies,
    create_policy,
    publish_policy,
]
