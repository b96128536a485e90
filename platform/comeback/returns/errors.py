"""Named errors of returns."""

from comeback.core.errors import Conflict, Invalid, NotFound


class ReturnNotFound(NotFound):
    """No such return in this shop (404)."""

    slug, title = "return-not-found", "There is no such return"


class PolicyNotFound(NotFound):
    """No such policy version (404)."""

    slug, title = "policy-not-found", "There is no such policy version"


class PolicyPublished(Conflict):
    """A published version never changes (409)."""

    slug, title = "policy-published", "This version is already published"


class BadReturn(Invalid):
    """The wish contradicts the order (422); every bad field is named."""

    slug, title = "bad-return", "Some fields of the return are not valid"


class UnitsGone(Conflict):
    """The line has not that many free units (409)."""

    slug, title = "units-taken", "These units are already being returned or were refunded"


class NotEligible(Conflict):
    """The policy says no to a line (409); `eligibility` says why."""

    slug, title = "not-eligible", "These items cannot be returned"


class BadQuote(Invalid):
    """The quote token is not ours, or belongs to another wish (422)."""

    slug, title = "bad-quote", "This quote does not belong to this return"


class QuoteExpired(Conflict):
    """The quote is too old (409): ask for a new one."""

    slug, title = "quote-expired", "The quote has expired"


class QuoteChanged(Conflict):
    """The amounts are no longer what the quote said (409): show the new ones first (M16)."""

    slug, title = "quote-changed", "The amounts have changed since the quote"


class PaymentRequired(Invalid):
    """The replacement is dearer than what comes back (422)."""

    slug, title = "payment_required", "The replacement costs more than the returned item"


class WrongState(Conflict):
    """The return is not in a state that allows this (409)."""

    slug, title = "wrong-state", "The return's state does not allow this"


class NotDeclinable(Conflict):
    """A withdrawal is a right: it can be contested on a legal ground, never declined (409)."""

    slug, title = "not-declinable", "A withdrawal cannot be declined"


class NothingToSettle(Conflict):
    """Nothing was received or inspected that is not settled yet (409)."""

    slug, title = "nothing-to-settle", "There is nothing to settle yet"


class SettlementChanged(Conflict):
    """The amounts are not those that were confirmed (409); `refund_total` and `credit_total` are the present ones."""

    slug, title = "settlement-changed", "The amounts are not those that were confirmed"


class LabelNotReady(NotFound):
    """The label is still being made, or this return has none (404)."""

    slug, title = "label-not-ready", "The label is not ready yet"
