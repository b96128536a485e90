"""Structs in and out of the merchants room."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from comeback.core.secrets import Secret


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a shop looks in mails and pages. Colours are `#rrggbb`; white text stands on `primary_dark` (4.5 : 1)."""

    primary: str = "#3451b2"
    primary_dark: str = "#2a3f8f"
    logo_url: str | None = None
    radius: int = 12
    support_email: str | None = None
    support_hours: str | None = None
    address: str | None = None


class BrandChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the look changes; fields that are left out stay. `radius` is in CSS pixels."""

    primary: str | msgspec.UnsetType = msgspec.UNSET
    primary_dark: str | msgspec.UnsetType = msgspec.UNSET
    logo_url: str | msgspec.UnsetType | None = msgspec.UNSET
    radius: Annotated[int, msgspec.Meta(ge=0, le=28)] | msgspec.UnsetType = msgspec.UNSET
    support_email: str | msgspec.UnsetType | None = msgspec.UNSET
    support_hours: str | msgspec.UnsetType | None = msgspec.UNSET
    address: str | msgspec.UnsetType | None = msgspec.UNSET


class ShopChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the shop changes; fields that are left out stay."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)] | msgspec.UnsetType = msgspec.UNSET
    locale: Annotated[str, msgspec.Meta(min_length=2, max_length=12)] | msgspec.UnsetType = msgspec.UNSET
    timezone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | msgspec.UnsetType = msgspec.UNSET
    brand: BrandChange | msgspec.UnsetType = msgspec.UNSET


class ShopProfile(msgspec.Struct, frozen=True, kw_only=True):
    """The shop with its look. `currency` is ISO 4217, `country` ISO 3166-1, `timezone` an IANA name."""

    id: UUID
    slug: str
    name: str
    locale: str
    timezone: str
    currency: str
    country: str
    brand: Brand


class LogoOut(msgspec.Struct, frozen=True, kw_only=True):
    """A stored picture; it is the shop's logo once the brand names its address."""

    url: str
    width: int
    height: int


class StaffMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the shop's people. `invited` has not chosen a password yet, `closed` may not log in any more."""

    id: UUID
    email: str
    name: str
    role: str
    state: Literal["active", "invited", "closed"]
    created_at: datetime
    last_login_at: datetime | None


class StaffPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, in the order they came."""

    items: list[StaffMember]
    next: str | None = None


RoleName = Literal["owner", "manager", "agent", "warehouse", "viewer"]


class StaffInvite(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person to invite by mail."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    role: RoleName


class StaffChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes; fields that are left out stay."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)] | msgspec.UnsetType = msgspec.UNSET
    role: RoleName | msgspec.UnsetType = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET


class KeyIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make, with the permissions it carries."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    scopes: Annotated[list[str], msgspec.Meta(max_length=100)]


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it can still be shown. `last_used_at` is to the minute."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyMade(msgspec.Struct, frozen=True, kw_only=True):
    """A new key: `key` is shown this once and never again."""

    key: str
    view: KeyView


class KeyPage(msgspec.Struct, frozen=True, kw_only=True):
    """The shop's keys, the oldest first, revoked ones too; `grantable` is what the asker may give to a new one."""

    items: list[KeyView]
    grantable: list[str]
    next: str | None = None


class DomainIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A domain that the shop wants to write From, like shop.example."""

    domain: Annotated[str, msgspec.Meta(min_length=3, max_length=253)]


class DnsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record to put at the domain. `state` is what the last look saw; `found` are the values seen instead."""

    purpose: Literal["dkim_orders", "dkim_news", "spf", "dmarc"]
    type: Literal["TXT"]
    host: str
    value: str
    required: bool
    state: Literal["unknown", "good", "missing", "wrong", "unanswered"]
    found: list[str] = []


class DomainView(msgspec.Struct, frozen=True, kw_only=True):
    """A sending domain with the records it needs. `verified_at` is set once the required ones were seen."""

    id: UUID
    domain: str
    addresses: list[str]
    verified_at: datetime | None
    records: list[DnsRecord]


class DomainPage(msgspec.Struct, frozen=True, kw_only=True):
    """The shop's domains. `local`: this stack delivers to its own mailbox, whatever the records say. Bounces come back
    to addresses at `return_path`, a domain of the platform: the shop needs no record for them."""

    items: list[DomainView]
    local: bool
    return_path: str
    next: str | None = None


class SessionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A log-in of the person who asks; `device` is the browser and system in two words, as it called itself."""

    id: UUID
    device: str | None
    created_at: datetime
    last_seen_at: datetime
    current: bool


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """What an invitation says to the one who opens it."""

    email: str
    name: str
    role: str
    shop: str


class ShopIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shop to open. `slug` stands in customers' addresses."""

    slug: str
    name: str
    locale: str = "en"
    timezone: str = "UTC"
    currency: str = "EUR"
    country: str = "DE"
    brand: Brand = msgspec.field(default_factory=Brand)
    settings: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class StaffIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person to let in."""

    email: str
    name: str
    password: str
    role: str


class ShopView(msgspec.Struct, frozen=True, kw_only=True):
    """What the studio shows of the shop one works in."""

    id: UUID
    slug: str
    name: str
    locale: str
    timezone: str
    currency: str
    country: str
    brand: dict[str, Any]


class StaffView(msgspec.Struct, frozen=True, kw_only=True):
    """What the studio shows of the person at the desk."""

    id: UUID
    email: str
    name: str
    role: str
    permissions: list[str]


class LoginResult(msgspec.Struct, frozen=True, kw_only=True):
    """A session that just began: `token` goes into the cookie, `csrf` to the page."""

    token: str
    csrf: str
    staff: StaffView
    shop: ShopView


class ConnectionIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vendor's account: its credentials, and the secret that it signs its webhooks with."""

    kind: str
    vendor: str
    credentials: dict[str, str]
    secret: str
    options: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """The connection behind a webhook address. Any of `secrets` may have signed (two while one is being changed)."""

    shop_id: UUID
    connection_id: UUID
    kind: str
    vendor: str
    secrets: tuple[Secret, ...]
    options: dict[str, Any]


class DkimKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender needs to sign for a stream: From address, domain, selector and private key (PEM, PKCS #8)."""

    sending_domain_id: UUID
    domain: str
    address: str
    selector: str
    algorithm: str
    private_key: Secret
    verified_at: datetime | None
