"""Named errors of store credit."""

from comeback.core.errors import Conflict, NotFound


class NotEnoughCredit(Conflict):
    """More is to be spent than the live lots hold (409)."""

    slug, title = "not-enough-credit", "There is not enough credit"


class NoCredit(NotFound):
    """The customer is not known in this shop (404)."""

    title = "No such customer"
