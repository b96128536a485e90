"""The control desk: one clock for all, drain until idle, and memory that outlives the process."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from comeback.sandbox.config import Accounts, CarrierAccount, SandboxConfig, StripeAccount, Urls
from comeback.sandbox.http import Request
from comeback.sandbox.server import running
from tests.vendors.conftest import STRIPE_KEY, client_of
from tests.vendors.receiver import Receiver
from tests.vendors.test_mailbox import send
from tests.vendors.test_stripe_sandbox import paid


async def test_the_clock_moves_everybody(control: httpx.AsyncClient, receiver: Receiver, urls: Urls) -> None:
    answer = (await control.post("/clock", json={"advance": "P1DT12H"})).json()
    assert answer["web"]
    assert answer["offset_seconds"] == pytest.approx(36 * 3600, abs=1)
    told = json.loads(receiver.received[-1].body)
    assert receiver.received[-1].path == "/internal/local/clock"
    assert told == {"offset_seconds": pytest.approx(36 * 3600, abs=1), "speed": 1}
    now = datetime.now(UTC) + timedelta(hours=36)
    assert abs(datetime.fromisoformat(answer["now"].replace("Z", "+00:00")) - now) < timedelta(seconds=5)
    intent = await paid(client_of(urls, STRIPE_KEY))
    assert abs(intent.created - now.timestamp()) < 5
    for bad in ({"advance": "1 day"}, {"advance": "P1M"}, {"advance": "-PT1H"}, {"speed": -1}, {"sped": 1}):
        assert (await control.post("/clock", json=bad)).status_code == 422


async def test_drain_until_nothing_moves(control: httpx.AsyncClient, receiver: Receiver, urls: Urls) -> None:
    """The web's work causes a webhook, whose handling is work again."""
    client = client_of(urls, STRIPE_KEY)
    todo = [3, 1]

    def web(request: Request) -> bytes:
        done = todo.pop(0) if request.path == "/internal/local/drain" and todo else 0
        return json.dumps({"done": done}).encode()

    receiver.on_request = web
    receiver.answers = [500]
    await paid(client)
    answer = (await control.post("/drain")).json()
    assert answer == {"idle": True, "rounds": 3, "undelivered": 0, "web": True}
    assert sum(request.path == "/hooks/stripe" for request in receiver.received) == 3


async def test_drain_says_what_it_could_not_deliver(control: httpx.AsyncClient) -> None:
    account = {"api_key": "sk_test_deaf", "webhook_url": "http://127.0.0.1:9/"}
    await control.post("/config", json={"stripe": [account], "web_url": "http://127.0.0.1:9"})
    items = [{"id": "pi_1", "amount": 5, "currency": "eur"}]
    await control.post("/stripe/payments", json={"api_key": "sk_test_deaf", "items": items})
    await control.post("/stripe/disputes", json={"payment_intent": "pi_1"})
    async with asyncio.timeout(30):
        answer = (await control.post("/drain", timeout=30)).json()
    assert answer["undelivered"] == 2
    assert not answer["idle"]
    assert not answer["web"]


async def test_unknown_things_are_named(control: httpx.AsyncClient) -> None:
    for method, path in (
        ("POST", "/stripe/refunds/re_x"),
        ("POST", "/stripe/disputes/du_x"),
        ("POST", "/carrier/parcels/x/drop_off"),
        ("GET", "/nothing"),
    ):
        body = {"status": "failed"} if "stripe" in path else {}
        answer = await control.request(method, path, json=body)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await control.get("/drain")).status_code == 405
    assert (await control.post("/clock", content=b"{")).status_code == 400


async def test_memory_outlives_the_process(tmp_path: Path, receiver: Receiver) -> None:
    accounts = Accounts(
        stripe=[StripeAccount(api_key=STRIPE_KEY, webhook_url=receiver.url)],
        carrier=[CarrierAccount(api_key="c", webhook_url=receiver.url)],
    )
    config = SandboxConfig(accounts=accounts, state_dir=str(tmp_path))
    receiver.answers = [503] * 1_000
    async with running(config) as urls:
        intent = await paid(client_of(urls, STRIPE_KEY))
        call = {"payment_intent": intent.id, "amount": 100}
        refund = await client_of(urls, STRIPE_KEY).v1.refunds.create_async(call, {"idempotency_key": "k"})
        await send(urls)
        async with httpx.AsyncClient(base_url=urls.control) as control:
            await control.post("/carrier/parcels", json={"tracking_number": "T", "scenario": "normal"})
            await control.post("/clock", json={"advance": "PT20H"})
    receiver.answers = []
    async with running(config) as urls:
        again = await client_of(urls, STRIPE_KEY).v1.refunds.create_async(call, {"idempotency_key": "k"})
        assert again.id == refund.id
        async with httpx.AsyncClient() as client:
            parcel = (await client.get(f"{urls.control}/carrier/parcels/T")).json()
            assert len(parcel["events"]) >= 2
            assert (await client.get(f"{urls.mailbox}/messages")).json()["total"] == 1
            state = (await client.get(f"{urls.control}/state")).json()["clock"]
            assert state["offset_seconds"] == pytest.approx(20 * 3600, abs=1)
        await send(urls)
        # Five Stripe events and every scan so far: nothing undelivered was forgotten.
        await receiver.wait_for(5 + len(parcel["events"]))


async def test_as_a_process_of_its_own(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.json"
    config.write_text(json.dumps({"state_dir": str(tmp_path / "state"), "accounts": {"stripe": []}}))
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "comeback.sandbox", "--config", str(config)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root / "platform")},
    )
    try:
        assert process.stdout is not None
        urls = json.loads(await asyncio.to_thread(process.stdout.readline))
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{urls['control']}/state")).json()["clock"]["speed"] == 1
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 10) == 0
