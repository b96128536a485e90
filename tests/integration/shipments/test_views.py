"""The customer's page as data, blocks of mails, the send guard, the agent's timeline."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx

from comeback.app.wiring import Services
from comeback.core.clock import clock
from comeback.core.db import Database
from comeback.customers.schemas import ConsentIn
from comeback.customers.service import record_consents
from comeback.kit.ids import new_id
from comeback.kit.tokens import digest
from comeback.messages.schemas import BlockRequest, GuardRequest
from comeback.shipments import service
from comeback.shipments.jobs import blocks
from comeback.shipments.service.blocks import still_right
from tests.conftest import Drain
from tests.integration.shipments.conftest import Carrier, MakeOrder, shipment_body

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def request(locale: str = "de", **subjects: UUID) -> BlockRequest:
    return BlockRequest(
        message_id=new_id(), send_key="k", subjects=subjects, customer_id=None, locale=locale, class_="service"
    )


async def test_an_order_without_parcels(
    make_order: MakeOrder, services: Services, database: Database, shop: UUID
) -> None:
    order_id = UUID(await make_order())
    async with database.read(shop) as session:
        view = await service.tracking_view(session, services.settings, order_id)
    assert (view.headline.code, view.state, view.city) == ("ordered", "unfulfilled", "Berlin")
    assert [item.quantity for item in view.unshipped] == [2, 1, 3]
    assert view.unshipped[1].options == "M · Red"
    assert [step.state for step in view.steps] == ["current", "ahead", "ahead", "ahead", "ahead"]


async def _same_in_one_round_trip(services: Services, shop: UUID, order_id: UUID) -> service.Opened:
    """What the page's function reads is what the room's own statements read, to the last field."""
    opened = await service.open_page(services.database, digest(service.page_token(services.settings, shop, order_id)))
    assert opened is not None
    async with services.database.read(shop) as session:
        view = await service.tracking_view(session, services.settings, order_id)
    assert opened.view == view
    return opened


async def test_the_page_in_one_round_trip(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    drain: Drain,
    services: Services,
    shop: UUID,
) -> None:
    order_id = UUID(await make_order())
    await drain(shop)
    opened = await _same_in_one_round_trip(services, shop, order_id)
    assert (opened.agreed, opened.person is not None) == (False, True)
    path = f"/api/v1/orders/{order_id}/shipments"
    one = (await client.post(path, json=shipment_body("P1", lines=[{"line": "l1", "quantity": 2}]))).json()
    await client.post(path, json=shipment_body("P2", lines=[{"line": "l2", "quantity": 1}]))
    await carrier.tell("P1", ("in_transit", YESTERDAY.isoformat()), ("delivered", clock.now().isoformat()))
    for public in (True, False):
        await client.post(f"/api/v1/shipments/{one['id']}/notes", json={"text": f"Note {public}", "public": public})
    said = {"status": "exception", "reason": "A person saw it in the depot"}
    assert (await client.post(f"/api/v1/shipments/{one['id']}/overrides", json=said)).status_code == 201
    await drain(shop)
    opened = await _same_in_one_round_trip(services, shop, order_id)
    assert [len(parcel.events) > 2 for parcel in opened.view.parcels] == [True, False]
    assert await service.open_page(services.database, digest("unknown")) is None
    async with services.database.write(shop) as session:
        yes = ConsentIn(channel="email", purpose="marketing", granted=True, source="checkout", at=YESTERDAY)
        await record_consents(session, [(opened.view.customer_id, yes)])
    assert (await _same_in_one_round_trip(services, shop, order_id)).agreed


async def test_many_pages_at_once_are_each_their_own(
    make_order: MakeOrder, drain: Drain, services: Services, shop: UUID
) -> None:
    """Look-ups of concurrent requests share a statement: nobody gets another's page, unknown keys get none."""
    ids = [UUID(await make_order(f"M{n}")) for n in range(5)]
    await drain(shop)
    keys = [digest(service.page_token(services.settings, shop, i)) for i in ids]
    asked = [key for n in range(20) for key in (*keys, digest(f"unknown {n}"))]
    found = await asyncio.gather(*(service.open_page(services.database, key) for key in asked))
    assert [None if page is None else page.view.order_id for page in found] == [*ids, None] * 20


async def test_two_parcels_and_the_rest(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    drain: Drain,
    services: Services,
    database: Database,
    shop: UUID,
) -> None:
    order_id = UUID(await make_order())
    path = f"/api/v1/orders/{order_id}/shipments"
    one = (await client.post(path, json=shipment_body("V1", lines=[{"line": "l1", "quantity": 2}]))).json()
    two = (await client.post(path, json=shipment_body("V2", lines=[{"line": "l2", "quantity": 1}]))).json()
    await carrier.tell(
        "V1", ("in_transit", YESTERDAY.isoformat()), ("delivered_neighbour".upper(), clock.now().isoformat())
    )
    await client.post(f"/api/v1/shipments/{two['id']}/notes", json={"text": "Secret", "public": False})
    await client.post(f"/api/v1/shipments/{two['id']}/notes", json={"text": "Almost there", "public": True})
    await drain(shop)
    async with database.read(shop) as session:
        view = await service.tracking_view(session, services.settings, order_id)
        entries = await service.timeline(session, order_id)
    first, second = view.parcels
    assert (view.state, view.headline.code) == ("partially_delivered", "arriving")
    assert (first.index, first.total, first.headline.code, first.headline.left_with) == (1, 2, "delivered", "neighbour")
    assert second.headline.eta_until is not None
    assert [event.kind for event in second.events] == ["note"]
    assert [item.quantity for item in view.unshipped] == [3]
    assert view.page_url == one["tracking_url"]
    assert [step.state for step in view.steps] == ["done", "current", "ahead", "ahead", "ahead"]
    kinds = [entry.kind for entry in entries]
    assert (kinds.count("parcel_registered"), kinds.count("carrier_event"), kinds.count("parcel_note")) == (2, 2, 2)


async def test_blocks_for_mails(
    client: httpx.AsyncClient,
    make_order: MakeOrder,
    carrier: Carrier,
    drain: Drain,
    services: Services,
    database: Database,
    shop: UUID,
) -> None:
    order_id = UUID(await make_order())
    path = f"/api/v1/orders/{order_id}/shipments"
    one = (await client.post(path, json=shipment_body("M1", lines=[{"line": "l1", "quantity": 2}]))).json()
    await client.post(path, json=shipment_body("M2"))
    await carrier.tell("M1", ("delivered_neighbour".upper(), clock.now().isoformat()))
    await drain(shop)
    wanted = request(order=order_id, shipment=UUID(one["id"]))
    unknown = request(order=new_id(), shipment=new_id())
    providers = blocks(services)
    async with database.write(shop) as session:
        parcel = await providers["shipment"](session, [wanted, unknown])
        order = await providers["order"](session, [wanted, unknown])
    assert set(parcel) == set(order) == {wanted.message_id}
    block = parcel[wanted.message_id]
    assert (block["carrier"], block["parcel"], block["parcels"], block["step"]) == ("Sandbox Post", 1, 2, 4)
    assert block["left_with"] == "Bei einem Nachbarn abgegeben"
    assert block["next_eta"].endswith(("+01:00", "+02:00"))
    assert [item["title"] for item in block["items"]] == ["Item l1"]
    assert order[wanted.message_id]["page_url"] == one["tracking_url"] == block["page_url"]
    assert order[wanted.message_id]["shipping_address"]["city"] == "Berlin"
    assert order[wanted.message_id]["state"] == "shipped"


async def test_the_send_guard_stops_what_is_no_longer_true(
    client: httpx.AsyncClient, make_order: MakeOrder, carrier: Carrier, drain: Drain, database: Database, shop: UUID
) -> None:
    order_id = UUID(await make_order())
    made = (await client.post(f"/api/v1/orders/{order_id}/shipments", json=shipment_body("W1"))).json()
    await carrier.tell("W1", ("delivered", clock.now().isoformat()))
    await drain(shop)
    asked = [
        GuardRequest(message_id=new_id(), template=template, class_="service", subjects=subjects, customer_id=None)
        for template, subjects in (
            ("out_for_delivery", {"shipment": UUID(made["id"])}),
            ("delivered", {"shipment": UUID(made["id"])}),
            ("shipped", {"order": order_id}),
        )
    ]
    async with database.write(shop) as session:
        answer = await still_right(session, asked)
    assert [answer.get(one.message_id) for one in asked] == ["superseded: the parcel is delivered", None, None]
