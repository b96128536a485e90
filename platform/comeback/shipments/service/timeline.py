"""Timeline entries of an order's parcels, for the agent's view: events of carriers and people, milestones, notes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from comeback.core.db import ReadSession
from comeback.shipments.repository import events as event_rows
from comeback.shipments.repository.parcels import Parcel
from comeback.shipments.rules.folding import Folded
from comeback.shipments.service.view import Loaded, load


class TimelineEntry(Struct, kw_only=True):
    """One line. `kind`: parcel_registered, carrier_event, milestone, parcel_note. `data`: plain values for words."""

    at: datetime
    kind: str
    shipment_id: UUID
    return_id: UUID | None
    data: dict[str, str | int | bool | None]


async def timeline(session: ReadSession, order_id: UUID) -> list[TimelineEntry]:
    """All parcels of an order, the oldest first; empty for an unknown order."""
    loaded = (await load(session, [order_id], public_notes=False)).get(order_id)
    if loaded is None:
        return []
    recorded = await event_rows.milestones_of(session, [parcel.id for parcel in loaded.parcels])
    entries: list[TimelineEntry] = []
    for parcel in loaded.parcels:
        entries += _registered(parcel)
        entries += _events(parcel, loaded.folds[parcel.id])
        entries += [
            _entry(parcel, row["occurred_at"], "milestone", name=name, notified=row["notified"], why=row["why"])
            for name, row in recorded[parcel.id].items()
        ]
    return sorted([*entries, *_notes(loaded)], key=lambda entry: entry.at)


def _entry(parcel: Parcel, at: datetime, kind: str, **data: Any) -> TimelineEntry:
    data = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number} | data
    return TimelineEntry(at=at, kind=kind, shipment_id=parcel.id, return_id=parcel.return_id, data=data)


def _registered(parcel: Parcel) -> Iterable[TimelineEntry]:
    at = parcel.shipped_at or parcel.created_at
    return [_entry(parcel, at, "parcel_registered", direction=parcel.direction, label=parcel.label_state)]


def _events(parcel: Parcel, folded: Folded) -> Iterable[TimelineEntry]:
    return [
        _entry(
            parcel,
            entry.at,
            "carrier_event",
            status=entry.status.value if entry.status else None,
            text=entry.text,
            code=entry.code,
            city=entry.city,
            country=entry.country,
            sources=", ".join(entry.sources),
            marks=", ".join(entry.marks),
            noise=entry.noise,
        )
        for entry in folded.timeline
    ]


def _notes(loaded: Loaded) -> Iterable[TimelineEntry]:
    parcels = {parcel.id: parcel for parcel in loaded.parcels}
    return [
        _entry(
            parcels[note["shipment_id"]],
            note["created_at"],
            "parcel_note",
            author=note["author"],
            text=note["text"],
            public=note["public"],
        )
        for note in loaded.notes
    ]
