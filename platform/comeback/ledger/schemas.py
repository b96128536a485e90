"""Ledger, as the API shows it."""

from datetime import datetime
from uuid import UUID

import msgspec


class EntryOut(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: debit positive, credit negative, minor units."""

    transaction_id: UUID
    kind: str
    source_id: str
    order_id: UUID | None
    account: str
    currency: str
    amount: int
    at: datetime


class EntriesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, oldest first."""

    items: list[EntryOut]
    next: str | None = None
