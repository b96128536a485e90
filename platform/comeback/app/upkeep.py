"""Upkeep of the machinery: partitions ahead, old rows away, numbers for the operator."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text

from comeback.core import clock, outbox, partitions
from comeback.core.db import NO_SHOP, Database
from comeback.core.metrics import OUTBOX_DEAD, OUTBOX_LAG

_STATE = text("""
SELECT count(*) FILTER (WHERE state = 'dead') AS dead,
  coalesce(extract(epoch FROM clock_timestamp() - min(due_at)
    FILTER (WHERE state = 'due' AND due_at <= clock_timestamp())), 0) AS lag
FROM outbox WHERE state IN ('due', 'dead')
""")


async def partition(database: Database) -> None:
    """Makes the coming months' partitions of events and hits."""
    async with database.write(NO_SHOP) as session:
        await partitions.ensure(session, clock.now())


async def tidy(database: Database) -> int:
    """Deletes finished outbox rows after a week and answers kept for Idempotency-Key after two days."""
    async with database.machinery() as session:
        removed = await outbox.prune(session)
        await session.execute(
            text("DELETE FROM idempotency_keys WHERE created_at < clock_timestamp() - interval '2 days'")
        )
    return removed


async def measure(database: Database) -> None:
    """Sets the gauges that tell an operator whether work is stuck."""
    async with database.machinery() as session:
        row = (await session.execute(_STATE)).one()
    OUTBOX_DEAD.set(row.dead)
    OUTBOX_LAG.set(float(row.lag))


def ticks(database: Database) -> dict[str, tuple[float, Callable[[], Awaitable[Any]]]]:
    """Upkeep by name with its period in seconds."""
    return {
        "upkeep.partitions": (6 * 3600.0, lambda: partition(database)),
        "upkeep.tidy": (900.0, lambda: tidy(database)),
        "upkeep.measure": (15.0, lambda: measure(database)),
    }
