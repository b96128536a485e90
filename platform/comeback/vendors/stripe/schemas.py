"""What we ask of Stripe and what we read of its objects. Amounts are minor units, times epoch seconds."""

from typing import Any

import msgspec


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is ours: idempotency key and `metadata.refund_id`. All fields must be the same at every repetition."""

    id: str
    payment_intent: str
    amount: int
    currency: str
    metadata: dict[str, str] = {}


class ProviderRefund(msgspec.Struct, frozen=True, kw_only=True):
    """`status`: pending, requires_action, succeeded, failed, canceled. `refund_id` is ours, None for a refund that was
    made elsewhere."""

    id: str
    status: str
    amount: int
    currency: str
    created: int
    payment_intent: str | None = None
    charge: str | None = None
    failure_reason: str | None = None
    metadata: dict[str, str] = {}

    @property
    def refund_id(self) -> str | None:
        return self.metadata.get("refund_id")


class ProviderPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as Stripe sees it: what came in, what went back (pending included), whether it is charged back."""

    id: str
    status: str
    currency: str
    amount_received: int
    amount_refunded: int
    disputed: bool


def refund_of(found: dict[str, Any]) -> ProviderRefund:
    """A refund object as Stripe sends it; a missing status counts as pending, currencies are upper case with us."""
    shaped = {**found, "status": found.get("status") or "pending", "currency": str(found["currency"]).upper()}
    return msgspec.convert(shaped, ProviderRefund)


class EventData(msgspec.Struct, frozen=True):
    object: dict[str, Any]


class StripeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A verified webhook. `account` is set for connected accounts only."""

    id: str
    type: str
    created: int
    data: EventData
    account: str | None = None

    @property
    def refund(self) -> ProviderRefund | None:
        """The refund this event is about, if it is about one."""
        return refund_of(self.data.object) if self.data.object.get("object") == "refund" else None
