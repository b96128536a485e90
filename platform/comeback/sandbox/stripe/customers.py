"""Customers, payment methods and the balance, as little as a checkout needs."""

from typing import Any

from comeback.sandbox.stripe.context import Call, listing, look, new_id
from comeback.sandbox.stripe.objects import Customer, PaymentMethod
from comeback.sandbox.stripe.payments import CARD


def create_customer(call: Call) -> Customer:
    customer = Customer(
        id=new_id("cus"),
        created=call.now,
        email=call.text("email"),
        name=call.text("name"),
        phone=call.text("phone"),
        description=call.text("description"),
        metadata=call.metadata(),
    )
    call.account.customers[customer.id] = customer
    call.did("customer.created", customer.id)
    call.publish("customer.created", customer)
    return customer


def update_customer(call: Call, id_: str) -> Customer:
    customer = look(call.account.customers, "customer", id_)
    call.merge_metadata(customer)
    customer.email = call.text("email") or customer.email
    customer.name = call.text("name") or customer.name
    return customer


def list_customers(call: Call) -> dict[str, Any]:
    email = call.text("email")
    found = [it for it in call.account.customers.values() if email in (None, it.email)]
    return listing(call, "/v1/customers", found)


def create_method(call: Call) -> PaymentMethod:
    method = PaymentMethod(
        id=new_id("pm"),
        created=call.now,
        type=call.text("type") or "card",
        card=dict(CARD),
        metadata=call.metadata(),
    )
    call.account.payment_methods[method.id] = method
    call.did("payment_method.created", method.id)
    return method


def attach_method(call: Call, id_: str) -> PaymentMethod:
    method = look(call.account.payment_methods, "PaymentMethod", id_)
    method.customer = look(call.account.customers, "customer", call.needed("customer"), param="customer").id
    call.publish("payment_method.attached", method)
    return method


def balance(call: Call) -> dict[str, Any]:
    """What was captured, less refunds that are not undone and disputes that are not won; no fees here."""
    sums: dict[str, int] = {}
    account = call.account
    for charge in account.charges.values():
        sums[charge.currency] = sums.get(charge.currency, 0) + charge.amount_captured
    for refund in account.refunds.values():
        if refund.status not in ("failed", "canceled"):
            sums[refund.currency] = sums.get(refund.currency, 0) - refund.amount
    for dispute in account.disputes.values():
        if not dispute.is_charge_refundable:
            sums[dispute.currency] = sums.get(dispute.currency, 0) - dispute.amount
    available = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}} for currency, amount in sums.items()
    ]
    return {"object": "balance", "livemode": False, "available": available, "pending": []}
