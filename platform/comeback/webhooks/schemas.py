"""Bodies of the webhooks API. Secrets are shown once, in the answer that makes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

Url = Annotated[str, Meta(min_length=1, max_length=2000)]
Patterns = Annotated[list[Annotated[str, Meta(min_length=1, max_length=80)]], Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=200, pattern="^[^\\x00]*$")]
Slots = Annotated[int, Meta(ge=1, le=10)]


class EndpointIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A receiver. `events` are names of the catalogue, `room.*` or `*`; `slots` is how many calls run side by side."""

    url: Url
    events: Patterns = field(default_factory=lambda: ["*"])
    description: Text = ""
    slots: Slots = 2


class EndpointPatch(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to change. `state` live also closes the circuit and wakes an endpoint that was disabled."""

    url: Url | UnsetType = UNSET
    events: Patterns | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    slots: Slots | UnsetType = UNSET
    state: Literal["live", "off"] | UnsetType = UNSET


class RotateIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """How many hours the present secret stays valid beside the new one (0 ends it at once)."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 24


class TestIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which event to send a sample of; None sends `webhook.test`."""

    event: Annotated[str, Meta(max_length=80)] | None = None


class ReplayIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Everything that failed since then (RFC 3339) is sent again."""

    since: datetime


class NoticeOut(Struct, kw_only=True):
    """A notice about an endpoint."""

    id: UUID
    kind: str
    message: str
    created_at: datetime


class EndpointOut(Struct, kw_only=True):
    """A receiver as the API shows it; `failures` counts those in a row, `open_until` is set while the circuit is
    open."""

    id: UUID
    url: str
    description: str
    events: list[str]
    slots: int
    state: str
    problem: str | None
    failures: int
    failing_since: datetime | None
    open_until: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime
    waiting: int
    delivered: int
    failed: int
    notices: list[NoticeOut] = []


class EndpointSecret(Struct, kw_only=True):
    """A receiver with its new signing secret."""

    endpoint: EndpointOut
    secret: str


class EndpointList(Struct, kw_only=True):
    """All receivers of a shop."""

    items: list[EndpointOut]
    next: str | None = None


class EventOut(Struct, kw_only=True):
    """One event of the catalogue: JSON schema and a sample of the whole body."""

    name: str
    description: str
    schema: dict[str, Any]
    sample: dict[str, Any]


class EventList(Struct, kw_only=True):
    """The catalogue."""

    items: list[EventOut]
    next: str | None = None


class AttemptOut(Struct, kw_only=True):
    """One call; `duration_ms` in milliseconds."""

    number: int
    at: datetime
    url: str
    headers: dict[str, str]
    status: int | None
    answer: str | None
    error: str | None
    duration_ms: int


class DeliveryOut(Struct, kw_only=True):
    """One event for one endpoint."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event: str
    state: str
    tries: int
    status: int | None
    error: str | None
    due_at: datetime
    expires_at: datetime
    created_at: datetime
    done_at: datetime | None


class DeliveryDetail(Struct, kw_only=True):
    """A delivery with its body and every call."""

    delivery: DeliveryOut
    body: dict[str, Any] | None
    attempts: list[AttemptOut]


class DeliveryPage(Struct, kw_only=True):
    """Deliveries, newest first."""

    items: list[DeliveryOut]
    next: str | None


class Replayed(Struct, kw_only=True):
    """How many deliveries are due again."""

    count: int
