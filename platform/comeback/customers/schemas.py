"""Structs of customers, in and out."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

ChannelName = Literal["email", "sms", "whatsapp"]
PurposeName = Literal["marketing", "reviews", "tracking"]


class CustomerIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person as an order names them; what is None leaves what is known untouched."""

    external_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    locale: str | None = None
    timezone: str | None = None


class ConsentIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One statement. `basis` soft_opt_in is ePrivacy art. 13(2): details got in a sale, own similar products."""

    channel: ChannelName
    purpose: PurposeName
    granted: bool
    source: str
    at: datetime
    basis: Literal["consent", "soft_opt_in"] = "consent"
    wording: str | None = None
    proof: dict[str, Any] | None = None


class ConsentsIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT consents: statements to add."""

    consents: list[ConsentIn]


class ConsentOut(msgspec.Struct, frozen=True, kw_only=True):
    """What holds now for a channel and purpose, and the statement it rests on."""

    channel: str
    purpose: str
    granted: bool
    basis: str
    source: str
    at: datetime


class SuppressionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A suppressed address: only the hash of it (hex) is known."""

    id: UUID
    channel: str
    address_hash: str
    reason: str
    topic: str | None
    at: datetime
    until: datetime | None


class CustomerOut(msgspec.Struct, frozen=True, kw_only=True):
    """A person with current consents, the ledger behind them, and suppressions of the address."""

    id: UUID
    external_id: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    locale: str | None
    timezone: str | None
    created_at: datetime
    consents: list[ConsentOut]
    history: list[ConsentOut]
    suppressions: list[SuppressionOut]
