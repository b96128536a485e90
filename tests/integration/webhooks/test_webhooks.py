"""Outgoing webhooks: signed as the scheme says, told once an event and endpoint, tried again, replayed."""

import itertools
import json
import time
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from comeback.app.wiring import Services
from comeback.core.db import Database
from comeback.core.events import publish
from comeback.kit.ids import new_id
from comeback.orders.events import OrderCancelled
from tests.support.webhook_receiver import Receiver
from tests.support.webhooks import NOW, add, ask, make_due, placed, run, tell, verify


async def test_a_delivery_verifies_with_the_independent_library(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, secret = await add(client, receiver.url())
    (event,) = await tell(database, shop)
    assert await run(database, shop, services) == 1
    (got,) = receiver.got
    body = verify(secret, got)
    assert got.headers["webhook-id"] == str(event)
    assert body["type"] == "order.placed"
    assert body["timestamp"] == "2026-11-01T10:00:00Z"
    assert set(body["data"]) == {"order_id", "customer_id", "number", "currency", "total"}
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 43 + "=").verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body + b" ", got.headers)
    page = (await client.get(f"/api/v1/webhooks/{endpoint}/deliveries")).json()
    assert [d["state"] for d in page["items"]] == ["delivered"]
    detail = (await client.get(f"/api/v1/webhooks/deliveries/{page['items'][0]['id']}")).json()
    assert detail["body"] == body
    (attempt,) = detail["attempts"]
    assert attempt["status"] == 200
    assert attempt["answer"].startswith("taken")
    assert "webhook-signature" not in attempt["headers"]
    assert secret not in json.dumps(detail)


async def test_rotation_signs_with_both_until_the_overlap_ends(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, old = await add(client, receiver.url())
    answer = await client.post(f"/api/v1/webhooks/{endpoint}/rotate", json={"overlap_hours": 1})
    assert answer.status_code == 200
    new = answer.json()["secret"]
    assert new != old
    await tell(database, shop)
    await run(database, shop, services)
    assert verify(old, receiver.got[0]) == verify(new, receiver.got[0])
    async with database.write(shop) as session:
        await session.execute(text("UPDATE webhook_endpoints SET previous_until = clock_timestamp() - interval '1 s'"))
    await tell(database, shop)
    await run(database, shop, services)
    verify(new, receiver.got[1])
    with pytest.raises(WebhookVerificationError):
        verify(old, receiver.got[1])
    sealed = await ask(database, shop, "SELECT secret, previous_secret FROM webhook_endpoints")
    assert new not in str(sealed)


async def test_filters_and_a_rolled_back_event(
    services: Services, database: Database, shop: UUID, other_shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await add(client, receiver.url("/all"))
    await add(client, receiver.url("/room"), events=["order.*"])
    await add(client, receiver.url("/one"), events=["order.cancelled"])
    await add(client, receiver.url("/none"), events=["refund.*"])
    with pytest.raises(ZeroDivisionError):
        async with database.write(shop) as session:
            await publish(session, placed("rolled back"))
            raise ZeroDivisionError
    await tell(database, other_shop)
    async with database.write(shop) as session:
        await publish(session, placed())
        await publish(session, OrderCancelled(occurred_at=NOW, order_id=new_id(), number="#1"))
    await run(database, shop, services)
    seen = sorted((g.path, json.loads(g.body)["type"]) for g in receiver.got)
    assert seen == [("/all", "order.cancelled"), ("/all", "order.placed"), ("/one", "order.cancelled"),
                    ("/room", "order.cancelled"), ("/room", "order.placed")]  # fmt: skip


async def test_failures_back_off_and_are_tried_again_with_the_same_id(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    _, secret = await add(client, receiver.url())
    receiver.answers["/ok"] = [500, 503, 200]
    (event,) = await tell(database, shop)
    for _ in range(3):
        await run(database, shop, services)
        await make_due(database, shop)
    assert [g.headers["webhook-id"] for g in receiver.got] == [str(event)] * 3
    assert len({g.body for g in receiver.got}) == 1
    for got in receiver.got:
        verify(secret, got)
    (row,) = await ask(database, shop, "SELECT state, tries, attempt, status FROM webhook_deliveries")
    assert row == {"state": "delivered", "tries": 3, "attempt": 3, "status": 200}


async def test_the_schedule_ends_after_three_days(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, _ = await add(client, receiver.url("/status/500"))
    await tell(database, shop)
    gaps: list[float] = []
    for _ in range(20):
        if not await run(database, shop, services):
            break
        (row,) = await ask(
            database, shop,
            "SELECT state, extract(epoch FROM due_at - clock_timestamp())::float AS gap FROM webhook_deliveries",
        )  # fmt: skip
        if row["state"] == "due":
            gaps.append(row["gap"])
        await make_due(database, shop)
    assert len(receiver.got) == 13
    assert 3.9 < gaps[0] < 6.1
    assert all(b > a for a, b in itertools.pairwise(gaps[:8]))
    assert 2.2 * 86400 < sum(gaps) < 3.8 * 86400
    (row,) = await ask(database, shop, "SELECT state, status FROM webhook_deliveries")
    assert row == {"state": "failed", "status": 500}
    for since in ("2020-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00"):
        refused = await client.post(f"/api/v1/webhooks/{endpoint}/replay", json={"since": since})
        assert refused.status_code == 422, refused.text
    replayed = await client.post(f"/api/v1/webhooks/{endpoint}/replay", json={"since": "2020-01-01T00:00:00Z"})
    assert replayed.json() == {"count": 1}
    await make_due(database, shop)
    await run(database, shop, services)
    assert len(receiver.got) == 14


@pytest.mark.parametrize(
    ("path", "error"),
    [("/redirect", "redirects are not followed"), ("/drop", ""), ("/status/404", "the receiver answered 404")],
)
async def test_other_answers_are_failures(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver, path: str,
    error: str,
) -> None:  # fmt: skip
    await add(client, receiver.url(path))
    await tell(database, shop)
    await run(database, shop, services)
    assert [g.path for g in receiver.got] == [path], "no redirect is followed"
    (row,) = await ask(database, shop, "SELECT state, error FROM webhook_deliveries")
    assert row["state"] == "due"
    assert error in row["error"]


async def test_answers_are_kept_to_two_kilobytes_and_endless_ones_are_cut(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await add(client, receiver.url("/big"))
    await add(client, receiver.url("/endless"))
    await tell(database, shop)
    began = time.monotonic()
    await run(database, shop, services)
    assert time.monotonic() - began < 5
    found = await ask(database, shop, "SELECT length(answer) AS n FROM webhook_attempts")
    assert [r["n"] for r in found] == [2048, 2048]


async def test_replay_sends_once_more_with_the_same_id(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, _ = await add(client, receiver.url())
    await tell(database, shop)
    await run(database, shop, services)
    (delivery,) = (await client.get(f"/api/v1/webhooks/{endpoint}/deliveries?state=delivered")).json()["items"]
    answer = await client.post(f"/api/v1/webhooks/deliveries/{delivery['id']}/replay")
    assert (answer.status_code, answer.json()["state"]) == (200, "due")
    await run(database, shop, services)
    assert len(receiver.got) == 2
    assert len({g.headers["webhook-id"] for g in receiver.got}) == 1
    detail = (await client.get(f"/api/v1/webhooks/deliveries/{delivery['id']}")).json()
    assert len(detail["attempts"]) == 2


async def test_test_events_carry_the_catalogues_sample(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, secret = await add(client, receiver.url(), events=["refund.*"])
    assert (await client.post(f"/api/v1/webhooks/{endpoint}/test", json={})).status_code == 202
    assert (await client.post(f"/api/v1/webhooks/{endpoint}/test", json={"event": "order.placed"})).status_code == 202
    assert (await client.post(f"/api/v1/webhooks/{endpoint}/test", json={"event": "nope"})).status_code == 422
    await run(database, shop, services)
    assert sorted(verify(secret, g)["type"] for g in receiver.got) == ["order.placed", "webhook.test"]


async def test_the_catalogue_comes_from_the_event_classes(client: httpx.AsyncClient) -> None:
    items = (await client.get("/api/v1/webhooks/events")).json()["items"]
    table = {item["name"]: item for item in items}
    assert len(table) >= 40
    entry = table["order.placed"]
    assert entry["description"] == "An order came in. Amounts in minor units."
    data = entry["schema"]["properties"]["data"]
    assert data["properties"]["total"] == {"type": "integer"}
    assert set(data["required"]) == {"number", "currency", "total"}
    assert entry["sample"]["type"] == "order.placed"
    assert all(item["description"] for item in items)
    assert "send_key" not in json.dumps(items)
    assert "occurred_at" not in json.dumps(items)


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/x", "https://192.168.0.1/x", "ftp://example.com/x", "https://user:pw@example.com/",
     "https://metadata.google.internal/", "https://[fd00::1]/", "https://example.com/#x", "nonsense", "https://"],
)  # fmt: skip
async def test_addresses_inside_are_refused_at_once(client: httpx.AsyncClient, url: str) -> None:
    answer = await client.post("/api/v1/webhooks", json={"url": url, "events": ["nope.*"]})
    assert answer.status_code == 422
    assert {e["pointer"] for e in answer.json()["errors"]} == {"/url", "/events/0"}


async def test_shops_do_not_meet(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, other_client: httpx.AsyncClient,
    receiver: Receiver,
) -> None:  # fmt: skip
    endpoint, _ = await add(client, receiver.url())
    await tell(database, shop)
    await run(database, shop, services)
    (delivery,) = (await client.get(f"/api/v1/webhooks/{endpoint}/deliveries")).json()["items"]
    for method, path in (
        ("GET", f"/api/v1/webhooks/{endpoint}"), ("DELETE", f"/api/v1/webhooks/{endpoint}"),
        ("GET", f"/api/v1/webhooks/{endpoint}/deliveries"), ("GET", f"/api/v1/webhooks/deliveries/{delivery['id']}"),
        ("POST", f"/api/v1/webhooks/deliveries/{delivery['id']}/replay"),
    ):  # fmt: skip
        assert (await other_client.request(method, path)).status_code == 404, path
    assert (await other_client.get("/api/v1/webhooks")).json()["items"] == []
    assert (await client.delete(f"/api/v1/webhooks/{endpoint}")).status_code == 204
    assert await ask(database, shop, "SELECT id FROM webhook_attempts") == []
