"""The rehearsal carrier through our adapter: labels once for each reference, barcodes that scanners read, tracking."""

import hashlib
import hmac
import io
import json

import httpx
import pytest
import zxingcpp
from PIL import Image

from comeback.sandbox.carrier.label import render
from comeback.sandbox.carrier.parcels import Account, LabelOrder, buy
from comeback.sandbox.carrier.parcels import Address as SandboxAddress
from comeback.sandbox.config import Urls
from comeback.vendors.carriers import codes
from comeback.vendors.carriers.base import Address, CarrierRefused, LabelRequest
from comeback.vendors.carriers.sandbox.adapter import SandboxCarrier
from comeback.vendors.errors import ProviderTimeout, ProviderUnavailable
from tests.vendors.conftest import CARRIER_KEY, CARRIER_SECRET
from tests.vendors.receiver import Receiver

KEY = {"api_key": CARRIER_KEY}
ADA = Address(name="Ada L #[$x$] \\", line1="Weg 1", postcode="10115", city="Berlin", country="DE")
SHOP = Address(name="Demo", line1="Lager 5", postcode="04109", city="Leipzig", country="DE")
REQUEST = LabelRequest(reference="return-1", sender=ADA, recipient=SHOP, weight_grams=800)


@pytest.fixture
def carrier(urls: Urls) -> SandboxCarrier:
    return SandboxCarrier(urls.carrier)


def events_of(receiver: Receiver) -> list[dict[str, str]]:
    """All events received, their signatures checked."""
    for request in receiver.received:
        digest = hmac.new(CARRIER_SECRET.encode(), request.body, hashlib.sha256).hexdigest()
        assert request.headers["x-signature"] == digest
    return [event for request in receiver.received for event in json.loads(request.body)["events"]]


async def test_one_label_for_each_reference(carrier: SandboxCarrier, urls: Urls) -> None:
    first, again = [await carrier.buy_label(KEY, REQUEST) for _ in range(2)]
    assert first == again == await carrier.find_label(KEY, "return-1")
    assert first.pdf.startswith(b"%PDF-")
    assert first.qr is not None
    assert first.tracking_number in first.qr
    assert (first.cost, first.currency) == (399, "EUR")
    assert await carrier.find_label(KEY, "never") is None
    async with httpx.AsyncClient(base_url=urls.carrier) as raw:
        log = (await raw.get("/_sandbox/log")).json()["items"]
    assert [(entry["effect"], entry["reference"]) for entry in log] == [("label.bought", "return-1")]


def test_the_label_is_read_by_a_scanner() -> None:
    party = SandboxAddress(name="Żółć Ο'Brien", line1='"; #panic("x")', city="Αθήνα", country="GR")
    label, _ = buy(Account(api_key="a"), LabelOrder(reference="r", to=party, sender=party), 0.0)
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(render(label, "png"))))
    assert {str(code.format): code.text for code in found} == {
        "Code 128": label.tracking_number,
        "QR Code": label.qr,
    }
    assert render(label) == render(label)


async def test_voiding(carrier: SandboxCarrier, control: httpx.AsyncClient) -> None:
    label = await carrier.buy_label(KEY, REQUEST)
    for _ in range(2):
        await carrier.void_label(KEY, label.tracking_number)
    assert await carrier.find_label(KEY, "return-1") is None
    new = await carrier.buy_label(KEY, REQUEST)
    assert new.tracking_number != label.tracking_number
    await control.post(f"/carrier/parcels/{new.tracking_number}/drop_off")
    with pytest.raises(CarrierRefused):
        await carrier.void_label(KEY, new.tracking_number)


@pytest.mark.parametrize(("fault", "error", "bought"), [
    ("timeout_after_success", ProviderTimeout, True),
    ("timeout_before", ProviderTimeout, False),
    ("500", ProviderTimeout, False),
    ("429", ProviderUnavailable, False),
])  # fmt: skip
async def test_failed_purchases(
    carrier: SandboxCarrier, control: httpx.AsyncClient, fault: str, error: type[Exception], bought: bool
) -> None:
    await control.post("/carrier/faults", json={"label": fault})
    with pytest.raises(error):
        await carrier.buy_label(KEY, REQUEST)
    assert (await carrier.find_label(KEY, "return-1") is not None) == bought
    assert (await carrier.buy_label(KEY, REQUEST)).reference == "return-1"


async def test_strangers_and_bad_requests_are_refused(carrier: SandboxCarrier) -> None:
    label = await carrier.buy_label(KEY, REQUEST)
    with pytest.raises(CarrierRefused) as stranger:
        await carrier.buy_label({"api_key": "nobody"}, REQUEST)
    assert stranger.value.code == "401"
    assert "nobody" not in repr(stranger.value)
    assert await carrier.track({"api_key": "car_test_other"}, label.tracking_number) is None
    with pytest.raises(CarrierRefused):
        await carrier.buy_label(KEY, LabelRequest(reference="x", sender=ADA, recipient=Address(name="nowhere")))
    with pytest.raises(ProviderUnavailable):
        await SandboxCarrier("http://127.0.0.1:9").track(KEY, "x")


async def test_a_return_waits_for_its_drop_off(
    carrier: SandboxCarrier, control: httpx.AsyncClient, receiver: Receiver
) -> None:
    label = await carrier.buy_label(KEY, REQUEST)
    await control.post("/clock", json={"advance": "P7D"})
    tracking = await carrier.track(KEY, label.tracking_number)
    assert tracking is not None
    assert [event.status for event in tracking.events] == ["info_received"]
    for _ in range(2):
        await control.post(f"/carrier/parcels/{label.tracking_number}/drop_off")
    await control.post("/clock", json={"advance": "P5D"})
    assert (await control.post("/drain")).json()["undelivered"] == 0
    statuses = [event["status"] for event in events_of_hooks(receiver)]
    assert statuses == ["info_received", "in_transit", "in_transit", "in_transit", "delivered"]
    tracking = await carrier.track(KEY, label.tracking_number)
    assert tracking is not None
    assert [event.status for event in tracking.events] == statuses


async def test_an_outbound_parcel_moves_with_the_clock(
    control: httpx.AsyncClient, receiver: Receiver, carrier: SandboxCarrier
) -> None:
    body = {"tracking_number": "00340434161094000001", "carrier": "dhl", "city": "Hamburg", "country": "DE"}
    for _ in range(2):
        assert (await control.post("/carrier/parcels", json=body)).status_code == 201
    await control.post("/clock", json={"speed": 1_000_000})
    await receiver.wait_for(7)
    await control.post("/clock", json={"speed": 1})
    hooks = [json.loads(request.body) for request in receiver.received if request.path == "/hooks/carrier"]
    assert {hook["carrier"] for hook in hooks} == {"dhl"}
    events = [event for hook in hooks for event in hook["events"]]
    assert [event["status"] for event in events] == [
        "info_received", "in_transit", "in_transit", "in_transit", "out_for_delivery", "delivered",
    ]  # fmt: skip
    assert {event["code"] for event in events} == {None}
    assert [event["occurred_at"] for event in events] == sorted(event["occurred_at"] for event in events)
    assert len({event["id"] for event in events}) == 6
    assert (events[-1]["city"], events[-1]["country"]) == ("Hamburg", "DE")


async def test_scans_by_hand_and_faster_ones(control: httpx.AsyncClient, receiver: Receiver) -> None:
    await control.post("/carrier/parcels", json={"tracking_number": "T1", "scenario": "manual"})
    scan = {"code": "DLY", "occurred_at": "2026-11-01T10:00:00Z", "city": "Essen", "country": "DE"}
    shown = (await control.post("/carrier/parcels/T1/events", json=scan)).json()
    assert [(event["code"], event["occurred_at"], event["city"]) for event in shown["events"]] == [
        ("DLY", "2026-11-01T10:00:00Z", "Essen")
    ]
    await control.post("/carrier/parcels", json={"tracking_number": "T2", "scenario": "pickup"})
    shown = (await control.post("/carrier/parcels/T2/advance", json={"events": 5})).json()
    assert shown["status"] == "available_for_pickup"
    await receiver.wait_for(7)
    assert all(codes.lookup("sandbox", event["code"]) for event in events_of_hooks(receiver))
    for bad in ({"code": "NOPE"}, {"code": "DLV", "extra": 1}):
        assert (await control.post("/carrier/parcels/T1/events", json=bad)).status_code == 422


async def test_duplicates_shuffles_and_losses(control: httpx.AsyncClient, receiver: Receiver) -> None:
    await control.post("/carrier/faults", json={"duplicate": 2, "shuffle": True})
    for number in range(4):
        await control.post("/carrier/parcels", json={"tracking_number": f"D{number}", "scenario": "normal"})
        await control.post(f"/carrier/parcels/D{number}/advance", json={"events": 5})
    await control.post("/drain")
    ids = [event["id"] for event in events_of_hooks(receiver)]
    assert sorted(ids) == sorted(f"D{parcel}-{event}" for parcel in range(4) for event in range(1, 7) for _ in range(3))
    assert ids != sorted(ids)
    receiver.received.clear()
    await control.post("/carrier/faults", json={"drop": 1, "duplicate": 0, "shuffle": False})
    await control.post("/carrier/parcels", json={"tracking_number": "LOST"})
    assert (await control.post("/drain")).json()["undelivered"] == 0
    assert events_of_hooks(receiver) == []
    state = (await control.get("/state")).json()
    assert (state["webhooks"]["carrier"]["dropped"], state["faults"]["carrier"]["drop"]) == (1, 1)
    assert (await control.delete("/carrier/faults")).json() == {
        "duplicate": 0,
        "shuffle": False,
        "drop": 0,
        "delay": 0,
    }


def events_of_hooks(receiver: Receiver) -> list[dict[str, str]]:
    receiver.received = [request for request in receiver.received if request.path == "/hooks/carrier"]
    return events_of(receiver)
