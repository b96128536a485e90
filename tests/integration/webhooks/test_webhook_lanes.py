"""Endpoints that fail, hang or are gone: slots, circuit, leases, upkeep; never at the others' cost."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import text

from comeback.app.wiring import Services
from comeback.core.db import Database
from comeback.core.egress import Egress
from comeback.webhooks.delivery.loop import Deliverer
from comeback.webhooks.repository import results
from tests.support.webhook_receiver import Receiver
from tests.support.webhooks import add, ask, make_due, run, tell


async def test_what_is_too_old_is_not_planned_again(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await add(client, receiver.url("/status/500"))
    await tell(database, shop)
    async with database.write(shop) as session:
        await session.execute(text("UPDATE webhook_deliveries SET expires_at = clock_timestamp() + interval '1 s'"))
    await run(database, shop, services)
    (row,) = await ask(database, shop, "SELECT state FROM webhook_deliveries")
    assert row == {"state": "failed"}
    await tell(database, shop)
    async with database.write(shop) as session:
        await session.execute(text("UPDATE webhook_deliveries SET expires_at = '2020-01-01' WHERE state = 'due'"))
    async with database.machinery() as session:
        assert await results.tidy(session) >= 1
    assert {r["state"] for r in await ask(database, shop, "SELECT state FROM webhook_deliveries")} == {"failed"}


async def test_gone_disables_at_once_with_a_notice(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, _ = await add(client, receiver.url("/status/410"), slots=1)
    await tell(database, shop, 5)
    await run(database, shop, services)
    assert len(receiver.got) == 1
    shown = (await client.get(f"/api/v1/webhooks/{endpoint}")).json()
    assert shown["state"] == "disabled"
    assert "410" in shown["problem"]
    assert [n["kind"] for n in shown["notices"]] == ["gone"]
    await make_due(database, shop)
    assert await run(database, shop, services) == 0
    await tell(database, shop)
    (count,) = await ask(database, shop, "SELECT count(*) AS n FROM webhook_deliveries")
    assert count["n"] == 5
    woken = await client.patch(f"/api/v1/webhooks/{endpoint}", json={"state": "live", "url": receiver.url("/ok")})
    assert (woken.json()["state"], woken.json()["notices"], woken.json()["problem"]) == ("live", [], None)
    await run(database, shop, services)
    assert len(receiver.at("/ok")) == 4


async def test_the_circuit_opens_probes_and_closes(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, _ = await add(client, receiver.url(), slots=1)
    receiver.answers["/ok"] = [500]
    await tell(database, shop, 30)
    await run(database, shop, services)
    assert len(receiver.got) == 5
    shown = (await client.get(f"/api/v1/webhooks/{endpoint}")).json()
    assert shown["failures"] == 5
    assert shown["open_until"] is not None
    assert await run(database, shop, services) == 0, "nothing is sent while it is open"
    await make_due(database, shop)
    assert await run(database, shop, services) == 1, "one call probes"
    sql = "SELECT extract(epoch FROM open_until - clock_timestamp())::float AS s, failures FROM webhook_endpoints"
    opened = await ask(database, shop, sql)
    assert opened[0]["failures"] == 6
    assert 50 < opened[0]["s"] < 67
    receiver.answers["/ok"] = [200]
    await make_due(database, shop)
    assert await run(database, shop, services) == 1
    shown = (await client.get(f"/api/v1/webhooks/{endpoint}")).json()
    assert (shown["failures"], shown["open_until"]) == (0, None)
    while await run(database, shop, services):
        pass
    assert len({g.headers["webhook-id"] for g in receiver.got}) == 30
    (left,) = await ask(database, shop, "SELECT count(*) AS n FROM webhook_deliveries WHERE state <> 'delivered'")
    assert left["n"] == 0


async def test_days_of_failures_switch_it_off(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    endpoint, _ = await add(client, receiver.url("/status/500"))
    await tell(database, shop)
    await run(database, shop, services)
    async with database.write(shop) as session:
        await session.execute(text("UPDATE webhook_endpoints SET failing_since = clock_timestamp() - interval '6 d'"))
    await make_due(database, shop)
    await run(database, shop, services)
    shown = (await client.get(f"/api/v1/webhooks/{endpoint}")).json()
    assert (shown["state"], [n["kind"] for n in shown["notices"]]) == ("disabled", ["failing"])


async def test_a_busy_receiver_may_ask_for_time(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await add(client, receiver.url("/status/429"))
    receiver.headers["Retry-After"] = "600"
    await tell(database, shop)
    await run(database, shop, services)
    (row,) = await ask(
        database, shop, "SELECT extract(epoch FROM due_at - clock_timestamp())::float AS gap FROM webhook_deliveries"
    )
    assert 590 < row["gap"] < 601


async def test_slots_bound_what_runs_side_by_side(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await add(client, receiver.url("/slow/20"), slots=3)
    await tell(database, shop, 20)
    first, second = (Deliverer(database, services.vault, Egress(local=True)) for _ in range(2))
    taken = await asyncio.gather(first.run_once(shop), second.run_once(shop))
    assert sorted(taken) == [0, 20], "one process at a time works for an endpoint"
    assert receiver.peak["/slow/20"] == 3


async def test_one_that_hangs_does_not_slow_the_others(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    """One of a hundred hangs: the time of the other 99 stays within ten per cent (and a tenth of a second)."""
    for n in range(100):
        await add(client, receiver.url(f"/slow/10/{n}"))
    (odd,) = await ask(database, shop, "SELECT id FROM webhook_endpoints WHERE url LIKE '%/57'")

    async def round_of(events: int, expected: int) -> float:
        receiver.got.clear()
        await tell(database, shop, events)
        stop = asyncio.Event()
        deliverer = Deliverer(database, services.vault, Egress(local=True), total_seconds=4)
        began = time.monotonic()
        task = asyncio.create_task(deliverer.run_forever(stop))
        try:
            async with asyncio.timeout(20):
                while sum(not g.path.startswith("/hang") for g in receiver.got) < expected:
                    await asyncio.sleep(0.005)
            return time.monotonic() - began
        finally:
            stop.set()
            await task

    await round_of(1, 100)
    healthy = min([await round_of(6, 600) for _ in range(2)])
    async with database.write(shop) as session:
        await session.execute(
            text("UPDATE webhook_endpoints SET url = :url WHERE id = :id"),
            {"url": receiver.url("/hang"), "id": odd["id"]},
        )
    hanging = min([await round_of(6, 594) for _ in range(2)])
    print(f"healthy {healthy:.3f} s, with one hanging {hanging:.3f} s")
    assert receiver.at("/hang"), "it was called meanwhile"
    assert hanging < healthy * 1.1 + 0.1


async def test_a_sleeper_changes_nothing(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    """A process that slept beyond its lease finds another's attempt and writes nothing."""
    await add(client, receiver.url("/slow/400"))
    await tell(database, shop)
    sleeper = Deliverer(database, services.vault, Egress(local=True))
    sleeper.lease = 0.1

    async def no_beat() -> None:
        await asyncio.Event().wait()

    sleeper._beat = no_beat  # type: ignore[method-assign]
    task = asyncio.create_task(sleeper.run_once(shop))
    await asyncio.sleep(0.25)
    assert await run(database, shop, services) == 1
    await task
    (row,) = await ask(database, shop, "SELECT state, attempt, tries FROM webhook_deliveries")
    assert row == {"state": "delivered", "attempt": 2, "tries": 1}
    assert len(await ask(database, shop, "SELECT id FROM webhook_attempts")) == 1
    assert len({g.headers["webhook-id"] for g in receiver.got}) == 1


async def test_past_is_kept_a_month(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await add(client, receiver.url())
    await tell(database, shop, 2)
    await run(database, shop, services)
    async with database.write(shop) as session:
        oldest = "(SELECT min(id::text)::uuid FROM webhook_deliveries)"
        query = f"UPDATE webhook_deliveries SET done_at = :at WHERE id = {oldest}"
        await session.execute(text(query), {"at": datetime.now(UTC) - timedelta(days=31)})
    async with database.machinery() as session:
        await results.tidy(session)
    assert len(await ask(database, shop, "SELECT id FROM webhook_deliveries")) == 1


async def test_a_secret_that_does_not_open_stops_one_endpoint_and_does_not_spin(
    services: Services, database: Database, shop: UUID, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    broken, _ = await add(client, receiver.url("/broken"))
    await add(client, receiver.url("/ok"))
    async with database.write(shop) as session:
        query = text("UPDATE webhook_endpoints SET secret = 'v1.1.AAAA.AAAA' WHERE id = :id")
        await session.execute(query, {"id": UUID(str(broken))})
    await tell(database, shop)
    for _ in range(3):
        await run(database, shop, services)
    assert (len(receiver.at("/ok")), len(receiver.at("/broken"))) == (1, 0)
    (row,) = await ask(
        database, shop,
        f"SELECT e.lane, d.attempt, d.state FROM webhook_endpoints e JOIN webhook_deliveries d "
        f"ON d.endpoint_id = e.id WHERE e.id = '{broken}'",
    )  # fmt: skip
    assert row == {"lane": 1, "attempt": 1, "state": "running"}, "its lease gives it back, later"
