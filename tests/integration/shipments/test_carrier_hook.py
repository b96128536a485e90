"""The carrier's webhook: G1, G2, G3, G5, G6, signatures, strange bodies."""

import asyncio
import hashlib
import hmac
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from sqlalchemy import text

from comeback.core.clock import clock
from comeback.core.db import Database
from comeback.core.events import EventRow, events_of
from comeback.shipments.service import delivery_state, last_delivery
from tests.conftest import Drain
from tests.integration.shipments.conftest import SECRET, Carrier, MakeOrder, shipment_body

NOW = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def iso(clock_time: str, days: int = 0) -> str:
    hour, minute = clock_time.split(":")
    return (NOW + timedelta(days=days, hours=int(hour), minutes=int(minute))).isoformat()


async def register(client: httpx.AsyncClient, order_id: str, number: str, **fields: Any) -> str:
    answer = await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body(number, **fields))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def told(database: Database, shop: UUID, order_id: str) -> list[EventRow]:
    async with database.read(shop) as session:
        events = await events_of(session, order_id=UUID(order_id))
    return [event for event in events if event.name.startswith("shipment.") and event.name != "shipment.shipped"]


async def count(database: Database, shop: UUID, table: str) -> int:
    async with database.read(shop) as session:
        return int(
            (await session.execute(text(f"SELECT count(*) FROM {table} WHERE shop_id = :s"), {"s": shop})).scalar_one()
        )


async def test_g1_five_copies_in_parallel(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    order_id = await make_order()
    await register(client, order_id, "G1")
    body = {"carrier": "sandbox", "tracking_number": "G1", "events": [
        {"id": "e1", "code": "OFD", "status": "out_for_delivery", "occurred_at": iso("09:00")}]}  # fmt: skip
    answers = await asyncio.gather(*(carrier.send(body) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    await drain(shop)
    assert await count(database, shop, "inbox") == 1
    assert await count(database, shop, "carrier_events") == 1
    events = await told(database, shop, order_id)
    assert [event.name for event in events if event.data["notify"]] == ["shipment.out_for_delivery"]
    assert [event.name for event in events] == ["shipment.picked_up", "shipment.out_for_delivery"]


async def test_copies_worked_off_in_parallel_tell_once(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    order_id = await make_order()
    await register(client, order_id, "P1")
    for number in range(8):
        await carrier.send({"carrier": "sandbox", "tracking_number": "P1", "events": [
            {"id": str(number), "status": "delivered", "occurred_at": iso("10:05"), "description": f"text {number}"}
        ]})  # fmt: skip
    await drain(shop)
    assert await count(database, shop, "carrier_events") == 1
    assert [event.name for event in await told(database, shop, order_id)] == [
        "shipment.picked_up",
        "shipment.delivered",
    ]


async def test_g2_six_permutations_in_one_batch_and_apart(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    facts = [("delivered", iso("10:05")), ("out_for_delivery", iso("10:10")), ("in_transit", iso("08:00"))]
    timelines: set[bytes] = set()
    for index, order in enumerate(itertools.permutations(facts)):
        for style in ("batch", "twice", "apart"):
            number = f"G2{index}{style}"
            order_id = await make_order(number)
            shipment_id = await register(client, order_id, number)
            batches = [[one] for one in order] if style == "apart" else [list(order)] * (2 if style == "twice" else 1)
            for batch in batches:
                await carrier.tell(number, *batch)
            await drain(shop)
            out = (await client.get(f"/api/v1/shipments/{shipment_id}")).json()
            assert out["status"] == "delivered"
            for event in out["events"]:
                event["id"] = event["tracking_number"] = ""
            timelines.add(msgspec.json.encode(out["events"]))
            mails = [event.name for event in await told(database, shop, order_id) if event.data["notify"]]
            if style != "apart":
                assert mails == ["shipment.delivered"]
            assert mails.count("shipment.delivered") == 1
    assert len(timelines) == 1
    assert b"late_scan" in timelines.pop()


async def test_g3_delivered_on_the_way_back_is_returned(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    order_id = await make_order()
    shipment_id = await register(client, order_id, "G3")
    await carrier.tell("G3", ("in_transit", iso("06:00")), ("RTS", iso("08:00")))
    await drain(shop)
    await carrier.tell("G3", ("DLV", iso("10:00")))
    await drain(shop)
    assert (await client.get(f"/api/v1/shipments/{shipment_id}")).json()["status"] == "returned"
    names = [event.name for event in await told(database, shop, order_id)]
    assert names == ["shipment.picked_up", "shipment.returning", "shipment.returned"]


async def test_g5_old_news_is_shown_but_not_told(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    order_id = await make_order()
    shipment_id = await register(client, order_id, "G5")
    await carrier.tell("G5", ("delivered", iso("10:00", -9)))
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{shipment_id}")).json()
    assert out["status"] == "delivered"
    assert [one["why"] for one in out["milestones"]][-1].startswith("Not told: it happened")
    assert not any(event.data["notify"] for event in await told(database, shop, order_id))


async def test_g6_two_parcels(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    order_id = await make_order()
    await register(client, order_id, "G6A", lines=[{"line": "l1", "quantity": 2}])
    await register(client, order_id, "G6B")
    await carrier.tell("G6A", ("delivered", iso("10:00")))
    await drain(shop)
    async with database.read(shop) as session:
        assert (await delivery_state(session, UUID(order_id))).value == "partially_delivered"
        assert await last_delivery(session, UUID(order_id)) is None
    await carrier.tell("G6B", ("delivered", iso("12:00")))
    await drain(shop)
    async with database.read(shop) as session:
        assert (await delivery_state(session, UUID(order_id))).value == "delivered"
        assert await last_delivery(session, UUID(order_id)) == datetime.fromisoformat(iso("12:00"))


async def test_unknown_codes_are_kept_and_listed(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, shop: UUID
) -> None:
    order_id = await make_order()
    shipment_id = await register(client, order_id, "U1")
    for _ in range(2):
        await carrier.tell("U1", ("QX77", iso("10:00")))
    await carrier.tell("U1", ("QX77", iso("11:00")))
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{shipment_id}")).json()
    assert (out["status"], len(out["events"])) == ("pending", 2)
    listed = (await client.get("/api/v1/carrier-codes/unmapped")).json()["items"]
    assert [(one["carrier"], one["code"], one["events"]) for one in listed] == [("sandbox", "QX77", 2)]


async def test_undated_events_count_from_their_first_copy(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, shop: UUID
) -> None:
    order_id = await make_order()
    shipment_id = await register(client, order_id, "D1")
    seen: list[str] = []
    for number in range(2):
        await carrier.send({"carrier": "sandbox", "tracking_number": "D1", "events": [
            {"id": str(number), "status": "in_transit", "occurred_at": None}]})  # fmt: skip
        await drain(shop)
        seen.append((await client.get(f"/api/v1/shipments/{shipment_id}")).json()["events"][0]["occurred_at"])
        clock.advance(timedelta(hours=3))
    assert seen[0] == seen[1]


async def test_signatures(carrier: Carrier, anonymous: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = msgspec.json.encode({"carrier": "sandbox", "tracking_number": "S1", "events": []})
    good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    flipped = bytes([body[0]]) + bytes([body[1] ^ 1]) + body[2:]
    wrong = [
        (body, good[:-1] + ("0" if good[-1] != "0" else "1")),
        (flipped, good),
        (body, ""),
        (body, "é"),
        (body, hmac.new(b"other", body, hashlib.sha256).hexdigest()),
    ]
    for raw, signature in wrong:
        path = f"/hooks/carrier/{carrier.token}"
        answer = await anonymous.post(path, content=raw, headers={"X-Signature": signature.encode("latin-1")})
        assert answer.status_code == 401
        assert answer.json()["detail"] == "Not accepted"
    path = f"/hooks/carrier/{carrier.token}"
    assert (await anonymous.post(path, content=body)).status_code == 401
    twice = [("X-Signature", good), ("X-Signature", good)]
    assert (await anonymous.post(path, content=body, headers=twice)).status_code == 401
    assert (
        await anonymous.post("/hooks/carrier/nobody", content=body, headers={"X-Signature": good})
    ).status_code == 401
    assert await count(database, shop, "inbox") == 0
    assert (await carrier.send(body, good.upper())).status_code == 200
    assert await count(database, shop, "inbox") == 1


async def test_a_body_over_the_cap_is_refused(carrier: Carrier, database: Database, shop: UUID) -> None:
    assert (await carrier.send(b"x" * 1_000_001)).status_code == 413
    assert await count(database, shop, "inbox") == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"carrier":"sandbox"}',
        b'{"carrier":"sandbox","tracking_number":"X","events":{}}',
        b'{"carrier":"sandbox","tracking_number":" ","events":[{"status":"delivered"}]}',
        b'{"carrier":"sandbox","tracking_number":"X","events":[1,null,"x",{"status":7},{"occurred_at":{}}]}',
        b"[" * 100_000,
        b'{"carrier":"s","tracking_number":"' + b"X" * 50_000 + b'","events":[{"status":"in_transit"}]}',
        b'{"carrier":"' + b"s" * 50_000 + b'","tracking_number":"X","events":[{"status":"in_transit"}]}',
        b'{"carrier":"s","tracking_number":"X","events":[{"status":"in_transit","transferred_to":"'
        + b"Y" * 50_000
        + b'"}]}',
        b'{"carrier":"\\u0000","tracking_number":"X\\u0000","events":[{"status":"in_transit","city":"\\u0000\\ud800"}]}',
        b'{"carrier":"s","tracking_number":"X","events":[{"status":"in_transit","occurred_at":"9999-12-31T23:59:59-14:00"}]}',
    ],
)
async def test_strange_bodies_end_without_a_dead_job(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    drain: Drain,
    database: Database,
    shop: UUID,
    raw: bytes,
) -> None:
    assert (await carrier.send(raw)).status_code == 200
    await drain(shop)
    await register(client, await make_order(), "X")
    await drain(shop)
    async with database.read(shop) as session:
        left = await session.execute(
            text("SELECT state FROM outbox WHERE shop_id = :s AND state <> 'done'"), {"s": shop}
        )
        assert left.scalars().all() == []


async def test_a_bad_event_does_not_hide_the_good_one(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, shop: UUID
) -> None:
    shipment_id = await register(client, await make_order(), "B1")
    await carrier.send({"carrier": "sandbox", "tracking_number": "B1", "events": [
        {"status": 7}, {"id": 4, "code": "OFD", "status": "delivered", "occurred_at": iso("09:00")}]})  # fmt: skip
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{shipment_id}")).json()
    assert (out["status"], out["events"][0]["marks"]) == ("out_for_delivery", ["contradiction"])


async def test_a_hand_over_merges_the_childs_events(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, shop: UUID
) -> None:
    shipment_id = await register(client, await make_order(), "PA1")
    await carrier.tell("CHILD1", ("in_transit", iso("09:00")), carrier="ups")
    await carrier.send({"carrier": "sandbox", "tracking_number": "PA1", "events": [
        {"code": "transferred_to_destination_carrier", "occurred_at": iso("08:00"), "transferred_to": "child-1"},
    ]})  # fmt: skip
    await drain(shop)
    await carrier.tell("CHILD1", ("delivered", iso("12:00")), carrier="ups")
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{shipment_id}")).json()
    assert out["status"] == "delivered"
    assert [event["carrier"] for event in out["events"]] == ["sandbox", "ups", "ups"]


async def test_trouble_holds_marketing_until_it_is_over(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    await register(client, await make_order(), "T1")
    await carrier.tell("T1", ("in_transit", iso("08:00")), ("exception", iso("09:00")))
    await drain(shop)
    assert await count(database, shop, "order_holds") == 1
    await carrier.tell("T1", ("out_for_delivery", iso("10:00")))
    await drain(shop)
    async with database.read(shop) as session:
        open_ = await session.execute(
            text("SELECT count(*) FROM order_holds WHERE shop_id = :s AND (until IS NULL OR until > now())"),
            {"s": shop},
        )
        assert open_.scalar_one() == 0
