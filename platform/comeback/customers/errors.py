"""What can go wrong with customers."""

from comeback.core.errors import Invalid, NotFound


class CustomerNotFound(NotFound):
    """No such customer in this shop."""

    slug = "customer-not-found"
    title = "Customer not found"


class BadAddress(Invalid):
    """An e-mail address that no server would take."""

    slug = "bad-address"
    title = "This is not an e-mail address"
