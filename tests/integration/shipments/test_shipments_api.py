"""POST and GET of shipments, notes, overrides, corrections."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from comeback.app.wiring import Services
from comeback.core.access import resolve
from comeback.core.db import Database
from comeback.core.events import events_of
from comeback.kit.tokens import digest
from tests.conftest import Drain
from tests.integration.shipments.conftest import Carrier, MakeOrder, shipment_body


async def names_of(database: Database, shop: UUID, order_id: str) -> list[str]:
    async with database.read(shop) as session:
        return [event.name for event in await events_of(session, order_id=UUID(order_id))]


async def test_a_parcel_is_created_once_and_told_once(
    client: httpx.AsyncClient, make_order: MakeOrder, database: Database, shop: UUID, services: Services
) -> None:
    order_id = await make_order()
    body = shipment_body("JJD 123", lines=[{"line": "l1", "quantity": 1}], promised_at="2026-12-01T18:00:00Z")
    first = await client.post(f"/api/v1/orders/{order_id}/shipments", json=body)
    assert first.status_code == 201, first.text
    again = await client.post(f"/api/v1/orders/{order_id}/shipments", json=body)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    out = (await client.get(f"/api/v1/shipments/{first.json()['id']}")).json()
    assert (out["status"], out["direction"], out["tracking_number"]) == ("pending", "outbound", "JJD 123")
    assert out["eta"] == {
        "from": None,
        "until": "2026-12-01T18:00:00Z",
        "source": "promised",
        "original_until": "2026-12-01T18:00:00Z",
        "shown": True,
    }
    assert out["lines"][0]["line"] == "l1"
    assert [name for name in await names_of(database, shop, order_id) if name.startswith("shipment.")] == [
        "shipment.shipped"
    ]
    token = out["tracking_url"].rsplit("/", 1)[1]
    assert await resolve(services.database, "page", digest(token)) == [(shop, UUID(order_id))]


async def test_fulfilment_follows_the_pieces(client: httpx.AsyncClient, make_order: MakeOrder) -> None:
    order_id = await make_order()
    path = f"/api/v1/orders/{order_id}/shipments"

    async def fulfilment() -> str:
        return (await client.get(f"/api/v1/orders/{order_id}")).json()["fulfilment"]

    assert await fulfilment() == "unfulfilled"
    await client.post(path, json=shipment_body("A1", lines=[{"line": "l1", "quantity": 2}]))
    assert await fulfilment() == "partial"
    rest = await client.post(path, json=shipment_body("A2"))
    assert [(p["line"], p["quantity"]) for p in rest.json()["lines"]] == [("l2", 1), ("l3", 3)]
    assert await fulfilment() == "fulfilled"
    nothing = await client.post(path, json=shipment_body("A3"))
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/lines")


@pytest.mark.parametrize(
    ("lines", "pointers"),
    [
        ([{"line": "nope", "quantity": 1}, {"line": "l1", "quantity": 1}], ["/lines/0/line"]),
        ([{"line": "l2", "quantity": 2}], ["/lines/0/quantity"]),
        ([{"line": "l1", "quantity": 2}, {"line": "l1", "quantity": 1}], ["/lines/0/quantity", "/lines/1/quantity"]),
        ([{"line": "l1", "quantity": 0}], ["/lines/0/quantity"]),
        ([{"line": "l1", "quantity": -1}, {"line": 7, "quantity": 1}], ["/lines/0/quantity", "/lines/1/line"]),
        ([], ["/lines"]),
    ],
)
async def test_bad_lines_are_named(
    client: httpx.AsyncClient, make_order: MakeOrder, lines: list[dict[str, Any]], pointers: list[str]
) -> None:
    order_id = await make_order()
    answer = await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body("A1", lines=lines))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


async def test_unknown_things_are_404(client: httpx.AsyncClient, make_order: MakeOrder) -> None:
    await make_order()
    nobody = "0199aaaa-0000-7000-8000-000000000000"
    for order_id in (nobody, "x"):
        assert (await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body())).status_code == 404
    for shipment_id in (nobody, "x"):
        assert (await client.get(f"/api/v1/shipments/{shipment_id}")).status_code == 404
        note = await client.post(f"/api/v1/shipments/{shipment_id}/notes", json={"text": "x"})
        assert note.status_code == 404


async def test_another_shop_sees_nothing(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, make_order: MakeOrder
) -> None:
    order_id = await make_order()
    made = await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body())
    assert (await other_client.get(f"/api/v1/shipments/{made.json()['id']}")).status_code == 404
    assert (await other_client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body())).status_code == 404


async def test_history_is_told_to_nobody(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    order_id = await make_order(placed_at=(datetime.now(UTC) - timedelta(days=300)).isoformat(), history=True)
    made = await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body("H1"))
    assert made.json()["history"] is True
    await carrier.tell("H1", ("delivered", datetime.now(UTC).isoformat()))
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{made.json()['id']}")).json()
    assert out["status"] == "delivered"
    assert out["milestones"][-1]["why"] == "Not told: the parcel was imported as history."
    assert await names_of(database, shop, order_id) == []


async def test_notes_overrides_and_their_revocation(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, shop: UUID
) -> None:
    order_id = await make_order()
    made = (await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body("N1"))).json()
    path = f"/api/v1/shipments/{made['id']}"
    note = await client.post(f"{path}/notes", json={"text": "Left with the porter", "public": True})
    assert note.status_code == 201
    await carrier.tell("N1", ("in_transit", "2026-11-20T08:00:00Z"))
    await drain(shop)
    said = await client.post(f"{path}/overrides", json={"status": "delivered", "reason": "Customer called"})
    assert (said.status_code, said.json()["status"]) == (201, "delivered")
    assert said.json()["why"].startswith("A person set delivered")
    event = said.json()["events"][-1]
    assert event["sources"] == ["agent"]
    back = await client.delete(f"{path}/overrides/{event['id']}")
    assert (back.status_code, back.json()["status"]) == (200, "in_transit")
    assert (await client.delete(f"{path}/overrides/{event['id']}")).status_code == 409
    out = (await client.get(path)).json()
    assert out["notes"][0]["text"] == "Left with the porter"
    bad = await client.post(f"{path}/overrides", json={"status": "lost", "reason": ""})
    assert [error["pointer"] for error in bad.json()["errors"]] == ["/status", "/reason"]


async def test_g7_a_corrected_number_keeps_the_page_and_tells_once(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    order_id = await make_order()
    made = (await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body("WRONG1"))).json()
    await carrier.tell("WRONG1", ("delivered", "2026-11-20T08:00:00Z"))
    await carrier.tell("RIGHT1", ("in_transit", "2026-11-20T09:00:00Z"))
    await drain(shop)
    for _ in range(2):
        fixed = await client.patch(f"/api/v1/shipments/{made['id']}", json={"tracking_number": "RIGHT1"})
    assert (fixed.json()["status"], fixed.json()["tracking_url"]) == ("in_transit", made["tracking_url"])
    await carrier.tell("WRONG1", ("returning", "2026-11-20T10:00:00Z"))
    await carrier.tell("RIGHT1", ("delivered", "2026-11-20T11:00:00Z"))
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{made['id']}")).json()
    assert (out["status"], out["delivered_at"]) == ("delivered", "2026-11-20T11:00:00Z")
    names = await names_of(database, shop, order_id)
    assert names.count("shipment.number_changed") == 1


async def test_events_that_came_before_the_parcel_are_its_own(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, shop: UUID
) -> None:
    order_id = await make_order()
    await carrier.tell("EARLY-1", ("in_transit", "2026-11-20T08:00:00Z"))
    await drain(shop)
    made = await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body("early 1"))
    assert made.json()["status"] == "in_transit"
    assert len(made.json()["events"]) == 1


async def test_the_label_machine_is_kept_by_the_database(database: Database, shop: UUID) -> None:
    async with database.read(shop) as session:
        found = await session.execute(
            text("SELECT tgname FROM pg_trigger WHERE tgname = 'shipments_label_state_moves'")
        )
        assert found.scalar() is not None


async def test_a_parcel_without_a_number_is_told_with_its_first_one(
    client: httpx.AsyncClient, make_order: MakeOrder, database: Database, shop: UUID
) -> None:
    order_id = await make_order()
    made = (await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body(None))).json()
    assert await names_of(database, shop, order_id) == ["order.placed"]
    await client.patch(f"/api/v1/shipments/{made['id']}", json={"tracking_number": "LATER1", "carrier": "gls"})
    async with database.read(shop) as session:
        events = [e for e in await events_of(session, order_id=UUID(order_id)) if e.name.startswith("shipment.")]
    assert [(e.name, e.data["notify"]) for e in events] == [("shipment.shipped", True)]


async def test_a_cancelled_order_ships_nothing(client: httpx.AsyncClient, make_order: MakeOrder) -> None:
    order_id = await make_order()
    assert (await client.post(f"/api/v1/orders/{order_id}/cancel", json={})).status_code in {200, 201}
    answer = await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body())
    assert (answer.status_code, answer.json()["detail"]) == (409, "The order was cancelled.")


@pytest.mark.parametrize("when", ["9999-12-31T23:00:00Z", "0001-01-01T00:00:00+14:00", "1850-01-01T00:00:00Z"])
@pytest.mark.parametrize("field", ["shipped_at", "promised_at"])
async def test_times_at_the_ends_of_the_calendar_are_refused(
    client: httpx.AsyncClient, make_order: MakeOrder, field: str, when: str
) -> None:
    path = f"/api/v1/orders/{await make_order()}/shipments"
    answer = await client.post(path, json=shipment_body("T1") | {field: when})
    assert answer.status_code == 422, answer.text
    assert [e["pointer"] for e in answer.json()["errors"]] == [f"/{field}"]
