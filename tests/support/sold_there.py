"""A sale at the shop system's till, paid at the sandbox Stripe, and its way back through us."""

from itertools import count
from typing import Any

from tests.support.sold import Sold
from tests.support.storefront import Storefront

NUMBERS = count(1)


async def sell(store: Storefront, **more: Any) -> tuple[Sold, dict[str, Any]]:
    """An order that came by webhook and was handed to the carrier; ours, and the shop's."""
    payment = f"pi_{store.world.shop.hex[-8:]}x{next(NUMBERS)}"
    bought = await store.buy(gateway="stripe", payment_ref=payment, **more)
    await store.world.pay(payment, bought["total"])
    await store.world.drain()
    ours = await store.ours(bought["id"])
    assert ours is not None and ours["review"] == [], ours
    assert (ours["tenders"][0]["provider"], ours["tenders"][0]["provider_ref"]) == ("stripe", payment)
    return Sold(store.world, ours, payment), bought
