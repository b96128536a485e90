"""kill -9 of a worker at each failpoint of outgoing webhooks: every receiver hears of every event, by one id (I13)."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from comeback.core import clock
from comeback.core.events import publish_all
from comeback.orders.events import OrderPlaced
from tests.faults.webhook_stories import CASES
from tests.support.invariants import assert_green
from tests.support.processes import Forge, until
from tests.support.webhook_receiver import receiving
from tests.support.world import World

EVENTS = 3


@pytest.mark.parametrize("point", CASES)
async def test_a_killed_worker_tells_everyone(world: World, forge: Forge, process_log: Path, point: str) -> None:
    database, shop = world.services.database, world.shop
    async with receiving() as receiver:
        for path in ("/one", "/two"):
            await world.post("/api/v1/webhooks", {"url": receiver.url(path), "events": ["order.*"]}, expect=201)
        async with database.write(shop) as session:
            told = [
                OrderPlaced(occurred_at=clock.now(), number=f"#{n}", currency="EUR", total=n) for n in range(EVENTS)
            ]
            ids = await publish_all(session, told)
        doomed = await forge.spawn(f"{point}:kill@1")
        assert await doomed.wait(20) == -signal.SIGKILL
        await forge.spawn()

        async def settled() -> bool:
            async with database.read(shop) as session:
                found = await session.execute(text("SELECT state FROM webhook_deliveries"))
                states = list(found.scalars())
            return len(states) == 2 * EVENTS and set(states) == {"delivered"}

        await until(settled, 60, f"webhooks after a kill at {point}\n{process_log.read_text()[-1500:]}")
        for path in ("/one", "/two"):
            heard = [got.headers["webhook-id"] for got in receiver.at(path)]
            assert set(heard) == {str(i) for i in ids}
            assert len(heard) <= EVENTS + 2, "only what was under way is told again"
            assert len({(g.headers["webhook-id"], g.body) for g in receiver.at(path)}) == EVENTS
    await assert_green(database, shop)
