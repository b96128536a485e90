"""The pictures of the first page.

Days are days of the shop's time zone, written as YYYY-MM-DD.
"""

from msgspec import Struct


class DayOut(Struct, kw_only=True):
    """One day: parcels handed over and delivered, mails accepted by the mail server and read by people."""

    day: str
    shipped: int
    delivered: int
    mails: int
    read: int


class ReasonCount(Struct, kw_only=True):
    """Pieces that came back for one reason; `reason` is the policy's word for it, null where none was given."""

    reason: str | None
    pieces: int


class CarrierCount(Struct, kw_only=True):
    """A carrier's deliveries with a promise, and how many kept it; `median_hours` from hand-over to door."""

    carrier: str
    delivered: int
    on_time: int
    median_hours: int | None


class ChartsOut(Struct, kw_only=True):
    """Thirty days, the oldest first; reasons and carriers count ninety days, the largest first."""

    days: list[DayOut]
    reasons: list[ReasonCount]
    carriers: list[CarrierCount]
