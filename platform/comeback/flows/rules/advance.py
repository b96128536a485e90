"""One person's next step: a pure function of the frozen definition, the place, and what is known now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comeback.flows.nodes.base import Moment
from comeback.flows.rules.definition import Definition, Entry
from comeback.kit.conditions import evaluate, lookup


@dataclass(frozen=True, slots=True)
class Step:
    """A node that was run, what came of it, and why."""

    node: str
    result: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """Steps taken, and where the person is now: at `node` until `due_at` or `awaiting`, or through (None)."""

    steps: tuple[Step, ...]
    node: str | None = None
    due_at: datetime | None = None
    awaiting: str | None = None

    @property
    def through(self) -> bool:
        """Whether the run has ended."""
        return self.node is None


def advance(definition: Definition, node: str, due_at: datetime | None, moment: Moment) -> Transition:
    """Runs from `node` to the next wait or the end. `due_at` is set where the person already waits there."""
    steps: list[Step] = []
    here: str | None = node
    while here is not None:
        outcome = definition.nodes[here].run(due_at, moment)
        if outcome.stay:
            return Transition(tuple(steps), here, outcome.due_at, outcome.awaiting)
        steps.append(Step(here, outcome.result, outcome.why))
        if len(steps) > len(definition.nodes):
            raise RuntimeError("the definition loops although it was published")
        here, due_at = outcome.next, None
    return Transition(tuple(steps))


def entry_key(entry: Entry, subjects: Mapping[str, Any], facts: Mapping[str, Any]) -> str | None:
    """What makes this entry one and the same for ever; None where the event carries no such id."""
    found = subjects.get(f"{entry.key}_id") if "." not in entry.key else lookup(facts, entry.key)
    return None if found is None else str(found)


def enters(entry: Entry, facts: Mapping[str, Any]) -> bool:
    """Whether the event lets someone in."""
    return evaluate(entry.when, facts)
