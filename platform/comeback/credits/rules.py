"""How store credit is spent: promotional lots first, then the one that ends first (M13, B4); how it is booked. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

_NEVER = datetime.max.replace(tzinfo=UTC)


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """One portion of credit; promotional lots never become cash. `remaining` in minor units."""

    id: UUID
    remaining: int
    promotional: bool
    expires_at: datetime | None
    issued_at: datetime


class Short(Exception):
    """More is to be spent than there is; `available` in minor units."""

    def __init__(self, available: int) -> None:
        super().__init__(available)
        self.available = available


def live(lot: Lot, now: datetime) -> bool:
    """Whether a lot can be spent at `now`."""
    return lot.remaining > 0 and (lot.expires_at is None or lot.expires_at > now)


def spend(lots: Sequence[Lot], amount: int, now: datetime) -> list[tuple[UUID, int]]:
    """(lot, amount) parts that make up `amount`. Raises Short where the live lots do not suffice."""
    usable = [lot for lot in lots if live(lot, now)]
    if amount > (available := sum(lot.remaining for lot in usable)):
        raise Short(available)
    usable.sort(key=lambda lot: (not lot.promotional, lot.expires_at or _NEVER, lot.issued_at, lot.id))
    parts: list[tuple[UUID, int]] = []
    for lot in usable:
        part = min(amount, lot.remaining)
        if part:
            parts.append((lot.id, part))
            amount -= part
    return parts


# Journals: (account, currency, amount), debit positive, Σ = 0. The two liabilities always hold what the accounts hold.
Entries = list[tuple[str, str, int]]


def bonus_journal(currency: str, bonus: int) -> Entries:
    """A bonus was given: an expense until it ends."""
    return [("promotion_expense", currency, bonus), ("promotional_credit_liability", currency, -bonus)]


def redeem_journal(currency: str, value: int, promotional: int) -> Entries:
    """Credit paid for a purchase: the liabilities end, the purchase is paid."""
    return [
        ("store_credit_liability", currency, value),
        ("promotional_credit_liability", currency, promotional),
        ("store_credit_redeemed", currency, -value - promotional),
    ]


def expiry_journal(currency: str, value: int, promotional: int) -> Entries:
    """Credit ended unspent: value becomes income, a bonus was no expense after all."""
    return [
        ("store_credit_liability", currency, value),
        ("breakage_income", currency, -value),
        ("promotional_credit_liability", currency, promotional),
        ("promotion_expense", currency, -promotional),
    ]
