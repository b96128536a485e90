"""Bodies of connections to shop systems. Times are RFC 3339 UTC, amounts minor units."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

Moment = Annotated[datetime, Meta(tz=True)]
Short = Annotated[str, Meta(min_length=1, max_length=300)]
Kind = Literal["order", "product", "customer"]


class WriteBack(Struct, forbid_unknown_fields=True, kw_only=True):
    """What goes back into the shop. `credit`: credit that was issued here also becomes a gift card there."""

    notes: bool = True
    refunds: bool = True
    exchanges: bool = True
    codes: bool = True
    credit: Literal["off", "gift_card"] = "gift_card"


class ShopifyIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Connects by the token of a custom app (`access_token` with the app's `api_secret`, which signs the webhooks), or,
    without a token, begins an installation: the answer names the address to send the browser to."""

    shop: Short
    access_token: Short | None = None
    api_secret: Short | None = None
    write_back: WriteBack = field(default_factory=WriteBack)


class WooIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Connects by a consumer key with read and write rights. `shop` is the address of the shop's home page."""

    shop: Short
    consumer_key: Short
    consumer_secret: Short
    write_back: WriteBack = field(default_factory=WriteBack)


class ConnectionPatch(Struct, forbid_unknown_fields=True, kw_only=True):
    """`cheapest_standard`: the cheapest standard delivery by currency, in minor units (a withdrawal gives it back)."""

    write_back: WriteBack | UnsetType = UNSET
    cheapest_standard: dict[str, Annotated[int, Meta(ge=0, le=10**9)]] | UnsetType = UNSET


class SyncOut(Struct, kw_only=True):
    """How far a kind was read; `repaired` counts what its webhooks had not told."""

    kind: str
    watermark: datetime
    checked_at: datetime | None
    repaired: int


class ConnectionOut(Struct, kw_only=True):
    """A connection without its keys. `hook_url` is the address that the shop calls."""

    id: UUID
    kind: str
    vendor: str
    state: str
    problem: str | None
    shop: str | None
    name: str | None
    currency: str | None
    scopes: list[str]
    hook_url: str | None
    write_back: WriteBack | None
    cheapest_standard: dict[str, int]
    syncs: list[SyncOut]
    open_writes: int
    failed_writes: int
    created_at: datetime


class ConnectionPage(Struct, kw_only=True):
    """All connections of the shop."""

    items: list[ConnectionOut]
    next: str | None = None


class InstallOut(Struct, kw_only=True):
    """Where to send the browser: the merchant grants access there and comes back."""

    authorize_url: str


class BackfillIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Objects created since then are taken in as history: nobody is written to."""

    since: Moment
    kinds: list[Kind] = field(default_factory=lambda: ["product", "customer", "order"])


class TaskOut(Struct, kw_only=True):
    """A long task: `GET /api/v1/tasks/{id}` shows how far it is."""

    task: UUID


class WriteOut(Struct, kw_only=True):
    """One thing written into the shop."""

    id: UUID
    kind: str
    state: str
    order_id: UUID | None
    remote_id: str | None
    problem: str | None
    created_at: datetime
    done_at: datetime | None


class WritePage(Struct, kw_only=True):
    """What was or will be written, newest first."""

    items: list[WriteOut]
    next: str | None = None


class PrivacyOut(Struct, kw_only=True):
    """A privacy request of the shop system; `result` tells what was erased, or holds the export."""

    id: UUID
    kind: str
    state: str
    customer: str | None
    received_at: datetime
    due_at: datetime
    done_at: datetime | None
    result: dict[str, Any] | None


class PrivacyPage(Struct, kw_only=True):
    """Privacy requests, the newest first."""

    items: list[PrivacyOut]
    next: str | None = None
