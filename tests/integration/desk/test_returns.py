"""A return through the agent's hands: approve, check in, inspect, settle; and everything that must be refused."""

from typing import Any

from tests.support.desk import Desk


def finding(line: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """As new, back to stock."""
    return {"line": line["id"], "quantity": line["quantity"], "grade": "A", "disposition": "restock"} | fields


async def ready(desk: Desk, **wish: Any) -> dict[str, Any]:
    """A return that was approved (by the policy or by hand) and checked in."""
    case = await desk.wish(await desk.order(), **wish)
    page = await desk.get(f"returns/{case}")
    if "approve" in page["actions"]:
        page = await desk.press(case, "approve")
    assert "receive" in page["actions"]
    return await desk.press(case, "receive")


async def test_the_whole_way(desk: Desk) -> None:
    page = await ready(desk)
    assert (page["tab"], page["status"]) == ("inspect", "to_inspect")
    assert page["actions"] == ["inspect"]
    assert page["due"] is None
    line = page["lines"][0]
    assert (line["title"], line["reason"], line["note"]) == ("Linen shirt", "too_small", "A bit tight.")
    page = await desk.press(page["id"], "inspect", {"lines": [finding(line)]})
    assert page["status"] == "to_settle"
    assert page["actions"] == ["settle"]
    assert page["due"]["refund_total"] == page["quoted"]["refund_total"] == 5400
    assert page["due"]["tenders"] == [{"kind": "card", "amount": 5400}]
    page = await desk.press(page["id"], "settle", {"refund_total": 5400, "credit_total": 0})
    assert page["status"] == "refunding"
    assert page["actions"] == []
    assert page["settlements"][0]["attempts"][0]["amount"] == 5400
    await desk.world.drain()
    page = await desk.get(f"returns/{page['id']}")
    assert (page["tab"], page["status"]) == ("done", "settled")
    assert page["settlements"][0]["attempts"][0]["state"] == "succeeded"
    assert sum(refund["amount"] for refund in await desk.world.provider_refunds()) == 5400
    names = [entry["name"] for entry in page["timeline"]]
    assert {"return.requested", "return.received", "return.inspected", "return.settled"} <= set(names)
    assert [e["at"] for e in page["timeline"]] == sorted((e["at"] for e in page["timeline"]), reverse=True)


async def test_other_amounts_than_confirmed_move_nothing(desk: Desk) -> None:
    page = await ready(desk)
    page = await desk.press(page["id"], "inspect", {"lines": [finding(page["lines"][0])]})
    problem = await desk.press(page["id"], "settle", {"refund_total": 5399, "credit_total": 0}, expect=409)
    assert problem["type"].endswith("settlement-changed")
    assert (await desk.get(f"returns/{page['id']}"))["settlements"] == []


async def test_a_deduction_needs_its_reason_and_lowers_the_refund(desk: Desk) -> None:
    page = await ready(desk)
    worn = finding(page["lines"][0], grade="C", disposition="refurbish", deduction_percent=20)
    problem = await desk.press(page["id"], "inspect", {"lines": [worn]}, expect=422)
    assert problem["errors"][0]["pointer"].endswith("deduction_reason")
    page = await desk.press(page["id"], "inspect", {"lines": [worn | {"deduction_reason": "A stain on the sleeve"}]})
    assert page["due"]["refund_total"] == 4320
    assert page["due"]["fees"] == [{"kind": "inspection", "amount": 1080}]
    found = page["lines"][0]["inspections"][0]
    assert (found["grade"], found["deduction_reason"]) == ("C", "A stain on the sleeve")


async def test_units_that_were_not_there_are_expected_again(desk: Desk) -> None:
    page = await ready(desk, quantity=2)
    page = await desk.press(page["id"], "inspect", {"lines": [finding(page["lines"][0], quantity=1)]})
    assert page["actions"] == ["settle", "receive"]
    assert page["due"]["refund_total"] == 5400
    page = await desk.press(page["id"], "settle", {"refund_total": 5400, "credit_total": 0})
    page = await desk.press(page["id"], "receive")
    page = await desk.press(page["id"], "inspect", {"lines": [finding(page["lines"][0], quantity=1)]})
    assert page["due"]["refund_total"] == 5400
    assert page["paid"]["refund_total"] == 5400
    page = await desk.press(page["id"], "settle", {"refund_total": 5400, "credit_total": 0})
    assert page["paid"]["tenders"] == [{"kind": "card", "amount": 10800}]
    assert [found["quantity"] for found in page["lines"][0]["inspections"]] == [1, 1]


async def test_buttons_at_the_wrong_time_are_conflicts(desk: Desk) -> None:
    page = await ready(desk)
    await desk.press(page["id"], "decline", {"reason": "too late"}, expect=409)
    await desk.press(page["id"], "settle", {"refund_total": 0, "credit_total": 0}, expect=409)


async def test_the_inbox_counts_and_lists(desk: Desk) -> None:
    page = await ready(desk)
    inbox = await desk.get("returns", tab="inspect")
    assert inbox["counts"]["inspect"] == 1
    row = inbox["items"][0]
    assert (row["id"], row["status"], row["amount"], row["items"]) == (page["id"], "to_inspect", 5400, 1)
    assert row["image_url"] == f"{desk.world.base_url}/media/shirt.png"
    assert (await desk.get("returns", tab="new"))["items"] == []
    assert (await desk.browser.get("/api/studio/returns", params={"tab": "nothing"})).status_code in (400, 422)


async def test_returns_of_another_shop_do_not_exist(desk: Desk, other_client: Any) -> None:
    case = await desk.wish(await desk.order())
    assert (await other_client.get(f"/api/studio/returns/{case}")).status_code == 404
    assert (await other_client.get("/api/studio/returns/none")).status_code == 404


async def test_explanations_speak_the_readers_language(desk: Desk) -> None:
    case = await desk.wish(await desk.order())
    english = await desk.browser.get(f"/api/studio/returns/{case}", headers={"Accept-Language": "en"})
    german = await desk.browser.get(f"/api/studio/returns/{case}", headers={"Accept-Language": "de-DE,de;q=0.9"})
    assert english.json()["quoted"]["explanation"] != german.json()["quoted"]["explanation"]
