"""The words of a parcel: statuses with their rank, milestones, flags."""

from datetime import timedelta
from enum import StrEnum


class Status(StrEnum):
    """Twelve primary statuses; `exception` is an overlay and never the stored status of a parcel."""

    PENDING = "pending"
    INFO_RECEIVED = "info_received"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    EXCEPTION = "exception"
    RETURNING = "returning"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Direction(StrEnum):
    OUTBOUND = "outbound"
    RETURN = "return"


class LabelState(StrEnum):
    """Paper of a return parcel; `none` for parcels whose label was made elsewhere."""

    NONE = "none"
    PENDING = "label_pending"
    READY = "label_ready"
    FAILED = "label_failed"
    VOIDED = "voided"


class Milestone(StrEnum):
    """What is told once per parcel. `picked_up` is the first physical scan, `in_transit` the next hub scan."""

    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    EXCEPTION = "exception"
    RETURNING = "returning"
    DELIVERED = "delivered"
    DELIVERY_REVERSED = "delivery_reversed"
    RETURNED = "returned"


RANK: dict[Status, int] = {
    Status.PENDING: 0,
    Status.INFO_RECEIVED: 10,
    Status.IN_TRANSIT: 20,
    Status.OUT_FOR_DELIVERY: 40,
    Status.ATTEMPT_FAILED: 42,
    Status.AVAILABLE_FOR_PICKUP: 45,
    Status.RETURNING: 60,
    Status.DELIVERED: 80,
    Status.RETURNED: 90,
    Status.CANCELLED: 95,
}
# Only for the order of events of one instant: a problem is read after the scan it was found at.
SORT_RANK: dict[Status, int] = {**RANK, Status.EXCEPTION: 50, Status.EXPIRED: 99}
MOVEMENT = frozenset(
    {
        Status.IN_TRANSIT,
        Status.OUT_FOR_DELIVERY,
        Status.ATTEMPT_FAILED,
        Status.AVAILABLE_FOR_PICKUP,
        Status.RETURNING,
        Status.DELIVERED,
        Status.RETURNED,
    }
)
TERMINAL = frozenset({Status.DELIVERED, Status.RETURNED, Status.CANCELLED})
DELAYED = "delayed"  # the substatus of a notice that says: later than promised
ENDS_DELAY = MOVEMENT - {Status.IN_TRANSIT}
AGENT = "agent"  # the source of what a person entered

LATE_SCAN = timedelta(hours=6)
NEAR_DUPLICATE = timedelta(minutes=10)
DISPUTE_SCANS = 2
FRESH_DAYS = 7


def status_of(word: str | None) -> Status | None:
    """Our status for a word, None when it is not one of ours."""
    try:
        return Status(word) if word else None
    except ValueError:
        return None
