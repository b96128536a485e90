"""Payments and refunds of a Shopify order: one tender a captured payment, one refund a successful transaction. Pure."""

import re
from collections.abc import Sequence

from comeback.orders.schemas import RefundIn, RefundLineIn, TenderIn
from comeback.storefronts.rules.reading import Json, items, mapping, minor, plain_id, text, whole

_STRIPE = re.compile(r"\b(pi_[A-Za-z0-9]{8,})\b")
_CASH = ("cash_on_delivery", "cash on delivery", "cod", "cash", "nachnahme")
_BANK = ("bank", "transfer", "invoice", "vorkasse", "bacs", "cheque", "money order")


def kind_of(gateway: str | None) -> str:
    """Our word for a gateway's kind of payment."""
    name = (gateway or "").lower()
    if name in ("gift_card", "store_credit"):
        return name
    if name in ("shopify_store_credit",):
        return "store_credit"
    if name in _CASH:
        return "cash_on_delivery"
    return "bank" if any(word in name for word in _BANK) else "card"


def tenders_of(body: Json, currency: str) -> list[TenderIn]:
    """Captured money by payment. Payloads without transactions have none: money only moves on what the shop itself
    answered. A payment in another currency than the order is not counted."""
    found: list[TenderIn] = []
    for tx in items(body.get("transactions")):
        kind, status = (text(tx.get("kind")) or "").lower(), (text(tx.get("status")) or "").lower()
        paid = text(tx.get("currency"), 3) or currency
        amount = minor(tx.get("amount"), currency)
        key = plain_id(tx.get("id"))
        if kind not in ("sale", "capture") or status != "success" or paid != currency or not amount or key is None:
            continue
        gateway = text(tx.get("gateway"))
        found.append(
            TenderIn(
                id=key,
                kind=kind_of(gateway),
                amount=amount,
                provider="stripe" if stripe_ref(tx) else gateway,
                provider_ref=stripe_ref(tx) or text(tx.get("authorization")),
            )
        )
    return found


def foreign_payments(body: Json, currency: str) -> bool:
    """Whether money came in in a currency that is not the order's."""
    return any(
        (text(tx.get("kind")) or "").lower() in ("sale", "capture")
        and (text(tx.get("status")) or "").lower() == "success"
        and (text(tx.get("currency"), 3) or currency) != currency
        for tx in items(body.get("transactions"))
    )


def manual_payments(body: Json) -> set[str]:
    """Payments that were recorded by hand: a refund of them asks no gateway."""
    return {
        key
        for tx in items(body.get("transactions"))
        if tx.get("manual_payment_gateway") is True and (key := plain_id(tx.get("id"))) is not None
    }


def stripe_ref(tx: Json) -> str | None:
    """The payment intent of a payment that Stripe took outside the shop's own gateway; None for any other."""
    if "stripe" not in (text(tx.get("gateway")) or "").lower():
        return None
    receipt = mapping(tx.get("receipt"))
    candidates = (tx.get("authorization"), tx.get("payment_id"), receipt.get("payment_intent"), receipt.get("id"))
    for candidate in candidates:
        found = _STRIPE.search(text(candidate) or "")
        if found:
            return found[1]
    return None


def refunds_of(refunds: Sequence[Json], currency: str) -> list[RefundIn]:
    """Each successful refund transaction on its payment; the units stand with the largest of a refund."""
    found: list[RefundIn] = []
    for refund in refunds:
        parts = _transactions(refund, currency)
        largest = max(range(len(parts)), key=lambda n: parts[n].amount) if parts else -1
        for n, part in enumerate(parts):
            part.lines = _units(refund) if n == largest else None
        found += parts
    return found


def _transactions(refund: Json, currency: str) -> list[RefundIn]:
    refund_id = plain_id(refund.get("id"))
    parts: list[RefundIn] = []
    for n, tx in enumerate(items(refund.get("transactions"))):
        amount, tender = minor(tx.get("amount"), currency), plain_id(tx.get("parent_id"))
        kind, status = (text(tx.get("kind")) or "refund").lower(), (text(tx.get("status")) or "success").lower()
        if kind == "refund" and status == "success" and amount and tender and refund_id:
            parts.append(RefundIn(id=f"{refund_id}:{plain_id(tx.get('id')) or n}", tender=tender, amount=amount))
    return parts


def _units(refund: Json) -> list[RefundLineIn | str] | None:
    units: list[RefundLineIn | str] = []
    for part in items(refund.get("refund_line_items")):
        line, quantity = plain_id(part.get("line_item_id")), whole(part.get("quantity"))
        if line and quantity > 0:
            units.append(RefundLineIn(line=line, quantity=quantity))
    return units or None
