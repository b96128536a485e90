"""What banks and cardholders do, which no API call of the merchant can: fail a refund, dispute a charge, have paid."""

from typing import Any

import msgspec

from comeback.sandbox.http import HttpError
from comeback.sandbox.stripe import disputes, payments, refunds
from comeback.sandbox.stripe.context import new_id
from comeback.sandbox.stripe.errors import invalid
from comeback.sandbox.stripe.form import Params
from comeback.sandbox.stripe.objects import Account, Dispute, PaymentIntent, Refund
from comeback.sandbox.stripe.server import StripeSandbox


class Decision(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`status`: succeeded, failed, canceled, pending, requires_action."""

    status: str
    failure_reason: str | None = None


class DisputeOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    payment_intent: str | None = None
    charge: str | None = None
    amount: int | None = None
    reason: str = "fraudulent"


class Verdict(msgspec.Struct, forbid_unknown_fields=True):
    """`status`: won or lost."""

    status: str


class Payment(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A finished payment of `amount` minor units; `id` may be chosen (`pi_…`)."""

    amount: int
    currency: str
    id: str | None = None
    payment_method: str = "pm_card_visa"
    metadata: dict[str, str] = {}


class Payments(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Many at once, for seeds and replays; a known id is left as it is. No webhooks are sent for them."""

    api_key: str
    items: list[Payment]


class StripeDesk:
    def __init__(self, stripe: StripeSandbox) -> None:
        self._stripe = stripe

    def pay(self, wanted: Payments) -> list[dict[str, str | None]]:
        account = self._stripe.account(wanted.api_key)
        made = [self._paid(account, payment) for payment in wanted.items]
        return [{"id": intent.id, "latest_charge": intent.latest_charge} for intent in made]

    def _paid(self, account: Account, payment: Payment) -> PaymentIntent:
        if payment.id is not None and payment.id in account.payment_intents:
            return account.payment_intents[payment.id]
        if payment.amount < 1:
            raise invalid("amount must be at least 1", param="amount")
        call = self._stripe.call(account)
        call.emit = lambda _account, _event: None
        id_ = payment.id or new_id("pi")
        intent = PaymentIntent(
            id=id_,
            created=call.now,
            amount=payment.amount,
            currency=payment.currency.lower(),
            status="requires_confirmation",
            client_secret=f"{id_}_secret_{new_id('x')[2:]}",
            metadata=payment.metadata,
            payment_method=payment.payment_method,
        )
        account.payment_intents[id_] = intent
        return payments.succeed(call, intent)

    def move_refund(self, id_: str, wanted: Decision) -> Refund:
        """`id_`: Stripe's, or the caller's own as put into `metadata.refund_id`."""
        for account in self._stripe.memory.accounts.values():
            for refund in account.refunds.values():
                if id_ in (refund.id, refund.metadata.get("refund_id")):
                    call = self._stripe.call(account)
                    refunds.move(call, refund, wanted.status, wanted.failure_reason)
                    return refund
        raise HttpError(404, f"No refund {id_}.")

    def dispute(self, wanted: DisputeOrder) -> Dispute:
        given: dict[str, Any] = msgspec.to_builtins(wanted)
        params: Params = {name: str(value) for name, value in given.items() if value is not None}
        for account in self._stripe.memory.accounts.values():
            if wanted.payment_intent in account.payment_intents or wanted.charge in account.charges:
                return disputes.open_dispute(self._stripe.call(account, params))
        raise HttpError(404, "No such payment_intent or charge.")

    def decide(self, id_: str, wanted: Verdict) -> Dispute:
        for account in self._stripe.memory.accounts.values():
            if id_ in account.disputes:
                return disputes.decide(self._stripe.call(account), account.disputes[id_], wanted.status)
        raise HttpError(404, f"No dispute {id_}.")
