"""The life of a refund attempt: what an observation means, what it books, what to ask the provider next.

Pure. The API answer, the webhook, the listing and a human are observers of one attempt (M17, M18); whatever their
order and number, the books end the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from comeback.kit.states import Machine

REPLAY_WINDOW = timedelta(hours=20)
"""A provider may forget an idempotency key after 24 h: after 20 h a refund is never posted again (R11)."""

ABSENCE_AFTER = timedelta(minutes=10)
"""A listing proves absence only when nothing was posted for this long: a late request may still be executing."""

MAX_POSTS = 6
"""Posts under one key: a provider that stored an error for the key will repeat it for ever."""

REFUND = Machine(
    "refund",
    {
        "created": {"sent", "requires_action", "succeeded", "failed", "canceled"},
        "sent": {"pending", "requires_action", "succeeded", "failed", "canceled", "unknown"},
        "unknown": {"pending", "requires_action", "succeeded", "failed", "canceled"},
        "pending": {"requires_action", "succeeded", "failed", "canceled"},
        "requires_action": {"pending", "succeeded", "failed", "canceled"},
        "succeeded": {"failed"},
        "failed": set(),
        "canceled": set(),
    },
)

HOLDING = frozenset({"created", "sent", "unknown", "pending", "requires_action"})
"""States that keep their amount reserved on order and tender."""

PROVIDER_STATES = frozenset({"pending", "requires_action", "succeeded", "failed", "canceled"})


class Booking(StrEnum):
    """What a move does to the reserve and the ledger."""

    NONE = "none"
    SETTLE = "settle"
    RELEASE = "release"
    REVERSE = "reverse"


class Move(msgspec.Struct, frozen=True):
    """The state after an observation and what it books; `changed` is False for news that is none."""

    state: str
    booking: Booking
    changed: bool


def observe(state: str, seen: str) -> Move:
    """Folds one observation into an attempt; stale or repeated news changes nothing.

    A success may still fail days later (its money comes back to the shop); a failure is final.
    """
    if seen == state or not REFUND.allows(state, seen):
        return Move(state, Booking.NONE, False)
    if seen == "succeeded":
        return Move(seen, Booking.SETTLE, True)
    if seen in ("failed", "canceled"):
        return Move(seen, Booking.REVERSE if state == "succeeded" else Booking.RELEASE, True)
    return Move(seen, Booking.NONE, True)


class Next(StrEnum):
    """What to do about an attempt that has no definitive answer."""

    POST = "post"
    LIST = "list"
    NOTHING = "nothing"


def next_call(state: str, first_sent_at: datetime | None, now: datetime) -> Next:
    """Post what was never sent; list what may have arrived; leave alone what has an answer."""
    if state == "created" or (state == "sent" and first_sent_at is None):
        return Next.POST
    return Next.LIST if state in ("sent", "unknown") else Next.NOTHING


class Absent(StrEnum):
    """What an empty listing allows."""

    POST = "post"
    WAIT = "wait"
    REPLACE = "replace"


def after_absence(first_sent_at: datetime, last_sent_at: datetime, posts: int, now: datetime) -> Absent:
    """An empty listing: the same key again while it is young, a new attempt once absence is proven (M17)."""
    if now - first_sent_at < REPLAY_WINDOW and posts < MAX_POSTS:
        return Absent.POST
    return Absent.REPLACE if now - last_sent_at >= ABSENCE_AFTER else Absent.WAIT


def back_off(posts: int) -> timedelta:
    """How long an unknown attempt waits before it is looked up again: 2 s, 8 s, 32 s … 5 minutes."""
    return timedelta(seconds=min(2 * 4 ** max(0, posts - 1), 300))


def journal(booking: Booking, rail: str, currency: str, amount: int) -> list[tuple[str, str, int]]:
    """Ledger entries (account, currency, debit > 0) of a booking; Σ = 0. Cash moves only on success (D4)."""
    cash = "store_credit_liability" if rail == "credit" else f"cash:{rail}"
    if booking is Booking.SETTLE:
        return [("refund_clearing", currency, amount), (cash, currency, -amount)]
    if booking is Booking.REVERSE:
        return [(cash, currency, amount), ("refund_clearing", currency, -amount)]
    return []


def entitlement(account: str, currency: str, amount: int) -> list[tuple[str, str, int]]:
    """Ledger entries that owe a customer `amount` against `account` (goodwill, an outside refund)."""
    return [(account, currency, amount), ("refund_clearing", currency, -amount)]


def surplus(currency: str, amount: int) -> list[tuple[str, str, int]]:
    """Ledger entries of money that went out beyond everything known to be paid; a negative amount takes them back."""
    return [("refunds_unexplained", currency, amount), ("cash:stripe", currency, -amount)]


def fill(amount: int, room: Sequence[tuple[UUID, UUID, int, int]]) -> dict[UUID, int]:
    """An amount over (tender, order, room of the tender, room of the order): one that holds all of it alone, else the
    roomiest first. What fits nowhere is left out; parts are above zero."""
    spare = {order: left for _, order, _, left in room}
    parts: dict[UUID, int] = {}
    for tender, order, left, _ in sorted(room, key=lambda r: min(r[2], r[3]), reverse=True):
        part = min(amount, left, spare[order])
        if part > 0:
            parts[tender] = part
            amount -= part
            spare[order] -= part
    return parts


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one tender gives back; `lines`, `shipping` and the unallocated rest make up `amount` (minor units)."""

    tender: UUID
    amount: int
    lines: dict[UUID, int] = {}
    shipping: int = 0

    @property
    def unallocated(self) -> int:
        """What belongs to no line (M7)."""
        return self.amount - self.shipping - sum(self.lines.values())


def split(shares: Sequence[tuple[UUID, int]], lines: Mapping[UUID, int], shipping: int) -> tuple[Part, ...]:
    """Each tender's share in lines, then shipping; what neither explains is unallocated (M7)."""
    pots, freight_left = dict(lines), shipping
    parts: list[Part] = []
    for tender, amount in shares:
        left, mine = amount, dict[UUID, int]()
        for line, held in pots.items():
            if taken := min(left, held):
                mine[line] = taken
                left -= taken
        pots = {line: held - mine.get(line, 0) for line, held in pots.items()}
        freight = min(left, freight_left)
        freight_left -= freight
        parts.append(Part(tender=tender, amount=amount, lines=mine, shipping=freight))
    return tuple(parts)
