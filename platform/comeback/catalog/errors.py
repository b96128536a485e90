"""What can go wrong with the catalog and its stock."""

from comeback.core.errors import Conflict, Invalid, NotFound


class BadProduct(Invalid):
    """The product's fields hold impossible values; every one is named."""

    slug, title = "bad-product", "Some fields of the product are not valid"


class VariantNotFound(NotFound):
    """No such variant in this shop."""

    slug, title = "variant-not-found", "There is no such variant"


class OutOfStock(Conflict):
    """No place has that many free units."""

    slug, title = "out-of-stock", "This is not in stock"


class ReservationGone(Conflict):
    """The reservation was released or has expired."""

    slug, title = "reservation-gone", "The reservation no longer stands"
