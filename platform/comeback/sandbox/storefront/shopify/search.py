"""Shopify's search syntax, as much as apps use: `updated_at:>='2026-01-01T00:00:00Z' AND tag:vip -status:cancelled`."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.gifts import Coupon, GiftCard
from comeback.sandbox.storefront.objects import Customer, Draft, Order, Product

Value: TypeAlias = str | float | int | list[str] | None
Facts: TypeAlias = Mapping[str, Value]

_TERM = re.compile(r"(?P<no>-|NOT )?(?:(?P<name>\w+):(?P<op><=|>=|<|>)?)?(?P<value>'[^']*'|\"[^\"]*\"|[^\s()]+)")


def matcher(query: str | None) -> Callable[[Facts], bool]:
    """Whether an object's facts meet the query; an empty one meets all. An unknown field is ignored, as Shopify does
    (it warns in `extensions`)."""
    ways = [_terms(part) for part in re.split(r"\s+OR\s+", query or "")]

    def matches(facts: Facts) -> bool:
        return any(all(_holds(facts, *term) for term in terms) for terms in ways)

    return matches


def _terms(text: str) -> list[tuple[bool, str, str, str]]:
    found = []
    for match in _TERM.finditer(text):
        value = match["value"].strip("'\"")
        if match["name"] is None and value.upper() in ("AND", "OR"):
            continue
        found.append((bool(match["no"]), (match["name"] or "default").lower(), match["op"] or "=", value))
    return found


def _holds(facts: Facts, negated: bool, name: str, op: str, value: str) -> bool:
    if name not in facts:
        return True
    return _meets(facts[name], op, value) != negated


def _meets(fact: Value, op: str, value: str) -> bool:
    if isinstance(fact, list):
        return any(_meets(one, op, value) for one in fact)
    if isinstance(fact, float | int):
        wanted = _number(value)
        if wanted is None:
            return False
        return {
            "<": fact < wanted, "<=": fact <= wanted, ">": fact > wanted, ">=": fact >= wanted, "=": fact == wanted,
        }[op]  # fmt: skip
    if fact is None:
        return False
    if value.endswith("*"):
        return fact.lower().startswith(value[:-1].lower())
    return any(fact.lower() == option.lower() for option in value.split(","))


def _number(text: str) -> float | None:
    """A number, or the epoch seconds of a date."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def order_facts(order: Order) -> Facts:
    status = "cancelled" if order.cancelled_at else ("closed" if order.closed_at else "open")
    return {
        "id": order.id,
        "name": [order.name, order.name.lstrip("#")],
        "created_at": float(int(order.created_at)),
        "processed_at": float(int(order.placed_at)),
        "updated_at": float(int(order.updated_at)),
        "email": order.email,
        "customer_id": order.customer_id,
        "tag": order.tags,
        "status": [status, "any", "not_closed" if status != "closed" else "closed"],
        "financial_status": sums.financial_status(order),
        "fulfillment_status": sums.fulfilment_status(order) or "unfulfilled",
        "source_identifier": order.source,
        "test": "true" if order.test else "false",
        "sku": [line.sku for line in order.lines],
        "default": [order.name, order.name.lstrip("#"), order.email, order.source or "", *order.tags],
    }


def product_facts(product: Product) -> Facts:
    return {
        "id": product.id,
        "title": product.title,
        "handle": product.handle,
        "status": product.status,
        "tag": product.tags,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "sku": [variant.sku for variant in product.variants],
        "created_at": float(int(product.created_at)),
        "updated_at": float(int(product.updated_at)),
        "default": [product.title, product.handle],
    }


def customer_facts(customer: Customer) -> Facts:
    return {
        "id": customer.id,
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "phone": customer.phone,
        "tag": customer.tags,
        "created_at": float(int(customer.created_at)),
        "customer_date": float(int(customer.created_at)),
        "updated_at": float(int(customer.updated_at)),
        "default": [customer.email, customer.first_name, customer.last_name],
    }


def draft_facts(draft: Draft) -> Facts:
    return {
        "id": draft.id,
        "tag": draft.order.tags,
        "status": "completed" if draft.order_id else "open",
        "source": draft.order.source,
        "created_at": float(int(draft.created_at)),
        "updated_at": float(int(draft.updated_at)),
        "default": [draft.name, draft.order.email, *draft.order.tags],
    }


def card_facts(card: GiftCard) -> Facts:
    return {
        "id": card.id,
        "created_at": float(int(card.created_at)),
        "updated_at": float(int(card.created_at)),
        "source": "api",
        "last_characters": card.code[-4:],
        "initial_value": float(card.initial),
        "default": [card.code[-4:]],
    }


def coupon_facts(coupon: Coupon) -> Facts:
    return {"id": coupon.id, "title": coupon.title, "code": coupon.codes, "default": [coupon.title, *coupon.codes]}
