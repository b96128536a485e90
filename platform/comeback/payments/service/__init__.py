"""The use cases of payments, one file a subject; other rooms call them as `payments.service.<name>`."""

from comeback.payments.service.elsewhere import Seen, settle_surplus
from comeback.payments.service.entitle import SUBMIT, Plan, create_refund, total
from comeback.payments.service.goodwill import confirm, goodwill
from comeback.payments.service.observing import SeenDispute, observe, observe_dispute
from comeback.payments.service.viewing import attempts_of_order, attempts_of_sources, attempts_out, surpluses

__all__ = [
    "SUBMIT",
    "Plan",
    "Seen",
    "SeenDispute",
    "attempts_of_order",
    "attempts_of_sources",
    "attempts_out",
    "confirm",
    "create_refund",
    "goodwill",
    "observe",
    "observe_dispute",
    "settle_surplus",
    "surpluses",
    "total",
]
