"""Races on money: whatever runs at once, no more goes back than was captured, and each decision once."""

import asyncio
from collections import Counter

from tests.factories.orders import line_body
from tests.support.sold import Sold
from tests.support.world import World


async def _paid(sold: Sold) -> int:
    return sum(r["amount"] for r in await sold.refunds() if r["status"] in ("succeeded", "pending"))


async def test_64_parallel_refunds_never_exceed_the_capture(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000, 2)])
    path = f"/api/v1/orders/{sold.id}/refunds"
    headers = {"Authorization": f"Bearer {world.stripe_key}"}
    outside = world.outside.post(
        f"{world.urls.stripe}/v1/refunds", data={"payment_intent": sold.payment, "amount": "1500"}, headers=headers
    )
    calls = [world.client.post(path, json={"amount": 700}) for _ in range(64)]
    *answers, _ = await asyncio.gather(*calls, outside)
    codes = Counter(a.status_code for a in answers)
    assert set(codes) <= {200, 409} and 12 <= codes[200] <= 14, codes
    for _ in range(5):
        await world.drain()
    order = await sold.view()
    paid = await _paid(sold)
    assert paid <= 10_000
    attempts = (await world.get(path))["items"]
    ours = sum(a["amount"] for a in attempts if a["state"] == "succeeded")
    assert ours == paid == order["refunded"], Counter((a["state"], a["failure_reason"]) for a in attempts)
    assert order["refundable"]["order"] == 10_000 - paid
    ids = [r["metadata"].get("refund_id") for r in await sold.refunds() if r["metadata"]]
    assert len(ids) == len(set(ids))


async def test_20_parallel_calls_with_one_key_are_one_refund(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    path = f"/api/v1/orders/{sold.id}/refunds"
    key = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(*[world.client.post(path, json={"amount": 4000}, headers=key) for _ in range(20)])
    assert [a.status_code for a in answers] == [200] * 20
    assert len({a.text for a in answers}) == 1
    await world.drain()
    assert [r["amount"] for r in await sold.refunds()] == [4000]


async def test_parallel_returns_take_each_unit_once(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 1000, 4)])
    quoted = await sold.quote("A")
    body = sold.wish("A") | {"quote_token": quoted["token"], "method": "label"}
    answers = await asyncio.gather(*[world.client.post("/api/v1/returns", json=body) for _ in range(8)])
    # The promise is the money, not the unit: equal units go to whoever comes first, and there are four.
    assert sorted(a.status_code for a in answers) == [201] * 4 + [409] * 4
    units = (await sold.view())["lines"][0]["units"]
    assert units == {"returning": 4}


async def test_parallel_redemptions_never_overdraw(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 5000)])
    await sold.give_back({"line": "A", "reason": "too_small", "resolution": "store_credit"})
    customer = (await sold.view())["customer_id"]
    spend = [{"customer": customer, "currency": "EUR", "amount": 600, "source": f"s{i % 16}"} for i in range(32)]
    answers = await asyncio.gather(*[world.client.post("/api/v1/credits/redeem", json=s) for s in spend])
    codes = Counter(a.status_code for a in answers)
    assert set(codes) == {200, 409}
    statement = await world.get("/api/v1/credits", customer=customer)
    assert statement["balance"] == 5000 - 8 * 600
    assert sum(e["amount"] for e in statement["entries"]) == statement["balance"]


async def test_settlements_and_goodwill_at_once_stay_within_the_caps(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 2500, 2)])
    case = await sold.open(("A", 2))
    await sold.receive(case)
    settle = world.client.post(f"/api/v1/returns/{case['id']}/settle", json={})
    given = [world.client.post(f"/api/v1/orders/{sold.id}/refunds", json={"amount": 3000}) for _ in range(4)]
    first, *rest = await asyncio.gather(settle, *given)
    assert first.status_code == 200
    assert [a.status_code for a in rest].count(200) <= 1
    await world.drain()
    assert await _paid(sold) <= 5000
    assert (await sold.view())["refunded"] == await _paid(sold)
