"""Bodies of the shipments API and of the carrier's webhook, and the customer's page as data.

Times are RFC 3339 UTC, ids opaque strings. Page and mails get plain codes: words are made where the language is known.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from comeback.shipments.rules.orders import Step
from comeback.shipments.rules.vocabulary import Status

Moment = Annotated[datetime, Meta(tz=True)]
Word = Annotated[str, Meta(min_length=1, max_length=100)]


class PieceIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Pieces of a line, named by the line's external id."""

    line: Word
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]


class ShipmentIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What was handed over. Without `lines` it is everything that was not shipped yet."""

    carrier: Word
    service: Word | None = None
    tracking_number: Word | None = None
    shipped_at: Moment | None = None
    lines: Annotated[list[PieceIn], Meta(max_length=1000)] | None = None
    promised_at: Moment | None = None


class NumberIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A corrected tracking number."""

    tracking_number: Word
    carrier: Word | None = None


class NoteIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A note on the timeline; public ones are shown to the customer."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    public: bool = False


class OverrideIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A person's word on the status, with the reason why."""

    status: Status
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    occurred_at: Moment | None = None


class EtaOut(Struct, kw_only=True, rename={"start": "from"}):
    """When it should arrive; `source` is promised or rule. `shown` is false at the door and in trouble."""

    start: datetime | None
    until: datetime | None
    source: str | None
    original_until: datetime | None
    shown: bool


class EventOut(Struct, kw_only=True):
    """One line of the timeline, oldest first. `marks` say what the fold made of it; `noise` may be folded away."""

    id: str
    code: str | None
    status: str | None
    substatus: str | None
    reason: str | None
    description: str | None
    occurred_at: datetime
    city: str | None
    country: str | None
    carrier: str
    tracking_number: str
    sources: tuple[str, ...]
    marks: tuple[str, ...]
    noise: bool


class MilestoneOut(Struct, kw_only=True):
    """A milestone; `notified` says whether the customer was told, `why` says why or why not."""

    name: str
    occurred_at: datetime
    notified: bool
    why: str


class PieceOut(Struct, kw_only=True):
    """Pieces of a line in a parcel."""

    line: str
    line_id: UUID
    title: str
    quantity: int


class NoteOut(Struct, kw_only=True):
    """A person's note."""

    id: UUID
    author: str
    text: str
    public: bool
    created_at: datetime


class LabelOut(Struct, kw_only=True):
    """A return label. `qr` is the text of the drop-off code; the PDF has its own address."""

    state: str
    method: str | None
    qr: str | None
    cost: int | None
    problem: str | None


class ShipmentOut(Struct, kw_only=True):
    """A parcel as the fold sees it. `why` says in words how it came to its status."""

    id: UUID
    order_id: UUID
    direction: str
    return_id: UUID | None
    carrier: str
    service: str | None
    tracking_number: str | None
    status: str
    substatus: str | None
    reason: str | None
    exception: dict[str, Any] | None
    delay: dict[str, Any] | None
    flags: list[str]
    attempts: int
    eta: EtaOut
    shipped_at: datetime | None
    delivered_at: datetime | None
    milestones: list[MilestoneOut]
    events: list[EventOut]
    lines: list[PieceOut]
    notes: list[NoteOut]
    label: LabelOut
    tracking_url: str | None
    history: bool
    why: str


class UnmappedOut(Struct, kw_only=True):
    """A carrier's code that no table knows."""

    carrier: str
    code: str
    events: int
    first_seen_at: datetime
    last_seen_at: datetime


class UnmappedPage(Struct, kw_only=True):
    """Unknown codes, the most frequent first."""

    items: list[UnmappedOut]
    next: str | None = None


class HookEvent(Struct, kw_only=True):
    """One event of a carrier's webhook; a missing or unreadable time makes it undated."""

    id: str | int | None = None
    code: str | int | None = None
    status: str | None = None
    description: str | None = None
    occurred_at: str | None = None
    city: str | None = None
    country: str | None = None
    transferred_to: str | None = None


class CarrierHook(Struct, kw_only=True):
    """The body of a carrier's webhook. Events are read one by one, so a bad one does not hide the others."""

    carrier: str
    tracking_number: str
    events: list[msgspec.Raw] = []


class ItemView(Struct, kw_only=True):
    """Pieces of one line. `amount` is the price of these pieces in minor units, before discounts."""

    line_id: UUID
    title: str
    options: str | None
    sku: str | None
    quantity: int
    image_url: str | None
    url: str | None
    amount: int
    currency: str
    product_external_id: str | None


class Headline(Struct, kw_only=True):
    """What stands on top. `code`: ordered, preparing, on_its_way, arriving, delayed, out_for_delivery,
    available_for_pickup, attempt_failed, exception, delivered, returning, returned, cancelled, no_news."""

    code: str
    at: datetime | None = None
    eta_from: datetime | None = None
    eta_until: datetime | None = None
    reason: str | None = None
    left_with: str | None = None


class EventView(Struct, kw_only=True):
    """One line of the timeline, newest first. `text` is the carrier's own words, `kind` event or note."""

    kind: str
    at: datetime
    status: str | None
    substatus: str | None
    reason: str | None
    text: str | None
    city: str | None
    country: str | None
    late: bool
    noise: bool


class ParcelView(Struct, kw_only=True):
    """A parcel; `index` of `total` counts parcels of its direction from 1."""

    id: UUID
    index: int
    total: int
    direction: str
    carrier: str
    carrier_name: str
    carrier_url: str | None
    service: str | None
    tracking_number: str | None
    status: str
    substatus: str | None
    reason: str | None
    attempts: int
    headline: Headline
    steps: tuple[Step, ...]
    events: list[EventView]
    items: list[ItemView]
    shipped_at: datetime | None
    delivered_at: datetime | None
    original_eta_until: datetime | None
    return_id: UUID | None
    return_state: str | None
    label_qr: str | None


class TrackingView(Struct, kw_only=True):
    """An order as its customer may see it by the page's token: no street, no name (D13)."""

    shop_id: UUID
    order_id: UUID
    number: str
    placed_at: datetime
    currency: str
    locale: str | None
    customer_id: UUID
    state: str
    city: str | None
    country: str | None
    headline: Headline
    steps: tuple[Step, ...]
    parcels: list[ParcelView]
    returns: list[ParcelView]
    unshipped: list[ItemView]
    last_delivery: datetime | None
    page_url: str
