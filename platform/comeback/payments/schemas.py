"""Bodies of the refunds API. Amounts in minor units."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

Amount = Annotated[int, Meta(gt=0, le=10**12)]


class GoodwillLine(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A part of a goodwill refund that belongs to a line (its external id or id)."""

    line: str
    amount: Amount


class GoodwillIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Money given back outside a return. What `lines` and `shipping` do not name is unallocated (M7).

    `tender` names one means of payment; without it gift cards come first.
    """

    amount: Amount
    tender: str | None = None
    lines: list[GoodwillLine] | None = None
    shipping: Annotated[int, Meta(ge=0, le=10**12)] = 0
    reason: Annotated[str, Meta(max_length=500)] | None = None


class AttemptOut(msgspec.Struct, kw_only=True):
    """One refund attempt. `tender` is the order's own id of the means of payment."""

    id: UUID
    tender: str
    tender_kind: str
    amount: int
    currency: str
    state: str
    rail: str
    origin: str
    provider_ref: str | None
    failure_reason: str | None
    created_at: datetime
    settled_at: datetime | None


class RefundsOut(msgspec.Struct, kw_only=True):
    """What a decision about money started."""

    id: UUID
    state: str
    amount: int
    currency: str
    unallocated: int
    attempts: list[AttemptOut]


class AttemptPage(msgspec.Struct, kw_only=True):
    """All refund attempts of an order, oldest first."""

    items: list[AttemptOut]
    next: str | None = None


class SurplusOut(msgspec.Struct, kw_only=True):
    """Money that a provider gave back beyond everything known to be paid (minor units): someone has to look."""

    id: UUID
    order_id: UUID
    provider_ref: str
    payment_ref: str
    amount: int
    currency: str
    seen_at: datetime


class SurplusPage(msgspec.Struct, kw_only=True):
    """Open tasks, oldest first."""

    items: list[SurplusOut]
    next: str | None = None


class ConfirmIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A human says what became of a refund paid by hand."""

    paid: bool
    note: Annotated[str, Meta(max_length=500)] | None = None
