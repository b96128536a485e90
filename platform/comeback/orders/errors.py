"""What can go wrong with orders."""

from comeback.core.errors import Conflict, Invalid, NotFound


class OrderNotFound(NotFound):
    """No such order in this shop."""

    slug, title = "order-not-found", "There is no such order"


class BadOrder(Invalid):
    """The order's fields contradict each other or hold impossible values; every one is named."""

    slug, title = "bad-order", "Some fields of the order are not valid"


class UnitsTaken(Conflict):
    """The line has not that many free units: they are in a return, or were given back."""

    slug, title = "units-taken", "These units are already being returned or were refunded"


class NothingLeft(Conflict):
    """The amount is more than the order, the tender, the line or the shipping has left (M6)."""

    slug, title = "nothing-left", "This is more than what is left to refund"


class CannotCancel(Conflict):
    """Goods have left, or are being returned."""

    slug, title = "cannot-cancel", "The order can no longer be cancelled"
