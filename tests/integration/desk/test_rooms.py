"""Shipments, customers, messages, flows and products at the desk."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from comeback.core.clock import clock
from comeback.kit.ids import new_id
from comeback.messages.rules.hits import Hit, classify
from tests.support.desk import Desk, browser_of
from tests.support.world import World


async def add_hits(desk: Desk, message_id: str, hits: list[Hit]) -> None:
    """Raw opens and clicks, as the recorder writes them."""
    query = text(
        "INSERT INTO hits (shop_id, id, message_id, kind, link, method, agent, ip, delay_ms, at) "
        "SELECT m.shop_id, :id, m.id, :kind, :link, :method, :agent, :ip, :delay, "
        "to_timestamp(CAST(:at AS double precision) / 1000) "
        "FROM messages m WHERE m.shop_id = :shop AND m.id = :message"
    )
    async with desk.world.services.database.write(desk.world.shop) as session:
        for hit in hits:
            values = {"kind": hit.kind, "link": hit.link, "method": hit.method, "agent": hit.agent, "ip": hit.ip}
            values |= {"delay": hit.delay_ms, "at": hit.at_ms, "id": new_id(), "shop": desk.world.shop}
            await session.execute(query, values | {"message": message_id})


def some_hits() -> list[Hit]:
    """A person's open and click, a scanner's, an image proxy's, and a sweep over every link."""
    now = int(clock.now().timestamp() * 1000)
    phone = "Mozilla/5.0 (iPhone) Mobile/15E148"
    sweep = [Hit("click", now + n * 500, 90_000, "GET", phone, n, "sweeper") for n in range(3)]
    return [
        Hit("open", now, 60_000, "GET", phone, None, "home"),
        Hit("click", now + 1, 70_000, "GET", phone, 0, "home"),
        Hit("open", now + 2, 500, "GET", phone, None, "early"),
        Hit("open", now + 3, 80_000, "GET", "Barracuda Sentinel", None, "scanner"),
        Hit("open", now + 4, 80_000, "GET", "via ggpht.com GoogleImageProxy", None, "proxy"),
        Hit("open", now + 5, 80_000, "HEAD", phone, None, "head"),
        *sweep,
    ]


async def test_parcels_stand_in_one_tab_each(desk: Desk) -> None:
    order = await desk.order("7001")
    await desk.order("7002")
    page = await desk.get("shipments")
    assert sorted(row["tracking_number"] for row in page["items"]) == ["TRACK7001", "TRACK7002"]
    assert page["carriers"] == ["sandbox"]
    assert page["countries"] == ["DE"]
    row = next(row for row in page["items"] if row["tracking_number"] == "TRACK7001")
    assert (row["order_id"], row["order_number"], row["customer"], row["city"]) == (
        order["id"],
        "#7001",
        "Ada L",
        "Berlin",
    )
    assert sum(page["counts"][tab] for tab in page["counts"] if tab != "many") == 2
    assert (await desk.get("shipments", country="FR"))["items"] == []
    assert (await desk.get("shipments", carrier="other"))["counts"]["on_the_way"] == 0
    clock.advance(timedelta(hours=49))
    later = await desk.get("shipments", tab="stuck")
    assert len(later["items"]) == later["counts"]["stuck"] == 2
    assert later["counts"]["on_the_way"] == 0


async def test_a_parcel_says_why_and_leads_on(desk: Desk) -> None:
    await desk.order("7101")
    row = (await desk.get("shipments"))["items"][0]
    page = await desk.get(f"shipments/{row['id']}")
    assert page["parcel"]["tracking_number"] == "TRACK7101"
    assert page["parcel"]["why"]
    assert "/t/" in page["parcel"]["tracking_url"]
    assert (page["order"]["number"], page["customer"]["name"], page["country"]) == ("#7101", "Ada L", "DE")
    assert (await desk.browser.get("/api/studio/shipments/none")).status_code == 404
    assert (await desk.browser.get(f"/api/studio/shipments/{new_id()}")).status_code == 404


async def test_orders_are_filtered_together(desk: Desk) -> None:
    await desk.order("7201")
    for query, count in (
        ({"country": "DE"}, 1), ({"country": "AT"}, 0), ({"progress": "fulfilled", "country": "DE"}, 1),
        ({"progress": "cancelled"}, 0), ({"trouble": "yes"}, 0), ({"days": "7", "q": "ada"}, 1),
    ):  # fmt: skip
        assert len((await desk.get("orders", **query))["items"]) == count, query


async def test_a_customer_has_one_timeline_of_everything(desk: Desk) -> None:
    order = await desk.order("7301")
    await desk.world.drain()
    case = await desk.wish(order)
    found = (await desk.get("customers", q="ada.7301@"))["items"]
    assert [(row["name"], row["orders"], row["returns"], row["currency"]) for row in found] == [("Ada L", 1, 1, "EUR")]
    assert (await desk.get("customers", q="%"))["items"] == []
    customer = found[0]["id"]
    said = {
        "channel": "email",
        "purpose": "marketing",
        "granted": True,
        "source": "checkout",
        "at": "2020-01-01T10:00:00Z",
    }
    answer = await desk.browser.put(
        f"/api/v1/customers/{customer}/consents", json={"consents": [said | {"wording": "Yes, news."}]}
    )
    assert answer.status_code == 200, answer.text
    page = await desk.get(f"customers/{customer}")
    assert page["lifetime"] == [{"currency": "EUR", "orders": 1, "paid": 12450, "refunded": 0}]
    assert (page["units_bought"], page["units_returned"], page["returns"]) == (3, 1, 1)
    assert [(c["purpose"], c["granted"], c["wording"]) for c in page["consents"]] == [("marketing", True, "Yes, news.")]
    assert [o["number"] for o in page["orders"]] == ["#7301"]
    mail = (await desk.get(f"orders/{order['id']}"))["messages"][0]
    await add_hits(desk, mail["id"], some_hits())
    timeline = await desk.get(f"customers/{customer}/timeline")
    names = [entry["name"] for entry in timeline["items"]]
    assert {"order.placed", "shipment.shipped", "message", "hit.open", "hit.click", "return.requested"} <= set(names)
    assert names[-1] == "consent.granted"
    assert timeline["next"] is None
    assert [m["id"] for m in timeline["messages"]] == [mail["id"]]
    by = {
        (e["name"], e["detail"]["made_by"]): e["detail"]["count"] for e in timeline["items"] if e["name"][:4] == "hit."
    }
    assert by[("hit.click", "human")] == 1
    assert by[("hit.click", "machine")] == 3
    assert next(e["return_id"] for e in timeline["items"] if e["name"] == "return.requested") == case


async def test_a_long_timeline_is_read_in_stretches_without_holes(desk: Desk) -> None:
    orders = [await desk.order(f"74{n:02}") for n in range(3)]
    customer = (await desk.get(f"orders/{orders[0]['id']}"))["customer"]["id"]
    statements = [
        {
            "channel": "email",
            "purpose": "reviews",
            "granted": n % 2 == 0,
            "source": f"s{n}",
            "at": f"2021-01-{n // 3 + 1:02}T10:00:00Z",
        }
        for n in range(60)
    ]
    await desk.browser.put(f"/api/v1/customers/{customer}/consents", json={"consents": statements})
    seen: list[tuple[Any, ...]] = []
    cursor: str | None = None
    for _ in range(10):
        page = await desk.get(f"customers/{customer}/timeline", **({"cursor": cursor} if cursor else {}))
        seen += [(e["at"], e["name"], e["detail"].get("description")) for e in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert cursor is None
    assert len({row for row in seen if row[1].startswith("consent.")}) == 60
    assert len(seen) == len(set(seen))
    assert [row[0] for row in seen] == sorted((row[0] for row in seen), reverse=True)


async def test_messages_say_why_they_were_sent(desk: Desk) -> None:
    await desk.order("7501")
    await desk.world.drain()
    page = await desk.get("messages", pile="sent", kind="service", template="shipped", days="7")
    row = page["items"][0]
    assert "shipped" in page["templates"]
    assert (row["origin"]["flow"], row["origin"]["node"], row["order_number"]) == ("Shipped", "send", "#7501")
    await add_hits(desk, row["message"]["id"], some_hits())
    one = await desk.get(f"messages/{row['message']['id']}")
    assert one["opens"] == {"human": 0, "probable": 2, "machine": 3}
    assert one["clicks"] == {"human": 1, "probable": 0, "machine": 3}
    assert [hit["made_by"] for hit in one["hits"]].count("machine") == 6
    assert one["reply"] and one["next_at"] is None
    assert (await desk.get("messages", pile="failed"))["items"] == []
    assert (await desk.browser.get("/api/studio/messages/none")).status_code == 404


async def test_flows_count_people_as_the_rule_does(desk: Desk) -> None:
    """The SQL that counts many mails at once says the same as the rule that tells the hits of one."""
    await desk.order("7601")
    await desk.world.drain()
    row = (await desk.get("messages", template="shipped"))["items"][0]
    hits = some_hits()
    for n in range(len(hits)):
        chosen = hits[n:]
        await add_hits(desk, row["message"]["id"], chosen[:1])
    flow = next(f for f in (await desk.get("flows"))["items"] if f["family"] == "shipped")
    assert set(classify(hits)) == {"human", "probable", "machine"}
    numbers = flow["numbers"]
    assert (numbers["entered"], numbers["finished"], numbers["sent"], numbers["opened"], numbers["clicked"]) == (
        1,
        1,
        1,
        1,
        1,
    )
    page = await desk.get(f"flows/{flow['id']}")
    assert [(s["node"], s["kind"], s["depth"], s["branch"]) for s in page["steps"]] == [
        ("fit", "condition", 0, None), ("send", "send", 1, "yes"), ("quiet", "exit", 1, "no"),
    ]  # fmt: skip
    assert page["steps"][1]["sent"] == 1
    assert page["steps"][0]["taken"] == [{"result": "yes", "people": 1}]


async def test_machines_alone_open_nothing(desk: Desk) -> None:
    await desk.order("7651")
    await desk.world.drain()
    row = (await desk.get("messages", template="shipped"))["items"][0]
    hits = some_hits()
    machines = [hit for hit, made_by in zip(hits, classify(hits), strict=True) if made_by == "machine"]
    await add_hits(desk, row["message"]["id"], machines)
    flow = next(f for f in (await desk.get("flows"))["items"] if f["family"] == "shipped")
    assert (flow["numbers"]["opened"], flow["numbers"]["clicked"]) == (0, 0)


async def test_a_flow_pauses_and_goes_on(desk: Desk) -> None:
    flow = next(f for f in (await desk.get("flows"))["items"] if f["family"] == "delivered")
    path = f"/api/studio/flows/{flow['id']}"
    assert (await desk.browser.post(f"{path}/resume")).status_code == 409
    paused = await desk.browser.post(f"{path}/pause")
    assert paused.json()["flow"]["state"] == "paused"
    draft = {"definition": {"entry": {"event": "shipment.delivered", "key": "shipment"}, "start": "x", "nodes": {}}}
    await desk.browser.put(f"/api/v1/flows/{flow['id']}", json=draft)
    resumed = (await desk.browser.post(f"{path}/resume")).json()["flow"]
    assert (resumed["state"], resumed["version"], resumed["drafted"]) == ("live", 1, True)


async def test_products_show_stock_and_what_comes_back(desk: Desk) -> None:
    variants = [
        {"external_id": f"p1-{size}", "sku": f"TEE-{size}", "title": size, "price": 2500, "currency": "EUR",
         "tax_rate_bp": 1900, "options": {"Size": size}}
        for size in ("S", "M")
    ]  # fmt: skip
    body = {"external_id": "p1", "title": "Linen tee", "currency": "EUR", "variants": variants}
    await desk.world.post("/api/v1/products", body, 201)
    row = (await desk.get("products", q="tee"))["items"][0]
    assert (row["title"], row["variants"], row["price_from"], row["counted"], row["sold"]) == (
        "Linen tee",
        2,
        2500,
        False,
        0,
    )
    page = await desk.get(f"products/{row['id']}")
    assert [(v["title"], v["options"], v["stock"]) for v in page["variants"]] == [
        ("S", {"Size": "S"}, []),
        ("M", {"Size": "M"}, []),
    ]
    assert (await desk.get("products", stock="low", q="tee"))["items"] == []
    assert (await desk.get("products", q="nothing like it"))["items"] == []


async def test_a_warehouse_sees_parcels_but_no_people(world: World) -> None:
    browser, _ = await browser_of(world, "warehouse")
    assert (await browser.get("/api/studio/shipments")).status_code == 200
    assert (await browser.get("/api/studio/products")).status_code == 200
    for path in ("customers", "messages", "flows"):
        assert (await browser.get(f"/api/studio/{path}")).status_code == 403
    await browser.aclose()
