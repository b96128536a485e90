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
    ConnectionView,
    Need,
    NeedOut,
    NeedSubject,
    NumberOut,
    OverviewOut,
    SearchHit,
    SearchOut,
)
from comeback.merchants import service as merchants
from comeback.merchants.models import Connection

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
    troubles = [await _connections(session), await _parcels(session), await _messages(session)]
    troubles.append(await _tickets(session))
    needs = [*(pile for found in troubles for pile in found), *await _returns(session)]
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
            shipment_id=str(row["id"]),
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
            order_id=str(row["order_id"]) if row["order_id"] else None,
            return_id=None,
            message_id=str(row["id"]),
        )
        for row in rows
    ]
    return [NeedOut(kind="failed_message", count=rows[0]["count"], subjects=subjects)] if rows else []


async def _tickets(session: ReadSession) -> list[NeedOut]:
    rows = await repository.open_tickets(session, FEW)
    subjects = [
        NeedSubject(
            label=" · ".join(part for part in (row["customer"], row["order_number"]) if part),
            detail=row["subject"],
            since=row["since"],
            order_id=None,
            return_id=None,
            ticket_id=str(row["id"]),
        )
        for row in rows
    ]
    return [NeedOut(kind="ticket", count=rows[0]["count"], subjects=subjects)] if rows else []


async def _connections(session: ReadSession) -> list[NeedOut]:
    broken = [row for row in await merchants.list_connections(session) if row.state == "broken"]
    subjects = [
        NeedSubject(
            label=_name(row) or row.vendor.title(),
            detail=row.problem or "",
            since=row.checked_at or row.created_at,
            order_id=None,
            return_id=None,
        )
        for row in broken[:FEW]
    ]
    return [NeedOut(kind="connection", count=len(broken), subjects=subjects)] if broken else []


async def connections(session: ReadSession) -> list[ConnectionView]:
    """The shop's accounts at other companies, without anything secret."""
    return [
        ConnectionView(
            id=str(row.id),
            kind=row.kind,
            vendor=row.vendor,
            name=_name(row),
            state=row.state,
            problem=row.problem,
            checked_at=row.checked_at,
            created_at=row.created_at,
        )
        for row in await merchants.list_connections(session)
    ]


def _name(row: Connection) -> str | None:
    """What the other company calls this account, where the connection noted it."""
    found = next((row.options[key] for key in ("name", "shop", "domain", "url") if row.options.get(key)), None)
    return str(found) if found else None


async def search(session: ReadSession, q: str) -> SearchOut:
    """Orders, returns, parcels, customers and products that begin with `q`; nothing below two characters."""
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
        customer_id=str(row["customer_id"]) if row["customer_id"] else None,
        product_id=str(row["product_id"]) if row["product_id"] else None,
        shipment_id=str(row["shipment_id"]) if row["shipment_id"] else None,
    )
