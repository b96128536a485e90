"""What the provider says about refunds and disputes, whoever asked: answer, webhook, listing (M18)."""

from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.kit.ids import new_id
from comeback.ledger import service as ledger
from comeback.orders import service as orders
from comeback.orders.models import OrderTender
from comeback.payments import repository, rules
from comeback.payments.models import Rail, Refund, SourceKind
from comeback.payments.service.moving import move_to

DEAD = frozenset({"failed", "canceled"})
ENDED_DISPUTES = frozenset({"won", "lost", "warning_closed", "prevented"})


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A refund as a provider shows it; `refund_id` is ours from its metadata. Amount in minor units."""

    provider_ref: str
    status: str
    amount: int
    currency: str
    payment_ref: str
    refund_id: UUID | None = None
    failure_reason: str | None = None


class SeenDispute(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute as a provider shows it."""

    provider_ref: str
    payment_ref: str
    status: str
    amount: int


async def _known(session: WriteSession, seen: Seen) -> Refund | None:
    if seen.refund_id is not None:
        ours = await repository.refund(session, seen.refund_id)
        if ours is not None and _is_it(ours, seen):
            return ours
    by_ref = await repository.by_provider_ref(session, [seen.provider_ref])
    return await repository.refund(session, by_ref[seen.provider_ref]) if by_ref else None


def _is_it(ours: Refund, seen: Seen) -> bool:
    """Whether the provider's refund is this attempt: not another one with copied metadata, and not money that went
    out for an attempt that was given up as absent (that is booked as made elsewhere, so that no cap forgets it)."""
    given_up = ours.state == "failed" and ours.provider_ref is None and seen.status not in DEAD
    return ours.provider_ref in (None, seen.provider_ref) and not given_up


async def tender_kind(session: WriteSession, refund: Refund) -> str:
    """The kind of the tender behind a refund."""
    kinds = {t.id: t.kind for t in await repository.tenders(session, [refund.order_id])}
    return kinds[refund.tender_id]


async def observe(session: WriteSession, seen: Seen, seen_by: str) -> bool:
    """Applies one observation once, in any order. False where an outside refund does not fit the caps yet.

    Locks the order first, then the attempt; an unknown refund is imported as external and consumes the caps.
    """
    known = await _known(session, seen)
    if known is None:
        return seen.status in DEAD or await _import(session, seen, seen_by)
    await orders.lock_orders(session, [known.order_id])
    refund = await repository.lock_refund(session, known.id)
    assert refund is not None
    kind = await tender_kind(session, refund)
    await move_to(
        session,
        refund,
        kind,
        seen.status,
        seen_by=seen_by,
        detail=seen.failure_reason,
        provider_ref=seen.provider_ref,
    )
    return True


def _left(tender: OrderTender) -> int:
    return tender.captured - tender.refunded - tender.reserved


async def _import(session: WriteSession, seen: Seen, seen_by: str) -> bool:
    """A refund made elsewhere: consumes the caps of the tender behind its payment (R13)."""
    known = await repository.tenders_by_ref(session, seen.payment_ref)
    if not known:
        return True
    await orders.lock_orders(session, sorted({t.order_id for t in known}))
    if await repository.by_provider_ref(session, [seen.provider_ref]):
        return True
    if seen.provider_ref in await orders.refunds_elsewhere(session, [t.order_id for t in known]):
        return True
    tender = max(await repository.tenders_by_ref(session, seen.payment_ref), key=_left)
    if _left(tender) < seen.amount:
        return False
    order = await orders.get_order(session, tender.order_id)
    refund = _external(session, seen, tender, order.customer_id)
    await orders.reserve_refund(session, order.id, {tender.id: seen.amount}, unallocated=seen.amount)
    session.add(refund)
    await session.flush()
    await move_to(session, refund, tender.kind, seen.status, seen_by=seen_by, detail=seen.failure_reason)
    entries = rules.entitlement("refunds_elsewhere", seen.currency, seen.amount)
    await ledger.post(session, "refund_elsewhere", str(refund.id), entries, order_id=order.id)
    return True


def _external(session: WriteSession, seen: Seen, tender: OrderTender, customer_id: UUID | None) -> Refund:
    return Refund(
        shop_id=session.shop_id,
        id=new_id(),
        order_id=tender.order_id,
        tender_id=tender.id,
        customer_id=customer_id,
        source_kind=SourceKind.EXTERNAL,
        source_id=new_id(),
        attempt=1,
        amount=seen.amount,
        currency=seen.currency,
        lines={},
        shipping=0,
        unallocated=seen.amount,
        state="sent",
        rail=Rail.STRIPE,
        provider_ref=seen.provider_ref,
        origin="external",
        posts=0,
        created_at=clock.now(),
    )


async def observe_dispute(session: WriteSession, seen: SeenDispute) -> None:
    """An open dispute holds its tender until it ends (M19); an ended one never opens again."""
    for tender in await repository.tenders_by_ref(session, seen.payment_ref):
        await orders.lock_orders(session, [tender.order_id])
        values = {
            "tender": tender.id,
            "order": tender.order_id,
            "ref": seen.provider_ref,
            "status": seen.status,
            "open": seen.status not in ENDED_DISPUTES,
            "amount": seen.amount,
            "at": clock.now(),
        }
        if await repository.dispute(session, values):
            held = await repository.has_open_dispute(session, tender.id)
            await orders.mark_disputed(session, seen.payment_ref, held)
        return
