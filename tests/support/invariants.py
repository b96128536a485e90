"""The promises of the database, asked after a test."""

from uuid import UUID

from comeback.core.db import Database
from comeback.core.invariants import check


async def assert_green(database: Database, *shops: UUID) -> None:
    """No row of these shops breaks an invariant; what does is printed."""
    found = await check(database, shops)
    assert not found, "\n".join(f"{o.number} {o.name}: {o.id} {o.detail}" for o in found)
