"""What can go wrong on a customer's page."""

from comeback.core.errors import Forbidden, NotFound


class NoPage(NotFound):
    """No such page for this person (404): unknown, another order's or another shop's, all alike."""

    slug, title = "no-page", "We cannot find this page"


class StaleForm(Forbidden):
    """The form does not belong to this session (403)."""

    slug, title = "stale-form", "This form is out of date"
