"""The quick unit of work keeps every promise of the other, and dead connections are noticed without asking."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from comeback.core.db import Database
from comeback.core.settings import Settings

pytestmark = pytest.mark.anyio
WHO = text("SELECT current_user AS role, current_setting('app.shop', true) AS shop")
NAME = text("SELECT name FROM shops WHERE shop_id = :shop")
RENAME = text("UPDATE shops SET name = :name WHERE shop_id = :shop")


async def name_of(database: Database, shop: UUID) -> str:
    async with database.read(shop) as session:
        return str((await session.execute(NAME, {"shop": shop})).scalar_one())


async def test_it_enters_role_and_shop_and_leaves_none_behind(database: Database, shop: UUID) -> None:
    async with database.swift(shop) as session:
        row = (await session.execute(WHO)).one()
        assert (row.role, row.shop) == ("comeback_app", str(shop))
        assert (await session.execute(text("SELECT count(*) FROM shops"))).scalar_one() == 1
    async with database.engine.connect() as plain:
        row = (await plain.execute(WHO)).one()
        assert row.role != "comeback_app"
        assert not row.shop


async def test_it_commits_at_the_exit_and_undoes_what_breaks(database: Database, shop: UUID) -> None:
    woken = database.wakers["swift"] = asyncio.Event()
    async with database.swift(shop) as session:
        await session.execute(RENAME, {"shop": shop, "name": "new"})
        session.wake("swift")
        assert not woken.is_set()
    assert woken.is_set()
    assert await name_of(database, shop) == "new"
    with pytest.raises(RuntimeError):
        async with database.swift(shop) as session:
            await session.execute(RENAME, {"shop": shop, "name": "lost"})
            raise RuntimeError
    with pytest.raises(Exception, match="nothing_like_it"):
        async with database.swift(shop) as session:
            await session.execute(RENAME, {"shop": shop, "name": "lost"})
            await session.execute(text("SELECT * FROM nothing_like_it"))
    assert await name_of(database, shop) == "new"


async def test_a_cancelled_one_holds_no_lock(database: Database, shop: UUID) -> None:
    begun = asyncio.Event()

    async def long() -> None:
        async with database.swift(shop) as session:
            await session.execute(RENAME, {"shop": shop, "name": "lost"})
            begun.set()
            await session.execute(text("SELECT pg_sleep(30)"))

    task = asyncio.create_task(long())
    await begun.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), database.write(shop) as session:
        await session.execute(RENAME, {"shop": shop, "name": "mine"})
    assert await name_of(database, shop) == "mine"


async def test_one_cancelled_while_it_begins_leaves_no_open_transaction_in_the_pool(
    database: Database, shop: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = asyncpg.Connection.execute

    async def cancelled(self: asyncpg.Connection, query: str, *args: Any, **values: Any) -> str:
        answer = await plain(self, query, *args, **values)
        if query.startswith("BEGIN;"):
            raise asyncio.CancelledError
        return answer

    monkeypatch.setattr(asyncpg.Connection, "execute", cancelled)
    with pytest.raises(asyncio.CancelledError):
        async with database.swift(shop):
            pass
    monkeypatch.undo()
    for _ in range(3):
        assert await name_of(database, shop)


async def test_connections_that_the_server_ended_are_replaced(
    database: Database, settings: Settings, shop: UUID
) -> None:
    await name_of(database, shop)
    outside = await asyncpg.connect(settings.database_url)
    ended = await outside.fetchval(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'comeback'"
    )
    await outside.close()
    assert ended
    await asyncio.sleep(0.1)
    for _ in range(3):
        assert await name_of(database, shop)
        async with database.swift(shop) as session:
            assert (await session.execute(NAME, {"shop": shop})).scalar_one()
