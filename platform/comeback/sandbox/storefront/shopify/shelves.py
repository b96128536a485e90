"""Products, stock and places as GraphQL objects."""

from typing import Any

from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import Place, Product, Shop, Variant
from comeback.sandbox.storefront.shopify.names import gid, utc
from comeback.sandbox.storefront.shopify.paging import Node, lazily, listed, many
from comeback.sandbox.storefront.stock import available


class ShelfViews:
    """A part of `views.Views`."""

    shop: Shop

    def place(self, id_: int | None) -> Node | None:
        found = next((place for place in self.shop.places if place.id == id_), None)
        return self.location(found) if found else None

    def location(self, it: Place) -> Node:
        return {
            "__typename": "Location",
            "id": gid("Location", it.id),
            "legacyResourceId": str(it.id),
            "name": it.name,
            "isActive": True,
            "address": {"city": it.city or None, "country": it.country or None, "countryCode": it.country or None},
        }

    def _image(self, url: str | None, id_: int) -> Node | None:
        return {"id": gid("ProductImage", id_), "url": url, "altText": None} if url else None

    def _media(self, url: str | None, id_: int) -> Node | None:
        image = self._image(url, id_)
        if image is None:
            return None
        return {
            "__typename": "MediaImage",
            "id": gid("MediaImage", id_),
            "mediaContentType": "IMAGE",
            "alt": None,
            "image": image,
            "preview": {"image": image},
        }

    def product(self, it: Product) -> Node:
        return {
            "__typename": "Product",
            "id": gid("Product", it.id),
            "legacyResourceId": str(it.id),
            "title": it.title,
            "handle": it.handle,
            "vendor": it.vendor,
            "productType": it.product_type,
            "status": it.status.upper(),
            "tags": it.tags,
            "descriptionHtml": it.body_html,
            "onlineStoreUrl": it.url,
            "featuredImage": self._image(it.image_url, it.id),
            "featuredMedia": self._media(it.image_url, it.id),
            "options": listed(lambda: self._options(it)),
            "totalInventory": sum(available(variant) or 0 for variant in it.variants),
            "createdAt": utc(it.created_at),
            "updatedAt": utc(it.updated_at),
            "publishedAt": utc(it.created_at),
            "variants": many(lambda: [self.variant(it, variant) for variant in it.variants]),
        }

    def _options(self, it: Product) -> list[Node]:
        return [
            {
                "__typename": "ProductOption",
                "id": gid("ProductOption", it.id * 10 + place),
                "name": name,
                "position": place + 1,
                "values": sorted({one.options[place] for one in it.variants if place < len(one.options)}),
            }
            for place, name in enumerate(it.option_names)
        ]

    def variant(self, product: Product, it: Variant) -> Node:
        currency, compare = self.shop.currency, it.compare_at_price
        count = available(it)
        options = zip(product.option_names, it.options, strict=False)
        return {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", it.id),
            "legacyResourceId": str(it.id),
            "title": it.title,
            "displayName": f"{product.title} - {it.title}",
            "sku": it.sku or None,
            "barcode": it.barcode or None,
            "price": sums.decimal(it.price, currency),
            "compareAtPrice": None if compare is None else sums.decimal(compare, currency),
            "position": product.variants.index(it) + 1,
            "taxable": True,
            "availableForSale": count is None or count > 0,
            "inventoryQuantity": count or 0,
            "selectedOptions": [{"name": name, "value": value} for name, value in options],
            "image": self._image(it.image_url, it.id),
            "media": many(lambda: [media] if (media := self._media(it.image_url, it.id)) else []),
            "inventoryItem": lazily(lambda: self.item(product, it)),
            "product": lazily(lambda: self.product(product)),
            "createdAt": utc(product.created_at),
            "updatedAt": utc(it.updated_at),
        }

    def item(self, product: Product, it: Variant) -> Node:
        return {
            "__typename": "InventoryItem",
            "id": gid("InventoryItem", it.inventory_item_id),
            "legacyResourceId": str(it.inventory_item_id),
            "sku": it.sku or None,
            "tracked": it.stock is not None,
            "measurement": {"weight": {"unit": "GRAMS", "value": float(it.grams)}},
            "variant": lazily(lambda: self.variant(product, it)),
            "updatedAt": utc(it.updated_at),
            "inventoryLevels": many(lambda: [self.level(product, it, place) for place in it.stock or {}]),
        }

    def level(self, product: Product, it: Variant, place_id: int) -> Node:
        count = (it.stock or {}).get(place_id, 0)

        def quantities(_: Any, names: list[str]) -> list[Node]:
            known = {"available": count, "on_hand": count, "committed": 0, "incoming": 0, "reserved": 0}
            return [{"name": name, "quantity": known.get(name, 0), "updatedAt": utc(it.updated_at)} for name in names]

        return {
            "__typename": "InventoryLevel",
            "id": gid("InventoryLevel", f"{place_id}?inventory_item_id={it.inventory_item_id}"),
            "location": self.place(place_id),
            "quantities": quantities,
            "item": lazily(lambda: self.item(product, it)),
            "updatedAt": utc(it.updated_at),
        }
