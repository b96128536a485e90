"""What every kind of node sees and answers. All of it is plain data, so a run of days takes microseconds in a test."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

_DURATION = re.compile(r"P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
LONGEST = timedelta(days=400)


def parse_duration(text: str) -> timedelta | None:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds; None where it is none or over 400 days."""
    match = _DURATION.fullmatch(text)
    if match is None or len(text) > 24:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if max(weeks, days, hours, minutes, seconds) > LONGEST.total_seconds():
        return None
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return length if length <= LONGEST else None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the past; `subjects` are the ids it carries (order_id, shipment_id, …)."""

    name: str
    occurred_at: datetime
    subjects: Mapping[str, UUID] = field(default_factory=dict[str, UUID])


@dataclass(frozen=True, slots=True)
class Moment:
    """What a node sees: the time, facts by root (event, order, customer), what already happened, whom it is about."""

    now: datetime
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    history: Sequence[Happened] = ()
    subjects: Mapping[str, UUID] = field(default_factory=dict[str, UUID])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a node did. `stay` keeps the person there until `due_at` or the awaited event; else `next` follows."""

    result: str
    next: str | None = None
    why: str = ""
    stay: bool = False
    due_at: datetime | None = None
    awaiting: str | None = None


class Node(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Base of all nodes."""

    def ways(self) -> dict[str, str | None]:
        """Where it may lead: field name → node."""
        return {}

    def problems(self) -> list[tuple[str, str]]:
        """What is wrong with the node itself: (pointer within the node, sentence)."""
        return []
