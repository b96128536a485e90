"""Statements of hot paths, spoken with the driver itself: an ORM session costs more than the query does.

They run in the session's transaction, under its role and shop.
"""

import re
from collections.abc import Sequence
from typing import Any, cast

import asyncpg

from comeback.core.base import ReadSession, WriteSession

NAME = re.compile(r"(?<!:):([a-z_]+)")
ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError)
"""What the driver raises where a session would raise DBAPIError."""


class Statement:
    """SQL with `:name` parameters, numbered once. The driver prepares it once a connection."""

    def __init__(self, sql: str) -> None:
        self.names: list[str] = []
        self.sql = NAME.sub(self._number, sql)

    def _number(self, match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"

    async def fetch(self, session: ReadSession, values: dict[str, Any]) -> list[Any]:
        """Runs it once; answers its records."""
        connection = await driver(session)
        return await connection.fetch(self.sql, *[values[name] for name in self.names])

    async def each(self, session: WriteSession, values: Sequence[Sequence[Any]]) -> None:
        """Runs it for each row of values (in the order of the names), in one flight of messages."""
        connection = await driver(session)
        await connection.executemany(self.sql, values)


async def driver(session: ReadSession) -> asyncpg.Connection:
    """The connection of the session's transaction."""
    raw = await (await session.connection()).get_raw_connection()
    return cast("asyncpg.Connection", raw.driver_connection)
