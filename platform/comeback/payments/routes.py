"""HTTP of payments: goodwill refunds, attempts, refunds paid by hand, the provider's webhooks."""

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from comeback.core.access import PUBLIC, Principal
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import NotFound
from comeback.core.inbox import Delivery, Inbox
from comeback.core.secrets import Vault
from comeback.kit.ids import parse_id
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.payments import service
from comeback.payments.errors import BadSignature, RefundNotFound
from comeback.payments.schemas import AttemptOut, AttemptPage, ConfirmIn, GoodwillIn, RefundsOut, SurplusPage
from comeback.vendors.errors import BadSignature as NotSigned
from comeback.vendors.stripe.gateway import StripeGateway


@post(
    "/api/v1/orders/{order_id:str}/refunds",
    operation_id="createGoodwillRefund",
    status_code=200,
    opt={"permission": "refunds:write"},
)
async def create_goodwill_refund(
    order_id: FromPath[str],
    data: JSONBody[GoodwillIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
) -> RefundsOut:
    """Gives money back for no goods; 409 over any cap, 409 while a dispute holds the payment."""
    return await service.goodwill(session, principal, orders.known_id(order_id), data)


@get("/api/v1/orders/{order_id:str}/refunds", operation_id="listRefunds", opt={"permission": "orders:read"})
async def list_refunds(order_id: FromPath[str], read: NamedDependency[ReadSession]) -> AttemptPage:
    """All refund attempts of an order, oldest first, those made elsewhere too."""
    order = await orders.get_order(read, orders.known_id(order_id))
    return AttemptPage(items=await service.attempts_of_order(read, order.id))


@post(
    "/api/v1/refunds/{refund_id:str}/confirm",
    operation_id="confirmRefund",
    status_code=200,
    opt={"permission": "refunds:write"},
)
async def confirm_refund(
    refund_id: FromPath[str],
    data: JSONBody[ConfirmIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
) -> AttemptOut:
    """Says that a refund without a provider (bank, cash, no connection) was paid by hand, or will not be."""
    known = parse_id(refund_id)
    if known is None:
        raise RefundNotFound()
    refund = await service.confirm(session, principal, known, data)
    return (await service.attempts_out(session, [refund]))[0]


@get("/api/v1/refunds/unexplained", operation_id="listUnexplainedRefunds", opt={"permission": "orders:read"})
async def list_unexplained(read: NamedDependency[ReadSession]) -> SurplusPage:
    """Money given back at the provider beyond everything known to be paid: open tasks, oldest first."""
    return SurplusPage(items=await service.surpluses(read))


@post(
    "/api/v1/refunds/unexplained/{surplus_id:str}/close",
    operation_id="closeUnexplainedRefund",
    status_code=204,
    opt={"permission": "refunds:write"},
)
async def close_unexplained(
    surplus_id: FromPath[str], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> None:
    """Someone looked into it; 404 where there is no such open task."""
    known = parse_id(surplus_id)
    if known is None:
        raise RefundNotFound()
    await service.settle_surplus(session, principal, known)


@post("/hooks/stripe/{token:str}", operation_id="stripeHook", status_code=200, opt={"permission": PUBLIC})
async def stripe_hook(
    request: Request,  # type: ignore[type-arg]
    token: FromPath[str],
    database: NamedDependency[Database],
    vault: NamedDependency[Vault],
    inbox: NamedDependency[Inbox],
    stripe_gateway: NamedDependency[StripeGateway],
) -> Response[bytes]:
    """Verifies the signature over the raw bytes, stores the delivery durably, answers; work comes later (R7)."""
    hook = await merchants.resolve_hook(database, vault, "stripe", token)
    if hook is None:
        raise NotFound()
    body = await request.body()
    try:
        event = stripe_gateway.verify_webhook(body, request.headers.get("stripe-signature", ""), *hook.secrets)
    except NotSigned:
        raise BadSignature() from None
    await inbox.accept(
        Delivery(
            shop_id=hook.shop_id,
            connection_id=hook.connection_id,
            kind="stripe",
            topic=event.type,
            provider_id=event.id,
            body=body,
        )
    )
    return Response(b"", status_code=200)


ROUTES = [create_goodwill_refund, list_refunds, confirm_refund, list_unexplained, close_unexplained, stripe_hook]
