"""Disputes: opened and decided by the control, accepted by the merchant."""

from typing import Any

from comeback.sandbox.stripe.context import Call, listing, look, new_id
from comeback.sandbox.stripe.errors import invalid, missing_param
from comeback.sandbox.stripe.objects import Dispute

ANSWER_SECONDS = 20 * 86400
CLOSED = ("won", "lost", "warning_closed", "prevented")


def open_dispute(call: Call) -> Dispute:
    """Parameters: payment_intent or charge, amount (default: what is left), reason. The money leaves at once."""
    charge_id, intent_id = call.text("charge"), call.text("payment_intent")
    if charge_id is None:
        if intent_id is None:
            raise missing_param("payment_intent")
        intent = look(call.account.payment_intents, "payment_intent", intent_id, param="payment_intent")
        charge_id = intent.latest_charge or ""
    charge = look(call.account.charges, "charge", charge_id, param="charge")
    dispute = Dispute(
        id=new_id("du"),
        created=call.now,
        amount=call.amount("amount") or charge.amount_captured - charge.amount_refunded,
        currency=charge.currency,
        charge=charge.id,
        payment_intent=charge.payment_intent,
        reason=call.text("reason") or "fraudulent",
        status="needs_response",
        evidence_details={"due_by": call.now + ANSWER_SECONDS, "has_evidence": False, "past_due": False},
    )
    call.account.disputes[dispute.id] = dispute
    charge.disputed = True
    call.did("dispute.created", dispute.id, dispute.amount)
    call.publish("charge.dispute.created", dispute)
    call.publish("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(call: Call, id_: str) -> Dispute:
    """The merchant accepts: lost."""
    return decide(call, look(call.account.disputes, "dispute", id_), "lost")


def decide(call: Call, dispute: Dispute, status: str) -> Dispute:
    """`won` gives the money back and makes the charge refundable again; `lost` is final."""
    if dispute.status in CLOSED:
        raise invalid("This dispute is already closed.")
    if status not in CLOSED:
        raise invalid(f"A dispute cannot become {status}.")
    dispute.status = status
    won = status != "lost"
    call.account.charges[dispute.charge].disputed = not won
    dispute.is_charge_refundable = won
    call.did(f"dispute.{status}", dispute.id, dispute.amount)
    if won:
        call.publish("charge.dispute.funds_reinstated", dispute)
    call.publish("charge.dispute.closed", dispute)
    return dispute


def list_disputes(call: Call) -> dict[str, Any]:
    charge, intent = call.text("charge"), call.text("payment_intent")
    found = [
        it
        for it in call.account.disputes.values()
        if charge in (None, it.charge) and intent in (None, it.payment_intent)
    ]
    return listing(call, "/v1/disputes", found)
