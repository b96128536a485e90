"""Errors of the storefronts room."""

from comeback.core.errors import Conflict, Invalid, NotFound, Unauthorized


class NotAccepted(Unauthorized):
    """A webhook whose address, signature or shop is wrong (401); it says no more."""

    slug, title = "not-accepted", "Not accepted"


class NoStorefront(NotFound):
    """No such connection in this shop (404)."""

    slug, title = "no-storefront", "There is no such connection"


class CannotConnect(Invalid):
    """The shop did not take the test call (422); the detail says what to do."""

    slug, title = "cannot-connect", "The shop could not be connected"


class BadRedirect(Invalid):
    """The way back from the shop is not the one that was begun, or too old (422)."""

    slug, title = "bad-redirect", "This installation cannot be finished; please begin again"


class NotInstalled(Conflict):
    """This installation has no app of its own: connect by token (409)."""

    slug, title = "no-app", "There is no Shopify app here; connect with an access token"


class Off(Conflict):
    """The connection is switched off (409)."""

    slug, title = "connection-off", "This connection is off"
