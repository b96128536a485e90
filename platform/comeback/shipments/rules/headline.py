"""The one sentence on top of the page, as a code with its times."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from comeback.shipments.rules.folding import Folded
from comeback.shipments.rules.promise import eta_shown
from comeback.shipments.rules.vocabulary import Milestone, Status

# What a customer with several parcels must hear of first.
URGENCY = (
    "attempt_failed",
    "available_for_pickup",
    "exception",
    "out_for_delivery",
    "returning",
    "delayed",
    "arriving",
    "on_its_way",
    "no_news",
    "preparing",
    "delivered",
    "returned",
    "cancelled",
    "ordered",
)
_AT = {
    Status.OUT_FOR_DELIVERY: Milestone.OUT_FOR_DELIVERY,
    Status.ATTEMPT_FAILED: Milestone.ATTEMPT_FAILED,
    Status.AVAILABLE_FOR_PICKUP: Milestone.AVAILABLE_FOR_PICKUP,
    Status.RETURNING: Milestone.RETURNING,
    Status.RETURNED: Milestone.RETURNED,
}
LEFT_WITH = frozenset({"neighbour", "safe_place", "pickup", "signed", "recipient"})


class Head(msgspec.Struct, frozen=True):
    """`code` as in URGENCY; times as far as they mean something for it."""

    code: str
    at: datetime | None = None
    eta_from: datetime | None = None
    eta_until: datetime | None = None
    reason: str | None = None
    left_with: str | None = None


def parcel_head(
    folded: Folded,
    eta_from: datetime | None,
    eta_until: datetime | None,
    shipped_at: datetime | None,
    *,
    now: datetime,
) -> Head:
    """The headline of one parcel; a date is told only while it can still be kept (E6)."""
    if folded.exception:
        return Head("exception", folded.exception.since, reason=folded.exception.reason)
    if folded.status == Status.DELIVERED:
        left = folded.substatus if folded.substatus in LEFT_WITH else None
        return Head("delivered", folded.delivered_at, left_with=left)
    if folded.status in _AT:
        return Head(folded.status.value, _when(folded, _AT[folded.status]), reason=folded.reason)
    if folded.status == Status.CANCELLED:
        return Head("cancelled", folded.last_event_at)
    if folded.status == Status.EXPIRED:
        return Head("no_news", folded.last_event_at)
    kept = eta_until is not None and eta_shown(folded) and eta_until >= now
    if folded.delay:
        return Head("delayed", folded.delay.since, None, eta_until if kept else None, folded.delay.reason)
    return Head("arriving", shipped_at, eta_from, eta_until) if kept else Head("on_its_way", shipped_at)


def order_head(heads: Sequence[Head], placed_at: datetime, *, unshipped: bool, cancelled: bool) -> Head:
    """The headline of the whole order: the most urgent of its parcels, the nearest date among equals."""
    if cancelled and not heads:
        return Head("cancelled", placed_at)
    if not heads:
        return Head("ordered", placed_at)
    waiting = [Head("preparing", placed_at)] if unshipped else []
    return min([*heads, *waiting], key=_urgency)


def _urgency(head: Head) -> tuple[int, float]:
    moment = head.eta_until or head.at
    latest_first = head.code in {"delivered", "returned"}
    stamp = moment.timestamp() if moment else 0.0
    return URGENCY.index(head.code), -stamp if latest_first else stamp


def _when(folded: Folded, name: Milestone) -> datetime | None:
    return next((reached.occurred_at for reached in folded.milestones if reached.name == name), folded.last_event_at)
