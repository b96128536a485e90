"""What every shop system's adapter offers. Bodies are the shop's own JSON; the storefronts room reads their meaning.

Everything that is written carries a `reference` of ours, and `find_written` answers whether it is there already: so a
call whose answer was lost is looked up and never repeated blindly.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

from comeback.core.secrets import Secret

ObjectKind = Literal["order", "product", "customer"]
WriteKind = Literal["note", "refund", "order", "codes", "credit"]


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """A shop's address and keys. `shop` is its domain (`name.myshopify.com`) or its base address (`https://shop.example`).

    `token` is Shopify's access token or WooCommerce's consumer key, `secret` WooCommerce's consumer secret.
    """

    shop: str
    token: Secret
    secret: Secret | None = None


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered the test call. `scopes` are the rights of the key, empty where the shop does not tell them."""

    shop: str
    name: str
    currency: str
    scopes: tuple[str, ...] = ()
    api_version: str = ""


class StoreObject(msgspec.Struct, frozen=True, kw_only=True):
    """One object as the shop holds it now. `id` is the shop's plain id (no `gid://` prefix).

    A WooCommerce order carries its refunds in full under `refunds`, each as the refunds interface answers them.
    """

    kind: ObjectKind
    id: str
    updated_at: datetime
    body: dict[str, Any]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """An object that changed, without its body."""

    id: str
    updated_at: datetime


class ChangePage(msgspec.Struct, frozen=True, kw_only=True):
    """Changed objects, the longest unchanged first; `next` None at the end."""

    items: tuple[Changed, ...]
    next: str | None = None


class ObjectPage(msgspec.Struct, frozen=True, kw_only=True):
    """Whole objects, oldest first; `next` None at the end, `total` where the shop tells it."""

    items: tuple[StoreObject, ...]
    next: str | None = None
    total: int | None = None


class NoteBack(msgspec.Struct, frozen=True, kw_only=True):
    """A line for the order's history, and tags to add."""

    reference: str
    order: str
    text: str
    tags: tuple[str, ...] = ()


class RefundedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a line of the shop's order. `amount` is their part in minor units, `tax` the tax inside or on top."""

    line: str
    quantity: int
    amount: int = 0
    tax: int = 0


class RefundBack(msgspec.Struct, frozen=True, kw_only=True):
    """A refund that already happened elsewhere. Writing it must never move money.

    `amount` in minor units of `currency`. `manual_parent` names the shop's payment where that was recorded by hand:
    only then may the shop book a transaction.
    """

    reference: str
    order: str
    amount: int
    currency: str
    lines: tuple[RefundedLine, ...] = ()
    shipping: int = 0
    note: str = ""
    manual_parent: str | None = None


class ReplacementLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent instead; `variant` is the shop's id. `product` is its product's id, where known."""

    variant: str
    quantity: int
    title: str = ""
    product: str | None = None


class PostalAddress(msgspec.Struct, frozen=True, kw_only=True):
    """`country` is ISO 3166-1 alpha-2; what is unknown is empty."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    phone: str = ""


class OrderBack(msgspec.Struct, frozen=True, kw_only=True):
    """A replacement order: paid by what the first order was paid with, so it costs nothing in the shop."""

    reference: str
    original: str
    currency: str
    email: str | None
    customer: str | None
    lines: tuple[ReplacementLine, ...]
    address: PostalAddress | None = None
    note: str = ""
    tags: tuple[str, ...] = ()


class CodesBack(msgspec.Struct, frozen=True, kw_only=True):
    """Discount codes of one rule, each usable once. `percent` or `amount` (minor units of `currency`)."""

    reference: str
    title: str
    codes: tuple[str, ...]
    currency: str
    percent: int | None = None
    amount: int | None = None
    minimum: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class CreditBack(msgspec.Struct, frozen=True, kw_only=True):
    """Credit that was issued here, as the shop's gift card (with this very `code`) or store credit."""

    reference: str
    form: Literal["gift_card", "store_credit"]
    amount: int
    currency: str
    code: str
    customer: str | None
    email: str | None = None
    note: str = ""
    expires_at: datetime | None = None


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop made of it: its id (of the refund, order, card …)."""

    id: str


class Unsupported(Exception):
    """This shop system cannot hold what was asked (a gift card in plain WooCommerce): told, not tried again."""


WriteTask = NoteBack | RefundBack | OrderBack | CodesBack | CreditBack


class Storefront(Protocol):
    """Every method raises ProviderRefused (definite; code `authentication_failed` for a bad key, `missing_scope`),
    ProviderUnavailable (not done; `retry_after` seconds where told) or ProviderTimeout (unknown)."""

    vendor: str

    async def identity(self, access: Access) -> Identity:
        """The test call at connecting."""
        ...

    async def fetch(self, access: Access, kind: ObjectKind, object_id: str) -> StoreObject | None:
        """One object as it is now, whole; None where the shop does not have it."""
        ...

    async def product_of_item(self, access: Access, item_id: str) -> StoreObject | None:
        """The product of an inventory item, with its stock; None where there is none."""
        ...

    async def changes(
        self, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int = 100
    ) -> ChangePage:
        """What changed at or after `since`, by change time."""
        ...

    async def objects(
        self, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int = 25
    ) -> ObjectPage:
        """What was created at or after `since`, whole, for a back-fill."""
        ...

    async def ensure_webhooks(self, access: Access, address: str, secret: Secret, topics: Sequence[str]) -> list[str]:
        """Makes the shop call `address` for each topic, once; answers the topics that are subscribed now."""
        ...

    async def drop_webhooks(self, access: Access, address: str) -> None:
        """Ends the calls to `address`; no error where there are none."""
        ...

    async def find_written(self, access: Access, kind: WriteKind, task: WriteTask) -> Written | None:
        """What an earlier call with this reference left in the shop."""
        ...

    async def write(self, access: Access, kind: WriteKind, task: WriteTask) -> Written:
        """Writes it once. Call `find_written` first where an earlier call's answer was lost."""
        ...

    def verify(self, body: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
        """Whether one of the secrets signed these very bytes; compared in constant time."""
        ...

    async def close(self) -> None:
        """Ends the connections."""
        ...
