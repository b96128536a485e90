"""The agent's inbox of returns: counts, lists, one case with what is due and what may be done."""

from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.kit.paging import decode_cursor, encode_cursor
from comeback.returns import repository
from comeback.returns.models import ReturnCase
from comeback.returns.schemas import CaseOut, CasePage, CaseRow, QuoteOut
from comeback.returns.service.loading import find
from comeback.returns.service.settling import SETTLEABLE, due_now
from comeback.returns.service.viewing import CaseParts, computed_out, read, shape_case

PAGE = 50
_STATUS = {"open": "received", "approved": "on_its_way"}


class CaseView(msgspec.Struct, kw_only=True):
    """A case for an agent: `due` is what a settlement would pay now (null where nothing new arrived)."""

    case: CaseOut
    tab: str
    due: QuoteOut | None
    due_deductions: int
    actions: list[str]
    parts: CaseParts


async def inbox_counts(session: ReadSession) -> dict[str, int]:
    """How many cases each tab holds: new, review, on_the_way, received, inspect, done."""
    return await repository.tab_counts(session)


async def list_cases(
    session: ReadSession, tab: str | None = None, cursor: str | None = None, limit: int = PAGE, **filters: Any
) -> CasePage:
    """A page of cases, newest first; `filters` as in `repository.FILTERS` (state, kind, order, customer, number)."""
    key = decode_cursor(cursor) if cursor else None
    before = parse_id(str(key[0])) if key else None
    found = await repository.list_cases(session, filters | {"tab": tab, "before": before}, limit + 1)
    items = [CaseRow(**row, status=_STATUS.get(str(row["state"]), str(row["state"]))) for row in found[:limit]]
    more = encode_cursor(str(items[-1].id)) if len(found) > limit else None
    return CasePage(items=items, next=more)


def _actions(case: ReturnCase, parts: CaseParts, *, payable: bool) -> list[str]:
    if case.state in ("requested", "needs_review"):
        return ["approve"] if case.kind == "withdrawal" else ["approve", "decline"]
    if case.state not in ("approved", "open"):
        return []
    arrived = sum(len(f.slots) for f in parts.findings)
    found = ["receive"] if arrived < sum(x.quantity for x in parts.lines) else []
    settled = {(i, s) for row in parts.settlements if row.state != "blocked" for i, ss in row.units.items() for s in ss}
    open_ = any((str(f.return_line_id), s) not in settled for f in parts.findings for s in f.slots)
    if open_:
        found.append("inspect")
    return [*found, "settle"] if payable else found


async def case_view(
    session: ReadSession, case_id: UUID, settings: Settings | None = None, locale: str = "en"
) -> CaseView:
    """Everything an agent needs to decide one return. Raises ReturnNotFound (404)."""
    case = await find(session, case_id)
    parts = await read(session, case, settings)
    due = await due_now(session, case) if case.state in SETTLEABLE else None
    tab = (await repository.list_cases(session, {"number": case.number}, 1))[0]["tab"]
    deductions = sum(f.amount for f in due.computed.fees if f.kind == "inspection") if due else 0
    return CaseView(
        case=shape_case(parts, locale),
        tab=tab,
        due=computed_out(parts, due.computed, locale) if due else None,
        due_deductions=deductions,
        actions=_actions(case, parts, payable=due is not None),
        parts=parts,
    )
