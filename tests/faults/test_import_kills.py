"""kill -9 of the worker in the middle of an import: nothing of it is there, then all of it, once."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.invariants import assert_green
from tests.support.processes import Forge, until
from tests.support.world import World

HEAD = "external_id,placed_at,currency,email,country,total,title,quantity,unit_price"
ORDERS = 3000


@pytest.mark.parametrize("at", [5, pytest.param(7, marks=pytest.mark.long)])
async def test_a_killed_import_lands_whole(world: World, forge: Forge, process_log: Path, at: int) -> None:
    database, shop = world.services.database, world.shop
    lines = [f"{n},2020-01-01 10:00,EUR,c{n}@example.com,DE,10.00,Shirt,1,10.00" for n in range(ORDERS)]
    answer = await world.client.post(
        "/api/v1/orders/import", content="\n".join([HEAD, *lines]), headers={"content-type": "text/csv"}
    )
    assert answer.status_code == 202

    async def count() -> int:
        async with database.read(shop) as session:
            return (await session.execute(text("SELECT count(*) FROM orders"))).scalar_one()

    doomed = await forge.spawn(f"uow.before_commit:kill@{at}")
    assert await doomed.wait(20) == -signal.SIGKILL
    assert await count() == 0
    await forge.spawn()

    async def settled() -> bool:
        task = await world.get(f"/api/v1/tasks/{answer.json()['task']}")
        return task["state"] == "done"

    await until(settled, 60, f"import after a kill\n{process_log.read_text()[-1500:]}")
    assert await count() == ORDERS
    await assert_green(database, shop)
