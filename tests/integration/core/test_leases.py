"""Leases under strain: rows that wait for a slot stay ours, a lost lease reaches nothing, trouble passes."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.core import outbox
from comeback.core.db import Database
from comeback.core.jobs import Runner, back_off
from comeback.core.outbox import enqueue

_ATTEMPT = text("UPDATE outbox SET attempt = 11 WHERE shop_id = :shop")


class _Effect:
    """Counts how often it reaches outside."""

    name = "test.effect"

    def __init__(self) -> None:
        self.calls = 0

    async def prepare(self, session: object, payload: dict[str, Any]) -> str:
        return "task"

    async def call(self, task: str) -> None:
        self.calls += 1

    async def record(self, session: object, payload: dict[str, Any], task: str, outcome: object) -> None:
        return None


class _Deadlock(Exception):
    sqlstate = "40P01"


async def _row(database: Database, shop: UUID) -> tuple[str, int]:
    async with database.read(shop) as session:
        row = (await session.execute(text("SELECT state, attempt FROM outbox"))).one()
        return row.state, row.attempt


async def test_a_row_that_waits_for_a_slot_keeps_its_lease(database: Database, shop: UUID) -> None:
    async def slow(session: object, payload: object) -> None:
        await asyncio.sleep(1.2)

    runner = Runner(database, {"slow": slow}, concurrency=1)
    runner.lease = 0.6
    async with database.write(shop) as session:
        await enqueue(session, "slow", {})
        await enqueue(session, "slow", {})
    running = asyncio.create_task(runner.run_due(shop=shop))
    await asyncio.sleep(0.9)
    assert await runner.claim(shop=shop) == []
    assert await running == 2
    async with database.read(shop) as session:
        found = (await session.execute(text("SELECT state, attempt FROM outbox"))).all()
    assert [tuple(row) for row in found] == [("done", 1), ("done", 1)]


async def test_who_slept_past_the_lease_reaches_nothing_outside(database: Database, shop: UUID) -> None:
    effect = _Effect()
    runner = Runner(database, {"test.effect": effect})
    async with database.write(shop) as session:
        await enqueue(session, "test.effect", {})
    async with database.machinery() as session:
        (mine,) = await outbox.claim(session, lease=0.0, shop=shop)
    (theirs,) = await runner.claim(shop=shop)
    await runner.run(mine)
    assert effect.calls == 0
    await runner.run(theirs)
    assert effect.calls == 1


async def test_a_deadlock_is_no_last_straw(database: Database, shop: UUID) -> None:
    async def unlucky(session: object, payload: object) -> None:
        raise DBAPIError("", {}, _Deadlock())

    async with database.write(shop) as session:
        await enqueue(session, "unlucky", {})
        await session.execute(_ATTEMPT, {"shop": shop})
    await Runner(database, {"unlucky": unlucky}).run_due(shop=shop)
    assert await _row(database, shop) == ("due", 12)


def test_back_off_has_no_end() -> None:
    assert 2000 < back_off(100_000) < 5000
