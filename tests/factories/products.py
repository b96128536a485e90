"""Bodies of products for tests."""

from typing import Any

import msgspec

from comeback.catalog.schemas import ProductIn


def product_body(
    external_id: str = "p1", variants: list[dict[str, Any]] | None = None, **fields: Any
) -> dict[str, Any]:
    """A shirt in two sizes, three of each in the main place."""
    stock = [{"location": "main", "quantity": 3}]
    return {
        "external_id": external_id,
        "title": "Shirt",
        "currency": "EUR",
        "variants": variants
        or [
            {"external_id": f"{external_id}-{size}", "sku": f"{external_id}-{size}", "title": f"Shirt / {size}",
             "price": 5000, "tax_rate_bp": 1900, "options": {"Size": size}, "stock": stock}
            for size in ("S", "M")
        ],
    } | fields  # fmt: skip


def product_in(external_id: str = "p1", variants: list[dict[str, Any]] | None = None, **fields: Any) -> ProductIn:
    """`product_body`, decoded."""
    return msgspec.convert(product_body(external_id, variants, **fields), ProductIn)
