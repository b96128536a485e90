"""The memory of all shops: finding, numbering, remembering effects, and telling subscribers what changed."""

import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from comeback.sandbox.clock import SandboxClock
from comeback.sandbox.http import HttpError
from comeback.sandbox.storefront.objects import Memory, Order, Place, Product, Shop, Variant, Vendor
from comeback.sandbox.storefront.records import Done, Outgoing

MAX_LOG = 50_000


class Change(msgspec.Struct, kw_only=True):
    """Something happened: `order.created`, `stock.changed` …; `subject` is the object it happened to."""

    name: str
    subject: Any
    order: Order | None = None
    variant: Variant | None = None


Speaker: TypeAlias = Callable[[Shop, Change, float], list[Outgoing]]
"""A change in the words of a vendor: the webhooks to send, none where nobody subscribed."""


class Store:
    """`speakers` and `send` are set by the server, which knows the vendors."""

    def __init__(self, clock: SandboxClock, memory: Memory, touch: Callable[[], None]) -> None:
        self.memory = memory
        self.touch = touch
        self.speakers: dict[Vendor, Speaker] = {}
        self.send: Callable[[Outgoing], None] = lambda _: None
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def shop(self, key: str | None) -> Shop:
        """By domain or consumer key; the first one where None. Raises HttpError 404."""
        if key is None and self.memory.shops:
            return next(iter(self.memory.shops.values()))
        shop = self.memory.shops.get(key or "")
        if shop is None:
            raise HttpError(404, f"No shop {key}." if key else "No shop is configured.")
        return shop

    def open(self, vendor: Vendor, key: str, secret: str) -> Shop:
        """The shop of this key, made with one place of stock where it is new."""
        shop = self.memory.shops.get(key)
        if shop is not None:
            return shop
        number = len(self.memory.shops) + 1
        name = key.partition(".")[0].replace("-", " ").title()
        shop = Shop(vendor=vendor, key=key, id=number * 1_000_003, name=name, secret=secret)
        # Ids of two shops never meet, as with the real thing.
        shop.last_id = number * 10_000_000_000
        shop.places.append(Place(id=self.next_id(shop), name="Main warehouse", city="Leipzig", country="DE"))
        self.memory.shops[key] = shop
        return shop

    def next_id(self, shop: Shop, wanted: int | None = None) -> int:
        """A fresh id, or the wanted one."""
        if wanted is not None:
            shop.last_id = max(shop.last_id, wanted)
            return wanted
        shop.last_id += 1
        return shop.last_id

    def order(self, shop: Shop, id_: int) -> Order:
        """Raises HttpError 404."""
        order = shop.orders.get(id_)
        if order is None:
            raise HttpError(404, f"No order {id_}.")
        return order

    def did(self, shop: Shop, effect: str, id_: int | str, **more: Any) -> None:
        """Notes an effect of the API for the oracle: `order`, `amount`, `key`, `note`."""
        self.memory.log.append(Done(at=self.now(), shop=shop.key, effect=effect, id=str(id_), **more))
        del self.memory.log[:-MAX_LOG]

    def announce(self, shop: Shop, name: str, subject: Any, **more: Any) -> None:
        """Remembers that something changed and tells the subscribers."""
        self.touch()
        change = Change(name=name, subject=subject, **more)
        speaker = self.speakers.get(shop.vendor)
        for outgoing in speaker(shop, change, self.now()) if speaker is not None else []:
            self.memory.outgoing[outgoing.id] = outgoing
            self.send(outgoing)

    def order_changed(self, shop: Shop, order: Order, *names: str, subject: Any = None) -> None:
        """`names` first (of `subject`), then that the order was updated; its version moves on."""
        order.updated_at = self.now()
        for name in names:
            self.announce(shop, name, order if subject is None else subject, order=order)
        self.announce(shop, "order.updated", order, order=order)


def new_uuid() -> str:
    return str(uuid.uuid4())


def find_variant(shop: Shop, variant_id: int | None, sku: str | None = None) -> tuple[Product, Variant] | None:
    """By id, else by stock-keeping unit."""
    for product in shop.products.values():
        for variant in product.variants:
            if variant.id == variant_id or (variant_id is None and sku and variant.sku == sku):
                return product, variant
    return None
