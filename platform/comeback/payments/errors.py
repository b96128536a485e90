"""Named errors of payments."""

from comeback.core.errors import Conflict, NotFound, Unauthorized


class RefundNotFound(NotFound):
    """No such refund in this shop (404)."""

    title = "No such refund"


class OverRefund(Conflict):
    """More than what is left of order, tender, line or shipping (409, M6)."""

    slug, title = "over-refund", "More than can be refunded"


class TenderDisputed(Conflict):
    """An open dispute holds the payment (409, M19)."""

    slug, title = "tender_disputed", "The payment is disputed"


class NotManual(Conflict):
    """Only a refund that a human pays can be confirmed by one (409)."""

    slug, title = "not-manual", "This refund is not paid by hand"


class BadSignature(Unauthorized):
    """The webhook is not the provider's (401)."""

    title = "The signature does not match"
