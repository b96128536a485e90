"""Return parcels: one label per parcel, whatever the carrier answers."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from comeback.app.wiring import Services
from comeback.core.db import Database
from comeback.core.events import EventRow, events_of
from comeback.kit.ids import new_id
from comeback.kit.tokens import digest
from comeback.shipments import service
from comeback.vendors.carriers.base import CarrierRefused, Credentials, Label, LabelRequest
from comeback.vendors.errors import ProviderTimeout
from tests.conftest import Drain
from tests.integration.shipments.conftest import Carrier, MakeOrder

PDF = b"%PDF-1.7 label"


class Desk:
    """A carrier with a memory that misbehaves on demand: `timeout_after_success`, `refuse`."""

    def __init__(self) -> None:
        self.bought: dict[str, Label] = {}
        self.requests: list[LabelRequest] = []
        self.faults: list[str] = []
        self.searched = 0
        self.voided: list[str] = []
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def buy_label(self, credentials: Credentials, request: LabelRequest) -> Label:
        assert credentials["api_key"] == "k"
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refuse":
            raise CarrierRefused("bad_address", "unknown postcode")
        if self.meanwhile is not None:
            await self.meanwhile()
        number = f"RT{len(self.bought) + 1}"
        self.bought[request.reference] = Label(
            reference=request.reference,
            carrier="sandbox",
            tracking_number=number,
            pdf=PDF,
            cost=399,
            currency="EUR",
            qr="QR",
        )
        if fault == "timeout_after_success":
            raise ProviderTimeout("timeout")
        return self.bought[request.reference]

    async def find_label(self, credentials: Credentials, reference: str) -> Label | None:
        self.searched += 1
        return self.bought.get(reference)

    async def void_label(self, credentials: Credentials, tracking_number: str) -> None:
        self.voided.append(tracking_number)
        if self.faults:
            raise ProviderTimeout(self.faults.pop(0))


@pytest.fixture
def desk(services: Services, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setitem(services.carriers, "sandbox", made)
    return made


async def line_ids(database: Database, shop: UUID, order_id: str) -> list[UUID]:
    async with database.read(shop) as session:
        found = await session.execute(
            text("SELECT id FROM order_lines WHERE shop_id = :s AND order_id = :o ORDER BY position"),
            {"s": shop, "o": UUID(order_id)},
        )
        return list(found.scalars())


async def start(database: Database, shop: UUID, order_id: str, method: str = "label") -> UUID:
    lines = await line_ids(database, shop, order_id)
    async with database.write(shop) as session:
        parcel = await service.create_return_shipment(session, UUID(order_id), new_id(), {lines[0]: 1}, method=method)
    return parcel.id


async def due(database: Database, shop: UUID) -> None:
    """What waits for its next attempt is due now."""
    async with database.write(shop) as session:
        await session.execute(
            text("UPDATE outbox SET due_at = now() WHERE shop_id = :s AND state = 'due'"), {"s": shop}
        )


async def told(database: Database, shop: UUID, order_id: str) -> list[EventRow]:
    async with database.read(shop) as session:
        events = await events_of(session, order_id=UUID(order_id))
    return [event for event in events if event.name.startswith("return_shipment.")]


async def test_a_label_is_bought_stored_and_told_and_the_parcel_followed(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    desk: Desk,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    order_id = await make_order()
    parcel_id = await start(database, shop, order_id)
    pending = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()
    assert (pending["direction"], pending["label"]["state"]) == ("return", "label_pending")
    assert (await client.get(f"/api/v1/shipments/{parcel_id}/label")).status_code == 404
    await drain(shop)
    ready = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()
    assert (ready["label"]["state"], ready["label"]["qr"], ready["tracking_number"]) == ("label_ready", "QR", "RT1")
    pdf = await client.get(f"/api/v1/shipments/{parcel_id}/label")
    assert (pdf.content, pdf.headers["content-type"]) == (PDF, "application/pdf")
    request = desk.requests[0]
    assert (request.reference, request.sender.city, request.direction) == (str(parcel_id), "Berlin", "return")
    await carrier.tell("RT1", ("ACC", "2026-11-20T08:00:00Z"), ("HUB", "2026-11-20T18:00:00Z"))
    await carrier.tell("RT1", ("DLV", "2026-11-21T08:00:00Z"))
    await drain(shop)
    assert sorted(event.name for event in await told(database, shop, order_id)) == [
        "return_shipment.delivered",
        "return_shipment.first_scan",
        "return_shipment.label_ready",
    ]
    async with database.read(shop) as session:
        (out,) = await service.shipments_of(session, UUID(order_id))
        assert service.return_state(out) == "delivered"
        assert (await service.delivery_state(session, UUID(order_id))).value == "unfulfilled"


async def test_a_lost_answer_buys_no_second_label(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    desk: Desk,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    desk.faults = ["timeout_after_success"]
    parcel_id = await start(database, shop, await make_order())
    await drain(shop)
    async with database.write(shop) as session:
        await session.execute(
            text("UPDATE outbox SET due_at = now() WHERE shop_id = :s AND state = 'due'"), {"s": shop}
        )
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()
    assert out["label"]["state"] == "label_ready"
    assert (len(desk.requests), desk.searched) == (1, 1)


async def test_a_refusal_ends_in_a_failed_label_that_can_be_tried_again(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    desk: Desk,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    desk.faults = ["refuse"]
    order_id = await make_order()
    parcel_id = await start(database, shop, order_id)
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()
    assert (out["label"]["state"], out["label"]["problem"]) == ("label_failed", "bad_address: unknown postcode")
    async with database.write(shop) as session:
        await service.retry_label(session, parcel_id)
    await drain(shop)
    assert (await client.get(f"/api/v1/shipments/{parcel_id}")).json()["label"]["state"] == "label_ready"
    names = [event.name for event in await told(database, shop, order_id)]
    assert names == ["return_shipment.label_failed", "return_shipment.label_ready"]


async def test_a_shop_without_a_carrier_gets_a_sentence(
    client: httpx.AsyncClient, make_order: MakeOrder, drain: Drain, database: Database, shop: UUID
) -> None:
    parcel_id = await start(database, shop, await make_order())
    await drain(shop)
    label = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()["label"]
    assert label["state"] == "label_failed"
    assert "Connect" in label["problem"]


async def test_dropping_off_at_the_shop_needs_no_label(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    desk: Desk,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    parcel_id = await start(database, shop, await make_order(), method="store")
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()
    assert (out["label"]["state"], desk.requests) == ("none", [])


async def test_a_voided_label_is_not_bought_any_more(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    desk: Desk,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    parcel_id = await start(database, shop, await make_order())
    async with database.write(shop) as session:
        await service.void_label(session, parcel_id)
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()
    assert (out["label"]["state"], desk.requests) == ("voided", [])


async def test_a_bought_label_is_given_back(
    make_order: MakeOrder, carrier: Carrier, desk: Desk, drain: Drain, database: Database, shop: UUID
) -> None:
    parcel_id = await start(database, shop, await make_order())
    await drain(shop)
    desk.faults = ["timeout"]
    async with database.write(shop) as session:
        await service.void_label(session, parcel_id)
    await drain(shop)
    await due(database, shop)
    await drain(shop)
    assert desk.voided == ["RT1", "RT1"]


async def test_a_label_bought_while_the_case_was_cancelled_is_given_back(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    desk: Desk,
    drain: Drain,
    database: Database,
    shop: UUID,
) -> None:
    parcel_id = await start(database, shop, await make_order())

    async def cancel() -> None:
        async with database.write(shop) as session:
            await service.void_label(session, parcel_id)

    desk.meanwhile = cancel
    await drain(shop)
    out = (await client.get(f"/api/v1/shipments/{parcel_id}")).json()
    assert (out["label"]["state"], desk.voided) == ("voided", ["RT1"])


async def test_one_return_parcel_for_two_orders(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    desk: Desk,
    services: Services,
    database: Database,
    shop: UUID,
) -> None:
    first, second = await make_order("A"), await make_order("B")
    pieces = {(await line_ids(database, shop, order_id))[0]: 1 for order_id in (first, second)}
    async with database.write(shop) as session:
        parcel = await service.create_return_shipment(session, UUID(first), new_id(), pieces)
    assert len((await client.get(f"/api/v1/shipments/{parcel.id}")).json()["lines"]) == 2
    async with database.write(shop) as session:
        view = await service.tracking_view(session, services.settings, UUID(first))
        token = await service.ensure_page(session, services.settings, UUID(first))
    opened = await service.open_page(services.database, digest(token))
    assert opened is not None and opened.view == view
    assert [item.quantity for item in view.returns[0].items] == [1, 1]
