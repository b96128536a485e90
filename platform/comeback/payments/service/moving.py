"""One attempt moves: state, history, reserve, ledger and event in one transaction."""

from typing import Any
from uuid import UUID

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish
from comeback.ledger import service as ledger
from comeback.orders import service as orders
from comeback.payments import repository, rules
from comeback.payments.events import RefundFailed, RefundSubmitted, RefundSucceeded
from comeback.payments.models import Refund
from comeback.payments.rules import Booking

_UNANSWERED = frozenset({"created", "sent", "unknown"})
_JOURNAL = {Booking.SETTLE: "refund", Booking.REVERSE: "refund_reversal"}


async def move_to(
    session: WriteSession,
    refund: Refund,
    tender_kind: str,
    seen: str,
    *,
    seen_by: str,
    detail: str | None = None,
    provider_ref: str | None = None,
) -> bool:
    """Folds one observation into a locked attempt; False where it was no news. `detail` is a failure's reason."""
    at, before = clock.now(), refund.state
    move = rules.observe(before, seen)
    refund.checked_at = at
    if provider_ref and refund.provider_ref is None:
        refund.provider_ref = provider_ref
    if not move.changed:
        await session.flush()
        return False
    refund.state = move.state
    if move.state in ("failed", "canceled"):
        refund.failure_reason = detail or "unknown"
    if move.state == "succeeded":
        refund.settled_at = at
    await session.flush()
    await repository.note(session, refund.id, seen_by, before, move.state, detail, at)
    await _book(session, refund, move.booking)
    await _tell(session, refund, tender_kind, before, move.booking)
    return True


async def _book(session: WriteSession, refund: Refund, booking: Booking) -> None:
    amounts = {refund.tender_id: refund.amount}
    lines = {UUID(line): amount for line, amount in refund.lines.items()}
    order, shipping, rest = refund.order_id, refund.shipping, refund.unallocated
    if booking in (Booking.SETTLE, Booking.RELEASE):
        paid = booking is Booking.SETTLE
        await orders.settle_refund(session, order, amounts, shipping, lines, ok=paid, unallocated=rest)
    elif booking is Booking.REVERSE:
        await orders.reverse_refund(session, order, amounts, shipping, lines, unallocated=rest)
    entries = rules.journal(booking, refund.rail, refund.currency, refund.amount)
    if entries:
        await ledger.post(session, _JOURNAL[booking], str(refund.id), entries, order_id=refund.order_id)


async def _tell(session: WriteSession, refund: Refund, tender_kind: str, before: str, booking: Booking) -> None:
    """Accepted by the provider is told once, with the first answer; paid and failed when they are known."""
    at = clock.now()
    base: dict[str, Any] = {
        "occurred_at": at,
        "order_id": refund.order_id,
        "return_id": refund.return_id,
        "customer_id": refund.customer_id,
        "refund_id": refund.id,
        "source_kind": refund.source_kind,
        "source_id": refund.source_id,
        "amount": refund.amount,
        "currency": refund.currency,
        "tender_kind": tender_kind,
        "state": refund.state,
    }
    if refund.rail == "stripe" and before in _UNANSWERED and refund.state in ("pending", "succeeded"):
        await publish(session, RefundSubmitted(**base))
    if refund.state == "succeeded":
        await publish(session, RefundSucceeded(**base))
    elif refund.state in ("failed", "canceled"):
        late = booking is Booking.REVERSE
        await publish(session, RefundFailed(**base, failure_reason=refund.failure_reason, late=late))
        if refund.origin == "own" and refund.failure_reason != "absent":
            await repository.open_payout(session, refund, refund.failure_reason or "failed", at)
