"""The database: units of work, one transaction each, under the right role and shop.

`read`, `write` and `machinery` are the only ways to a transaction. A unit of work commits at the edge, never in a
service, and rings the doorbell for its outbox rows only after the commit stands.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from comeback.core.base import (
    Base,
    FilteredSession,
    ReadSession,
    ShopRow,
    WriteSession,
    affected,
    machinery,
    personal,
    register_ddl,
    rows,
)
from comeback.core.direct import Direct
from comeback.core.driver import driver
from comeback.core.failpoints import failpoint
from comeback.core.settings import Settings

__all__ = [
    "Base",
    "Database",
    "ReadSession",
    "ShopRow",
    "WriteSession",
    "affected",
    "machinery",
    "personal",
    "register_ddl",
    "rows",
]  # fmt: skip

APP, MACHINERY, OWNER = "comeback_app", "comeback_machinery", "comeback_owner"
NO_SHOP = UUID(int=0)
ROLLBACK_SECONDS = 5.0

# set_config('role') is SET LOCAL ROLE; one round trip sets role and shop for this transaction alone.
_ENTER = text("SELECT set_config('role', :role, true), set_config('app.shop', :shop, true)")
_ENTER_READ = text(
    "SELECT set_config('role', :role, true), set_config('app.shop', :shop, true), "
    "set_config('transaction_read_only', 'on', true)"
)


def _decode(raw: str | bytes) -> Any:
    return msgspec.json.decode(raw)


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def make_engine(settings: Settings) -> AsyncEngine:
    """An engine whose errors carry no parameters and whose statements end in time."""
    url = settings.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(
        url,
        pool_size=settings.db_pool,
        max_overflow=settings.db_pool,
        pool_timeout=10,
        hide_parameters=True,
        json_serializer=_encode,
        json_deserializer=_decode,
        connect_args={
            "server_settings": {
                "statement_timeout": str(settings.statement_timeout_ms),
                "lock_timeout": str(settings.statement_timeout_ms),
                "idle_in_transaction_session_timeout": "60000",
                "application_name": "comeback",
                "timezone": "UTC",
            }
        },
    )
    event.listen(engine.sync_engine, "checkout", _alive)
    return engine


def _alive(connection: Any, _record: object, _proxy: object) -> None:
    """Refuses a connection that its server has ended, and with it all of that time, so that the pool opens others.

    The driver hears of the end at once, so this needs no round trip; one that goes silent ends by its timeouts.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


async def enter(session: ReadSession, role: str, shop_id: UUID, *, read_only: bool = False) -> None:
    """Sets role and shop of the transaction that `session` is in."""
    shop = "" if shop_id == NO_SHOP else str(shop_id)
    await session.execute(_ENTER_READ if read_only else _ENTER, {"role": role, "shop": shop})


async def _undo(connection: asyncpg.Connection) -> None:
    """Rolls back; a connection on which that fails, or was cancelled half-way, is not used again."""
    try:
        async with asyncio.timeout(ROLLBACK_SECONDS):
            await connection.execute("ROLLBACK")
    except BaseException:
        connection.terminate()


class Database:
    """The ways to a transaction. `on_commit` is the doorbell; `wakers` are loops of this process."""

    def __init__(self, settings: Settings, engine: AsyncEngine | None = None) -> None:
        self.settings = settings
        self.engine = engine or make_engine(settings)
        self._plain = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.direct = Direct(settings)
        self.on_commit: Callable[[Sequence[UUID], frozenset[str]], None] = lambda _ids, _names: None
        self.wakers: dict[str, asyncio.Event] = {}

    def _prepare(self, session: ReadSession, shop_id: UUID) -> None:
        session.shop_id = shop_id
        if self.settings.query_filter and shop_id != NO_SHOP:
            session.sync_session.info["filter_shop"] = shop_id
        if isinstance(session, WriteSession):
            session.rings, session.wakes = [], set()

    def session(self, shop_id: UUID, bind: AsyncConnection | AsyncEngine | None = None, **options: Any) -> WriteSession:
        """A bare write session (the edge and tests drive it themselves)."""
        made = WriteSession(
            bind=bind or self.engine, sync_session_class=FilteredSession, expire_on_commit=False, **options
        )
        self._prepare(made, shop_id)
        return made

    @asynccontextmanager
    async def read(self, shop_id: UUID) -> AsyncGenerator[ReadSession]:
        """A read-only transaction of one shop."""
        session = ReadSession(bind=self.engine, sync_session_class=FilteredSession, expire_on_commit=False)
        self._prepare(session, shop_id)
        async with session:
            await enter(session, APP, shop_id, read_only=True)
            yield session

    @asynccontextmanager
    async def write(self, shop_id: UUID) -> AsyncGenerator[WriteSession]:
        """A unit of work of one shop: commits at the exit, rolls back on any exception."""
        async with self.session(shop_id) as session:
            await enter(session, APP, shop_id)
            yield session
            await self.commit(session)

    @asynccontextmanager
    async def swift(self, shop_id: UUID) -> AsyncGenerator[WriteSession]:
        """As `write`, with the beginning, role and shop in one round trip: for a loop that commits many times a
        second. Begins and ends its transaction itself, so the session must not be committed inside."""
        async with self.session(shop_id, self._plain) as session:
            connection = await driver(session)
            # The simple protocol takes several statements at once; role and shop are no one's text.
            begin = f"SELECT set_config('role', '{APP}', true), set_config('app.shop', '{UUID(str(shop_id))}', true)"
            try:
                await connection.execute(f"BEGIN; {begin}")
                yield session
                await session.flush()
                await failpoint("uow.before_commit")
                await connection.execute("COMMIT")
            except BaseException:
                await _undo(connection)
                raise
            await failpoint("uow.after_commit")
            self.announce(session)

    @asynccontextmanager
    async def machinery(self) -> AsyncGenerator[WriteSession]:
        """A transaction across shops, in the role that can only claim, sweep and batch."""
        async with self.session(NO_SHOP) as session:
            await enter(session, MACHINERY, NO_SHOP)
            yield session
            await self.commit(session)

    async def commit(self, session: WriteSession) -> None:
        """Commits and only then rings the doorbell and wakes the loops."""
        await failpoint("uow.before_commit")
        await session.commit()
        await failpoint("uow.after_commit")
        self.announce(session)

    def announce(self, session: WriteSession) -> None:
        """Rings for what the committed session left; a lost ring is found by the sweeper."""
        ids, names = tuple(session.rings), frozenset(session.wakes)
        session.rings, session.wakes = [], set()
        for name in names:
            if name in self.wakers:
                self.wakers[name].set()
        if ids or names:
            self.on_commit(ids, names)

    async def close(self) -> None:
        """Closes all connections."""
        await self.direct.close()
        await self.engine.dispose()
