"""Answers of lower rooms in the shapes of the desk: parcels, messages, the customer, lines of the timeline."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from comeback.core.events import EventRow
from comeback.customers.schemas import CustomerOut as CustomerView
from comeback.desk import rules
from comeback.desk.schemas.orders import HitsOut, MessageOut
from comeback.desk.schemas.shared import (
    CarrierEventOut,
    CustomerOut,
    MilestoneOut,
    ParcelLineOut,
    ParcelOut,
    PersonRef,
    TimelineEntry,
)
from comeback.messages import schemas as messages
from comeback.messages.rules.letters import CONFIDENTIAL
from comeback.shipments.schemas import EventOut, ShipmentOut


def parcel(row: ShipmentOut, pictures: Mapping[UUID, str | None]) -> ParcelOut:
    """A parcel, its scans newest first, noise left out."""
    told = [event for event in reversed(row.events) if not event.noise]
    return ParcelOut(
        id=str(row.id),
        direction="return" if row.direction == "return" else "outbound",
        carrier=row.carrier,
        service=row.service,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url if row.direction == "outbound" else None,
        status="exception" if row.exception else row.status,
        substatus=row.substatus,
        reason=_reason(row),
        why=row.why or None,
        label_state=None if row.label.state == "none" else row.label.state,
        delay=_word(row.delay, "reason") if row.delay else None,
        eta_from=row.eta.start if row.eta.shown else None,
        eta_until=row.eta.until if row.eta.shown else None,
        eta_original_until=row.eta.original_until if row.eta.shown else None,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        milestones=[MilestoneOut(name=m.name, occurred_at=m.occurred_at) for m in row.milestones],
        events=[_scan(event) for event in told],
        lines=[
            ParcelLineOut(title=piece.title, quantity=piece.quantity, image_url=pictures.get(piece.line_id))
            for piece in row.lines
        ],
    )


def _word(values: Mapping[str, Any], key: str) -> str:
    return str(values.get(key) or "unknown")


def _reason(row: ShipmentOut) -> str | None:
    return _word(row.exception, "reason") if row.exception else row.label.problem or row.reason


def _scan(event: EventOut) -> CarrierEventOut:
    return CarrierEventOut(
        status=event.status,
        description=event.description or event.status or event.code or "",
        occurred_at=event.occurred_at,
        city=event.city,
        country=event.country,
    )


def parcel_entries(row: ShipmentOut) -> list[TimelineEntry]:
    """What a parcel adds to the timeline: the hand-over, its milestones, people's notes."""
    base: rules.Scalars = {"carrier": row.carrier}
    entries: list[TimelineEntry] = []
    if row.shipped_at and row.direction == "outbound":
        entries.append(_parcel_entry(row, row.shipped_at, "shipment.shipped", base | {"description": row.carrier}))
    places = {event.occurred_at: event.city for event in row.events}
    for milestone in row.milestones:
        name = rules.milestone_name(row.direction, milestone.name)
        if name:
            city = places.get(milestone.occurred_at)
            entries.append(_parcel_entry(row, milestone.occurred_at, name, base | {"city": city}))
    for note in row.notes:
        detail: rules.Scalars = {"description": note.text, "actor": note.author, "public": note.public}
        entries.append(_parcel_entry(row, note.created_at, "parcel.note", detail))
    return entries


def _parcel_entry(row: ShipmentOut, at: Any, name: str, detail: rules.Scalars) -> TimelineEntry:
    return TimelineEntry(at=at, name=name, source="parcel", detail=detail, return_id=None, message_id=None)


def event_entries(events: Sequence[EventRow]) -> list[TimelineEntry]:
    """The history as lines of the timeline."""
    found = [rules.event_entry(e.name, e.occurred_at, e.data, e.return_id, e.shipment_id is not None) for e in events]
    return [entry for entry in found if entry is not None]


def message(row: messages.MessageOut, kept: set[UUID]) -> MessageOut:
    """A message; `has_html` where its content can be read."""
    return MessageOut(
        id=str(row.id),
        template=row.template,
        kind=row.class_,
        channel=row.channel,
        recipient=row.recipient or "",
        subject=row.subject,
        state=row.state,
        why=row.why or (row.reply if row.state in {"failed", "deferred"} else None),
        at=row.created_at,
        accepted_at=row.accepted_at,
        opens=_hits(row.opens),
        clicks=_hits(row.clicks),
        has_html=row.id in kept and row.template not in CONFIDENTIAL,
    )


def _hits(counts: messages.Counts) -> HitsOut:
    return HitsOut(human=counts.human, probable=counts.probable, machine=counts.machine)


def message_entry(row: messages.MessageOut) -> TimelineEntry:
    """A message as a line of the timeline."""
    return TimelineEntry(
        at=row.accepted_at or row.created_at,
        name="message",
        source="message",
        detail={"template": row.template, "subject": row.subject, "state": row.state, "class": row.class_},
        return_id=None,
        message_id=str(row.id),
    )


def name_of(person: CustomerView) -> str:
    """What to call them; an erased one has no name any more."""
    return " ".join(part for part in (person.first_name, person.last_name) if part) or person.email or ""


def person(row: CustomerView) -> PersonRef:
    """A customer in one line."""
    return PersonRef(id=str(row.id), name=name_of(row))


def customer(person: CustomerView, locale: str | None) -> CustomerOut:
    """The customer of an order."""
    return CustomerOut(
        id=str(person.id),
        name=name_of(person),
        email=person.email or "",
        phone=person.phone,
        locale=person.locale or locale or "en",
    )
