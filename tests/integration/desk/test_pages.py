"""Overview, orders, one order's page, mails, search."""

from typing import Any

from tests.support.desk import Desk


async def test_one_order_tells_its_whole_story(desk: Desk) -> None:
    order = await desk.order("2001")
    await desk.world.drain()
    case = await desk.wish(order)
    page = await desk.get(f"orders/{order['id']}")
    assert page["number"] == "#2001"
    assert page["money"]["total"] == page["money"]["captured"] == 12450
    assert page["customer"]["name"] == "Ada L"
    assert page["address"]["lines"] == ["Ada L", "Weg 1", "10115 Berlin"]
    assert [line["amount"] for line in page["lines"]] == [10800, 1650]
    assert page["lines"][0]["returned"] == 1
    assert page["parcels"][0]["tracking_number"] == "TRACK2001"
    assert page["parcels"][0]["lines"][0]["image_url"] == f"{desk.world.base_url}/media/shirt.png"
    assert [entry["id"] for entry in page["returns"]] == [case]
    names = [entry["name"] for entry in page["timeline"]]
    assert names.count("order.placed") == 1
    assert {"order.placed", "shipment.shipped", "return.requested"} <= set(names)


async def test_mails_are_read_without_counting_as_opened(desk: Desk) -> None:
    order = await desk.order("2002")
    await desk.world.drain()
    mail = (await desk.get(f"orders/{order['id']}"))["messages"][0]
    assert (mail["template"], mail["state"], mail["why"], mail["has_html"]) == ("shipped", "accepted", None, True)
    answer = await desk.browser.get(f"/api/studio/messages/{mail['id']}/html")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "/o/" not in answer.text
    again = (await desk.get(f"orders/{order['id']}"))["messages"][0]
    assert again["opens"] == {"human": 0, "probable": 0, "machine": 0}
    assert (await desk.browser.get("/api/studio/messages/none/html")).status_code == 404


async def test_orders_are_listed_and_found(desk: Desk) -> None:
    order = await desk.order("3001")
    await desk.order("3002")
    page = await desk.get("orders")
    assert [row["number"] for row in page["items"]] == ["#3002", "#3001"]
    assert page["next"] is None
    row = page["items"][1]
    assert (row["id"], row["items"], row["total"], row["currency"]) == (order["id"], 3, 12450, "EUR")
    assert row["images"] == [f"{desk.world.base_url}/media/shirt.png"]
    for q in ("3001", "#3001", "ada.3001@", "ADA.3001@EXAMPLE.COM"):
        assert [row["number"] for row in (await desk.get("orders", q=q))["items"]] == ["#3001"], q
    assert len((await desk.get("orders", q="ada l"))["items"]) == 2
    assert (await desk.get("orders", q="%"))["items"] == []


async def test_search_finds_everything_by_its_beginning(desk: Desk) -> None:
    order = await desk.order("4001")
    case = await desk.wish(order)
    number = (await desk.get(f"returns/{case}"))["number"]

    async def hits(q: str) -> list[tuple[str, Any]]:
        return [(hit["kind"], hit["return_id"] or hit["order_id"]) for hit in (await desk.get("search", q=q))["items"]]

    assert ("order", order["id"]) in await hits("#4001")
    assert ("return", case) in await hits(number.lower())
    assert ("parcel", order["id"]) in await hits("track4001")
    assert ("customer", None) in await hits("ada.4001@example.com")
    assert await hits("x") == []
    assert await hits("no such thing") == []


async def test_the_overview_counts_and_names_what_waits(desk: Desk) -> None:
    empty = await desk.get("overview")
    assert [n["key"] for n in empty["numbers"]] == ["in_transit", "delayed", "open_returns", "retained"]
    assert empty["needs"] == []
    case = await desk.wish(await desk.order("5001"))
    page = await desk.get(f"returns/{case}")
    if "approve" in page["actions"]:
        await desk.press(case, "approve")
    await desk.press(case, "receive")
    overview = await desk.get("overview")
    numbers = {n["key"]: n["value"] for n in overview["numbers"]}
    assert numbers["open_returns"] == 1
    assert numbers["in_transit"] == 1
    assert [(need["kind"], need["count"]) for need in overview["needs"]] == [("inspect", 1)]
    subject = overview["needs"][0]["subjects"][0]
    assert (subject["return_id"], subject["detail"]) == (case, "Linen shirt")


async def test_pages_of_another_shop_do_not_exist(desk: Desk, other_client: Any) -> None:
    order = await desk.order("6001")
    await desk.world.drain()
    mail = (await desk.get(f"orders/{order['id']}"))["messages"][0]["id"]
    assert (await other_client.get(f"/api/studio/orders/{order['id']}")).status_code == 404
    assert (await other_client.get(f"/api/studio/messages/{mail}/html")).status_code == 404
    assert (await other_client.get("/api/studio/orders")).json()["items"] == []
    assert (await other_client.get("/api/studio/search", params={"q": "6001"})).json()["items"] == []
