"""Bodies of the credits API. Amounts in minor units."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class LotOut(msgspec.Struct, kw_only=True):
    """A portion of credit that still holds something."""

    id: UUID
    currency: str
    promotional: bool
    amount: int
    remaining: int
    expires_at: datetime | None
    source_kind: str
    source_id: str
    issued_at: datetime


class EntryOut(msgspec.Struct, kw_only=True):
    """One change, newest first."""

    id: UUID
    currency: str
    kind: str
    amount: int
    promotional: bool
    source_kind: str
    source_id: str
    at: datetime


class BalanceOut(msgspec.Struct, kw_only=True):
    """What a currency's account holds: `balance` without the promotional part, which never becomes cash."""

    currency: str
    balance: int
    promotional: int


class StatementOut(msgspec.Struct, kw_only=True):
    """A customer's credit; `balance`, `promotional` and `currency` are those of the first account."""

    customer_id: UUID
    currency: str | None
    balance: int
    promotional: int
    accounts: list[BalanceOut]
    lots: list[LotOut]
    entries: list[EntryOut]


class RedeemIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Credit to spend; `source` is the caller's own id of the purchase and makes repeating it safe."""

    customer: UUID
    currency: Annotated[str, Meta(min_length=3, max_length=3)]
    amount: Annotated[int, Meta(gt=0, le=10**12)]
    source: Annotated[str, Meta(min_length=1, max_length=200)]


class RedeemOut(msgspec.Struct, kw_only=True):
    """What was spent from which lots, and what is left."""

    customer_id: UUID
    currency: str
    amount: int
    balance: int
    promotional: int
    parts: list[LotOut]
