"""Several returns at once: of one order (their promises do not move each other), of one shop (nobody waits)."""

import asyncio
import re

import msgspec
import pytest

from comeback.returns.schemas import ReturnIn
from comeback.returns.service import create_return
from tests.factories.orders import line_body
from tests.support.sold import Sold
from tests.support.world import World


async def _shipping_policy(world: World, **shipping: str) -> None:
    await world.post("/api/v1/policies", {"shipping": shipping, "refund_trigger": "manual"}, expect=201)
    await world.post("/api/v1/policies/1/publish", expect=200)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first case first", "second case first"])
@pytest.mark.parametrize("rule", ["full_return", "always"])
async def test_two_cases_of_an_order_do_not_block_each_other(world: World, rule: str, order: tuple[int, int]) -> None:
    """M8: shipping belongs to the case that it was promised to, once, whichever is settled first."""
    await _shipping_policy(world, refund=rule)
    sold = await Sold.make(world, [line_body("A", 5000), line_body("B", 3000)], shipping={"amount": 700})
    cases = [await sold.open("A"), await sold.open("B")]
    assert sum(case["quote"]["shipping_refund"] for case in cases) == 700
    for n in order:
        settled = await world.post(f"/api/v1/returns/{cases[n]['id']}/settle", expect=200)
        assert settled["state"] != "blocked", settled
        assert settled["refund_total"] == cases[n]["quote"]["refund_total"]
    await world.drain()
    assert (await sold.view())["refundable"]["order"] == 0


async def test_a_full_return_that_is_none_after_all_is_looked_at(world: World) -> None:
    """M16: the first case is cancelled, its goods stay; the shipping promised to the second is a human's decision."""
    await _shipping_policy(world, refund="full_return")
    sold = await Sold.make(world, [line_body("A", 5000), line_body("B", 3000)], shipping={"amount": 700})
    first, second = await sold.open("A"), await sold.open("B")
    assert second["quote"]["shipping_refund"] == 700
    await world.post(f"/api/v1/returns/{first['id']}/cancel", expect=200)
    settled = await world.post(f"/api/v1/returns/{second['id']}/settle", expect=200)
    assert (settled["state"], settled["refund_total"]) == ("blocked", 3000)


async def test_numbers_are_short_random_and_nobody_waits_for_them(world: World) -> None:
    """Sixteen cases of one shop at once, each of its own order, while one transaction with a number stays open."""
    sold = [await Sold.make(world, [line_body("A", 5000)]) for _ in range(16)]
    quotes = [await one.quote("A") for one in sold]
    bodies = [
        one.wish("A") | {"quote_token": q["token"], "method": "label"} for one, q in zip(sold, quotes, strict=True)
    ]
    database, signer = world.services.database, world.services.signer
    async with database.write(world.shop) as session:
        await create_return(session, signer, None, msgspec.convert(bodies[0], ReturnIn))
        async with asyncio.timeout(10):
            made = await asyncio.gather(*(world.post("/api/v1/returns", body, expect=201) for body in bodies[1:]))
    numbers = {case["number"] for case in made}
    assert len(numbers) == 15
    assert all(re.fullmatch(r"RMA-[2-9A-Z]{6}", number) for number in numbers)
