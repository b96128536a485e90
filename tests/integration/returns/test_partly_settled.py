"""Cases that settle piece by piece keep their promise without a human; what was settled is not taken back."""

from typing import Any

from tests.factories.orders import line_body
from tests.factories.products import product_body
from tests.support.sold import Sold
from tests.support.world import World


async def _arrive(sold: Sold, case: dict[str, Any]) -> dict[str, Any]:
    """One unit of line A arrives and is settled without a word about amounts."""
    path = f"/api/v1/returns/{case['id']}"
    line = {"line": "A", "quantity": 1, "condition": "A", "disposition": "restock"}
    await sold.world.post(f"{path}/receipts", {"location": "main", "lines": [line]}, expect=201)
    settled = await sold.world.post(f"{path}/settle", expect=200)
    await sold.world.drain()
    return settled


async def test_shipping_of_a_faulty_order_comes_with_its_units(world: World) -> None:
    shipping = {"amount": 500, "cheapest_standard": 500, "tax": 0, "method": "standard"}
    sold = await Sold.make(world, [line_body("A", 1000, 2)], shipping=shipping)
    case = await sold.open({"line": "A", "quantity": 2, "reason": "damaged"})
    assert case["quote"]["refund_total"] == 2500
    first, second = await _arrive(sold, case), await _arrive(sold, case)
    assert [(s["state"], s["refund_total"]) for s in (first, second)] == [("executing", 1250), ("executing", 1250)]
    ended = await world.get(f"/api/v1/returns/{case['id']}")
    assert (ended["state"], sum(r["amount"] for r in await sold.refunds())) == ("closed", 2500)


async def test_shipping_that_always_comes_back_comes_once(world: World) -> None:
    await world.post("/api/v1/policies", {"shipping": {"refund": "always"}}, expect=201)
    await world.post("/api/v1/policies/1/publish", expect=200)
    shipping = {"amount": 500, "cheapest_standard": 500, "tax": 0, "method": "standard"}
    sold = await Sold.make(world, [line_body("A", 1000, 2)], shipping=shipping)
    case = await sold.open(("A", 2))
    first, second = await _arrive(sold, case), await _arrive(sold, case)
    assert [(s["state"], s["refund_total"]) for s in (first, second)] == [("executing", 1500), ("executing", 1000)]


async def test_goodwill_before_is_met_by_both_halves(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 2500, 2)])
    await world.post(f"/api/v1/orders/{sold.id}/refunds", {"amount": 2000}, expect=200)
    await world.drain()
    case = await sold.open(("A", 2))
    assert case["quote"]["refund_total"] == 3000
    first, second = await _arrive(sold, case), await _arrive(sold, case)
    assert [(s["state"], s["refund_total"]) for s in (first, second)] == [("executing", 2500), ("executing", 500)]


async def test_a_case_settled_in_credit_cannot_be_cancelled(world: World) -> None:
    await world.post("/api/v1/policies", {"refund_trigger": "manual"}, expect=201)
    await world.post("/api/v1/policies/1/publish", expect=200)
    sold = await Sold.make(world, [line_body("A", 4000), line_body("B", 1000)])
    wish = {"line": "A", "quantity": 1, "reason": "changed_mind", "resolution": "store_credit"}
    case = await sold.open(wish)
    settled = await world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)
    assert settled["credit"] is not None
    await world.post(f"/api/v1/returns/{case['id']}/cancel", expect=409)


async def test_goods_that_arrive_after_the_money_stay_refunded(world: World) -> None:
    await world.post("/api/v1/policies", {"refund_trigger": "manual"}, expect=201)
    await world.post("/api/v1/policies/1/publish", expect=200)
    sold = await Sold.make(world, [line_body("A", 4000)])
    case = await sold.open("A")
    await world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)
    await sold.receive(case)
    assert (await sold.view())["lines"][0]["units"] == {"refunded": 1}


async def test_a_replacement_is_priced_in_the_currency_of_the_order(world: World) -> None:
    stock = [{"location": "main", "quantity": 2}]
    row = {"external_id": "yen", "title": "yen", "price": 4000, "currency": "JPY", "tax_rate_bp": 0, "stock": stock}
    await world.post("/api/v1/products", product_body("p-A", [row]), expect=201)
    sold = await Sold.make(world, [line_body("A", 4000)])
    wish = {"line": "A", "quantity": 1, "reason": "too_small", "resolution": "exchange", "exchange_variant": "yen"}
    problem = await sold.quote(wish, expect=422)
    assert [e["pointer"] for e in problem["errors"]] == ["/lines/0/exchange_variant"]
