"""Bodies of orders for tests: sound by default, every part replaceable."""

from datetime import timedelta
from typing import Any

import msgspec

from comeback.core.clock import clock
from comeback.orders.schemas import OrderIn


def line_body(external_id: str = "l1", unit_price: int = 5000, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    """One line; no tax, no discount."""
    body: dict[str, Any] = {
        "external_id": external_id,
        "sku": f"SKU-{external_id}",
        "product_id": f"p-{external_id}",
        "variant_id": f"v-{external_id}",
        "title": f"Item {external_id}",
        "quantity": quantity,
        "unit_price": unit_price,
        "tax": 0,
    }
    return body | fields


def order_body(external_id: str = "1001", lines: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    """An order placed a day ago in EUR by Ada; paid by card in full unless `tenders` says otherwise."""
    body: dict[str, Any] = {
        "external_id": external_id,
        "number": f"#{external_id}",
        "placed_at": (clock.now() - timedelta(days=1)).isoformat(),
        "currency": "EUR",
        "tax_included": False,
        "customer": {
            "external_id": f"c-{external_id}",
            "email": f"ada.{external_id}@example.com",
            "first_name": "Ada",
            "last_name": "L",
            "locale": "de",
            "timezone": "Europe/Berlin",
        },
        "shipping_address": {
            "name": "Ada L", "line1": "Weg 1", "postcode": "10115", "city": "Berlin", "country": "DE",
        },
        "lines": lines or [line_body()],
    }  # fmt: skip
    body |= fields
    if "tenders" not in fields:
        body["tenders"] = [{"id": "t1", "kind": "card", "amount": order_total(body), "provider": "stripe",
                            "provider_ref": f"pi_{external_id}"}]  # fmt: skip
    return body


def order_total(body: dict[str, Any]) -> int:
    """What the body's order costs: prices less discounts, with taxes that are not included, and shipping."""
    goods = sum(line["unit_price"] * line["quantity"] - line.get("discount", 0) for line in body["lines"])
    less = sum(discount["amount"] for discount in body.get("discounts", []))
    shipping = body.get("shipping", {})
    total = int(goods - less + shipping.get("amount", 0))
    if body["tax_included"]:
        return total
    own = sum(line.get("tax") or 0 for line in body["lines"])
    open_ = any(line.get("tax") is None for line in body["lines"])
    taxes = body.get("tax_total") if open_ and body.get("tax_total") is not None else own
    return total + int(taxes or 0) + int(shipping.get("tax", 0))


def order_in(external_id: str = "1001", lines: list[dict[str, Any]] | None = None, **fields: Any) -> OrderIn:
    """`order_body`, decoded."""
    return msgspec.convert(order_body(external_id, lines, **fields), OrderIn)
