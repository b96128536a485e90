"""Installing by token and by OAuth, clear problems, privacy requests, and the way out."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from sqlalchemy import text

from tests.factories.orders import order_body
from tests.support.storefront import ADDRESS, SECRET, open_storefront
from tests.support.world import World


async def put_shop(world: World, **more: Any) -> str:
    domain = f"s{world.shop.hex[-14:]}.myshopify.com"
    await world.control("/config", {"shopify": [{"domain": domain, "api_secret": SECRET} | more]})
    return domain


async def test_wrong_keys_are_refused_in_words(world: World) -> None:
    domain = await put_shop(world, access_token="shpat_right", scopes=["read_orders", "read_products"])
    path = "/api/v1/connections/shopify"
    wrong = {"shop": domain, "access_token": "shpat_wrong", "api_secret": SECRET}
    answer = await world.client.post(path, json=wrong)
    assert answer.status_code == 422 and "does not accept this key" in answer.json()["detail"], answer.text
    answer = await world.client.post(path, json=wrong | {"access_token": "shpat_right"})
    assert answer.status_code == 422 and "read_customers" in answer.json()["detail"], answer.text
    for strange in ("https://evil.example", "x.myshopify.com.evil.example", "127.0.0.1", "a b", "../x"):
        answer = await world.client.post(path, json=wrong | {"shop": strange})
        assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/shop", answer.text
    assert not [c for c in (await world.get("/api/v1/connections"))["items"] if c["kind"] == "storefront"]


async def test_oauth_needs_state_signature_and_the_same_browser(world: World, anonymous: httpx.AsyncClient) -> None:
    domain = await put_shop(world)
    begun = await world.client.post("/api/v1/connections/shopify", json={"shop": domain})
    assert begun.status_code == 200, begun.text
    page = begun.json()["authorize_url"]
    granted = await world.outside.get(f"{page}&approve=1", follow_redirects=False)
    back = urlsplit(granted.headers["location"])
    assert back.path == "/connections/shopify/callback"
    refused = await anonymous.get(f"{back.path}?{back.query}")
    assert refused.status_code == 422, "another browser"
    pairs = dict(parse_qsl(back.query))
    for change in ({"shop": "other.myshopify.com"}, {"code": "x"}, {"hmac": "0" * 64}, {"state": "x"}):
        answer = await world.client.get(back.path, params=pairs | change)
        assert answer.status_code == 422, change
    done = await world.client.get(f"{back.path}?{back.query}")
    assert done.status_code == 303, done.text
    again = await world.client.get(f"{back.path}?{back.query}")
    assert again.status_code == 422, "the way back counts once"
    (ours,) = [c for c in (await world.get("/api/v1/connections"))["items"] if c["kind"] == "storefront"]
    assert (ours["state"], ours["shop"]) == ("live", domain)
    assert "shpat" not in str(ours) and "secret" not in str(ours)


async def test_privacy_requests_are_rows_that_are_done(world: World) -> None:
    store = await open_storefront(world)
    bought = await store.buy()
    await store.world.drain()
    customer = bought["customer_id"]
    await store.deliver("customers/data_request", {"shop_domain": store.domain, "data_request": {"id": 9},
                                                   "customer": {"id": customer}})  # fmt: skip
    await world.drain()
    (asked,) = (await world.get("/api/v1/privacy-requests"))["items"]
    assert asked["state"] == "done" and "Berlin" in str(asked["result"]["data"]["orders"]), asked
    await store.deliver("customers/redact", {"shop_domain": store.domain, "customer": {"id": customer}})
    await world.drain()
    assert await store.ask("SELECT job, last_error FROM outbox WHERE last_error IS NOT NULL") == []
    for table in ("customers", "orders", "messages", "shipments"):
        left = await store.ask(f"SELECT * FROM {table}")
        assert "ada." not in str(left).lower().replace("comeback", "") and "Weg 1" not in str(left), table
    erased = (await world.get("/api/v1/privacy-requests"))["items"][0]
    assert erased["kind"] == "erase" and erased["result"]["erased"]["customers"] == 1
    assert erased["due_at"] > erased["received_at"]


async def test_a_removed_connection_calls_nobody(world: World) -> None:
    store = await open_storefront(world)
    await world.drain()
    answer = await world.client.delete(f"/api/v1/connections/{store.id}")
    assert answer.status_code == 204
    await world.drain()
    bought = await store.buy(quiet=True)
    assert await store.deliver("orders/create", {"id": bought["id"]}) == 401
    await world.drain()
    assert await store.ours(bought["id"]) is None
    answer = await world.client.post(f"/api/v1/connections/{store.id}/reconcile", json={})
    assert answer.status_code == 409


async def test_a_dead_key_stops_the_connection_with_a_sentence(world: World) -> None:
    store = await open_storefront(world)
    await store.faults(next="401", on="order", shop=store.domain)
    await store.buy()
    await world.drain()
    await store.well()
    (ours,) = [c for c in (await world.get("/api/v1/connections"))["items"] if c["kind"] == "storefront"]
    assert ours["state"] == "broken" and "Connect it again" in ours["problem"]
    await open_storefront(world)
    (ours,) = [c for c in (await world.get("/api/v1/connections"))["items"] if c["kind"] == "storefront"]
    assert ours["state"] == "live"


async def test_what_happened_while_the_key_was_dead_is_read_after_a_new_key(world: World) -> None:
    store = await open_storefront(world, ring=False)
    await world.drain()
    async with world.services.database.write(world.shop) as session:
        change = "SET watermark = watermark - interval '2 days' WHERE shop_id = :shop AND connection_id = :id"
        await session.execute(text(f"UPDATE storefront_syncs {change}"), {"shop": world.shop, "id": store.id})
    before = await store.ask("SELECT kind, watermark FROM storefront_syncs ORDER BY kind")
    await open_storefront(world, ring=False)
    assert await store.ask("SELECT kind, watermark FROM storefront_syncs ORDER BY kind") == before


async def test_who_asks_to_be_forgotten_again_is_forgotten_again(world: World) -> None:
    store = await open_storefront(world)
    for _ in range(2):
        bought = await store.buy(address=ADDRESS | {"address1": "Weg 1"})
        await world.drain()
        body = {"customer": {"id": bought["customer_id"]}, "orders_to_redact": [bought["id"]]}
        await store.deliver("customers/redact", {"shop_domain": store.domain} | body)
        await world.drain()
        assert "Weg 1" not in str(await store.ask("SELECT shipping_address FROM orders"))
    asked = (await world.get("/api/v1/privacy-requests"))["items"]
    assert [one["state"] for one in asked] == ["done", "done"]


async def test_a_person_whom_the_shop_names_by_an_id_we_never_saw_is_found_by_address(world: World) -> None:
    store = await open_storefront(world, ring=False)
    await world.post("/api/v1/orders", order_body(customer={"email": "mail.only@example.com"}), expect=201)
    body = {"customer": {"id": 424242, "email": "mail.only@example.com"}}
    await store.deliver("customers/redact", {"shop_domain": store.domain} | body)
    await world.drain()
    (asked,) = (await world.get("/api/v1/privacy-requests"))["items"]
    assert asked["result"]["found"], asked


async def test_the_settings_of_a_connection(world: World) -> None:
    store = await open_storefront(world, ring=False)
    body = {"write_back": {"notes": False, "credit": "off"}, "cheapest_standard": {"EUR": 490}}
    changed = await world.client.patch(f"/api/v1/connections/{store.id}", json=body)
    assert changed.status_code == 200
    assert changed.json()["write_back"]["notes"] is False and changed.json()["cheapest_standard"] == {"EUR": 490}
