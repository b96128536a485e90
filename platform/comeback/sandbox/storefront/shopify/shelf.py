"""Products and stock in the form of Shopify's Admin REST resources and webhooks."""

from typing import Any

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import Product, Shop, Variant
from comeback.sandbox.storefront.shopify.names import gid, local
from comeback.sandbox.storefront.stock import available


def variant(shop: Shop, product: Product, position: int) -> dict[str, Any]:
    it = product.variants[position]
    options = [*it.options, None, None, None][:3]
    compare = it.compare_at_price
    return {
        "id": it.id,
        "admin_graphql_api_id": gid("ProductVariant", it.id),
        "product_id": product.id,
        "inventory_item_id": it.inventory_item_id,
        "title": it.title,
        "sku": it.sku,
        "barcode": it.barcode or None,
        "position": position + 1,
        "price": sums.decimal(it.price, shop.currency),
        "compare_at_price": None if compare is None else sums.decimal(compare, shop.currency),
        "grams": it.grams,
        "weight": it.grams / 1000,
        "weight_unit": "kg",
        "option1": options[0],
        "option2": options[1],
        "option3": options[2],
        "taxable": True,
        "requires_shipping": True,
        "fulfillment_service": "manual",
        "inventory_policy": "deny",
        "inventory_management": None if it.stock is None else "shopify",
        "inventory_quantity": available(it) or 0,
        "old_inventory_quantity": available(it) or 0,
        "image_id": None,
        "created_at": local(shop, product.created_at),
        "updated_at": local(shop, it.updated_at),
    }


def product(shop: Shop, it: Product) -> dict[str, Any]:
    image = {"id": it.id * 10, "product_id": it.id, "position": 1, "src": it.image_url, "alt": None, "variant_ids": []}
    pictures = [image] if it.image_url else []
    return {
        "id": it.id,
        "admin_graphql_api_id": gid("Product", it.id),
        "title": it.title,
        "body_html": it.body_html,
        "vendor": it.vendor,
        "product_type": it.product_type,
        "handle": it.handle,
        "tags": ", ".join(it.tags),
        "status": it.status,
        "published_at": local(shop, it.created_at),
        "published_scope": "global",
        "created_at": local(shop, it.created_at),
        "updated_at": local(shop, it.updated_at),
        "template_suffix": None,
        "variants": [variant(shop, it, position) for position in range(len(it.variants))],
        "options": [
            {
                "id": it.id * 10 + position,
                "product_id": it.id,
                "name": name,
                "position": position + 1,
                "values": sorted({one.options[position] for one in it.variants if position < len(one.options)}),
            }
            for position, name in enumerate(it.option_names)
        ],
        "images": pictures,
        "image": image if pictures else None,
    }


def levels(shop: Shop, it: Variant) -> list[dict[str, Any]]:
    """One `inventory_levels/update` body for each place."""
    return [
        {
            "inventory_item_id": it.inventory_item_id,
            "location_id": place_id,
            "available": count,
            "updated_at": local(shop, it.updated_at),
            "admin_graphql_api_id": gid("InventoryLevel", f"{place_id}?inventory_item_id={it.inventory_item_id}"),
        }
        for place_id, count in (it.stock or {}).items()
    ]
