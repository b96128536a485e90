"""Errors of the shipments room."""

from comeback.core.errors import Conflict, NotFound, Unauthorized


class NoShipment(NotFound):
    """No such parcel in this shop (404)."""

    slug, title = "no-shipment", "There is no such parcel"


class NoLabel(NotFound):
    """The label is not there yet, or there is none (404)."""

    slug, title = "no-label", "There is no label"


class NotRevocable(Conflict):
    """Only a person's correction that still stands can be taken back (409)."""

    slug, title = "not-revocable", "This correction cannot be taken back"


class NotAccepted(Unauthorized):
    """A webhook whose address or signature is wrong (401); it says no more."""

    slug, title = "not-accepted", "Not accepted"
