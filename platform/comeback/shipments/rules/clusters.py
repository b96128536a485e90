"""Near-duplicates become one line of the timeline (settled: one pass, ≤ 10 minutes from a cluster's first)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from comeback.shipments.rules.events import CarrierEvent
from comeback.shipments.rules.vocabulary import NEAR_DUPLICATE, SORT_RANK, Status


class Entry(msgspec.Struct, frozen=True):
    """One line of the timeline, oldest first. `marks` say what the fold made of it; `noise` may be folded away."""

    key: str
    at: datetime
    status: Status | None
    substatus: str | None
    reason: str | None
    code: str | None
    city: str | None
    country: str | None
    text: str | None
    carrier: str
    number: str
    sources: tuple[str, ...]
    marks: tuple[str, ...]
    noise: bool


@dataclass(slots=True)
class Cluster:
    """Near-duplicates: the first event and what other sources said of it within ten minutes."""

    lead: CarrierEvent
    members: list[CarrierEvent]
    sources: set[str]

    @property
    def physical(self) -> bool:
        return any(event.physical for event in self.members)


def position(event: CarrierEvent) -> tuple[datetime, int, str]:
    """Where an event stands: by its time, then rank, then dedupe key (E4)."""
    return event.at, SORT_RANK[event.status] if event.status else -1, event.key


def clusters_of(ordered: Sequence[CarrierEvent]) -> list[Cluster]:
    """One pass: another source's event of the same status ≤ 10 minutes after a cluster's first joins it."""
    clusters: list[Cluster] = []
    open_by_status: dict[Status, Cluster] = {}
    for event in ordered:
        near = open_by_status.get(event.status) if event.status and not event.by_agent else None
        if near and event.at - near.lead.at <= NEAR_DUPLICATE and near.sources.isdisjoint(event.sources):
            near.members.append(event)
            near.sources.update(event.sources)
            continue
        fresh = Cluster(event, [event], set(event.sources))
        clusters.append(fresh)
        if event.status and not event.by_agent:
            open_by_status[event.status] = fresh
    return clusters


def timeline_of(marked: Sequence[tuple[Cluster, list[str]]]) -> tuple[Entry, ...]:
    """The lines of the timeline, each knowing whether it repeats what was last shown."""
    entries: list[Entry] = []
    shown: tuple[Status | None, str | None] = (None, None)
    for cluster, marks in marked:
        entry = _entry(cluster, marks, shown)
        entries.append(entry)
        if not entry.noise:
            shown = (entry.status, entry.city)
    return tuple(entries)


def _entry(cluster: Cluster, marks: list[str], shown: tuple[Status | None, str | None]) -> Entry:
    event = cluster.lead
    city = _first(member.city for member in cluster.members)
    repeats = (event.status, city) == shown and event.status != Status.ATTEMPT_FAILED
    quiet = (event.status in {None, Status.PENDING} and not event.reversal) or bool(
        {"late_scan", "revoked", "revocation"} & set(marks)
    )
    return Entry(
        key=event.key,
        at=event.at,
        status=event.status,
        substatus=_first(member.substatus for member in cluster.members),
        reason=_first(member.reason for member in cluster.members),
        code=event.code,
        city=city,
        country=_first(member.country for member in cluster.members),
        text=_first(member.text for member in cluster.members),
        carrier=event.carrier,
        number=event.tracking_number,
        sources=tuple(sorted(cluster.sources)),
        marks=tuple(sorted({*marks, *_own_marks(event)})),
        noise=(quiet or repeats) and not event.by_agent,
    )


def _own_marks(event: CarrierEvent) -> list[str]:
    facts = {"undated": event.occurred_at is None, "contradiction": event.contradiction, "unmapped": event.unmapped}
    return [name for name, holds in facts.items() if holds]


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
