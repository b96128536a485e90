"""Lists, tabs and cursors of the inbox; cases whose goods never left; what the portal and mails are given."""

from comeback.returns import service
from comeback.returns.jobs import due_expiries
from tests.factories.orders import line_body
from tests.support.sold import Sold, stocked
from tests.support.world import World


async def test_a_case_whose_goods_never_left_ends(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000)])
    case = await sold.open("A")
    await world.drain()
    assert await due_expiries(world.services.database) == 0
    await world.advance("P22D")
    assert await due_expiries(world.services.database) >= 1
    await world.drain()
    ended = await world.get(f"/api/v1/returns/{case['id']}")
    assert (ended["state"], (await sold.view())["lines"][0]["units"]) == ("expired", {})


async def test_tabs_filters_and_cursors(world: World) -> None:
    await world.post("/api/v1/policies", {"auto_approve": []}, expect=201)
    sold = await Sold.make(world, [line_body("A", 1000, 5)])
    on_the_way, received, done = [await sold.open("A") for _ in range(3)]
    await sold.receive(received, condition=None, disposition=None)
    await world.post(f"/api/v1/returns/{done['id']}/cancel", expect=200)
    await world.post("/api/v1/policies/1/publish", expect=200)
    new = await sold.open("A")
    for tab, case in (("new", new), ("on_the_way", on_the_way), ("inspect", received), ("done", done)):
        page = await world.get("/api/v1/returns", tab=tab)
        assert [row["id"] for row in page["items"]] == [case["id"]]
    async with world.services.database.read(world.shop) as session:
        counts = await service.inbox_counts(session)
        assert counts == {"new": 1, "review": 0, "on_the_way": 1, "received": 0, "inspect": 1, "done": 1}
        first = await service.list_cases(session, limit=3)
        rest = await service.list_cases(session, cursor=first.next, limit=3)
        assert [len(first.items), len(rest.items), rest.next] == [3, 1, None]
        view = await service.case_view(session, service.known_id(received["id"]))
        assert (view.tab, view.due, view.actions) == ("inspect", None, ["inspect"])
    assert (await world.get("/api/v1/returns", status="requested"))["items"][0]["number"] == new["number"]
    assert len((await world.get("/api/v1/returns", order=sold.id))["items"]) == 4
    assert (await world.client.get("/api/v1/returns", params={"order": "x"})).status_code == 422
    path = f"/api/v1/returns/{received['id']}"
    receipt = (await world.get(path))["receipts"][0]
    lines = [{"line": "A", "quantity": 1, "condition": "B", "disposition": "donate", "deduction_percent": 10}]
    refused = await world.client.put(f"{path}/receipts/{receipt['id']}", json={"lines": lines})
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/lines/0/deduction_reason"]
    lines[0]["deduction_reason"] = "worn"
    await world.client.put(f"{path}/receipts/{receipt['id']}", json={"lines": lines})
    async with world.services.database.read(world.shop) as session:
        view = await service.case_view(session, service.known_id(received["id"]))
        assert view.due is not None
        assert (view.actions, view.due.refund_total, view.due_deductions) == (["inspect", "settle"], 900, 100)


async def test_options_say_what_when_and_for_what(world: World) -> None:
    await stocked(world, **{"v-A": 5000, "same": 5000, "cheap": 3000, "dear": 7000})
    sold = await Sold.make(world, [line_body("A", 5000, 2, tax=800), line_body("F", 900, final_sale=True)])
    await sold.open("A")
    async with world.services.database.read(world.shop) as session:
        found = await service.options(session, service.known_id(sold.id))
    shirt, sale = found.lines
    assert (shirt.returnable, shirt.decision, shirt.unit_amount) == (1, "yes", 5400)
    assert {v.external_id: v.difference for v in shirt.variants} == {"v-A": 0, "same": 0, "cheap": -2160}
    assert shirt.resolutions == ["refund", "store_credit", "exchange"]
    assert (sale.returnable, sale.decision, [r.code for r in sale.reasons]) == (0, "no", ["final_sale"])
    assert found.last_day == shirt.last_day is not None
    body = sold.wish("F") | {"quote_token": (await sold.quote("F"))["token"], "method": "label"}
    refused = await world.post("/api/v1/returns", body, expect=409)
    assert refused["extra"]["eligibility"][0]["line"] == "F"


async def test_mails_of_the_way_back_name_number_amount_and_page(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000)])
    address = (await sold.view())["customer"]["email"]
    await sold.give_back("A")
    await world.drain()
    mails = await world.mails(address)
    bodies = [m.get_body(("plain",)).get_content() for m in mails]  # type: ignore[union-attr]
    assert len(mails) == 2
    assert any("RMA-" in text for text in bodies)
    assert any("50,00" in text for text in bodies)
