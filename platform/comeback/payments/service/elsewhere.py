"""Refunds made elsewhere (the provider's dashboard) consume the caps, whatever their size; nothing is lost (R13)."""

from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.kit.ids import new_id
from comeback.ledger import service as ledger
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.orders.models import OrderTender
from comeback.payments import repository, rules
from comeback.payments.errors import RefundNotFound
from comeback.payments.models import Rail, Refund, SourceKind
from comeback.payments.service.moving import move_to


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A refund as a provider shows it; `refund_id` is ours from its metadata. Amount in minor units."""

    provider_ref: str
    status: str
    amount: int
    currency: str
    payment_ref: str
    refund_id: UUID | None = None
    failure_reason: str | None = None


async def import_refund(session: WriteSession, seen: Seen, seen_by: str, *, wait: bool) -> bool:
    """Books it over the means of payment behind its payment, as far as they have something left. What is more than
    all of them hold becomes a task for a human; with `wait` nothing is booked yet and the answer is False."""
    known = await repository.tenders_by_ref(session, seen.payment_ref)
    if not known:
        return True
    order_ids = sorted({t.order_id for t in known})
    await orders.lock_orders(session, order_ids)
    if await repository.by_provider_ref(session, [seen.provider_ref]):
        return True
    if seen.provider_ref in await orders.refunds_elsewhere(session, order_ids):
        return True
    if await repository.knows_surplus(session, seen.provider_ref):
        return True
    tenders = {t.id: t for t in await repository.tenders_by_ref(session, seen.payment_ref)}
    shares = rules.fill(seen.amount, await _room(session, list(tenders.values())))
    rest = seen.amount - sum(shares.values())
    if rest and wait:
        return False
    source = new_id()
    for place, (tender_id, amount) in enumerate(shares.items()):
        await _book(session, seen, seen_by, tenders[tender_id], amount, source, place)
    if rest:
        await _surplus(session, seen, next(iter(shares), known[0].id), tenders, rest)
    return True


async def _room(session: WriteSession, tenders: list[OrderTender]) -> list[tuple[UUID, UUID, int, int]]:
    """(tender, order, what the tender has left, what its order has left)."""
    left: dict[UUID, int] = {}
    for order_id in {t.order_id for t in tenders}:
        order = await orders.get_order(session, order_id)
        left[order_id] = order.captured - order.refunded - order.reserved
    return [(t.id, t.order_id, t.captured - t.refunded - t.reserved, left[t.order_id]) for t in tenders]


async def _book(
    session: WriteSession, seen: Seen, seen_by: str, tender: OrderTender, amount: int, source: UUID, place: int
) -> None:
    order = await orders.get_order(session, tender.order_id)
    refund = _external(session, seen, tender, order.customer_id, amount, source, place)
    await orders.reserve_refund(session, order.id, {tender.id: amount}, unallocated=amount)
    session.add(refund)
    await session.flush()
    await move_to(session, refund, tender.kind, seen.status, seen_by=seen_by, detail=seen.failure_reason)
    entries = rules.entitlement("refunds_elsewhere", seen.currency, amount)
    await ledger.post(session, "refund_elsewhere", str(refund.id), entries, order_id=order.id)


def _external(
    session: WriteSession,
    seen: Seen,
    tender: OrderTender,
    customer_id: UUID | None,
    amount: int,
    source: UUID,
    place: int,
) -> Refund:
    """One part; the first has the provider's id, the others are found by their common source."""
    return Refund(
        shop_id=session.shop_id,
        id=new_id(),
        order_id=tender.order_id,
        tender_id=tender.id,
        customer_id=customer_id,
        source_kind=SourceKind.EXTERNAL,
        source_id=source,
        attempt=1,
        amount=amount,
        currency=seen.currency,
        lines={},
        shipping=0,
        unallocated=amount,
        state="sent",
        rail=Rail.STRIPE,
        provider_ref=f"{seen.provider_ref}#{place + 1}" if place else seen.provider_ref,
        origin="external",
        posts=0,
        created_at=clock.now(),
    )


async def _surplus(
    session: WriteSession, seen: Seen, tender_id: UUID, tenders: dict[UUID, OrderTender], rest: int
) -> None:
    order_id = tenders[tender_id].order_id
    values = {
        "order": order_id,
        "ref": seen.provider_ref,
        "payment": seen.payment_ref,
        "amount": rest,
        "currency": seen.currency,
        "at": clock.now(),
    }
    if await repository.open_surplus(session, values):
        entries = rules.surplus(seen.currency, rest)
        await ledger.post(session, "refund_surplus", seen.provider_ref, entries, order_id=order_id)


async def close_surplus(session: WriteSession, provider_ref: str, state: str) -> None:
    """Ends the task: `done` by a human, `canceled` where the provider took the refund back (and the books with it)."""
    closed = await repository.close_surplus(session, provider_ref, state, clock.now())
    if closed is not None and state == "canceled":
        entries = rules.surplus(closed.currency, -closed.amount)
        await ledger.post(session, "refund_surplus_reversal", provider_ref, entries, order_id=closed.order_id)


async def settle_surplus(session: WriteSession, principal: Principal, surplus_id: UUID) -> None:
    """Someone looked into it. Raises RefundNotFound (404) where there is no such open task."""
    row = next((s for s in await repository.surpluses(session) if s.id == surplus_id), None)
    if row is None:
        raise RefundNotFound()
    await close_surplus(session, row.provider_ref, "done")
    await merchants.audit(session, principal, "refund.explained", row.order_id, {"amount": row.amount})
