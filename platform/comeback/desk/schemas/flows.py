"""The flows with their numbers, and one flow's steps in reading order.

Times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

FlowStateName = Literal["draft", "live", "paused"]
StepKind = Literal["send", "wait", "condition", "exit"]


class FlowNumbers(Struct, kw_only=True):
    """What happened in the last `days`; `inside` is now. Opened and clicked count mails that people opened."""

    days: int
    entered: int
    inside: int
    finished: int
    failed: int
    sent: int
    opened: int
    clicked: int


class FlowRow(Struct, kw_only=True):
    """One flow of the list; `drafted` where changes wait to be published."""

    id: str
    name: str
    family: str
    state: FlowStateName
    version: int | None
    drafted: bool
    events: list[str]
    numbers: FlowNumbers


class FlowList(Struct, kw_only=True):
    """All flows of the shop."""

    items: list[FlowRow]


class ClauseOut(Struct, kw_only=True):
    """One comparison of a condition; `join` says how it is tied to the one before."""

    join: Literal["all", "any"]
    negated: bool
    field: str
    op: str
    value: str


class TakenOut(Struct, kw_only=True):
    """How many took a way out of a step."""

    result: str
    people: int


class FlowStep(Struct, kw_only=True):
    """One step; `depth` and `branch` say under which answer it stands, `again` that another way leads here too."""

    node: str
    kind: StepKind
    depth: int
    branch: Literal["yes", "no", "timed_out"] | None
    again: bool
    template: str | None
    class_: str | None
    channel: str | None
    wait_for: str | None
    wait_event: str | None
    timeout: str | None
    reason: str | None
    clauses: list[ClauseOut]
    taken: list[TakenOut]
    here: int
    sent: int
    opened: int
    clicked: int


class FlowDetail(Struct, kw_only=True):
    """One flow as a list that reads from top to bottom; the live version, else the draft."""

    flow: FlowRow
    key: str
    entry: list[ClauseOut]
    steps: list[FlowStep]
    published_at: datetime | None
    updated_at: datetime
