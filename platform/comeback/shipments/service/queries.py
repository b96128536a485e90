"""Reading parcels: for the API, for rooms above, for the studio."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.shipments.errors import NoShipment
from comeback.shipments.repository import events as event_rows
from comeback.shipments.repository import parcels as parcel_rows
from comeback.shipments.repository.parcels import LineFacts, Parcel
from comeback.shipments.rules.clusters import Entry
from comeback.shipments.rules.folding import Folded, fold
from comeback.shipments.rules.orders import OrderState, ParcelQuantities, order_state
from comeback.shipments.rules.promise import eta_shown
from comeback.shipments.rules.vocabulary import Direction, LabelState, Status
from comeback.shipments.schemas import (
    EtaOut,
    EventOut,
    LabelOut,
    MilestoneOut,
    NoteOut,
    PieceOut,
    ShipmentOut,
    UnmappedOut,
    UnmappedPage,
)
from comeback.shipments.service.pages import tracking_url


async def get_shipment(session: ReadSession, shipment_id: UUID, *, settings: Settings | None = None) -> ShipmentOut:
    """One parcel with its timeline. Raises NoShipment."""
    found = await parcel_rows.parcels(session, [shipment_id])
    if not found:
        raise NoShipment()
    return (await _outs(session, found, settings))[0]


async def shipments_of(session: ReadSession, order_id: UUID, *, settings: Settings | None = None) -> list[ShipmentOut]:
    """All parcels of an order in both directions, the oldest first. `tracking_url` needs `settings`."""
    return await _outs(session, await parcel_rows.parcels_of(session, order_ids=[order_id]), settings)


async def shipments_of_return(
    session: ReadSession, return_id: UUID, *, settings: Settings | None = None
) -> list[ShipmentOut]:
    """Parcels of a return case, the oldest first."""
    return await _outs(session, await parcel_rows.parcels_of(session, return_ids=[return_id]), settings)


async def last_delivery(session: ReadSession, order_id: UUID) -> datetime | None:
    """When the last good of the order arrived (Directive 2011/83/EU art. 9); None until all that is under way has."""
    return last_arrival(await parcel_rows.parcels_of(session, order_ids=[order_id]))


def last_arrival(parcels: Sequence[Parcel]) -> datetime | None:
    """As `last_delivery`, from all parcels of an order."""
    living = [
        parcel
        for parcel in parcels
        if parcel.direction == Direction.OUTBOUND and parcel.status not in {Status.CANCELLED, Status.RETURNED}
    ]
    times = [parcel.delivered_at for parcel in living]
    known = [moment for moment in times if moment is not None]
    return max(known) if known and len(known) == len(times) else None


async def delivery_state(session: ReadSession, order_id: UUID) -> OrderState:
    """The order seen from its parcels: the fold over line quantities. Raises NoShipment for an unknown order."""
    orders = await parcel_rows.orders(session, [order_id])
    if order_id not in orders:
        raise NoShipment("There is no such order.")
    lines = (await parcel_rows.lines(session, [order_id]))[order_id]
    parcels = [p for p in await parcel_rows.parcels_of(session, order_ids=[order_id]) if p.direction == "outbound"]
    pieces = await parcel_rows.pieces_of(session, [parcel.id for parcel in parcels])
    returned = await parcel_rows.returned_units(session, [order_id])
    return order_state(
        {line.id: line.quantity for line in lines},
        [ParcelQuantities(Status(parcel.status), pieces[parcel.id]) for parcel in parcels],
        cancelled=orders[order_id].state == "cancelled",
        returned=returned.get(order_id, 0),
    )


def return_state(parcel: Parcel | ShipmentOut) -> str:
    """The logistics of a return parcel in its own words: label_pending … first_scan, in_transit, delivered, lost."""
    label = parcel.label_state if isinstance(parcel, Parcel) else parcel.label.state
    status = Status(parcel.status)
    if status in {Status.PENDING, Status.INFO_RECEIVED, Status.EXPIRED}:
        return label if label != LabelState.NONE else "expected"
    if status == Status.CANCELLED:
        return LabelState.VOIDED.value
    if parcel.reason == "carrier_lost":
        return "lost"
    words = {
        Status.DELIVERED: "delivered",
        Status.RETURNING: "returned_to_sender",
        Status.RETURNED: "returned_to_sender",
    }
    return words.get(status, "in_transit")


async def unmapped_codes(session: ReadSession) -> UnmappedPage:
    """Carrier codes that no table knows, for a person to look at."""
    return UnmappedPage(items=[UnmappedOut(**row) for row in await event_rows.unmapped(session)])


async def _outs(session: ReadSession, parcels: Sequence[Parcel], settings: Settings | None) -> list[ShipmentOut]:
    ids = [parcel.id for parcel in parcels]
    events = await event_rows.events_of(session, ids)
    recorded = await event_rows.milestones_of(session, ids)
    pieces = await parcel_rows.pieces_of(session, ids)
    notes = await parcel_rows.notes_of(session, ids)
    lines = await parcel_rows.lines_by_id(session, {line_id for part in pieces.values() for line_id in part})
    outs: list[ShipmentOut] = []
    for parcel in parcels:
        url = tracking_url(settings, session.shop_id, parcel.order_id) if settings else None
        out = _out(parcel, fold(events[parcel.id]), recorded[parcel.id], url)
        out.lines = _pieces(pieces[parcel.id], lines)
        out.notes = [_note(note) for note in notes if note["shipment_id"] == parcel.id]
        outs.append(out)
    return outs


def _out(parcel: Parcel, folded: Folded, recorded: Mapping[str, Mapping[str, Any]], url: str | None) -> ShipmentOut:
    return ShipmentOut(
        id=parcel.id,
        order_id=parcel.order_id,
        direction=parcel.direction,
        return_id=parcel.return_id,
        carrier=parcel.carrier,
        service=parcel.service,
        tracking_number=parcel.tracking_number,
        status=folded.status.value,
        substatus=folded.substatus,
        reason=folded.reason,
        exception=None if folded.exception is None else msgspec.to_builtins(folded.exception),
        delay=None if folded.delay is None else msgspec.to_builtins(folded.delay),
        flags=list(folded.flags),
        attempts=folded.attempts,
        eta=_eta(parcel, folded),
        shipped_at=parcel.shipped_at,
        delivered_at=folded.delivered_at,
        milestones=[_milestone(reached.name.value, reached.occurred_at, recorded) for reached in folded.milestones],
        events=[_event(entry) for entry in folded.timeline],
        lines=[],
        notes=[],
        label=LabelOut(
            state=parcel.label_state,
            method=parcel.method,
            qr=parcel.label_qr,
            cost=parcel.label_cost,
            problem=parcel.label_problem,
        ),
        tracking_url=url,
        history=parcel.history,
        why=folded.why,
    )


def _eta(parcel: Parcel, folded: Folded) -> EtaOut:
    return EtaOut(
        start=parcel.eta_from,
        until=parcel.eta_until,
        source=parcel.eta_source,
        original_until=parcel.eta_original_until,
        shown=parcel.eta_until is not None and eta_shown(folded),
    )


def _milestone(name: str, occurred_at: datetime, recorded: Mapping[str, Mapping[str, Any]]) -> MilestoneOut:
    row = recorded.get(name, {"notified": False, "why": "Not recorded yet."})
    return MilestoneOut(name=name, occurred_at=occurred_at, notified=row["notified"], why=row["why"])


def _event(entry: Entry) -> EventOut:
    return EventOut(
        id=entry.key,
        code=entry.code,
        status=entry.status.value if entry.status else None,
        substatus=entry.substatus,
        reason=entry.reason,
        description=entry.text,
        occurred_at=entry.at,
        city=entry.city,
        country=entry.country,
        carrier=entry.carrier,
        tracking_number=entry.number,
        sources=entry.sources,
        marks=entry.marks,
        noise=entry.noise,
    )


def _pieces(pieces: Mapping[UUID, int], lines: Mapping[UUID, LineFacts]) -> list[PieceOut]:
    return [
        PieceOut(line=lines[line_id].external_id, line_id=line_id, title=lines[line_id].title, quantity=quantity)
        for line_id, quantity in sorted(pieces.items(), key=lambda piece: _place(lines[piece[0]]))
    ]


def _place(line: LineFacts) -> tuple[UUID, int]:
    return line.order_id, line.position


def _note(row: Mapping[str, Any]) -> NoteOut:
    return NoteOut(
        id=row["id"], author=row["author"], text=row["text"], public=row["public"], created_at=row["created_at"]
    )
