"""Many at once: one parcel's news, one order, one due step — each counted once (G1, G2, G9)."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import permutations

import msgspec
import pytest
from sqlalchemy import text

from comeback.core import clock
from comeback.flows.jobs import advance_due
from tests.factories.orders import line_body, order_body
from tests.support.carrier import tell
from tests.support.invariants import assert_green
from tests.support.world import World


async def _parcel(world: World, key: str) -> str:
    """An order with a parcel whose number is the key in capitals, settled; answers the parcel's id."""
    order = await world.post("/api/v1/orders", order_body(key, [line_body("l1")]), expect=201)
    body = {"carrier": "sandbox", "tracking_number": key.upper()}
    made = await world.post(f"/api/v1/orders/{order['id']}/shipments", body, expect=201)
    return str(made["id"])


async def _subjects(world: World, key: str) -> Counter[str]:
    return Counter(str(m["subject"]) for m in await world.mails(f"ada.{key}@example.com"))


async def test_g1_one_webhook_five_times_in_parallel(world: World) -> None:
    key = f"g1{world.shop.hex[-6:]}"
    await _parcel(world, key)
    await world.drain()
    before = await _subjects(world, key)
    event = {"status": "out_for_delivery", "occurred_at": (clock.now() - timedelta(minutes=9)).isoformat()}
    assert await asyncio.gather(*(tell(world, key.upper(), event) for _ in range(5))) == [200] * 5
    await world.drain()
    assert (await _subjects(world, key) - before).total() == 1
    async with world.services.database.read(world.shop) as session:
        counted = [(await session.execute(text(f"SELECT count(*) FROM {t}"))).scalar_one()
                   for t in ("inbox", "carrier_events")]  # fmt: skip
    assert counted == [1, 1]
    await assert_green(world.services.database, world.shop)


async def test_g2_three_events_in_any_order_tell_the_same(world: World) -> None:
    """Six orders × once or twice × one batch or apart: the same timeline byte for byte, and the mails of the spec."""
    now = clock.now()
    facts = [
        {"status": "delivered", "occurred_at": (now - timedelta(minutes=65)).isoformat()},
        {"status": "out_for_delivery", "occurred_at": (now - timedelta(minutes=60)).isoformat()},
        {"status": "in_transit", "occurred_at": (now - timedelta(hours=5)).isoformat()},
    ]
    cases = {
        f"g2{world.shop.hex[-6:]}{number}{times}{style}": (order, times, style)
        for number, order in enumerate(permutations(facts))
        for times in (1, 2)
        for style in ("batch", "apart")
    }
    ids = {key: await _parcel(world, key) for key in cases}
    await world.drain()
    before = {key: await _subjects(world, key) for key in cases}
    for key, (order, times, style) in cases.items():
        # A provider gives the same event the same id, whichever delivery brings it.
        events = [e | {"id": str(facts.index(e))} for e in order]
        for batch in [events] if style == "batch" else [[e] for e in events]:
            assert await asyncio.gather(*(tell(world, key.upper(), *batch) for _ in range(times))) == [200] * times
            if style == "apart":
                await world.drain()
    await world.drain()
    timelines: set[bytes] = set()
    for key, (_, _, style) in cases.items():
        seen = await world.get(f"/api/v1/shipments/{ids[key]}")
        assert seen["status"] == "delivered"
        for event in seen["events"]:
            # The id is a hash that the parcel's number is part of: the one thing that differs between parcels.
            event["id"] = event["tracking_number"] = ""
        timelines.add(msgspec.json.encode(seen["events"]))
        came = await _subjects(world, key) - before[key]
        delivered = {s for s in came if "zugestellt" in s.lower()}
        assert came.total() == len(came) and len(delivered) == 1, (key, came)
        if style == "batch":
            assert came.total() == 1, (key, came)
    assert len(timelines) == 1, timelines
    assert b"late_scan" in timelines.pop()
    await assert_green(world.services.database, world.shop)


async def test_twenty_identical_orders_at_once_are_one(world: World) -> None:
    body = order_body(f"p{world.shop.hex[-6:]}", [line_body("l1", quantity=3)])
    answers = await asyncio.gather(*(world.client.post("/api/v1/orders", json=body) for _ in range(20)))
    codes = Counter(a.status_code for a in answers)
    assert codes[201] == 1 and codes.total() == codes[201] + codes[200], codes
    assert len({a.json()["id"] for a in answers}) == 1
    async with world.services.database.read(world.shop) as session:
        for table in ("orders", "order_lines", "order_tenders", "customers"):
            count = (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            assert count == 1, table
    await world.drain()
    await assert_green(world.services.database, world.shop)


async def test_twenty_identical_orders_with_one_key_get_one_answer(world: World) -> None:
    body = order_body(f"q{world.shop.hex[-6:]}", [line_body("l1")])
    key = {"Idempotency-Key": "twenty"}
    answers = await asyncio.gather(*(world.client.post("/api/v1/orders", json=body, headers=key) for _ in range(20)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1


@pytest.mark.parametrize("advancers", [2, 5])
async def test_g9_several_advancers_take_each_step_once(world: World, advancers: int) -> None:
    keys = [f"g9{world.shop.hex[-6:]}{advancers}{n}" for n in range(6)]
    for key in keys:
        await _parcel(world, key)
    database = world.services.database
    await asyncio.gather(*(advance_due(database, 100) for _ in range(advancers)))
    await world.drain()
    for key in keys:
        subjects = await _subjects(world, key)
        assert set(subjects.values()) == {1}, subjects
    async with database.read(world.shop) as session:
        steps = await session.execute(text("SELECT enrolment_id, node FROM enrolment_steps"))
        taken = Counter((row.enrolment_id, row.node) for row in steps)
        doubled = await session.execute(text("SELECT send_key FROM messages GROUP BY send_key HAVING count(*) > 1"))
        assert taken and set(taken.values()) == {1} and not doubled.all()
    await assert_green(world.services.database, world.shop)
