"""Look-ups past the session layer, for paths where each round trip counts.

A look-up is a function of ours in the database that takes a key, enters role and shop itself (`set_config(…, true)`, so
that row security holds and nothing outlives the transaction) and answers JSON. Look-ups of concurrent requests share a
statement.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import asyncpg

from comeback.core.batching import Batcher
from comeback.core.settings import Settings

PARALLEL = 2
"""Statements under way at once: what is asked for meanwhile goes together into the next."""


class Direct:
    """A few plain connections, opened with the first look-up; one per process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._batchers: dict[str, Batcher[bytes, str | None]] = {}

    async def look_up(self, function: str, key: bytes) -> str | None:
        """JSON that `function` answers for a key; None where it answers null."""
        batcher = self._batchers.get(function)
        if batcher is None:
            ask = partial(self._ask, f"SELECT {function}(k) FROM unnest($1::bytea[]) AS k")
            batcher = self._batchers[function] = Batcher(ask, max_size=50, parallel=PARALLEL)
        return await batcher.submit(key)

    async def _ask(self, statement: str, keys: Sequence[bytes]) -> list[str | None]:
        pool = self._pool or await self._open()
        async with pool.acquire() as connection:
            return [row[0] for row in await connection.fetch(statement, keys)]

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                limit = str(self._settings.statement_timeout_ms)
                self._pool = await asyncpg.create_pool(
                    self._settings.database_url,
                    min_size=1,
                    max_size=2 * PARALLEL,
                    reset=_nothing,
                    server_settings={
                        "statement_timeout": limit,
                        "lock_timeout": limit,
                        "application_name": "comeback",
                        "timezone": "UTC",
                    },
                )
            return self._pool

    async def close(self) -> None:
        """Closes the connections; the next look-up opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


async def _nothing(_: object) -> None:
    """What a statement sets ends with it: nothing is left to take back, and a round trip saved."""
