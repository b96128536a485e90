"""What the shipments room publishes."""

from typing import ClassVar

from comeback.core.events import Event
from comeback.shipments.rules.vocabulary import Direction, Milestone


class ParcelEvent(Event, frozen=True, kw_only=True):
    """Something happened to a parcel. `notify` false means: no mail, and `why` says why not."""

    name: ClassVar[str] = "shipment.event"
    notify: bool = True
    why: str = ""
    carrier: str = ""
    tracking_number: str | None = None


class Shipped(ParcelEvent, frozen=True, kw_only=True):
    """The merchant handed pieces to a carrier (fulfilment); the first scan is `shipment.picked_up`."""

    name: ClassVar[str] = "shipment.shipped"


class NumberChanged(ParcelEvent, frozen=True, kw_only=True):
    """The tracking number was corrected; the page stays where it was."""

    name: ClassVar[str] = "shipment.number_changed"
    old_number: str | None = None


class PickedUp(ParcelEvent, frozen=True, kw_only=True):
    """The carrier has the parcel: its first scan."""

    name: ClassVar[str] = "shipment.picked_up"


class InTransit(ParcelEvent, frozen=True, kw_only=True):
    """The parcel moves through the carrier's network."""

    name: ClassVar[str] = "shipment.in_transit"


class OutForDelivery(ParcelEvent, frozen=True, kw_only=True):
    """The parcel is on the van that brings it."""

    name: ClassVar[str] = "shipment.out_for_delivery"


class AvailableForPickup(ParcelEvent, frozen=True, kw_only=True):
    """The parcel waits at a shop or locker."""

    name: ClassVar[str] = "shipment.available_for_pickup"


class AttemptFailed(ParcelEvent, frozen=True, kw_only=True):
    """The carrier came and could not hand it over."""

    name: ClassVar[str] = "shipment.attempt_failed"


class Troubled(ParcelEvent, frozen=True, kw_only=True):
    """Something is wrong with the parcel; `why` says what."""

    name: ClassVar[str] = "shipment.exception"


class Delivered(ParcelEvent, frozen=True, kw_only=True):
    """The parcel arrived."""

    name: ClassVar[str] = "shipment.delivered"


class DeliveryReversed(ParcelEvent, frozen=True, kw_only=True):
    """The carrier took back that the parcel had arrived."""

    name: ClassVar[str] = "shipment.delivery_reversed"


class Returning(ParcelEvent, frozen=True, kw_only=True):
    """The parcel goes back to the sender."""

    name: ClassVar[str] = "shipment.returning"


class Returned(ParcelEvent, frozen=True, kw_only=True):
    """The parcel came back to the sender."""

    name: ClassVar[str] = "shipment.returned"


class LabelReady(ParcelEvent, frozen=True, kw_only=True):
    """A return parcel's label was bought; the PDF and the drop-off code can be shown."""

    name: ClassVar[str] = "return_shipment.label_ready"


class LabelFailed(ParcelEvent, frozen=True, kw_only=True):
    """The carrier refused to make the label; a person must look."""

    name: ClassVar[str] = "return_shipment.label_failed"


class ReturnScanned(ParcelEvent, frozen=True, kw_only=True):
    """First physical scan of a return parcel."""

    name: ClassVar[str] = "return_shipment.first_scan"


class ReturnDelivered(ParcelEvent, frozen=True, kw_only=True):
    """A return parcel reached the shop. Delivered is not yet received."""

    name: ClassVar[str] = "return_shipment.delivered"


class ReturnLost(ParcelEvent, frozen=True, kw_only=True):
    """Something is wrong with a return parcel."""

    name: ClassVar[str] = "return_shipment.exception"


_OUTBOUND: dict[Milestone, type[ParcelEvent]] = {
    Milestone.PICKED_UP: PickedUp,
    Milestone.IN_TRANSIT: InTransit,
    Milestone.OUT_FOR_DELIVERY: OutForDelivery,
    Milestone.AVAILABLE_FOR_PICKUP: AvailableForPickup,
    Milestone.ATTEMPT_FAILED: AttemptFailed,
    Milestone.EXCEPTION: Troubled,
    Milestone.DELIVERED: Delivered,
    Milestone.DELIVERY_REVERSED: DeliveryReversed,
    Milestone.RETURNING: Returning,
    Milestone.RETURNED: Returned,
}
_RETURN: dict[Milestone, type[ParcelEvent]] = {
    Milestone.PICKED_UP: ReturnScanned,
    Milestone.EXCEPTION: ReturnLost,
    Milestone.DELIVERED: ReturnDelivered,
}


def event_of(direction: str, milestone: Milestone) -> type[ParcelEvent] | None:
    """The event of a milestone; a return parcel tells only of its first scan, its arrival and trouble."""
    return (_OUTBOUND if direction == Direction.OUTBOUND else _RETURN).get(milestone)
