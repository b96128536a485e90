"""Settling: the quote's own code over what arrived, then money, credit and replacements in one transaction."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.events import publish
from comeback.kit.ids import new_id
from comeback.ledger import service as ledger
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.orders.models import UnitState
from comeback.payments import service as payments
from comeback.returns import repository
from comeback.returns.errors import NothingToSettle, SettlementChanged, WrongState
from comeback.returns.events import ReturnClosed, ReturnSettled
from comeback.returns.models import ReturnCase, ReturnLine, Settlement
from comeback.returns.resolutions.base import Execution, Resolution
from comeback.returns.resolutions.credit import CreditResolution
from comeback.returns.resolutions.exchange import ExchangeResolution
from comeback.returns.resolutions.refund import RefundResolution
from comeback.returns.rules import settlement as rules
from comeback.returns.rules.quote import quote
from comeback.returns.rules.quoted import Quote, QuoteInput
from comeback.returns.rules.settlement import CaseLine
from comeback.returns.rules.states import settlement_state
from comeback.returns.schemas import SettleIn
from comeback.returns.service.deciding import about
from comeback.returns.service.facts import Loaded, load_order
from comeback.returns.service.loading import actor, lock, move
from comeback.returns.service.policies import by_version, to_json
from comeback.shipments import service as shipments

SETTLEABLE = frozenset({"approved", "open"})
RESOLUTIONS: tuple[Resolution, ...] = (RefundResolution(), CreditResolution(), ExchangeResolution())


class Due(msgspec.Struct, frozen=True):
    """What would be settled now, and whether it is what was promised."""

    loaded: Loaded
    lines: list[ReturnLine]
    units: dict[str, list[int]]
    expected: Quote
    computed: Quote
    complete: bool


def basis_of(case: ReturnCase) -> QuoteInput:
    """What the case's quote was computed from."""
    return msgspec.json.decode(msgspec.json.encode(case.basis), type=QuoteInput)


async def _arrived(session: ReadSession, case: ReturnCase, trigger: str) -> dict[UUID, dict[int, int]]:
    """Return line → slot → deduction of the units the policy's trigger lets settle."""
    if trigger == "inspected":
        found: dict[UUID, dict[int, int]] = {}
        for finding in await repository.findings(session, case.id):
            if finding.grade:
                slots = dict.fromkeys(finding.slots, finding.deduction_percent)
                found.setdefault(finding.return_line_id, {}).update(slots)
        return found
    parcels = await shipments.shipments_of_return(session, case.id)
    moving = any(shipments.return_state(p) in ("in_transit", "delivered") for p in parcels)
    there = case.received_at is not None or any(shipments.return_state(p) == "delivered" for p in parcels)
    if trigger == "manual" or there or (trigger == "first_scan" and moving):
        return {x.id: dict.fromkeys(x.slots, 0) for x in await repository.lines(session, [case.id])}
    return {}


async def due_now(session: ReadSession, case: ReturnCase) -> Due | None:
    """What is due now; None where nothing new arrived."""
    settlements = await repository.settlements(session, case.id)
    settled = rules.settled_units([(s.state, s.units) for s in settlements])
    policy = await by_version(session, case.policy_version)
    arrived = await _arrived(session, case, policy.refund_trigger)
    basis = basis_of(case)
    lines = await repository.lines(session, [case.id])
    chosen: list[CaseLine] = []
    for line, ask in zip(lines, basis.asks, strict=True):
        slots = {s: p for s, p in sorted(arrived.get(line.id, {}).items()) if (line.id, s) not in settled}
        if slots:
            deductions = {s: p for s, p in slots.items() if p}
            chosen.append(CaseLine(id=line.id, ask=ask, slots=tuple(slots), deductions=deductions))
    if not chosen:
        return None
    asks = rules.due_asks(chosen)
    charged = tuple(f["kind"] for s in settlements if s.state != "blocked" for f in s.computed["fees"])
    order_lines = {line.id: line.line_id for line in lines}
    gone = {(order_lines[line], slot) for line, slot in settled}
    paid = [s.computed for s in settlements if s.state not in ("blocked", "failed")]
    still = msgspec.structs.replace(basis, order=rules.after_paid(basis.order, paid))
    expected = quote(rules.promised(still, asks, charged, gone))
    loaded = await load_order(session, case.order_id, _held(lines, settled))
    facts = rules.as_promised(loaded.facts, still.order, gone)
    asked = msgspec.structs.replace(basis, order=facts, asks=asks, fees_charged=charged)
    units = {str(c.id): list(c.slots) for c in chosen}
    complete = len(settled) + sum(len(c.slots) for c in chosen) == sum(x.quantity for x in lines)
    ids = {c.id for c in chosen}
    return Due(loaded, [x for x in lines if x.id in ids], units, expected, quote(asked), complete)


def _held(lines: Sequence[ReturnLine], settled: set[tuple[UUID, int]]) -> dict[UUID, set[int]]:
    """Order line → units of the case that are not settled: what has yet to arrive is still with the customer."""
    held: dict[UUID, set[int]] = {}
    for line in lines:
        held.setdefault(line.line_id, set()).update(s for s in line.slots if (line.id, s) not in settled)
    return held


async def settle(session: WriteSession, principal: Principal, case_id: UUID, said: SettleIn) -> Settlement:
    """Settles what is due. Amounts that differ from the promise are blocked for a human, unless `said` confirms them.

    Raises WrongState, NothingToSettle, SettlementChanged (all 409).
    """
    case = await lock(session, case_id)
    if case.state not in SETTLEABLE:
        raise WrongState(f"The return is {case.state.replace('_', ' ')}.", extra={"state": case.state})
    found = await due_now(session, case)
    if found is None:
        raise NothingToSettle()
    _confirmed(found, said)
    row = await _row(session, case, found, actor(principal))
    reason = _obstacle(found, confirmed=said.refund_total is not None)
    if reason is not None:
        row.state, row.block_reason = "blocked", reason
        await session.flush()
        return row
    await _execute(session, case, found, row)
    data = {"settlement": str(row.id), "refund": row.refund_total, "credit": row.credit_total}
    await merchants.audit(session, principal, "return.settled", case.id, data)
    return row


def _confirmed(found: Due, said: SettleIn) -> None:
    given = (said.refund_total, said.credit_total)
    if given == (None, None):
        return
    now = (found.computed.refund_total, found.computed.credit_total)
    if any(a is not None and a != b for a, b in zip(given, now, strict=True)):
        raise SettlementChanged(extra={"refund_total": now[0], "credit_total": now[1]})


def _obstacle(found: Due, *, confirmed: bool) -> str | None:
    disputed = {t.id for t in found.loaded.tenders if t.disputed}
    if any(s.tender in disputed for s in (*found.computed.tenders, *found.computed.moved)):
        return "tender_disputed"
    if found.computed.charge_total:
        return "payment_required"
    if not confirmed and not rules.kept(found.expected, found.computed):
        return "amount_changed"
    return None


async def _row(session: WriteSession, case: ReturnCase, found: Due, by: str) -> Settlement:
    """A new settlement, or the blocked one taken up again."""
    known = await repository.settlements(session, case.id)
    blocked = next((s for s in known if s.state == "blocked"), None)
    row = blocked or Settlement(
        shop_id=session.shop_id, id=new_id(), case_id=case.id, sequence=len(known) + 1, state="computed"
    )
    row.units, row.computed = found.units, to_json(found.computed)
    row.expected_total = found.expected.refund_total + found.expected.credit_total
    row.refund_total, row.credit_total = found.computed.refund_total, found.computed.credit_total
    row.bonus_total, row.settled_by, row.created_at = found.computed.bonus_total, by, clock.now()
    session.add(row)
    await session.flush()
    return row


async def _execute(session: WriteSession, case: ReturnCase, found: Due, row: Settlement) -> None:
    computed, order_id = found.computed, case.order_id
    row.state, row.block_reason = "approved", None
    await session.flush()
    credited, carried = rules.divide(computed.moved, computed.credit_total)
    given = Execution(case, found.loaded.order, found.loaded.tenders, row, computed, found.lines, credited, carried)
    if computed.moved:
        moved = {s.tender: s.amount for s in computed.moved}
        await orders.reserve_refund(session, order_id, moved, 0, computed.line_moves)
        await orders.settle_refund(session, order_id, moved, 0, computed.line_moves, ok=True)
    for resolution in RESOLUTIONS:
        await resolution.execute(session, given)
    for line in found.lines:
        state = UnitState.REPLACED if line.resolution == "exchange" else UnitState.REFUNDED
        await orders.mark_units(session, case.id, line.line_id, found.units[str(line.id)], state)
    await ledger.post(session, "settlement", str(row.id), rules.journal(computed), order_id=order_id)
    if case.state == "approved":
        move(case, "open")
    event = ReturnSettled(
        **about(case),
        settlement_id=row.id,
        currency=computed.currency,
        refund_total=computed.refund_total,
        credit_total=computed.credit_total,
        bonus_total=computed.bonus_total,
        complete=found.complete,
    )
    await publish(session, event)
    row.state = "executing"
    await session.flush()
    await follow(session, case)


async def follow(session: WriteSession, case: ReturnCase) -> None:
    """Brings settlements in line with their refund attempts; closes the case when nothing is left to do."""
    settlements = await repository.settlements(session, case.id)
    attempts = await payments.attempts_of_sources(session, [s.id for s in settlements])
    for row in settlements:
        if row.state in ("executing", "settled", "partially_settled", "failed"):
            last = {a.tender: a.state for a in attempts.get(row.id, [])}
            state = settlement_state(list(last.values()))
            if state != row.state and (state != "executing" or row.state == "executing"):
                row.state = state
                row.settled_at = clock.now() if state == "settled" else row.settled_at
    await session.flush()
    lines = await repository.lines(session, [case.id])
    units = rules.settled_units([(s.state, s.units) for s in settlements])
    whole = len(units) == sum(x.quantity for x in lines)
    if case.state == "open" and whole and all(s.state == "settled" for s in settlements):
        move(case, "closed")
        case.closed_at = clock.now()
        await session.flush()
        await orders.release_hold(session, case.order_id, "return", case.id)
        await publish(session, ReturnClosed(**about(case)))


async def settled_units(session: ReadSession, settlement_id: UUID) -> dict[UUID, int]:
    """Order line → units that a settlement was for; nothing for an unknown one."""
    row = await repository.settlement(session, settlement_id)
    if row is None:
        return {}
    order_lines = {str(line.id): line.line_id for line in await repository.lines(session, [row.case_id])}
    found: dict[UUID, int] = {}
    for return_line, slots in row.units.items():
        line = order_lines[return_line]
        found[line] = found.get(line, 0) + len(slots)
    return found
