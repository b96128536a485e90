"""Structs in and out of the merchants room."""

from datetime import datetime
from typing import Any
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
