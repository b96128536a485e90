"""Acceptance 2: real bodies land; flipped, replayed, shuffled, tripled and foreign deliveries change nothing more; what
was dropped is repaired in one cycle."""

import json
import random
from typing import Any

import pytest

from tests.support.snapshot import snapshot
from tests.support.storefront import Storefront, open_storefront, shared_bodies, sign
from tests.support.world import World

TOPICS = {
    "order.json": "orders/create",
    "order_with_transaction.json": "orders/paid",
    "orders.json": "orders/updated",
    "fulfillment.json": "fulfillments/create",
    "fulfillment_event.json": "fulfillment_events/create",
    "fulfillment_order.json": "fulfillment_orders/moved",
    "product.json": "products/create",
    "variant.json": "variants/in_stock",
    "inventory_level.json": "inventory_levels/update",
    "inventory_levels.json": "inventory_levels/connect",
    "customer.json": "customers/create",
    "location.json": "locations/create",
    "draft_order.json": "draft_orders/create",
    "discount_code.json": "discounts/create",
}


@pytest.fixture
async def quiet(world: World) -> Storefront:
    """A shop whose webhooks the test itself delivers."""
    return await open_storefront(world, ring=False)


async def test_all_real_bodies_are_accepted_and_land(quiet: Storefront) -> None:
    folder, world = shared_bodies(), quiet.world
    for name, topic in TOPICS.items():
        assert await quiet.deliver(topic, (folder / name).read_bytes()) == 200, name
    await world.drain()
    order = await quiet.ours("123456")
    assert order is not None and (order["number"], order["total"], order["state"]) == ("#9999", 1000, "cancelled")
    assert any("950" in reason for reason in order["review"]), order["review"]
    assert order["history"] and order["captured"] == 0, "the shop itself does not know this order"
    assert [line["external_id"] for line in order["lines"]] == ["254721536", "5"]
    (product,) = (await world.get("/api/v1/products"))["items"]
    assert (product["external_id"], product["title"]) == ("1071559748", "Burton Custom Freestyle 151")
    assert product["tags"] == ['"Big Air"', "Barnes & Noble", "John's Fav"]
    (person,) = await quiet.ask("SELECT first_name FROM customers WHERE external_id = '1'")
    assert person["first_name"] == "Test"
    assert await quiet.ask("SELECT granted FROM consents") == [], "not_subscribed says nothing"
    assert await quiet.ask("SELECT count(*) AS n FROM outbox WHERE state = 'dead'") == [{"n": 0}]
    assert await quiet.ask("SELECT count(*) AS n FROM messages") == [{"n": 0}], "nothing is sent from a body alone"


def order_body(number: int, **more: Any) -> dict[str, Any]:
    """A small body of our own, of no particular version."""
    return {
        "id": 77000 + number, "name": f"#{number}", "created_at": "2026-11-20T10:00:00+01:00",
        "updated_at": f"2026-11-20T10:{number % 60:02}:00+01:00", "currency": "EUR", "taxes_included": True,
        "total_price": "54.90", "current_total_price": 54.9, "email": f"b{number}@example.com",
        "unheard_of": {"x": [1]},
        "line_items": [{"id": 1, "title": "Shirt", "quantity": "1", "price": 50, "tax_lines": [{"price": "7.98"}]}],
        "shipping_lines": [{"title": "Standard", "price": "4.90"}],
    } | more  # fmt: skip


async def test_flipped_bits_strange_headers_and_foreign_shops_change_nothing(
    quiet: Storefront, make_world: Any
) -> None:
    stranger = await open_storefront(await make_world(), ring=False)
    raw = json.dumps(order_body(1)).encode()
    shops = [quiet.world.shop, stranger.world.shop]
    settings = quiet.world.services.settings
    before = await snapshot(settings, shops)
    for at in range(0, len(raw), 7):
        flipped = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert await quiet.deliver("orders/create", flipped, X_Shopify_Hmac_Sha256=sign(raw)) == 401
    assert await quiet.deliver("orders/create", raw, X_Shopify_Hmac_Sha256=sign(raw, "another")) == 401
    assert await quiet.deliver("orders/create", raw, X_Shopify_Hmac_Sha256="") == 401
    assert await quiet.deliver("orders/create", raw, X_Shopify_Shop_Domain=stranger.domain) == 401
    quiet.hook, kept = stranger.hook, quiet.hook
    assert await quiet.deliver("orders/create", raw) == 401, "signed for one shop, sent to the address of another"
    quiet.hook = kept + "x"
    assert await quiet.deliver("orders/create", raw) == 401
    quiet.hook = kept
    await quiet.world.drain()
    assert await snapshot(settings, shops) == before


async def test_replays_with_new_ids_have_one_effect(quiet: Storefront) -> None:
    raw = json.dumps(order_body(2)).encode()
    for n in range(30):
        assert await quiet.deliver("orders/create", raw, X_Shopify_Webhook_Id=f"replay-{n}") == 200
    await quiet.world.drain()
    assert await quiet.ask("SELECT count(*) AS n FROM inbox") == [{"n": 1}]
    assert await quiet.ask("SELECT count(*) AS n FROM orders") == [{"n": 1}]


async def test_shuffled_and_tripled_deliveries_end_where_the_shop_is(world: World) -> None:
    store = await open_storefront(world)
    await store.faults(duplicate=2, shuffle=1.0)
    bought = [await store.buy() for _ in range(4)]
    for order in bought:
        await store.desk(
            f"/orders/{order['id']}/fulfil", {"tracking_company": "GLS", "tracking_number": f"G{order['id']}"}
        )
    await store.desk(f"/orders/{bought[0]['id']}/refunds", {"amount": 1000})
    await store.world.drain()
    await store.well()
    for order in bought:
        ours = await store.ours(order["id"])
        assert ours is not None and ours["fulfilment"] == "fulfilled" and ours["review"] == [], ours
        assert ours["refunded"] == (1000 if order is bought[0] else 0)
    assert await store.ask("SELECT count(*) AS n FROM shipments") == [{"n": 4}]
    assert await store.ask("SELECT count(*) AS n FROM events WHERE name = 'order.placed'") == [{"n": 4}]


async def test_a_third_dropped_is_repaired_in_one_cycle(world: World) -> None:
    store = await open_storefront(world)
    await store.faults(drop=0.3)
    bought = [await store.buy() for _ in range(20)]
    for order in random.Random(7).sample(bought, 10):
        await store.desk(
            f"/orders/{order['id']}/fulfil", {"tracking_company": "UPS", "tracking_number": f"1Z{order['id']}"}
        )
    await store.world.drain()
    await store.well()
    missing = [o for o in bought if await store.ours(o["id"]) is None]
    task = (await world.post(f"/api/v1/connections/{store.id}/reconcile", expect=202))["task"]
    await store.world.drain()
    for order in bought:
        ours, there = await store.ours(order["id"]), await store.order(order["id"])
        assert ours is not None, (order["id"], len(missing))
        assert (ours["fulfilment"] == "fulfilled") == (there["fulfilment_status"] == "fulfilled")
    shown = await world.get(f"/api/v1/tasks/{task}")
    assert shown["state"] == "done" and shown["done"] == shown["total"], shown


async def test_a_back_fill_tells_nobody(world: World) -> None:
    store = await open_storefront(world, ring=False)
    orders = [{"email": f"old{n}@example.com", "lines": [{"title": "Cup", "price": 1200}]} for n in range(30)]
    await store.desk("/batch", {"orders": orders, "products": [{"title": "Cup", "variants": [{"price": 1200}]}]})
    body = {"since": "2020-01-01T00:00:00Z"}
    task = (await world.post(f"/api/v1/connections/{store.id}/backfill", body, expect=202))["task"]
    await store.world.drain()
    shown = await world.get(f"/api/v1/tasks/{task}")
    assert shown["state"] == "done" and shown["done"] == shown["total"] >= 31, shown
    assert await store.ask("SELECT count(*) AS n FROM orders WHERE history") == [{"n": 30}]
    assert await store.ask("SELECT count(*) AS n FROM messages") == [{"n": 0}]
    again = (await world.post(f"/api/v1/connections/{store.id}/backfill", body, expect=202))["task"]
    await store.world.drain()
    assert (await world.get(f"/api/v1/tasks/{again}"))["state"] == "done"
    assert await store.ask("SELECT count(*) AS n FROM orders") == [{"n": 30}]


async def test_an_order_that_the_shop_confirms_later_is_told_then(world: World) -> None:
    store = await open_storefront(world, ring=False)
    fresh = order_body(5, created_at="2026-11-21T10:00:00Z")
    assert await store.deliver("orders/create", fresh) == 200
    await store.world.drain()
    ours = await store.ours("77005")
    assert ours is not None and ours["history"] and ours["review"]
    await store.buy(id=77005, quiet=True)
    assert await store.deliver("orders/updated", {"id": 77005}) == 200
    await store.world.drain()
    ours = await store.ours("77005")
    assert ours is not None and not ours["history"]
    assert await store.ask("SELECT count(*) AS n FROM events WHERE name = 'order.placed'") == [{"n": 1}]


async def test_a_consent_in_the_body_of_an_order_counts_once_the_shop_confirms_it(world: World) -> None:
    store = await open_storefront(world, ring=False)
    consent = {"state": "subscribed", "consent_updated_at": "2026-11-20T10:00:00Z"}
    person = {"id": 5150, "email": "told@example.com", "email_marketing_consent": consent}
    fresh = order_body(6, created_at="2026-11-21T10:00:00Z") | {"customer": person, "email": "told@example.com"}
    assert await store.deliver("orders/create", fresh) == 200
    await world.drain()
    assert await store.ours("77006") is not None
    assert await store.ask("SELECT 1 AS n FROM consents WHERE granted") == []
