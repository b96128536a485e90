"""WooCommerce through the same room: orders to the cent, refunds, reconciliation by change time, writing back."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.merchants.service import list_connections
from tests.support.sold import Sold
from tests.support.storefront import open_storefront
from tests.support.world import World

KEYS = {"consumer_key": "ck_", "consumer_secret": "cs_"}


async def open_woo(world: World, *, ring: bool = True) -> tuple[str, UUID]:
    """A WooCommerce shop at the sandbox, connected; answers its key and the connection."""
    keys = {name: f"{start}{world.shop.hex}" for name, start in KEYS.items()}
    await world.control("/config", {"woocommerce": [keys]})
    made = await world.post("/api/v1/connections/woocommerce", {"shop": world.urls.storefront} | keys, expect=200)
    hook = "/hooks/" + made["hook_url"].split("/hooks/")[1]
    async with world.services.database.machinery() as session:
        await session.execute(
            text("DELETE FROM outbox WHERE shop_id = :shop AND job = 'storefronts.subscribe'"), {"shop": world.shop}
        )
    async with world.services.database.read(world.shop) as session:
        (row,) = [c for c in await list_connections(session) if c.vendor == "woocommerce"]
        secret = await world.services.vault.open(session, "connections", "secret", row.id, row.secret)
    if ring:
        shop = keys | {"webhook_secret": secret.decode(), "webhook_url": f"{world.base_url}{hook}",
                       "url": world.urls.storefront}  # fmt: skip
        await world.control("/config", {"woocommerce": [shop]})
    return keys["consumer_key"], UUID(made["id"])


async def desk(world: World, key: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await world.outside.post(f"{world.urls.storefront}/desk{path}", json={"shop": key} | body)
    assert answer.status_code < 300, answer.text
    return answer.json()


def cart(**more: Any) -> dict[str, Any]:
    return {
        "email": "ada@woo.example.com", "first_name": "Ada", "last_name": "L",
        "address": {"first_name": "Ada", "address1": "Weg 1", "zip": "10115", "city": "Berlin", "country": "DE"},
        "lines": [{"title": "Shirt", "sku": "A-S", "price": 5000, "quantity": 3, "tax_rate_bp": 1900}],
        "shipping": {"price": 490, "tax_rate_bp": 1900},
    } | more  # fmt: skip


async def ours(world: World, number: object) -> dict[str, Any]:
    (found,) = (await world.get("/api/v1/orders", external_id=str(number)))["items"]
    return found


async def test_an_order_lands_to_the_cent_and_its_refund_follows(world: World) -> None:
    key, _ = await open_woo(world)
    bought = await desk(world, key, "/orders", cart(discounts=[{"code": "save10", "percent_bp": 1000}]))
    await world.drain()
    order = await ours(world, bought["id"])
    assert (order["total"], order["review"], order["captured"]) == (bought["total"], [], bought["total"]), order
    refund = {"lines": [{"line_id": bought["lines"][0]["id"], "quantity": 1}]}
    given = await desk(world, key, f"/orders/{bought['id']}/refunds", refund)
    await world.drain()
    order = await ours(world, bought["id"])
    assert order["refunded"] == given["refunded"] > 0 and order["review"] == [], order


async def test_what_no_webhook_told_is_found_by_change_time(world: World) -> None:
    key, connection = await open_woo(world, ring=False)
    bought = [await desk(world, key, "/orders", cart(quiet=True)) for _ in range(5)]
    await world.post(f"/api/v1/connections/{connection}/reconcile", expect=202)
    await world.drain()
    for order in bought:
        assert (await ours(world, order["id"]))["total"] == order["total"]


async def test_a_stripe_refund_is_recorded_there_once_without_moving_money(world: World) -> None:
    key, connection = await open_woo(world)
    payment = f"pi_{world.shop.hex[-10:]}woo"
    bought = await desk(world, key, "/orders", cart(gateway="stripe", payment_ref=payment))
    await world.pay(payment, bought["total"])
    await world.drain()
    order = await ours(world, bought["id"])
    assert order["tenders"][0]["provider_ref"] == payment
    sold = Sold(world, order, payment)
    settled = await sold.give_back(order["lines"][0]["external_id"])
    writes = (await world.get(f"/api/v1/connections/{connection}/writes"))["items"]
    (write,) = [w for w in writes if w["kind"] == "refund"]
    assert write["state"] == "done", write
    answer = await world.outside.get(f"{world.urls.storefront}/desk/orders/{bought['id']}", params={"shop": key})
    (refund,) = answer.json()["refunds"]
    assert refund["amount"] == settled["refund_total"]
    (paid,) = await sold.refunds()
    assert paid["amount"] == settled["refund_total"], "the money moved once, at Stripe"
    await world.drain()
    assert (await ours(world, bought["id"]))["refunded"] == settled["refund_total"]


async def test_two_systems_beside_each_other_keep_their_numbers_apart(world: World) -> None:
    store = await open_storefront(world)
    key, _ = await open_woo(world)
    there = await store.buy(id=4711)
    here = await desk(world, key, "/orders", cart(id=4711))
    await world.drain()
    assert there["id"] == here["id"] == 4711
    assert (await ours(world, 4711))["total"] == there["total"]
    assert (await ours(world, "woocommerce:4711"))["total"] == here["total"]
