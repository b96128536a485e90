"""Payment intents and their charges: create, confirm, capture, cancel."""

from typing import Any

from comeback.sandbox.stripe.context import Call, listing, look, new_id
from comeback.sandbox.stripe.errors import StripeFault, declined, invalid, missing_param
from comeback.sandbox.stripe.objects import Charge, PaymentIntent

CARD = {
    "brand": "visa",
    "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
    "country": "US",
    "exp_month": 12,
    "exp_year": 2034,
    "fingerprint": "Xt5EWLLDS7FJjR1c",
    "funding": "credit",
    "last4": "4242",
    "network": "visa",
}
SETTLE_SECONDS = 3 * 86400
"""How long a payment stays processing, in sandbox time."""
CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "processing")


def create(call: Call) -> PaymentIntent:
    amount = call.amount("amount")
    if amount is None:
        raise missing_param("amount")
    method = call.text("payment_method")
    intent = PaymentIntent(
        id=new_id("pi"),
        created=call.now,
        amount=amount,
        currency=_currency(call),
        status="requires_confirmation" if method else "requires_payment_method",
        client_secret="",
        automatic_payment_methods=call.params.get("automatic_payment_methods"),
        capture_method=call.text("capture_method") or "automatic",
        customer=call.text("customer"),
        description=call.text("description"),
        metadata=call.metadata(),
        payment_method=method,
        payment_method_types=call.params.get("payment_method_types") or ["card"],
        receipt_email=call.text("receipt_email"),
    )
    intent.client_secret = f"{intent.id}_secret_{new_id('x')[2:]}"
    call.account.payment_intents[intent.id] = intent
    call.did("payment_intent.created", intent.id, amount)
    call.publish("payment_intent.created", intent)
    return _confirm(call, intent) if call.flag("confirm") else intent


def confirm(call: Call, id_: str) -> PaymentIntent:
    intent = look(call.account.payment_intents, "payment_intent", id_)
    if intent.status not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise _unexpected(intent, "confirm")
    intent.payment_method = call.text("payment_method") or intent.payment_method
    return _confirm(call, intent)


def _confirm(call: Call, intent: PaymentIntent) -> PaymentIntent:
    method = intent.payment_method
    if method is None:
        raise invalid("You cannot confirm this PaymentIntent because it's missing a payment method.")
    if call.fault == "decline" or "Declined" in method:
        return _decline(call, intent)
    if call.fault == "requires_action" or "authenticationRequired" in method:
        intent.status = "requires_action"
        intent.next_action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        call.publish("payment_intent.requires_action", intent)
        return intent
    if call.fault == "pending":
        intent.status = "processing"
        call.account.settles[intent.id] = call.now + SETTLE_SECONDS
        call.publish("payment_intent.processing", intent)
        return intent
    return succeed(call, intent)


def _decline(call: Call, intent: PaymentIntent) -> PaymentIntent:
    failure = declined(intent.id)
    intent.status, intent.payment_method = "requires_payment_method", None
    intent.last_payment_error = failure.body["error"]
    call.publish("payment_intent.payment_failed", intent)
    raise failure


def succeed(call: Call, intent: PaymentIntent) -> PaymentIntent:
    """Charges the whole amount: captured at once, or held for `capture`."""
    manual = intent.capture_method == "manual"
    charge = Charge(
        id=new_id("ch"),
        created=call.now,
        amount=intent.amount,
        currency=intent.currency,
        amount_captured=0 if manual else intent.amount,
        balance_transaction=None if manual else new_id("txn"),
        captured=not manual,
        customer=intent.customer,
        description=intent.description,
        metadata=dict(intent.metadata),
        outcome={"network_status": "approved_by_network", "risk_level": "normal", "type": "authorized"},
        payment_intent=intent.id,
        payment_method=intent.payment_method,
        payment_method_details={"type": "card", "card": CARD},
    )
    call.account.charges[charge.id] = charge
    intent.latest_charge, intent.next_action, intent.last_payment_error = charge.id, None, None
    intent.status = "requires_capture" if manual else "succeeded"
    intent.amount_capturable = intent.amount if manual else 0
    intent.amount_received = 0 if manual else intent.amount
    call.did("charge.authorized" if manual else "charge.captured", charge.id, intent.amount)
    call.publish("charge.succeeded", charge)
    call.publish("payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded", intent)
    return intent


def capture(call: Call, id_: str) -> PaymentIntent:
    intent = look(call.account.payment_intents, "payment_intent", id_)
    if intent.status != "requires_capture" or intent.latest_charge is None:
        raise _unexpected(intent, "capture")
    amount = call.amount("amount_to_capture") or intent.amount_capturable
    if amount > intent.amount_capturable:
        message = "The amount to capture is greater than the amount that can be captured."
        raise invalid(message, param="amount_to_capture", code="amount_too_large")
    charge = call.account.charges[intent.latest_charge]
    charge.captured, charge.amount_captured, charge.balance_transaction = True, amount, new_id("txn")
    intent.status, intent.amount_received, intent.amount_capturable = "succeeded", amount, 0
    call.did("charge.captured", charge.id, amount)
    call.publish("charge.captured", charge)
    call.publish("payment_intent.succeeded", intent)
    return intent


def cancel(call: Call, id_: str) -> PaymentIntent:
    intent = look(call.account.payment_intents, "payment_intent", id_)
    if intent.status not in CANCELABLE:
        raise _unexpected(intent, "cancel")
    intent.status, intent.canceled_at, intent.amount_capturable = "canceled", call.now, 0
    intent.cancellation_reason = call.text("cancellation_reason")
    call.did("payment_intent.canceled", intent.id)
    call.publish("payment_intent.canceled", intent)
    return intent


def update(call: Call, id_: str) -> PaymentIntent:
    intent = look(call.account.payment_intents, "payment_intent", id_)
    call.merge_metadata(intent)
    intent.description = call.text("description") or intent.description
    return intent


def list_intents(call: Call) -> dict[str, Any]:
    customer = call.text("customer")
    found = [it for it in call.account.payment_intents.values() if customer in (None, it.customer)]
    return listing(call, "/v1/payment_intents", found)


def list_charges(call: Call) -> dict[str, Any]:
    intent = call.text("payment_intent")
    found = [it for it in call.account.charges.values() if intent in (None, it.payment_intent)]
    return listing(call, "/v1/charges", found)


def _currency(call: Call) -> str:
    currency = call.needed("currency").lower()
    if len(currency) != 3 or not currency.isalpha():
        raise invalid(f"Invalid currency: {currency}.", param="currency", remember=False)
    return currency


def _unexpected(intent: PaymentIntent, verb: str) -> StripeFault:
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent.status}."
    return invalid(message, code="payment_intent_unexpected_state")
