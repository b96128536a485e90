"""What every carrier's adapter offers. Weights are grams, costs minor units, times aware datetimes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

import msgspec

from comeback.vendors.errors import ProviderRefused

Credentials: TypeAlias = Mapping[str, str]
"""What the shop's connection holds, opened: for most carriers `api_key`. Never in a message, a log or a repr."""


class CarrierRefused(ProviderRefused):
    """A definite no of the carrier: bad address, unknown service, wrong key."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """`country` is ISO 3166-1 alpha-2; what is unknown is empty."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""


class LabelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`reference` is ours and makes the purchase repeatable; `direction` is outbound or return."""

    reference: str
    sender: Address
    recipient: Address
    weight_grams: int = 0
    service: str = "standard"
    direction: str = "return"


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """`qr` is the text of a drop-off code for those without a printer, None where the carrier has none."""

    reference: str
    carrier: str
    tracking_number: str
    pdf: bytes
    cost: int
    currency: str
    qr: str | None = None


class TrackedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One scan as the carrier tells it; `code` and `status` still need the code table's reading."""

    id: str
    occurred_at: datetime
    code: str | None = None
    status: str | None = None
    description: str = ""
    city: str | None = None
    country: str | None = None


class Tracking(msgspec.Struct, frozen=True, kw_only=True):
    carrier: str
    tracking_number: str
    events: list[TrackedEvent] = []


class Carrier(Protocol):
    """Every method raises CarrierRefused (definite), ProviderUnavailable (not done) or ProviderTimeout (unknown: use
    `find_label` before buying again)."""

    async def buy_label(self, credentials: Credentials, request: LabelRequest) -> Label:
        """Buys once for each reference: the same one answers with the same label."""
        ...

    async def find_label(self, credentials: Credentials, reference: str) -> Label | None:
        """The label bought under this reference, unless it was voided."""
        ...

    async def void_label(self, credentials: Credentials, tracking_number: str) -> None:
        """Gives an unused label back; voiding twice is no error."""
        ...

    async def track(self, credentials: Credentials, tracking_number: str) -> Tracking | None:
        """All scans so far, oldest first; None for a number the carrier does not know."""
        ...
