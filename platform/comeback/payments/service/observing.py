"""What the provider says about refunds and disputes, whoever asked: answer, webhook, listing (M18)."""

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.orders import service as orders
from comeback.payments import repository
from comeback.payments.models import Refund
from comeback.payments.service.elsewhere import Seen, close_surplus, import_refund
from comeback.payments.service.moving import move_to

DEAD = frozenset({"failed", "canceled"})
ENDED_DISPUTES = frozenset({"won", "lost", "warning_closed", "prevented"})


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


async def observe(session: WriteSession, seen: Seen, seen_by: str, *, wait: bool = False) -> bool:
    """Applies one observation once, in any order. False where an outside refund does not fit the caps yet and `wait`
    says that a reserve may still end.

    Locks the order first, then the attempt; an unknown refund is imported as external and consumes the caps.
    """
    known = await _known(session, seen)
    if known is None:
        if seen.status in DEAD:
            await close_surplus(session, seen.provider_ref, "canceled")
            return True
        return await import_refund(session, seen, seen_by, wait=wait)
    for part in await _parts(session, known):
        await orders.lock_orders(session, [part.order_id])
        refund = await repository.lock_refund(session, part.id)
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
    if seen.status in DEAD:
        await close_surplus(session, seen.provider_ref, "canceled")
    return True


async def _parts(session: WriteSession, known: Refund) -> list[Refund]:
    """One attempt; all parts of an outside refund that was split over means of payment, in the order of locks."""
    if known.origin != "external":
        return [known]
    found = await repository.refunds_where(session, source_id=[known.source_id])
    return sorted(found, key=lambda refund: (refund.order_id, refund.id))


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
