"""The inbox of questions in the studio."""

from typing import Any

from tests.factories.orders import order_body
from tests.support.desk import Desk


async def _ticket(desk: Desk, key: str, **fields: Any) -> dict[str, Any]:
    order = await desk.world.post("/api/v1/orders", order_body(key), 201)
    body = {"order": order["number"], "body": "Wo ist mein Paket?", "topic": "wismo"} | fields
    return (await desk.world.post("/api/v1/tickets", body, 201))["ticket"]


async def test_inbox_and_detail(desk: Desk) -> None:
    first, second = await _ticket(desk, "7001"), await _ticket(desk, "7002", topic="return")
    await desk.world.post("/api/v1/macros", {"name": "Gruß", "body": "Hallo {first_name}, {order_number}!"}, 201)
    seen = (await desk.browser.get("/api/studio/tickets")).json()
    assert [row["id"] for row in seen["items"]] == [first["id"], second["id"]], "the longest waiting first"
    assert seen["counts"] == {"open": 2, "waiting": 0, "closed": 0, "many": 1000}
    only = (await desk.browser.get("/api/studio/tickets", params={"topic": "return"})).json()
    assert [row["id"] for row in only["items"]] == [second["id"]] and only["counts"]["open"] == 1
    detail = (await desk.browser.get(f"/api/studio/tickets/{first['id']}")).json()
    assert detail["order"]["number"] == first["order_number"]
    assert detail["macros"][0]["body"].endswith(f"{first['order_number']}!") and "{" not in detail["macros"][0]["body"]
    needs = (await desk.browser.get("/api/studio/overview")).json()["needs"]
    assert [(n["kind"], n["count"]) for n in needs if n["kind"] == "ticket"] == [("ticket", 2)]
    page = (await desk.browser.get(f"/api/studio/orders/{first['order_id']}")).json()
    assert [t["number"] for t in page["tickets"]] == [first["number"]]
    assert "ticket.opened" in [entry["name"] for entry in page["timeline"]]
