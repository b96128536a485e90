"""Refunds with their cap, their pending time and their late failure."""

from typing import Any

from comeback.sandbox.stripe.context import Call, listing, look, new_id
from comeback.sandbox.stripe.errors import StripeFault, declined, invalid, missing_param
from comeback.sandbox.stripe.objects import Charge, Refund

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
SETTLE_SECONDS = 3 * 86400
"""How long a pending refund stays so, in sandbox time."""
LATE_FAILURE_SECONDS = 10 * 86400
MOVES = {
    "pending": ("succeeded", "failed", "canceled", "requires_action"),
    "requires_action": ("pending", "succeeded", "failed", "canceled"),
    "succeeded": ("failed",),
}
"""What may follow; a success is undone only by the bank, which makes it failed."""


def create(call: Call) -> Refund:
    """Stripe's rules: one of charge and payment_intent; at most what is not refunded yet; no disputed charge."""
    reason = call.text("reason")
    if reason not in (None, *REASONS):
        raise invalid(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason", remember=False)
    asked = call.amount("amount")
    charge = _charge(call)
    amount = _checked_amount(charge, asked)
    if call.fault == "decline":
        raise declined()
    refund = Refund(
        id=new_id("re"),
        created=call.now,
        amount=amount,
        currency=charge.currency,
        charge=charge.id,
        payment_intent=charge.payment_intent,
        status=_first_status(call, charge),
        metadata=call.metadata(),
        reason=reason,
        balance_transaction=new_id("txn"),
        destination_details={"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
    )
    _mark(call, refund, charge)
    call.account.refunds[refund.id] = refund
    charge.amount_refunded += amount
    charge.refunded = charge.amount_refunded == charge.amount_captured
    call.did("refund.created", refund.id, amount)
    call.publish("refund.created", refund)
    call.publish("charge.refunded", charge)
    return refund


def _first_status(call: Call, charge: Charge) -> str:
    if call.fault in ("pending", "requires_action"):
        return call.fault
    return "pending" if "pendingRefund" in (charge.payment_method or "") else "succeeded"


def _mark(call: Call, refund: Refund, charge: Charge) -> None:
    if refund.status == "pending":
        refund.pending_reason = "processing"
        call.account.settles[refund.id] = call.now + SETTLE_SECONDS
    elif refund.status == "requires_action":
        refund.next_action = {"type": "display_details", "display_details": {"email_sent": {"email_sent_at": call.now}}}
    elif "refundFail" in (charge.payment_method or ""):
        call.account.fails[refund.id] = call.now + LATE_FAILURE_SECONDS


def _charge(call: Call) -> Charge:
    charge_id, intent_id = call.text("charge"), call.text("payment_intent")
    if charge_id is not None:
        return look(call.account.charges, "charge", charge_id, param="charge")
    if intent_id is None:
        raise missing_param("payment_intent")
    intent = look(call.account.payment_intents, "payment_intent", intent_id, param="payment_intent")
    if intent.latest_charge is None or not call.account.charges[intent.latest_charge].captured:
        raise invalid(f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.")
    return call.account.charges[intent.latest_charge]


def _checked_amount(charge: Charge, asked: int | None) -> int:
    if charge.disputed:
        message = f"Charge {charge.id} has been charged back; cannot issue a refund."
        raise invalid(message, code="charge_disputed")
    left = charge.amount_captured - charge.amount_refunded
    if left == 0:
        raise invalid(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    if asked is not None and asked > left:
        message = f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, param="amount")
    return left if asked is None else asked


def update(call: Call, id_: str) -> Refund:
    refund = look(call.account.refunds, "refund", id_)
    call.merge_metadata(refund)
    call.publish("refund.updated", refund)
    return refund


def cancel(call: Call, id_: str) -> Refund:
    refund = look(call.account.refunds, "refund", id_)
    if refund.status != "requires_action":
        raise invalid(f"Refund {refund.id} cannot be canceled: its status is {refund.status}.")
    move(call, refund, "canceled", None)
    return refund


def list_refunds(call: Call) -> dict[str, Any]:
    charge, intent = call.text("charge"), call.text("payment_intent")
    found = [
        it
        for it in call.account.refunds.values()
        if charge in (None, it.charge) and intent in (None, it.payment_intent)
    ]
    return listing(call, "/v1/refunds", found)


def move(call: Call, refund: Refund, status: str, failure_reason: str | None) -> None:
    """The bank's word. Failed and canceled give the amount back to the charge. Raises StripeFault for a wrong move."""
    if status not in MOVES.get(refund.status, ()):
        raise StripeFault(409, "invalid_request_error", f"Refund {refund.id} is {refund.status}; not to {status}.")
    refund.status, refund.pending_reason, refund.next_action = status, None, None
    call.account.settles.pop(refund.id, None)
    call.account.fails.pop(refund.id, None)
    if status in ("failed", "canceled"):
        charge = call.account.charges[refund.charge]
        charge.amount_refunded -= refund.amount
        charge.refunded = False
        refund.failure_balance_transaction = new_id("txn")
    if status == "failed":
        refund.failure_reason = failure_reason or "unknown"
    call.did(f"refund.{status}", refund.id, refund.amount)
    call.publish("refund.updated", refund)
    call.publish("charge.refund.updated", refund)
    if status == "failed":
        call.publish("refund.failed", refund)
