"""JSON-LD for mail clients that show parcels (schema.org ParcelDelivery and Order; messages D10)."""

import json
from collections.abc import Mapping
from typing import Any

_METHODS = "http://purl.org/goodrelations/v1#"
_LINES = json.JSONEncoder(ensure_ascii=True, separators=(",\n", ":"))
"""A line a value: a mail's lines are limited."""
ORDER_STATES = {
    "placed": "OrderProcessing", "shipped": "OrderInTransit", "pickup": "OrderPickupAvailable",
    "delivered": "OrderDelivered", "problem": "OrderProblem", "returned": "OrderReturned",
    "cancelled": "OrderCancelled",
}  # fmt: skip


def script(kind: str | None, data: Mapping[str, Any]) -> str:
    """A `<script>` element, or nothing. Unknown fields are left out; `<`, `>` and `&` cannot end the element."""
    shape = {"ParcelDelivery": parcel, "Order": order}.get(kind or "")
    made = shape(data) if shape else None
    if not made:
        return ""
    text = _LINES.encode({"@context": "http://schema.org"} | made)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/ld+json">\n{safe}\n</script>'


def parcel(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """One parcel; nothing without an order number and an expected time, which readers of the markup require."""
    shipment, purchase = data.get("shipment") or {}, data.get("order") or {}
    until = shipment.get("eta_until") or shipment.get("delivered_at")
    if not purchase.get("number") or not until or "T" not in str(until):
        return None
    carrier = shipment.get("carrier")
    items = [_product(item) for item in shipment.get("items") or purchase.get("items") or []]
    return _known({
        "@type": "ParcelDelivery",
        "deliveryAddress": _address(purchase.get("shipping_address") or {}),
        "expectedArrivalFrom": shipment.get("eta_from"),
        "expectedArrivalUntil": until,
        "carrier": {"@type": "Organization", "name": carrier} if carrier else None,
        "provider": {"@type": "Organization", "name": carrier} if carrier else None,
        "itemShipped": items,
        "partOfOrder": order(data),
        "trackingNumber": shipment.get("tracking_number"),
        "trackingUrl": shipment.get("page_url"),
        "hasDeliveryMethod": _METHODS + "ParcelService",
    })  # fmt: skip


def order(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The order, as part of a parcel or alone."""
    purchase, shop = data.get("order") or {}, data.get("shop") or {}
    if not purchase.get("number"):
        return None
    state = ORDER_STATES.get(str(purchase.get("state") or ""))
    return _known({
        "@type": "Order",
        "orderNumber": purchase["number"],
        "merchant": {"@type": "Organization", "name": shop.get("name")} if shop.get("name") else None,
        "orderStatus": f"http://schema.org/{state}" if state else None,
        "url": purchase.get("page_url"),
    })  # fmt: skip


def _product(item: Mapping[str, Any]) -> dict[str, Any]:
    return _known({
        "@type": "Product", "name": item.get("title"), "image": item.get("image_url"), "url": item.get("url"),
    })  # fmt: skip


def _address(address: Mapping[str, Any]) -> dict[str, Any] | None:
    made = _known({
        "name": address.get("name"),
        "streetAddress": address.get("line1"),
        "addressLocality": address.get("city"),
        "postalCode": address.get("postcode"),
        "addressCountry": address.get("country"),
    })  # fmt: skip
    return {"@type": "PostalAddress", **made} if made else None


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or value == 0}
