"""Scenarios 1–7 and 11–15 of the specification of returns through the API, to the cent."""

import asyncio

import pytest

from tests.factories.orders import line_body
from tests.support.sold import Sold
from tests.support.world import World


async def test_1_a_plain_return_keeps_the_shipping(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 8000, tax=660)], shipping={"amount": 500})
    quoted = await sold.quote("A")
    assert (quoted["refund_total"], quoted["shipping_refund"], quoted["tenders"]) == (
        8660, 0, [{"tender": "t1", "kind": "card", "amount": 8660}],
    )  # fmt: skip
    assert [e["code"] for e in quoted["explanation"]] == ["line", "shipping_kept", "tender"]
    assert quoted["eligibility"] == [{"line": "A", "decision": "yes", "reasons": []}]
    settled = await sold.give_back("A")
    (attempt,) = settled["case"]["settlements"][0]["attempts"]
    assert (attempt["state"], attempt["amount"], settled["case"]["state"]) == ("succeeded", 8660, "closed")
    order = await sold.view()
    assert order["refundable"] == {"order": 500, "shipping": 500, "tenders": {"t1": 500}, "lines": {"A": 0}}
    assert [r["amount"] for r in await sold.refunds()] == [8660]
    await sold.quote("A", expect=409)


@pytest.mark.parametrize(
    ("batches", "amounts"), [((1, 1, 1), [333, 334, 333]), ((2, 1), [667, 333]), ((1, 2), [333, 667])]
)
async def test_2_thirds(world: World, batches: tuple[int, ...], amounts: list[int]) -> None:
    sold = await Sold.make(world, [line_body("B", 334, 3, discount=2)])
    got = [(await sold.give_back(("B", n)))["refund_total"] for n in batches]
    assert got == amounts
    await sold.quote("B", expect=409)
    assert sum(r["amount"] for r in await sold.refunds()) == 1000


async def test_3_an_order_discount_is_shared(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 15000), line_body("B", 6000)], discounts=[{"amount": 4200}])
    assert (await sold.give_back("A"))["refund_total"] == 12000
    assert (await sold.give_back("B"))["refund_total"] == 4800
    assert (await sold.view())["refundable"]["order"] == 0


async def test_4_a_fixed_coupon_with_odd_cents_and_tax(world: World) -> None:
    lines = [line_body("1", 1999, tax=109), line_body("2", 1499, tax=82), line_body("3", 999, tax=54)]
    sold = await Sold.make(world, lines, discounts=[{"code": "TEN", "amount": 1000}])
    order = await sold.view()
    assert [(x["discount_share"], x["net"], x["tax"]) for x in order["lines"]] == [
        (445, 1554, 109), (333, 1166, 82), (222, 777, 54),
    ]  # fmt: skip
    assert order["captured"] == 3742
    assert [(await sold.give_back(k))["refund_total"] for k in ("2", "1", "3")] == [1248, 1663, 831]


async def test_5_quantity_with_tax(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 999, 7, tax=621)])
    assert (await sold.give_back(("A", 3)))["refund_total"] == 3263
    assert (await sold.give_back(("A", 4)))["refund_total"] == 4351


@pytest.mark.parametrize("at_once", [True, False])
async def test_6_charged_tax_is_authoritative(world: World, at_once: bool) -> None:
    sold = await Sold.make(world, [line_body(k, 333, tax=None) for k in "abc"], tax_total=230)
    if at_once:
        assert (await sold.give_back("a", "b", "c"))["refund_total"] == 1229
    else:
        assert [(await sold.give_back(k))["refund_total"] for k in "abc"] == [410, 410, 409]
    assert (await sold.view())["refundable"]["order"] == 0


async def test_7_a_frozen_bogo(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000), line_body("B", 3000)], discounts=[{"amount": 3000}])
    assert (await sold.give_back("A"))["refund_total"] == 2286
    assert (await sold.view())["lines"][1]["amount"] == 1714
    assert (await sold.give_back("B"))["refund_total"] == 1714


async def test_11_goodwill_before_a_return(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 2500, 2)])
    path = f"/api/v1/orders/{sold.id}/refunds"
    given = await world.post(path, {"amount": 2000, "reason": "late parcel"}, expect=200)
    assert (given["unallocated"], [a["amount"] for a in given["attempts"]]) == (2000, [2000])
    await world.drain()
    quoted = await sold.quote(("A", 2))
    assert (quoted["refund_total"], quoted["already_refunded"]) == (3000, 2000)
    assert "20.00" in next(e["text"] for e in quoted["explanation"] if e["code"] == "already_paid").replace(",", ".")
    assert (await sold.give_back(("A", 2)))["refund_total"] == 3000
    assert sum(r["amount"] for r in await sold.refunds()) == 5000
    await world.post(path, {"amount": 1}, expect=409)


async def test_12_double_clicks(world: World) -> None:
    for same in (True, False):
        sold = await Sold.make(world, [line_body("A", 4000)])
        path = f"/api/v1/orders/{sold.id}/refunds"
        calls = [
            world.client.post(path, json={"amount": 4000}, headers={"Idempotency-Key": f"{same}{0 if same else i}"})
            for i in range(20)
        ]
        answers = await asyncio.gather(*calls)
        codes = sorted(a.status_code for a in answers)
        if same:
            assert codes == [200] * 20
            assert len({a.json()["attempts"][0]["id"] for a in answers}) == 1
        else:
            assert codes == [200] + [409] * 19
        await world.drain()
        assert [r["amount"] for r in await sold.refunds()] == [4000]


async def test_12_double_clicks_on_settle(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    case = await sold.open("A")
    await sold.receive(case)
    path = f"/api/v1/returns/{case['id']}/settle"
    answers = await asyncio.gather(*[world.client.post(path, json={}) for _ in range(20)])
    assert sorted(a.status_code for a in answers) == [200] + [409] * 19
    await world.drain()
    assert [r["amount"] for r in await sold.refunds()] == [4000]


async def test_13_a_lost_response(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    case = await sold.open("A")
    await sold.receive(case)
    await world.control("/stripe/faults", {"next": "timeout_after_success", "account": world.stripe_key})
    await world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)
    for _ in range(40):
        await world.drain()
        (attempt,) = (await world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]
        if attempt["state"] == "succeeded":
            break
        await asyncio.sleep(0.25)
    assert (attempt["state"], [r["amount"] for r in await sold.refunds()]) == ("succeeded", [4000])
    entries = [e for e in (await world.get("/api/v1/ledger", order=sold.id))["items"] if e["kind"] == "refund"]
    assert sorted(e["amount"] for e in entries) == [-4000, 4000]
    assert (await world.get(f"/api/v1/returns/{case['id']}"))["state"] == "closed"


async def test_14_a_late_failure_frees_the_reserve_and_opens_a_task(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 6495)])
    await world.control("/stripe/faults", {"next": "pending", "account": world.stripe_key})
    settled = await sold.give_back("A")
    (attempt,) = settled["case"]["settlements"][0]["attempts"]
    assert (attempt["state"], (await sold.view())["refundable"]["order"]) == ("pending", 0)
    for status, left in (("succeeded", 0), ("failed", 6495)):
        body = {"status": status, "failure_reason": "expired_or_canceled_card" if status == "failed" else None}
        await world.control(f"/stripe/refunds/{attempt['id']}", body)
        await world.drain()
        (attempt,) = (await world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]
        assert (attempt["state"], (await sold.view())["refundable"]["order"]) == (status, left)
    assert attempt["failure_reason"] == "expired_or_canceled_card"
    kinds = [e["kind"] for e in (await world.get("/api/v1/ledger", order=sold.id))["items"]]
    assert (kinds.count("refund"), kinds.count("refund_reversal")) == (2, 2)


async def test_15_a_dispute_holds_the_settlement_until_it_is_won(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 8000, tax=660)], shipping={"amount": 500})
    case = await sold.open("A")
    dispute = await world.control("/stripe/disputes", {"payment_intent": sold.payment})
    await world.drain()
    await sold.receive(case)
    path = f"/api/v1/returns/{case['id']}/settle"
    blocked = await world.post(path, expect=200)
    assert (blocked["state"], blocked["block_reason"], blocked["attempts"]) == ("blocked", "tender_disputed", [])
    await world.post(f"/api/v1/orders/{sold.id}/refunds", {"amount": 100}, expect=409)
    assert (await world.get("/api/v1/returns", tab="review"))["items"][0]["id"] == case["id"]
    await world.control(f"/stripe/disputes/{dispute['id']}", {"status": "won"})
    await world.drain()
    settled = await world.post(path, expect=200)
    assert (settled["refund_total"], settled["id"]) == (8660, blocked["id"])
    await world.drain()
    assert [r["amount"] for r in await sold.refunds()] == [8660]
