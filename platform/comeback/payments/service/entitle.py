"""From a decision about money to refund attempts: reserve on order and tender, one row a tender, one job each."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish
from comeback.core.outbox import enqueue
from comeback.kit.ids import new_id
from comeback.orders import service as orders
from comeback.orders.models import OrderTender
from comeback.payments import repository
from comeback.payments.errors import TenderDisputed
from comeback.payments.events import RefundCreated
from comeback.payments.models import Rail, Refund
from comeback.payments.rules import Part
from comeback.payments.service.moving import move_to

SUBMIT = "payments.submit_refund"
_OURS = frozenset({"gift_card", "store_credit"})


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A decided refund of one order, over its tenders. (source_kind, source_id, tender) is refunded once."""

    order_id: UUID
    currency: str
    source_kind: str
    source_id: UUID
    parts: tuple[Part, ...]
    customer_id: UUID | None = None
    return_id: UUID | None = None
    reason: str | None = None


def rail_of(tender: OrderTender, customer_id: UUID | None) -> Rail:
    """The way back: Stripe where it took the money, our credit for gift cards and credit, else a human."""
    if tender.kind in _OURS and customer_id is not None:
        return Rail.CREDIT
    if tender.provider == Rail.STRIPE and tender.provider_ref:
        return Rail.STRIPE
    return Rail.MANUAL


async def create_refund(session: WriteSession, plan: Plan) -> list[Refund]:
    """Reserves and stores every part, and enqueues what sends it. The order is locked by the caller.

    Raises orders' NothingLeft (409) over a cap and TenderDisputed (409) where a dispute holds a tender.
    """
    known = {t.id: t for t in await repository.tenders(session, [plan.order_id])}
    if any(known[part.tender].disputed for part in plan.parts):
        raise TenderDisputed("A dispute about this payment is open: refunds wait until it ends.")
    return [await _create(session, plan, part, known[part.tender]) for part in plan.parts]


async def _create(session: WriteSession, plan: Plan, part: Part, tender: OrderTender, attempt: int = 1) -> Refund:
    """Reserves one part and stores its attempt."""
    amounts = {part.tender: part.amount}
    await orders.reserve_refund(
        session, plan.order_id, amounts, part.shipping, part.lines, unallocated=part.unallocated
    )
    refund = _new_refund(session.shop_id, plan, part, rail_of(tender, plan.customer_id), attempt)
    session.add(refund)
    await session.flush()
    await repository.note(session, refund.id, "us", "created", "created", None, refund.created_at)
    await publish(session, created_event(refund, tender.kind))
    if refund.rail == Rail.STRIPE:
        await enqueue(session, SUBMIT, {"refund": str(refund.id)})
    elif refund.rail == Rail.MANUAL:
        await move_to(session, refund, tender.kind, "requires_action", seen_by="us", detail="paid by hand")
        await repository.open_payout(session, refund, f"{tender.kind} has no way back", refund.created_at)
    return refund


def _new_refund(shop_id: UUID, plan: Plan, part: Part, rail: Rail, attempt: int) -> Refund:
    return Refund(
        shop_id=shop_id,
        id=new_id(),
        order_id=plan.order_id,
        tender_id=part.tender,
        customer_id=plan.customer_id,
        return_id=plan.return_id,
        source_kind=plan.source_kind,
        source_id=plan.source_id,
        attempt=attempt,
        amount=part.amount,
        currency=plan.currency,
        lines={str(line): amount for line, amount in part.lines.items()},
        shipping=part.shipping,
        unallocated=part.unallocated,
        state="created",
        rail=rail,
        origin="own",
        reason=plan.reason,
        created_at=clock.now(),
        posts=0,
    )


def created_event(refund: Refund, tender_kind: str) -> RefundCreated:
    """The event that a refund was decided."""
    return RefundCreated(
        occurred_at=refund.created_at,
        order_id=refund.order_id,
        return_id=refund.return_id,
        customer_id=refund.customer_id,
        refund_id=refund.id,
        source_kind=refund.source_kind,
        source_id=refund.source_id,
        amount=refund.amount,
        currency=refund.currency,
        tender_kind=tender_kind,
        state=refund.state,
    )


async def replace(session: WriteSession, refund: Refund) -> Refund:
    """A new attempt (new id, new key) for one that is proven absent at its provider (M17)."""
    tender = {t.id: t for t in await repository.tenders(session, [refund.order_id])}[refund.tender_id]
    lines = {UUID(line): amount for line, amount in refund.lines.items()}
    part = Part(tender=refund.tender_id, amount=refund.amount, lines=lines, shipping=refund.shipping)
    plan = Plan(
        order_id=refund.order_id,
        currency=refund.currency,
        source_kind=refund.source_kind,
        source_id=refund.source_id,
        parts=(part,),
        customer_id=refund.customer_id,
        return_id=refund.return_id,
        reason=refund.reason,
    )
    return await _create(session, plan, part, tender, refund.attempt + 1)


def total(refunds: Sequence[Refund]) -> int:
    """What attempts ask for together, in minor units."""
    return sum(refund.amount for refund in refunds)
