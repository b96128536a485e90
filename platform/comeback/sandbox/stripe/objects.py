"""The shapes of Stripe's objects, as far as a payment, its refunds and its disputes need them.

Times are epoch seconds, amounts minor units. Names and nesting follow Stripe's API reference.
"""

from typing import Any

import msgspec


class Thing(msgspec.Struct, kw_only=True):
    """What every object has. `livemode` is false for good: nothing here moves money."""

    id: str
    object: str
    created: int
    livemode: bool = False
    metadata: dict[str, str] = {}


class Customer(Thing, kw_only=True):
    object: str = "customer"
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    description: str | None = None
    balance: int = 0
    currency: str | None = None
    delinquent: bool = False
    invoice_settings: dict[str, Any] = {}


class PaymentMethod(Thing, kw_only=True):
    object: str = "payment_method"
    type: str = "card"
    customer: str | None = None
    card: dict[str, Any] = {}
    billing_details: dict[str, Any] = {}


class PaymentIntent(Thing, kw_only=True):
    object: str = "payment_intent"
    amount: int
    currency: str
    status: str
    client_secret: str
    amount_capturable: int = 0
    amount_received: int = 0
    automatic_payment_methods: dict[str, Any] | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None
    capture_method: str = "automatic"
    confirmation_method: str = "automatic"
    customer: str | None = None
    description: str | None = None
    last_payment_error: dict[str, Any] | None = None
    latest_charge: str | None = None
    next_action: dict[str, Any] | None = None
    payment_method: str | None = None
    payment_method_options: dict[str, Any] = {}
    payment_method_types: list[str] = msgspec.field(default_factory=lambda: ["card"])
    processing: dict[str, Any] | None = None
    receipt_email: str | None = None
    setup_future_usage: str | None = None
    shipping: dict[str, Any] | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None


class Charge(Thing, kw_only=True):
    object: str = "charge"
    amount: int
    currency: str
    amount_captured: int = 0
    amount_refunded: int = 0
    balance_transaction: str | None = None
    billing_details: dict[str, Any] = {}
    captured: bool = False
    customer: str | None = None
    description: str | None = None
    disputed: bool = False
    failure_code: str | None = None
    failure_message: str | None = None
    outcome: dict[str, Any] | None = None
    paid: bool = True
    payment_intent: str | None = None
    payment_method: str | None = None
    payment_method_details: dict[str, Any] = {}
    receipt_url: str | None = None
    refunded: bool = False
    status: str = "succeeded"


class Refund(Thing, kw_only=True):
    object: str = "refund"
    amount: int
    currency: str
    charge: str
    payment_intent: str | None
    status: str
    balance_transaction: str | None = None
    destination_details: dict[str, Any] = {}
    failure_balance_transaction: str | None = None
    failure_reason: str | None = None
    next_action: dict[str, Any] | None = None
    pending_reason: str | None = None
    reason: str | None = None
    receipt_number: str | None = None
    source_transfer_reversal: str | None = None
    transfer_reversal: str | None = None


class Dispute(Thing, kw_only=True):
    object: str = "dispute"
    amount: int
    currency: str
    charge: str
    payment_intent: str | None
    reason: str
    status: str
    balance_transactions: list[dict[str, Any]] = []
    evidence: dict[str, Any] = {}
    evidence_details: dict[str, Any] = {}
    is_charge_refundable: bool = False


class Event(msgspec.Struct, kw_only=True):
    id: str
    type: str
    created: int
    data: dict[str, Any]
    request: dict[str, Any]
    object: str = "event"
    api_version: str = "2026-10-28.endive"
    livemode: bool = False
    pending_webhooks: int = 0


class Remembered(msgspec.Struct, kw_only=True):
    """The first answer to an idempotency key: replayed for 24 hours of the sandbox's time."""

    fingerprint: str
    at: float
    status: int
    body: str
    request_id: str


class Done(msgspec.Struct, kw_only=True):
    """A line of the log of what truly happened; `answered` is false where the caller saw the connection drop."""

    at: float
    account: str
    method: str
    path: str
    idempotency_key: str | None
    effect: str | None
    id: str | None
    amount: int | None
    status: int
    replayed: bool = False
    answered: bool = True


class Account(msgspec.Struct, kw_only=True):
    """Everything behind one API key; nothing of it is visible to another."""

    api_key: str
    customers: dict[str, Customer] = {}
    payment_methods: dict[str, PaymentMethod] = {}
    payment_intents: dict[str, PaymentIntent] = {}
    charges: dict[str, Charge] = {}
    refunds: dict[str, Refund] = {}
    disputes: dict[str, Dispute] = {}
    events: dict[str, Event] = {}
    remembered: dict[str, Remembered] = {}
    settles: dict[str, float] = {}
    """Pending refund id to the sandbox time at which it becomes succeeded."""
    fails: dict[str, float] = {}
    """Refund id to the sandbox time at which the bank sends it back."""
    webhook_url: str | None = None
    webhook_secret: str = "whsec_sandbox"
    webhook_events: tuple[str, ...] = ("*",)


class Memory(msgspec.Struct, kw_only=True):
    """The whole snapshot."""

    accounts: dict[str, Account] = {}
    log: list[Done] = []
