"""The engine on the database: nobody is missed, nothing is done twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from comeback.core import failpoints
from comeback.core.clock import clock
from comeback.core.failpoints import FailpointError
from comeback.flows.jobs import advance_due, on_event
from comeback.flows.schemas import FlowPatch
from comeback.flows.service import advance_shop
from comeback.flows.service.admin import change_flow, pause_flow, publish_flow
from comeback.kit.ids import new_id
from tests.integration.flows.conftest import Rig

DAY = timedelta(days=1)
SHIPPED = {"event": "shipment.shipped", "key": "shipment"}


def drip(wait: dict[str, Any], template: str = "delivered", **more: Any) -> dict[str, Any]:
    """Wait, then send."""
    nodes = {"w": {"kind": "wait", "next": "s"} | wait, "s": {"kind": "send", "template": template}} | more
    return {"entry": SHIPPED, "start": "w", "nodes": nodes}


UNTIL = drip(
    {"until_event": "shipment.delivered", "timeout": "P3D", "timed_out": "late"},
    late={"kind": "exit", "reason": "late"},
)


async def test_a_wait_of_seven_days_takes_milliseconds(rig: Rig) -> None:
    await rig.flow(drip({"for": "P7D"}))
    (order,) = await rig.orders()
    await rig.happen(rig.parcel("shipped", order, new_id()))
    assert await rig.rows("SELECT state, node FROM enrolments") == [("active", "w")]
    clock.advance(7 * DAY - timedelta(seconds=30))
    assert await advance_due(rig.database, shop=rig.shop) == 0
    clock.advance(timedelta(seconds=30))
    assert await advance_due(rig.database, shop=rig.shop) == 1
    assert await rig.steps() == [("s", "planned", ""), ("w", "waited", "")]
    assert await rig.rows("SELECT state, node, due_at FROM enrolments") == [("done", None, None)]
    ((key, order_id, origin),) = await rig.rows("SELECT send_key, order_id, origin FROM messages")
    assert (len(key), order_id, origin["flow"], origin["node"]) == (64, order, "test", "s")


async def test_the_same_event_again_lets_nobody_in_twice(rig: Rig) -> None:
    await rig.flow({"entry": SHIPPED, "start": "s", "nodes": {"s": {"kind": "send", "template": "shipped"}}})
    (order,) = await rig.orders()
    parcel = new_id()
    event = await rig.publish(rig.parcel("shipped", order, parcel))
    await asyncio.gather(*(rig.hear(event) for _ in range(5)))
    await rig.happen(rig.parcel("shipped", order, parcel))
    await rig.happen(rig.parcel("shipped", order, new_id()))
    assert await rig.mails() == ["shipped", "shipped"]


async def test_a_wait_does_not_miss_what_happened_before(rig: Rig) -> None:
    await rig.flow(UNTIL)
    (order,) = await rig.orders()
    parcel = new_id()
    first = await rig.publish(rig.parcel("shipped", order, parcel))
    second = await rig.publish(rig.parcel("delivered", order, parcel))
    await rig.hear(second)
    await rig.hear(first)
    assert await rig.steps() == [("s", "planned", ""), ("w", "happened", "shipment.delivered")]


async def test_a_wait_ends_when_it_happens_and_only_for_that_parcel(rig: Rig) -> None:
    await rig.flow(UNTIL)
    (order,) = await rig.orders()
    one, two = new_id(), new_id()
    for parcel in (one, two):
        await rig.happen(rig.parcel("shipped", order, parcel))
    await rig.happen(rig.parcel("delivered", order, two))
    assert await rig.rows("SELECT shipment_id, state FROM enrolments ORDER BY state") == [
        (one, "active"),
        (two, "done"),
    ]
    clock.advance(3 * DAY)
    assert await advance_due(rig.database, shop=rig.shop) == 1
    assert await rig.mails() == ["delivered"]
    assert ("w", "timed_out", "no shipment.delivered within P3D") in await rig.steps()


async def test_what_happens_while_someone_enters_a_wait_is_not_missed(rig: Rig) -> None:
    """The entering transaction has read an empty history and is not committed when the event is heard."""
    await rig.flow(UNTIL)
    (order,) = await rig.orders()
    parcel = new_id()
    shipped = await rig.publish(rig.parcel("shipped", order, parcel))
    async with rig.database.write(rig.shop) as entering:
        await on_event(entering, {"event": shipped})
        delivered = await rig.publish(rig.parcel("delivered", order, parcel))
        hearing = asyncio.create_task(rig.hear(delivered))
        await asyncio.sleep(0.2)
        assert not hearing.done()
    await hearing
    assert await rig.rows("SELECT state FROM enrolments") == [("done",)]


TWICE = {
    "entry": SHIPPED,
    "start": "w",
    "nodes": {
        "w": {"kind": "wait", "for": "P1D", "next": "u"},
        "u": {"kind": "wait", "until_event": "shipment.delivered", "timeout": "P9D", "next": "s", "timed_out": None},
        "s": {"kind": "send", "template": "delivered"},
    },
}


async def test_what_happens_while_time_moves_someone_into_a_wait_is_not_missed(rig: Rig) -> None:
    await rig.flow(TWICE)
    (order,) = await rig.orders()
    parcel = new_id()
    await rig.happen(rig.parcel("shipped", order, parcel))
    clock.advance(DAY)
    async with rig.database.write(rig.shop) as moving:
        assert await advance_shop(moving, 10) == 1
        delivered = await rig.publish(rig.parcel("delivered", order, parcel))
        hearing = asyncio.create_task(rig.hear(delivered))
        await asyncio.sleep(0.2)
        assert not hearing.done()
    await hearing
    assert await rig.rows("SELECT state FROM enrolments") == [("done",)]


async def test_many_events_while_time_moves_many_people(rig: Rig) -> None:
    await rig.flow(TWICE)
    orders = await rig.orders(40)
    parcels = {order: new_id() for order in orders}
    shipped = [await rig.publish(rig.parcel("shipped", o, p)) for o, p in parcels.items()]
    early = [rig.happen(rig.parcel("delivered", o, parcels[o])) for o in orders[:10]]
    await asyncio.gather(*(rig.hear(e) for e in shipped), *early)
    clock.advance(DAY)
    late = [rig.happen(rig.parcel("delivered", o, parcels[o])) for o in orders[10:]]
    await asyncio.gather(*late, *(advance_due(rig.database, 7, rig.shop) for _ in range(8)))
    while await advance_due(rig.database, 7, rig.shop):
        pass
    assert await rig.rows("SELECT DISTINCT state FROM enrolments") == [("done",)]
    assert len(await rig.mails()) == 40


async def test_two_schedulers_run_each_due_step_once(rig: Rig) -> None:
    await rig.flow(drip({"for": "PT1H"}))
    orders = await rig.orders(60)
    for order in orders:
        await rig.happen(rig.parcel("shipped", order, new_id()))
    clock.advance(DAY)
    moved = await asyncio.gather(*(advance_due(rig.database, 25, rig.shop) for _ in range(6)))
    assert sum(moved) == 60
    assert (await rig.rows("SELECT count(*), count(DISTINCT send_key) FROM messages")) == [(60, 60)]
    assert await rig.rows("SELECT count(*) FROM enrolment_steps") == [(120,)]


@pytest.mark.parametrize("place", ["flows.after_claim", "uow.before_commit"])
async def test_a_crash_between_claim_and_commit_loses_nothing(rig: Rig, place: str) -> None:
    await rig.flow(drip({"for": "PT1H"}))
    for order in await rig.orders(5):
        await rig.happen(rig.parcel("shipped", order, new_id()))
    clock.advance(DAY)
    failpoints.arm(place, "raise")
    with pytest.raises(FailpointError):
        await advance_due(rig.database, shop=rig.shop)
    assert await rig.mails() == [] and await rig.steps() == []
    assert await advance_due(rig.database, shop=rig.shop) == 5
    assert len(await rig.mails()) == 5


async def test_people_keep_the_version_they_entered_on(rig: Rig) -> None:
    flow = await rig.flow(drip({"for": "P1D"}, "shipped"))
    first, second = await rig.orders(2)
    await rig.happen(rig.parcel("shipped", first, new_id()))
    changed = drip({"for": "P5D"}, "delivered")
    async with rig.database.write(rig.shop) as session:
        await change_flow(session, flow, FlowPatch(definition=changed))
        await publish_flow(session, flow)
    await rig.happen(rig.parcel("shipped", second, new_id()))
    clock.advance(DAY)
    assert await advance_due(rig.database, shop=rig.shop) == 1
    assert await rig.mails() == ["shipped"]
    clock.advance(4 * DAY)
    assert await advance_due(rig.database, shop=rig.shop) == 1
    assert await rig.mails() == ["shipped", "delivered"]
    stuck = "SELECT count(*) FROM enrolments WHERE state = 'active' AND due_at IS NULL"
    assert await rig.rows(stuck) == [(0,)]


async def test_a_paused_flow_moves_nobody(rig: Rig) -> None:
    flow = await rig.flow(drip({"for": "P1D"}))
    (order,) = await rig.orders()
    await rig.happen(rig.parcel("shipped", order, new_id()))
    async with rig.database.write(rig.shop) as session:
        await pause_flow(session, flow)
    clock.advance(2 * DAY)
    await rig.happen(rig.parcel("shipped", order, new_id()))
    assert await advance_due(rig.database, shop=rig.shop) == 0
    async with rig.database.write(rig.shop) as session:
        await publish_flow(session, flow)
    assert await advance_due(rig.database, shop=rig.shop) == 1
    assert await rig.rows("SELECT count(*), min(state) FROM enrolments") == [(1, "done")]


async def test_all_shops_advance_and_see_only_themselves(rig: Rig, make_shop: Any) -> None:
    rigs = [rig] + [Rig(rig.database, await make_shop()) for _ in range(2)]
    for n, one in enumerate(rigs):
        await one.flow(drip({"for": "PT1H"}))
        for order in await one.orders(n + 1):
            await one.happen(one.parcel("shipped", order, new_id()))
    clock.advance(DAY)
    assert await advance_due(rig.database) >= 6
    assert [len(await one.mails()) for one in rigs] == [1, 2, 3]


async def test_conditions_ask_order_customer_and_event(rig: Rig) -> None:
    facts = [
        {"field": "order.total", "op": "gte", "value": 5000},
        {"field": "order.country", "op": "eq", "value": "DE"},
        {"field": "customer.locale", "op": "eq", "value": "de"},
        {"field": "customer.marketing", "op": "eq", "value": False},
        {"field": "event.carrier", "op": "eq", "value": "dhl"},
        {"field": "order.skus", "op": "contains", "value": "SKU-l1"},
    ]
    nodes = {
        "w": {"kind": "wait", "for": "PT1H", "next": "c"},
        "c": {"kind": "condition", "when": {"all": facts}, "yes": "s", "no": None},
        "s": {"kind": "send", "template": "shipped"},
    }
    entry = SHIPPED | {"when": facts[0]}
    await rig.flow({"entry": entry, "start": "w", "nodes": nodes})
    (order,) = await rig.orders()
    await rig.happen(rig.parcel("shipped", order, new_id(), carrier="dhl"))
    await rig.happen(rig.parcel("shipped", order, new_id(), carrier="ups"))
    clock.advance(DAY)
    assert await advance_due(rig.database, shop=rig.shop) == 2
    assert sorted(r for _, r, _ in await rig.steps()) == ["no", "planned", "waited", "waited", "yes"]


async def test_marketing_is_planned_only_with_consent(rig: Rig) -> None:
    node = {"kind": "send", "template": "delivered", "class": "marketing"}
    await rig.flow({"entry": SHIPPED, "start": "s", "nodes": {"s": node}})
    yes = {"channel": "email", "purpose": "marketing", "granted": True, "source": "shop", "at": "2026-01-01T00:00:00Z"}
    for consents in ([], [yes]):
        (order,) = await rig.orders(consents=consents)
        await rig.happen(rig.parcel("shipped", order, new_id()))
    assert await rig.steps() == [("s", "blocked", "no consent"), ("s", "planned", "")]
    assert await rig.rows("SELECT class FROM messages") == [("marketing",)]


async def test_a_dry_run_tells_and_plans_nothing(rig: Rig, make_client: Any) -> None:
    nodes = {
        "u": {"kind": "wait", "until_event": "shipment.delivered", "timeout": "P3D", "next": "w", "timed_out": "x"},
        "w": {"kind": "wait", "for": "P1D", "next": "s"},
        "s": {"kind": "send", "template": "delivered", "class": "marketing"},
        "x": {"kind": "exit", "reason": "late"},
    }
    flow = await rig.flow({"entry": SHIPPED, "start": "u", "nodes": nodes})
    (order,) = await rig.orders()
    client = await make_client(rig.shop)

    async def run(**more: Any) -> list[tuple[str, str, str]]:
        answer = await client.post(f"/api/v1/flows/{flow}/simulate", json={"order": str(order)} | more)
        assert answer.status_code == 200, answer.text
        return [(s["node"], s["result"], s["why"]) for s in answer.json()["steps"]]

    assert await run(later={"shipment.delivered": "P2D"}) == [
        ("u", "happened", "shipment.delivered"),
        ("w", "waited", ""),
        ("s", "blocked", "no consent"),
    ]
    late = await run(later={"shipment.delivered": "P4D"})
    assert [s[:2] for s in late] == [("u", "timed_out"), ("x", "exited")]
    assert await run(event="order.placed") == []
    bad = await client.post(f"/api/v1/flows/{flow}/simulate", json={"order": str(order), "later": {"a.b": "soon"}})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/later/a.b")
    unknown = await client.post(f"/api/v1/flows/{flow}/simulate", json={"order": str(new_id())})
    assert unknown.status_code == 404
    assert await rig.mails() == [] and await rig.rows("SELECT count(*) FROM enrolments") == [(0,)]
