"""A dry run: what a definition would do to one person, with time jumping from wait to wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.flows.nodes.base import Happened, Moment
from comeback.flows.rules.advance import Step, advance
from comeback.flows.rules.definition import Definition


@dataclass(frozen=True, slots=True)
class Taken:
    """A step and when it would be taken."""

    step: Step
    at: datetime


def simulate(
    definition: Definition,
    start: datetime,
    facts: Mapping[str, Any],
    subjects: Mapping[str, UUID],
    events: Sequence[Happened],
) -> list[Taken]:
    """Every step, in order. `events` may lie in the future: a wait for one ends when it happens.

    Facts stay as they are today; in life they are read anew after every wait.
    """
    taken: list[Taken] = []
    node: str | None = definition.start
    due: datetime | None = None
    now = start
    while node is not None:
        past = [e for e in events if e.occurred_at <= now]
        found = advance(definition, node, due, Moment(now, facts, past, subjects))
        taken += [Taken(step, now) for step in found.steps]
        node, due = found.node, found.due_at
        if due is not None:
            awaited = [e.occurred_at for e in events if e.name == found.awaiting and now < e.occurred_at < due]
            now = min(awaited, default=due)
    return taken
