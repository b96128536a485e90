"""Named errors of support."""

from comeback.core.errors import Conflict, Invalid, NotFound


class TicketNotFound(NotFound):
    """No such ticket in this shop (404)."""

    slug, title = "ticket-not-found", "There is no such ticket"


class MacroNotFound(NotFound):
    """No such macro in this shop (404)."""

    slug, title = "macro-not-found", "There is no such macro"


class MacroTaken(Conflict):
    """Two macros cannot have one name (409)."""

    slug, title = "macro-taken", "There is a macro of this name already"


class BadTicket(Invalid):
    """The ticket cannot be stored as it is (422)."""

    slug, title = "bad-ticket", "The ticket cannot be opened like this"
