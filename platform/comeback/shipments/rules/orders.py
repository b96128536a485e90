"""The order seen from its parcels: a fold over line quantities, and the five steps of the tracking page."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from comeback.shipments.rules.folding import Folded
from comeback.shipments.rules.vocabulary import Milestone, Status


class OrderState(StrEnum):
    UNFULFILLED = "unfulfilled"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    PARTIALLY_RETURNED = "partially_returned"
    CANCELLED = "cancelled"


class ParcelQuantities(msgspec.Struct, frozen=True):
    """An outbound parcel: its folded status and pieces by line."""

    status: Status
    lines: Mapping[UUID, int]


def unshipped(ordered: Mapping[UUID, int], parcels: Iterable[ParcelQuantities]) -> dict[UUID, int]:
    """Pieces by line that no living parcel carries; cancelled parcels carry nothing."""
    left = dict(ordered)
    for parcel in parcels:
        if parcel.status == Status.CANCELLED:
            continue
        for line, quantity in parcel.lines.items():
            left[line] = left.get(line, 0) - quantity
    return {line: quantity for line, quantity in left.items() if quantity > 0}


def order_state(
    ordered: Mapping[UUID, int], parcels: Iterable[ParcelQuantities], *, cancelled: bool = False, returned: int = 0
) -> OrderState:
    """Never "shipped" while a line has unshipped pieces. `returned`: pieces the customer sent back."""
    living = [parcel for parcel in parcels if parcel.status != Status.CANCELLED]
    sent = _pieces(living)
    if sent == 0:
        return OrderState.CANCELLED if cancelled else OrderState.UNFULFILLED
    delivered = _pieces(parcel for parcel in living if parcel.status == Status.DELIVERED)
    back = _pieces(parcel for parcel in living if parcel.status == Status.RETURNED)
    if returned or back:
        return OrderState.PARTIALLY_RETURNED
    complete = not unshipped(ordered, living)
    if delivered:
        return OrderState.DELIVERED if complete and delivered == sent else OrderState.PARTIALLY_DELIVERED
    return OrderState.SHIPPED if complete else OrderState.PARTIALLY_SHIPPED


def _pieces(parcels: Iterable[ParcelQuantities]) -> int:
    return sum(sum(parcel.lines.values()) for parcel in parcels)


class Step(msgspec.Struct, frozen=True):
    """One of five steps; `state` is done, current or ahead; `code` says what stands there instead, if anything."""

    name: str
    state: str
    at: datetime | None
    code: str | None = None


STEPS = ("ordered", "shipped", "in_transit", "out_for_delivery", "delivered")
_REACHED: dict[Status, int] = {
    Status.PENDING: 1,
    Status.INFO_RECEIVED: 1,
    Status.EXPIRED: 1,
    Status.IN_TRANSIT: 2,
    Status.OUT_FOR_DELIVERY: 3,
    Status.ATTEMPT_FAILED: 3,
    Status.AVAILABLE_FOR_PICKUP: 3,
    Status.RETURNING: 3,
    Status.DELIVERED: 4,
    Status.RETURNED: 4,
    Status.CANCELLED: 1,
}
_INSTEAD = frozenset(
    {
        Status.ATTEMPT_FAILED,
        Status.AVAILABLE_FOR_PICKUP,
        Status.RETURNING,
        Status.RETURNED,
        Status.CANCELLED,
        Status.EXPIRED,
    }
)


def steps(placed_at: datetime, shipped_at: datetime | None, folded: Folded | None) -> tuple[Step, ...]:
    """Five steps with their dates; a problem, a pick-up point or a way back takes the place of the current one."""
    current = 0 if folded is None else max(_REACHED[folded.status], 2 if folded.first_scan_at else 1)
    dates = _dates(placed_at, shipped_at, folded)
    instead = _instead(folded)
    return tuple(
        Step(
            name,
            "done" if index < current else "current" if index == current else "ahead",
            dates[index] if index <= current else None,
            instead if index == current else None,
        )
        for index, name in enumerate(STEPS)
    )


def _instead(folded: Folded | None) -> str | None:
    if folded is None:
        return None
    if folded.exception:
        return Status.EXCEPTION.value
    return folded.status.value if folded.status in _INSTEAD else None


def _dates(placed_at: datetime, shipped_at: datetime | None, folded: Folded | None) -> tuple[datetime | None, ...]:
    when = {reached.name: reached.occurred_at for reached in folded.milestones} if folded else {}
    van = [
        when[name]
        for name in (Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED, Milestone.AVAILABLE_FOR_PICKUP)
        if name in when
    ]
    end = folded.delivered_at if folded else None
    return (
        placed_at,
        shipped_at,
        folded.first_scan_at if folded else None,
        min(van) if van else None,
        end or when.get(Milestone.RETURNED),
    )
