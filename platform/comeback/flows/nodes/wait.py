"""Wait for a time, or until an event of the same order, parcel or return with a time-out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comeback.flows.nodes.base import Happened, Moment, Node, Outcome, parse_duration


class Wait(Node, frozen=True, kw_only=True, tag="wait"):
    """`for`: go on after that time. `until_event`: go on as soon as it happened, even before the wait began.

    An event counts when every subject that both carry is the same: the parcel's own delivery, not that of another
    parcel of the order. After `timeout` without it, `timed_out` follows (or `next` where that is not given).
    """

    for_: str | None = msgspec.field(name="for", default=None)
    until_event: str | None = None
    timeout: str | None = None
    next: str | None = None
    timed_out: str | None = None

    def ways(self) -> dict[str, str | None]:
        """See Node."""
        return {"next": self.next, "timed_out": self.timed_out}

    def problems(self) -> list[tuple[str, str]]:
        """See Node."""
        if (self.for_ is None) == (self.until_event is None):
            return [("", "a wait has either `for` or `until_event`")]
        if self.for_ is not None:
            extra = [(f"/{f}", "needs `until_event`") for f in ("timeout", "timed_out") if getattr(self, f) is not None]
            return extra + _duration("/for", self.for_)
        if self.timeout is None:
            return [("/timeout", "is required: without it nobody would move on if the event never comes")]
        return _duration("/timeout", self.timeout)

    def run(self, due_at: datetime | None, moment: Moment) -> Outcome:
        """What happens at `moment` to a person here; `due_at` is set where they already wait."""
        if self.until_event is not None and any(self._matches(e, moment.subjects) for e in moment.history):
            return Outcome("happened", self.next, self.until_event)
        length = parse_duration(self.for_ or self.timeout or "") or timedelta()
        due = due_at if due_at is not None else moment.now + length
        if moment.now < due:
            return Outcome("waits", stay=True, due_at=due, awaiting=self.until_event)
        if self.until_event is None:
            return Outcome("waited", self.next)
        return Outcome("timed_out", self.timed_out or self.next, f"no {self.until_event} within {self.timeout}")

    def _matches(self, event: Happened, subjects: Mapping[str, UUID]) -> bool:
        return event.name == self.until_event and all(
            subjects[name] == value for name, value in event.subjects.items() if name in subjects
        )


def _duration(pointer: str, text: str) -> list[tuple[str, str]]:
    length = parse_duration(text)
    if length is None or not length:
        return [(pointer, "is not a duration such as PT2H or P3D, of at most 400 days")]
    return []
