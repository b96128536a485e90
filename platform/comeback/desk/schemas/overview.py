"""The first page and the search.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Need = Literal[
    "connection",
    "refund_trouble",
    "stuck_parcel",
    "failed_message",
    "approve",
    "review",
    "check_in",
    "inspect",
    "settle",
    "ticket",
]


class NumberOut(Struct, kw_only=True):
    """One number of the overview; `previous` is the same figure one period (30 days) earlier, null when unknowable."""

    key: Literal["in_transit", "delayed", "open_returns", "retained"]
    value: int
    previous: int | None
    currency: str | None


class NeedSubject(Struct, kw_only=True):
    """One thing that waits, with the page that solves it."""

    label: str
    detail: str
    since: datetime
    order_id: str | None
    return_id: str | None
    shipment_id: str | None = None
    message_id: str | None = None
    ticket_id: str | None = None


class NeedOut(Struct, kw_only=True):
    """A pile of waiting work: how much, and the oldest few."""

    kind: Need
    count: int
    subjects: list[NeedSubject]


class ConnectionView(Struct, kw_only=True):
    """An account at another company. `state` is live, broken or off; `problem` says why in a sentence."""

    id: str
    kind: str
    vendor: str
    name: str | None
    state: str
    problem: str | None
    checked_at: datetime | None
    created_at: datetime


class OverviewOut(Struct, kw_only=True):
    """The first page: four numbers and what needs a person. `now` is business time, by which the page says "ago"."""

    now: datetime
    numbers: list[NumberOut]
    needs: list[NeedOut]


class SearchHit(Struct, kw_only=True):
    """One answer of the search."""

    kind: Literal["order", "return", "parcel", "customer", "product"]
    title: str
    detail: str
    order_id: str | None
    return_id: str | None
    customer_id: str | None = None
    product_id: str | None = None
    shipment_id: str | None = None


class SearchOut(Struct, kw_only=True):
    """What the search found, best first."""

    items: list[SearchHit]
