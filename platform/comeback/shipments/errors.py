"""Errors of the shipments room."""

from comeback.core.errors import Conflict, NotFound


class NoShipment(NotFound):
    """No such parcel in this shop (404)."""

    slug, title = "no-shipment", "There is no such parcel"


class NoLabel(NotFound):
    """The label is not there yet, or there is none (404)."""

    slug, title = "no-label", "There is no label"


class NumberInUse(Conflict):
    """The tracking number already belongs to another parcel of this order with other lines (409)."""

    slug, title = "number-in-use", "This tracking number is already used in this order"


class NotRevocable(Conflict):
    """Only a person's correction that still stands can be taken back (409)."""

    slug, title = "not-revocable", "This correction cannot be taken back"
