"""The parcels by what is to be watched, and one parcel in full."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from comeback.core.clock import clock
from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.desk import rules
from comeback.desk.repository import filters
from comeback.desk.repository import orders as order_rows
from comeback.desk.repository import shipments as repository
from comeback.desk.schemas.shared import OrderRef
from comeback.desk.schemas.shipments import ParcelTab, ShipmentCounts, ShipmentDetail, ShipmentList, ShipmentRow
from comeback.desk.service import paging, shapes
from comeback.orders import service as orders
from comeback.shipments import service as shipments

SILENT = timedelta(hours=48)
"""A parcel without a scan for this long is stuck."""


async def list_shipments(
    session: ReadSession, tab: ParcelTab, carrier: str | None, country: str | None, days: int | None, cursor: str | None
) -> ShipmentList:
    """A page of one tab, newest first, with the counts of all under the same filters."""
    now = clock.now()
    wanted: dict[str, Any] = {
        "silent": now - SILENT,
        "carrier": carrier,
        "country": country,
        "since": now - timedelta(days=days) if days else None,
    }
    by_time = paging.moment_and_id(cursor) if tab == "delivered" else None
    row_id = paging.only_id(cursor) if tab != "delivered" else None
    after = by_time or ((now, row_id) if row_id else None)
    found = await repository.page(session, tab, **wanted, after=after, limit=paging.PAGE + 1)
    page, following = paging.cut(found, *(("delivered_at", "id") if tab == "delivered" else ("id",)))
    counts = await repository.counts(session, **wanted)
    return ShipmentList(
        items=[_row(dict(row), now) for row in page],
        next=following,
        counts=ShipmentCounts(**counts, many=filters.MANY),
        carriers=await filters.carriers(session),
        countries=await filters.countries(session),
    )


def _row(row: dict[str, Any], now: datetime) -> ShipmentRow:
    problem: dict[str, Any] = row["problem"] or {}
    delay: dict[str, Any] = row["delay"] or {}
    until = row["eta_until"] if row["delivered_at"] is None else None
    return ShipmentRow(
        id=str(row["id"]),
        direction=row["direction"],
        order_id=str(row["order_id"]),
        order_number=row["number"],
        return_id=str(row["return_id"]) if row["return_id"] else None,
        customer=row["customer"],
        city=row["city"],
        country=row["country"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        status=rules.parcel_word(row["direction"], row["status"], row["label_state"], bool(delay), bool(problem)),
        reason=problem.get("reason") or delay.get("reason") or row["reason"],
        eta_from=row["eta_from"] if until else None,
        eta_until=until,
        late=until is not None and (row["eta_original_until"] or until) < now,
        news_at=row["news_at"],
        delivered_at=row["delivered_at"],
    )


async def detail(session: ReadSession, settings: Settings, shipment_id: UUID) -> ShipmentDetail:
    """One parcel. Raises ShipmentNotFound (404)."""
    parcel = await shipments.get_shipment(session, shipment_id, settings=settings)
    order = await orders.get_order(session, parcel.order_id)
    person = await customers.get_customer(session, order.customer_id)
    pictures = await order_rows.pictures(session, [piece.line_id for piece in parcel.lines])
    address = order.shipping_address or {}
    return ShipmentDetail(
        parcel=shapes.parcel(parcel, pictures),
        order=OrderRef(id=str(order.id), number=order.number, placed_at=order.placed_at),
        return_id=str(parcel.return_id) if parcel.return_id else None,
        customer=shapes.person(person),
        destination=rules.address_lines(address),
        country=address.get("country"),
        last_scan_at=max((event.occurred_at for event in parcel.events), default=None),
    )
