"""Structs of the flows API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from comeback.core.errors import FieldError

Name = Annotated[str, Meta(min_length=1, max_length=100)]


class FlowIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new flow. `family` (letters, digits, `_`) is for ever: it is part of what makes a message unique."""

    name: Name
    family: Annotated[str, Meta(pattern="^[a-z0-9_]{1,60}$")]
    definition: dict[str, Any]


class FlowPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes: a definition goes to the open draft, never to a published version."""

    name: Name | UnsetType = UNSET
    definition: dict[str, Any] | UnsetType = UNSET


class VersionOut(Struct, frozen=True, kw_only=True):
    """A version; `problems` keep a draft from being published, each names its node by a pointer."""

    version: int
    definition: dict[str, Any]
    published_at: datetime | None
    problems: list[FieldError]


class NodeNumbers(Struct, frozen=True, kw_only=True):
    """How many people took a way at a node; `here` counts those who wait there now."""

    node: str
    result: str
    people: int


class FlowOut(Struct, frozen=True, kw_only=True):
    """A flow: what is in force, what is being drafted."""

    id: UUID
    family: str
    name: str
    state: str
    live: VersionOut | None
    draft: VersionOut | None
    numbers: list[NodeNumbers]
    created_at: datetime
    updated_at: datetime


class FlowList(Struct, frozen=True, kw_only=True):
    """All flows of the shop."""

    items: list[FlowOut]
    next: str | None = None


class StepOut(Struct, frozen=True, kw_only=True):
    """A node that was run: what came of it and why (or why not)."""

    node: str
    result: str
    why: str
    at: datetime


class PersonOut(Struct, frozen=True, kw_only=True):
    """Someone in a flow, and every step they took. `here` and `due_at` are set while they wait."""

    id: UUID
    entry_key: str
    state: str
    order_id: UUID | None
    shipment_id: UUID | None
    return_id: UUID | None
    customer_id: UUID | None
    entered_at: datetime
    here: str | None
    due_at: datetime | None
    awaiting: str | None
    steps: list[StepOut]


class SimulateIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dry run on a real order: the entry event with its `data`, and what happens later (event → after how long).

    `draft` (the default) tries the open draft where there is one.
    """

    order: UUID
    event: str | None = None
    data: dict[str, Any] = {}
    later: dict[str, str] = {}
    draft: bool = True


class SimulatedStep(Struct, frozen=True, kw_only=True):
    """A step that would be taken then; a send says `would send` or `blocked` and why."""

    node: str
    result: str
    why: str
    at: datetime


class SimulationOut(Struct, frozen=True, kw_only=True):
    """Whether the person would enter, and every step."""

    version: int
    enters: bool
    steps: list[SimulatedStep]
