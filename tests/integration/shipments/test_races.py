"""Races: the same parcel registered at once, more shipped than is left, a parcel and its first event crossing."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import httpx
import msgspec

from comeback.core.db import Database
from comeback.core.jobs import Runner
from comeback.shipments.repository import events as event_rows
from comeback.shipments.rules.events import CarrierEvent, RawEvent, normalise, unite
from comeback.shipments.rules.folding import fold
from comeback.vendors.carriers import codes
from tests.conftest import Drain, MakeShop
from tests.integration.shipments.conftest import Carrier, MakeOrder, shipment_body


async def test_the_same_parcel_at_once_is_one(client: httpx.AsyncClient, make_order: MakeOrder) -> None:
    path = f"/api/v1/orders/{await make_order()}/shipments"
    body = shipment_body("R1", lines=[{"line": "l3", "quantity": 1}])
    answers = await asyncio.gather(*(client.post(path, json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_no_more_is_shipped_than_was_bought(client: httpx.AsyncClient, make_order: MakeOrder) -> None:
    path = f"/api/v1/orders/{await make_order()}/shipments"
    bodies = [shipment_body(f"R{n}", lines=[{"line": "l3", "quantity": 1}]) for n in range(8)]
    answers = await asyncio.gather(*(client.post(path, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [422] * 5


async def test_a_parcel_and_its_first_event_do_not_miss_each_other(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, runner: Runner, drain: Drain, shop: UUID
) -> None:
    for number in range(10):
        order_id = await make_order(f"X{number}")
        await carrier.tell(f"X{number}", ("in_transit", "2026-11-20T08:00:00Z"))
        made, _ = await asyncio.gather(
            client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body(f"X{number}")),
            runner.run_due(50, shop=shop),
        )
        await drain(shop)
        out = (await client.get(f"/api/v1/shipments/{made.json()['id']}")).json()
        assert (out["status"], len(out["events"])) == ("in_transit", 1)


async def test_parcels_of_one_order_delivered_at_once(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, shop: UUID
) -> None:
    order_id = await make_order()
    for line, quantity in (("l1", 2), ("l2", 1), ("l3", 3)):
        body = shipment_body(f"O{line}", lines=[{"line": line, "quantity": quantity}])
        assert (await client.post(f"/api/v1/orders/{order_id}/shipments", json=body)).status_code == 201
    for line in ("l1", "l2", "l3"):
        await carrier.tell(f"O{line}", ("cancelled", "2026-11-20T08:00:00Z"))
    await drain(shop)
    assert (await client.get(f"/api/v1/orders/{order_id}")).json()["fulfilment"] == "unfulfilled"


def some_events(random: Random) -> list[CarrierEvent]:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    made: list[CarrierEvent] = []
    for _ in range(random.randint(1, 12)):
        code = random.choice([None, "OFD", "DLV", "HUB", "nobody", "rev"])
        minutes = random.choice([None, random.randint(0, 30), random.randint(0, 9000)])
        at = (
            None if minutes is None else (start + timedelta(minutes=minutes, seconds=random.randint(0, 59))).isoformat()
        )
        raw = RawEvent(
            carrier="sandbox",
            tracking_number="Z1",
            source=random.choice(["sandbox", "poll"]),
            code=code,
            status=random.choice([None, "in_transit", "delivered", "returning"]),
            description=random.choice([None, "a", "B", "ä"]),
            occurred_at=at,
            city=random.choice([None, "Köln", "KOLN"]),
        )
        received = start + timedelta(minutes=random.randint(0, 9000))
        made.append(normalise(raw, codes.lookup("sandbox", code) if code else None, received_at=received))
    return made


async def test_rows_are_the_same_whatever_came_first(database: Database, make_shop: MakeShop) -> None:
    for seed in range(15):
        random = Random(seed)
        events = some_events(random)
        folds: set[bytes] = set()
        for _ in range(3):
            shop = await make_shop()
            random.shuffle(events)
            async with database.write(shop) as session:
                for start in range(0, len(events), 3):
                    await event_rows.store(session, list(unite(events[start : start + 3]).values()))
                stored = await event_rows.events_by_number(session, "sandbox", "Z1")
            folds.add(msgspec.json.encode(fold(stored)))
        assert len(folds) == 1, f"seed {seed}"
