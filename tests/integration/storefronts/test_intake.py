"""A shop's webhooks ring, the truth is fetched, and orders, parcels, refunds, products and customers land."""

import asyncio

import pytest

from comeback.core import clock
from tests.support.storefront import Storefront, open_storefront
from tests.support.world import World


@pytest.fixture
async def store(world: World) -> Storefront:
    return await open_storefront(world)


async def test_an_order_of_the_shop_lands_to_the_cent(store: Storefront) -> None:
    bought = await store.buy(discounts=[{"code": "SAVE10", "amount": 1000}])
    await store.world.drain()
    order = await store.ours(bought["id"])
    assert order is not None
    assert (order["total"], order["currency"], order["number"]) == (bought["total"], "EUR", bought["name"])
    assert order["review"] == [] and order["captured"] == bought["total"]
    assert order["tax_included"] and not order["history"]
    assert order["lines"][0]["quantity"] == 2
    assert order["discounts"][0]["code"] == "SAVE10"


async def test_fulfilment_refund_and_cancel_follow(store: Storefront) -> None:
    bought = await store.buy()
    await store.world.drain()
    await store.desk(f"/orders/{bought['id']}/fulfil", {"tracking_company": "DHL", "tracking_number": "JD014600"})
    await store.world.drain()
    order = await store.ours(bought["id"])
    assert order is not None and order["fulfilment"] == "fulfilled"
    parcels = await store.ask("SELECT carrier, tracking_number FROM shipments WHERE direction = 'outbound'")
    assert parcels == [{"carrier": "dhl", "tracking_number": "JD014600"}]
    line = bought["lines"][0]["id"]
    await store.desk(f"/orders/{bought['id']}/refunds", {"lines": [{"line_id": line, "quantity": 1}], "amount": 5000})
    await store.world.drain()
    order = await store.ours(bought["id"])
    assert order is not None and order["refunded"] == 5000 and order["review"] == [], order
    assert order["lines"][0]["units"].get("refunded", 0) == 1


async def test_a_cancelled_order_is_cancelled_here(store: Storefront) -> None:
    bought = await store.buy()
    await store.world.drain()
    await store.desk(f"/orders/{bought['id']}/cancel", {})
    await store.world.drain()
    order = await store.ours(bought["id"])
    assert order is not None and order["state"] == "cancelled"


async def test_products_stock_and_customers_land(store: Storefront) -> None:
    made = await store.desk("/products", {
        "title": "Shirt", "variants": [{"title": "S", "sku": "A-S", "price": 5000, "stock": 7}],
    })  # fmt: skip
    await store.desk("/customers", {"email": "eva@example.com", "first_name": "Eva", "accepts_marketing": True})
    await store.world.drain()
    products = (await store.world.get("/api/v1/products"))["items"]
    assert [p["external_id"] for p in products] == [str(made["id"])]
    await store.desk("/stock", {"sku": "A-S", "available": 3})
    await store.world.drain()
    stock = (await store.world.get("/api/v1/stock", variant=products[0]["variants"][0]["external_id"]))["items"]
    assert sum(entry["sellable"] for entry in stock) == 3
    (person,) = await store.ask("SELECT id, first_name FROM customers WHERE email_norm = 'eva@example.com'")
    assert person["first_name"] == "Eva"
    assert await store.ask("SELECT granted FROM consents WHERE customer_id = :id", id=person["id"]) == [
        {"granted": True}
    ]
    await store.desk(f"/products/{made['id']}?shop={store.domain}", {}, "DELETE")
    await store.world.drain()
    assert not (await store.world.get("/api/v1/products"))["items"][0]["active"]


async def test_the_customer_hears_once_of_an_order_that_three_webhooks_told(store: Storefront) -> None:
    await store.faults(duplicate=2, shuffle=1.0)
    bought = await store.buy()
    await store.world.drain()
    await store.well()
    assert await store.ask("SELECT count(*) AS n FROM events WHERE name = 'order.placed'") == [{"n": 1}]
    assert await store.ours(bought["id"]) is not None


async def test_uninstalled_ends_calls_and_keeps_what_is_known(store: Storefront) -> None:
    bought = await store.buy()
    await store.world.drain()
    await store.desk("/uninstall", {})
    await asyncio.sleep(0.1)
    await store.world.drain()
    connections = (await store.world.get("/api/v1/connections"))["items"]
    (ours,) = [c for c in connections if c["kind"] == "storefront"]
    assert ours["state"] == "off"
    assert await store.ours(bought["id"]) is not None
    assert await store.deliver("orders/updated", {"id": bought["id"], "updated_at": str(clock.now())}) == 401
