"""Approve, decline, cancel, expire: what each means for units, replacements, labels and the marketing hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from comeback.catalog import service as catalog
from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.core.events import Event, publish
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.payments import service as payments
from comeback.returns import repository
from comeback.returns.errors import NotDeclinable, WrongState
from comeback.returns.events import ReturnApproved, ReturnCancelled, ReturnDeclined
from comeback.returns.models import ReturnCase
from comeback.returns.service.loading import lock, move
from comeback.shipments import service as shipments

SEND_WITHIN = timedelta(days=14)
"""How long an approved return may take to be handed in; the label says so."""
EXPIRY_GRACE = timedelta(days=7)
LABELLED = frozenset({"label", "qr"})
_IN_FLIGHT = frozenset({"created", "sent", "unknown", "pending", "requires_action", "succeeded"})


def about(case: ReturnCase) -> dict[str, Any]:
    """The fields that every event of a case carries."""
    return {
        "occurred_at": clock.now(),
        "order_id": case.order_id,
        "return_id": case.id,
        "customer_id": case.customer_id,
        "number": case.number,
        "kind": case.kind,
    }


async def approve_case(session: WriteSession, case: ReturnCase, *, automatic: bool) -> None:
    """The goods may come: replacements stay aside, the label is ordered."""
    move(case, "approved")
    now = clock.now()
    case.decided_at, case.send_by = now, now + SEND_WITHIN
    await session.flush()
    for exchange in await repository.exchanges(session, case.id):
        await catalog.reserve(session, exchange.variant_id, exchange.quantity, exchange.id, timedelta(days=45))
    if case.method in LABELLED:
        pieces: dict[UUID, int] = {}
        for line in await repository.lines(session, [case.id]):
            pieces[line.line_id] = pieces.get(line.line_id, 0) + line.quantity
        await shipments.create_return_shipment(session, case.order_id, case.id, pieces, None, case.method)
    await publish(session, ReturnApproved(**about(case), method=case.method, automatic=automatic))


async def approve(session: WriteSession, principal: Principal, case_id: UUID) -> ReturnCase:
    """Approves a requested or reviewed case; one that is approved stays so. Raises WrongState (409)."""
    case = await lock(session, case_id)
    if case.state in ("approved", "open"):
        return case
    if case.state not in ("requested", "needs_review"):
        raise WrongState(f"The return is {case.state}.", extra={"state": case.state})
    await approve_case(session, case, automatic=False)
    await merchants.audit(session, principal, "return.approved", case.id)
    return case


async def _let_go(session: WriteSession, case: ReturnCase) -> None:
    """Units free, replacements back on sale, labels void, marketing hold over."""
    await orders.free_slots(session, case.id)
    for exchange in await repository.exchanges(session, case.id):
        await catalog.release_reservation(session, exchange.id)
        exchange.state = "canceled"
    for parcel in await shipments.shipments_of_return(session, case.id):
        await shipments.void_label(session, parcel.id)
    await orders.release_hold(session, case.order_id, "return", case.id)
    case.closed_at = clock.now()
    await session.flush()


async def decline(session: WriteSession, principal: Principal, case_id: UUID, reason: str) -> ReturnCase:
    """Declines a case before goods move. Raises NotDeclinable (409) for withdrawals, WrongState (409)."""
    case = await lock(session, case_id)
    if case.kind == "withdrawal":
        raise NotDeclinable()
    if case.state == "declined":
        return case
    move(case, "declined")
    case.decided_at, case.declined_reason = clock.now(), reason
    await _let_go(session, case)
    await publish(session, ReturnDeclined(**about(case), reason=reason))
    await merchants.audit(session, principal, "return.declined", case.id)
    return case


async def _end(session: WriteSession, case: ReturnCase, state: str, event: Callable[..., Event]) -> None:
    """Ends a case of which nothing arrived and no money moves. Raises WrongState (409)."""
    if await repository.findings(session, case.id):
        raise WrongState("Goods of this return were received already.")
    settled = [s for s in await repository.settlements(session, case.id) if s.state != "blocked"]
    attempts = await payments.attempts_of_sources(session, [s.id for s in settled])
    if any(a.state in _IN_FLIGHT for found in attempts.values() for a in found):
        raise WrongState("A refund for this return is under way.")
    if settled:
        raise WrongState("This return was settled already.")
    move(case, state)
    await _let_go(session, case)
    await publish(session, event(**about(case)))


async def cancel(session: WriteSession, principal: Principal | None, case_id: UUID) -> ReturnCase:
    """The customer keeps the goods: units and replacements are free again. Raises WrongState (409)."""
    case = await lock(session, case_id)
    if case.state == "canceled":
        return case
    await _end(session, case, "canceled", ReturnCancelled)
    await merchants.audit(session, principal, "return.cancelled", case.id)
    return case


async def expire(session: WriteSession, case_id: UUID) -> None:
    """Ends an approved case whose goods never left."""
    case = await lock(session, case_id)
    if case.state != "approved" or case.send_by is None or case.send_by + EXPIRY_GRACE > clock.now():
        return
    await _end(session, case, "expired", ReturnCancelled)
