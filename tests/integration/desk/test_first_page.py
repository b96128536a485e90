"""The first page beyond its numbers: pictures, trouble with connections, the search, the first steps, the preview."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from comeback.merchants import service as merchants
from comeback.merchants.models import ConnectionState
from tests.support.desk import Desk, somebody
from tests.support.world import World


@pytest.fixture
async def owner(world: World) -> Any:
    """An owner at the desk."""
    async with somebody(world, "owner") as made:
        yield made


async def test_the_pictures_count_what_happened(desk: Desk) -> None:
    order = await desk.order()
    await desk.wish(order)
    await desk.world.drain()
    charts = await desk.get("overview/charts")
    assert len(charts["days"]) == 30
    assert [row["day"] for row in charts["days"]] == sorted(row["day"] for row in charts["days"])
    assert sum(row["shipped"] for row in charts["days"]) == 1
    assert charts["days"][-1]["mails"] >= 1
    assert sum(row["read"] for row in charts["days"]) == 0
    assert charts["reasons"] == [{"reason": "too_small", "pieces": 1}]


async def test_only_people_count_as_readers(desk: Desk) -> None:
    await desk.order()
    await desk.world.drain()
    async with desk.world.services.database.write(desk.world.shop) as session:
        await session.execute(
            text(
                "INSERT INTO hits (shop_id, id, message_id, kind, method, agent, ip, delay_ms, at) "
                "SELECT m.shop_id, m.id, m.id, 'open', 'GET', a.agent, 'x', 60000, clock_timestamp() FROM messages m "
                "CROSS JOIN (VALUES (CAST(:agent AS text))) AS a(agent) "
                "WHERE m.shop_id = :shop AND m.state = 'accepted' LIMIT 1"
            ),
            {"shop": desk.world.shop, "agent": "Barracuda Sentinel"},
        )
    assert sum(row["read"] for row in (await desk.get("overview/charts"))["days"]) == 0
    async with desk.world.services.database.write(desk.world.shop) as session:
        await session.execute(
            text(
                "INSERT INTO hits (shop_id, id, message_id, kind, method, agent, ip, delay_ms, at) "
                "SELECT h.shop_id, gen_random_uuid(), h.message_id, 'open', 'GET', 'Thunderbird', 'y', 90000, h.at "
                "FROM hits h WHERE h.shop_id = :shop"
            ).bindparams(shop=desk.world.shop)
        )
    assert sum(row["read"] for row in (await desk.get("overview/charts"))["days"]) == 1


async def test_a_broken_connection_needs_somebody(desk: Desk) -> None:
    async with desk.world.services.database.write(desk.world.shop) as session:
        row = await merchants.require_connection(session, "stripe")
        await merchants.set_state(session, row, ConnectionState.BROKEN, "The key was revoked at Stripe.")
    piles = (await desk.get("overview"))["needs"]
    assert piles[0]["kind"] == "connection"
    assert piles[0]["subjects"][0]["detail"] == "The key was revoked at Stripe."
    listed = {row["kind"]: row for row in await desk.get("connections")}
    assert listed["stripe"]["state"] == "broken"
    assert listed["carrier"]["state"] == "live"
    assert "sk_test" not in str(listed)


async def test_the_search_finds_goods_and_people(desk: Desk) -> None:
    await desk.order("7001")
    await desk.world.post(
        "/api/v1/products",
        {"external_id": "p9", "title": "Copper kettle",
         "currency": "EUR", "variants": [
            {"external_id": "v9", "sku": "KTL-9", "title": "Kettle", "price": 100}]},
        201,
    )  # fmt: skip
    for q in ("copper", "kettle", "ktl-9"):
        hit = next(h for h in (await desk.get("search", q=q))["items"] if h["kind"] == "product")
        assert (hit["title"], bool(hit["product_id"])) == ("Copper kettle", True)
    number = (await desk.get("search", q="7001"))["items"][0]
    assert (number["kind"], bool(number["order_id"])) == ("order", True)
    parcel = next(h for h in (await desk.get("search", q="track7001"))["items"] if h["kind"] == "parcel")
    assert parcel["shipment_id"]
    person = next(h for h in (await desk.get("search", q="ada"))["items"] if h["kind"] == "customer")
    assert person["customer_id"]


async def test_the_first_steps_tick_by_what_happens(owner: Desk) -> None:
    def done(answer: Any) -> dict[str, bool]:
        return {step["key"]: step["done"] for step in answer["steps"]}

    assert done(await owner.get("welcome")) == dict.fromkeys(("mail", "return", "connect", "brand"), False)
    sent = await owner.browser.post("/api/studio/welcome/mail")
    assert sent.status_code == 201, sent.text
    assert sent.json()["recipient"] == owner.email
    assert done(await owner.get("welcome"))["mail"] is False
    await owner.world.drain()
    assert done(await owner.get("welcome"))["mail"] is True
    await owner.browser.patch("/api/v1/shop", json={"brand": {"primary": "#1f4fa8"}})
    assert done(await owner.get("welcome"))["brand"] is True
    hidden = await owner.browser.post("/api/studio/welcome", json={"hidden": True})
    assert hidden.json()["hidden"] is True
    assert (await owner.get("welcome"))["hidden"] is True


@pytest.mark.parametrize("with_order", [False, True], ids=["a new shop", "a shop with orders"])
async def test_the_preview_is_the_real_page_in_a_look_not_saved(desk: Desk, with_order: bool) -> None:
    if with_order:
        await desk.order("7100")
        await desk.world.drain()
    asked = {"brand": {"primary": "#1f4fa8"}, "name": "Try <b>Me</b>", "scheme": "dark", "language": "en"}
    answer = await desk.browser.post("/api/studio/preview/tracking", json=asked)
    assert answer.status_code == 200, answer.text
    html = answer.text
    assert "--brand:#1f4fa8" in html
    assert "Try &lt;b&gt;Me" in html
    assert "<script" not in html
    assert "@media(prefers-color-scheme" not in html
    assert ("7100" if with_order else "#1001") in html
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    stored = (await desk.browser.get("/api/v1/shop")).json()
    assert stored["brand"]["primary"] != "#1f4fa8"
    assert re.search(r"<h1", html)
    light = await desk.browser.post("/api/studio/preview/tracking", json=asked | {"scheme": "light"})
    assert "@media not all" in light.text
