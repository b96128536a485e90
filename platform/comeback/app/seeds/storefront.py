"""What the demo shop's storefront knows of its own sales: the same goods, orders, payments under the same numbers."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from comeback.app.seeds.sales import Parcel, Sale
from comeback.catalog.schemas import ProductIn
from comeback.orders.schemas import AddressBody, OrderIn

BATCH = 200


async def fill_storefront(
    control_url: str, domain: str, goods: Sequence[ProductIn], sold: Sequence[Sale], tax_rate_bp: int
) -> None:
    """Tells the stand-in, silently; telling it again changes nothing."""
    async with httpx.AsyncClient(base_url=control_url, timeout=60) as client:
        for part in _parts(goods, sold, tax_rate_bp):
            (await client.post("/storefront/batch", json={"shop": domain} | part)).raise_for_status()


def _parts(goods: Sequence[ProductIn], sold: Sequence[Sale], tax_rate_bp: int) -> Iterator[dict[str, Any]]:
    yield {"products": [_product(product) for product in goods]}
    for start in range(0, len(sold), BATCH):
        yield {"orders": [_order(sale, tax_rate_bp) for sale in sold[start : start + BATCH]]}


def _product(product: ProductIn) -> dict[str, Any]:
    return {
        "id": int(product.external_id),
        "title": product.title,
        "body_html": product.description or "",
        "product_type": product.categories[0] if product.categories else "",
        "image_url": product.image_url,
        "url": product.url,
        "option_names": list(product.variants[0].options),
        "variants": [
            {
                "id": int(variant.external_id),
                "title": variant.title,
                "sku": variant.sku or "",
                "price": variant.price,
                "grams": variant.weight_grams or 0,
                "options": [str(value) for value in variant.options.values()],
                "image_url": variant.image_url,
                "tax_rate_bp": variant.tax_rate_bp,
                "stock": sum(stock.quantity for stock in variant.stock or ()),
            }
            for variant in product.variants
        ],
    }


def _order(sale: Sale, tax_rate_bp: int) -> dict[str, Any]:
    it, person = sale.order, sale.order.customer
    return {
        "id": int(it.external_id),
        "number": int(it.external_id),
        "name": it.number,
        "placed_at": it.placed_at.isoformat(),
        "currency": it.currency,
        "taxes_included": it.tax_included,
        "customer_id": int(person.external_id or 0) or None,
        "email": person.email or "",
        "first_name": person.first_name or "",
        "last_name": person.last_name or "",
        "phone": person.phone or "",
        "locale": person.locale,
        "address": _address(it.shipping_address, it) if it.shipping_address else None,
        "lines": _lines(it, tax_rate_bp),
        "discounts": [{"code": discount.code, "amount": discount.amount} for discount in it.discounts],
        "shipping": {
            "title": it.shipping.method or "standard",
            "price": it.shipping.amount,
            "tax_rate_bp": tax_rate_bp,
        },
        "tags": list(it.tags),
        "payments": [
            {
                "id": int(tender.id),
                "amount": tender.amount,
                "gateway": "gift_card" if tender.kind == "gift_card" else "stripe",
                "reference": tender.provider_ref,
            }
            for tender in it.tenders
        ],
        "parcels": [_parcel(sale, parcel) for parcel in sale.parcels],
    }


def _parcel(sale: Sale, parcel: Parcel) -> dict[str, Any]:
    quantities = {line.external_id: line.quantity for line in sale.order.lines}
    lines = {name: quantities[name] for name in parcel.lines}
    return {"lines": lines, "company": "sandbox", "number": parcel.tracking_number}


def _lines(it: OrderIn, tax_rate_bp: int) -> list[dict[str, Any]]:
    return [
        {
            "id": int(line.external_id),
            "variant_id": int(line.variant_id or 0),
            "title": line.title,
            "quantity": line.quantity,
            "price": line.unit_price,
            "discount": line.discount,
            "tax_rate_bp": tax_rate_bp,
            "grams": line.weight_grams or 0,
            "image_url": line.image_url,
        }
        for line in it.lines
    ]


def _address(address: AddressBody, it: OrderIn) -> dict[str, Any]:
    return {
        "first_name": it.customer.first_name or "",
        "last_name": it.customer.last_name or "",
        "address1": address.line1 or "",
        "address2": address.line2 or "",
        "zip": address.postcode or "",
        "city": address.city or "",
        "country": address.country or "",
    }
