"""The first page: four numbers with their change, and what needs a person; and the search."""

from datetime import timedelta
from typing import Any

from msgspec import convert

from comeback.core.clock import clock
from comeback.core.db import ReadSession
from comeback.desk import rules
from comeback.desk.repository import overview as repository
from comeback.desk.repository import search as search_rows
from comeback.desk.schemas.overview import (
    Need,
    NeedOut,
    NeedSubject,
    NumberOut,
    OverviewOut,
    SearchHit,
    SearchOut,
)
from comeback.merchants import service as merchants

PERIOD = timedelta(days=30)
SILENT = timedelta(hours=48)
FEW = 3
PILES: dict[str, Need] = {
    "refund_trouble": "refund_trouble",
    "requested": "approve",
    "needs_review": "review",
    "arrived": "check_in",
    "to_inspect": "inspect",
    "to_settle": "settle",
}


async def overview(session: ReadSession) -> OverviewOut:
    """What the shop looks like now."""
    now = clock.now()
    currency = (await merchants.get_shop(session)).currency
    present, past = await repository.numbers(session, [now, now - PERIOD], currency)
    numbers = [
        NumberOut(key="in_transit", value=present["in_transit"], previous=past["in_transit"], currency=None),
        NumberOut(key="delayed", value=present["delayed"], previous=past["delayed"], currency=None),
        NumberOut(key="open_returns", value=present["open_returns"], previous=past["open_returns"], currency=None),
        NumberOut(key="retained", value=present["retained"], previous=past["retained"], currency=currency),
    ]
    needs = [*await _returns(session), *await _parcels(session), *await _messages(session)]
    return OverviewOut(now=now, numbers=numbers, needs=needs)


async def _returns(session: ReadSession) -> list[NeedOut]:
    found = await repository.waiting_returns(session, FEW)
    piles: list[NeedOut] = []
    for status, kind in PILES.items():
        rows = [row for row in found if row["kind"] == status]
        if rows:
            piles.append(NeedOut(kind=kind, count=rows[0]["count"], subjects=[_waiting(row) for row in rows]))
    return piles


def _waiting(row: dict[str, Any]) -> NeedSubject:
    label = " · ".join(part for part in (row["customer"], row["label"]) if part)
    return NeedSubject(
        label=label, detail=row["detail"] or "", since=row["since"], order_id=None, return_id=str(row["return_id"])
    )


async def _parcels(session: ReadSession) -> list[NeedOut]:
    rows = await repository.stuck_parcels(session, clock.now() - SILENT, FEW)
    subjects = [
        NeedSubject(
            label=f"{row['number']} · {row['carrier'].upper()} {row['tracking_number'] or ''}".strip(),
            detail=str((row["problem"] or {}).get("reason") or row["trouble"]),
            since=row["since"],
            order_id=str(row["order_id"]),
            return_id=None,
        )
        for row in rows
    ]
    return [NeedOut(kind="stuck_parcel", count=rows[0]["count"], subjects=subjects)] if rows else []


async def _messages(session: ReadSession) -> list[NeedOut]:
    rows = await repository.failed_messages(session, FEW)
    subjects = [
        NeedSubject(
            label=" · ".join(part for part in (row["number"], row["subject"] or row["template"]) if part),
            detail=row["why"] or "",
            since=row["since"],
            order_id=str(row["order_id"]),
            return_id=None,
        )
        for row in rows
    ]
    return [NeedOut(kind="failed_message", count=rows[0]["count"], subjects=subjects)] if rows else []


async def search(session: ReadSession, q: str) -> SearchOut:
    """Orders, returns, parcels and customers that begin with `q`; nothing below two characters."""
    plain, prefix = rules.search_words(q)
    if len(plain) < 2:
        return SearchOut(items=[])
    return SearchOut(items=[_hit(row) for row in await search_rows.find(session, plain, prefix)])


def _hit(row: dict[str, Any]) -> SearchHit:
    return SearchHit(
        kind=convert(row["kind"], SearchHit.__annotations__["kind"]),
        title=row["title"],
        detail=row["detail"],
        order_id=str(row["order_id"]) if row["order_id"] else None,
        return_id=str(row["return_id"]) if row["return_id"] else None,
    )
