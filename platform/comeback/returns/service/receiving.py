"""Goods arrive and are looked at: findings per unit, stock by disposition, revisions that lose nothing."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.core.errors import FieldError
from comeback.core.events import publish
from comeback.kit.ids import new_id
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.returns import repository
from comeback.returns.errors import BadReturn, ReturnNotFound, WrongState
from comeback.returns.events import ReturnInspected, ReturnReceived
from comeback.returns.models import Receipt, ReceiptLine, ReturnCase, ReturnLine
from comeback.returns.rules import states
from comeback.returns.rules.goods import pick
from comeback.returns.rules.settlement import settled_units
from comeback.returns.schemas import ReceiptIn, ReceiptLineIn
from comeback.returns.service.deciding import about
from comeback.returns.service.loading import actor, lock, move
from comeback.returns.service.stocking import stock_changes

RECEIVABLE = frozenset({"approved", "open"})


class Found(msgspec.Struct, frozen=True):
    """One finding: the case's line, the units it is about, what was said."""

    line: ReturnLine
    slots: tuple[int, ...]
    said: ReceiptLineIn


def _matching(lines: Sequence[ReturnLine], keys: dict[UUID, str], wanted: str) -> list[ReturnLine]:
    return [x for x in lines if wanted in (str(x.id), str(x.line_id), keys.get(x.line_id))]


def _find(
    said: ReceiptIn, lines: Sequence[ReturnLine], keys: dict[UUID, str], open_slots: dict[UUID, list[int]]
) -> list[Found]:
    """Findings with their units, lowest first. Raises BadReturn (422) naming every bad line."""
    found: list[Found] = []
    problems: list[FieldError] = []
    for i, line_in in enumerate(said.lines):
        matching = _matching(lines, keys, line_in.line)
        if not matching:
            problems.append(FieldError(f"/lines/{i}/line", "is not a line of this return"))
            continue
        if line_in.deduction_percent and not line_in.deduction_reason:
            problems.append(FieldError(f"/lines/{i}/deduction_reason", "a deduction needs its reason"))
        picked = pick([open_slots[x.id] for x in matching], line_in.quantity)
        if picked is None:
            left = sum(len(open_slots[x.id]) for x in matching)
            problems.append(FieldError(f"/lines/{i}/quantity", f"only {left} more can arrive"))
            continue
        for part in picked:
            line = matching[part.line]
            now = set(part.slots)
            open_slots[line.id] = [s for s in open_slots[line.id] if s not in now]
            found.append(Found(line, part.slots, line_in))
    if problems:
        raise BadReturn(errors=problems)
    return found


async def _keys(session: WriteSession, case: ReturnCase) -> dict[UUID, str]:
    return {line.id: line.external_id for line in await orders.lines_of(session, case.order_id)}


async def _store(session: WriteSession, receipt: Receipt, found: Sequence[Found]) -> None:
    at = clock.now()
    for finding in found:
        said = finding.said
        session.add(
            ReceiptLine(
                shop_id=session.shop_id,
                id=new_id(),
                receipt_id=receipt.id,
                case_id=receipt.case_id,
                return_line_id=finding.line.id,
                revision=receipt.revision,
                live=True,
                slots=list(finding.slots),
                grade=said.condition,
                disposition=said.disposition,
                deduction_percent=said.deduction_percent,
                deduction_reason=said.deduction_reason,
                photos=list(said.photos),
                note=said.note,
                at=at,
            )
        )
        await orders.mark_units(session, receipt.case_id, finding.line.line_id, finding.slots, "returned")
    await session.flush()


async def _refresh_goods(session: WriteSession, case: ReturnCase) -> None:
    """Sets each line's goods state from the findings that hold now."""
    seen: dict[UUID, list[tuple[str | None, str | None]]] = {}
    for finding in await repository.findings(session, case.id):
        seen.setdefault(finding.return_line_id, []).extend([(finding.grade, finding.disposition)] * len(finding.slots))
    for line in await repository.lines(session, [case.id]):
        line.goods_state = states.goods_state(line.quantity, seen.get(line.id, []))
    await session.flush()


async def _tell(session: WriteSession, case: ReturnCase, found: Sequence[Found], *, revised: bool) -> None:
    lines = await repository.lines(session, [case.id])
    arrived = sum(len(f.slots) for f in found)
    if found and not revised:
        complete = all(line.goods_state not in ("expected", "partial") for line in lines)
        await publish(session, ReturnReceived(**about(case), units=arrived, complete=complete))
    graded = sum(len(f.slots) for f in found if f.said.condition)
    if graded:
        await publish(session, ReturnInspected(**about(case), units=graded, revised=revised))


async def receive(session: WriteSession, principal: Principal, case_id: UUID, said: ReceiptIn) -> Receipt:
    """Books goods in, with or without a first finding. Raises WrongState (409), BadReturn (422)."""
    case = await lock(session, case_id)
    if case.state not in RECEIVABLE:
        raise WrongState(f"The return is {case.state.replace('_', ' ')}.", extra={"state": case.state})
    if not said.lines and not said.unexpected:
        raise BadReturn(errors=[FieldError("/lines", "must hold at least one line")])
    lines = await repository.lines(session, [case.id])
    arrived: dict[UUID, set[int]] = {}
    for finding in await repository.findings(session, case.id):
        arrived.setdefault(finding.return_line_id, set()).update(finding.slots)
    open_slots = {x.id: [s for s in x.slots if s not in arrived.get(x.id, set())] for x in lines}
    found = _find(said, lines, await _keys(session, case), open_slots)
    receipt = Receipt(
        shop_id=session.shop_id,
        id=new_id(),
        case_id=case.id,
        location=said.location,
        unexpected=msgspec.to_builtins(said.unexpected),
        revision=1,
        received_by=actor(principal),
        received_at=clock.now(),
    )
    session.add(receipt)
    await session.flush()
    await _store_settled(session, case, receipt, found)
    await stock_changes(session, case, receipt, {}, _dispositions(found))
    case.received_at = case.received_at or clock.now()
    move(case, "open")
    await _refresh_goods(session, case)
    await _tell(session, case, found, revised=False)
    await merchants.audit(session, principal, "return.received", case.id, {"receipt": str(receipt.id)})
    return receipt


def _dispositions(found: Sequence[Found]) -> dict[tuple[UUID, int], str | None]:
    return {(f.line.id, slot): f.said.disposition for f in found for slot in f.slots}


async def revise(
    session: WriteSession, principal: Principal, case_id: UUID, receipt_id: UUID, said: ReceiptIn
) -> Receipt:
    """A new finding for what a receipt holds: older findings stay on record, stock is put right by counter-moves.

    Units that are settled keep their money; they can be re-graded, not un-received. Raises WrongState (409),
    BadReturn (422), ReturnNotFound (404).
    """
    case = await lock(session, case_id)
    receipt = next((r for r in await repository.receipts(session, case.id) if r.id == receipt_id), None)
    if receipt is None:
        raise ReturnNotFound("There is no such receipt.")
    if case.state not in ("open", "closed"):
        raise WrongState(f"The return is {case.state}.", extra={"state": case.state})
    lines = {x.id: x for x in await repository.lines(session, [case.id])}
    live = await repository.findings(session, case.id)
    old = [f for f in live if f.receipt_id == receipt.id]
    others = {(f.return_line_id, s) for f in live if f.receipt_id != receipt.id for s in f.slots}
    before = {(f.return_line_id, s): f.disposition for f in old for s in f.slots}
    open_slots = {i: [s for s in x.slots if (i, s) not in others] for i, x in lines.items()}
    found = _find(said, list(lines.values()), await _keys(session, case), open_slots)
    after = _dispositions(found)
    await _unreceive(session, case, lines, set(before) - set(after))
    for finding in old:
        finding.live = False
    previous = receipt.location
    receipt.revision, receipt.location = receipt.revision + 1, said.location
    receipt.unexpected = msgspec.to_builtins(said.unexpected) or receipt.unexpected
    await session.flush()
    await _store_settled(session, case, receipt, found)
    await stock_changes(session, case, receipt, before, after, previous)
    await _refresh_goods(session, case)
    await _tell(session, case, found, revised=True)
    await merchants.audit(session, principal, "return.revised", case.id, {"receipt": str(receipt.id)})
    return receipt


async def _settled(session: WriteSession, case: ReturnCase) -> set[tuple[UUID, int]]:
    return settled_units([(s.state, s.units) for s in await repository.settlements(session, case.id)])


async def _unreceive(
    session: WriteSession, case: ReturnCase, lines: dict[UUID, ReturnLine], gone: set[tuple[UUID, int]]
) -> None:
    if gone & await _settled(session, case):
        raise WrongState("Units that are settled cannot be taken out of a receipt.")
    for line_id, line in lines.items():
        slots = [slot for owner, slot in sorted(gone) if owner == line_id]
        if slots:
            await orders.mark_units(session, case.id, line.line_id, slots, "returning")


async def _store_settled(session: WriteSession, case: ReturnCase, receipt: Receipt, found: Sequence[Found]) -> None:
    """Stores findings; settled units keep their state among the order's units."""
    settled = await _settled(session, case)
    states_before = {(u["line_id"], u["slot"]): u["state"] for u in await orders.units_of(session, [case.order_id])}
    await _store(session, receipt, found)
    for finding in found:
        kept: dict[str, list[int]] = {}
        for slot in finding.slots:
            if (finding.line.id, slot) in settled:
                kept.setdefault(states_before[(finding.line.line_id, slot)], []).append(slot)
        for state, slots in kept.items():
            await orders.mark_units(session, case.id, finding.line.line_id, slots, state)
