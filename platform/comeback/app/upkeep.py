"""Upkeep of the machinery: partitions ahead, old rows and old personal data away, numbers for the operator."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core import clock, outbox, partitions
from comeback.core.db import NO_SHOP, Database, affected
from comeback.core.metrics import OUTBOX_DEAD, OUTBOX_LAG
from comeback.kit.ids import floor_id

_STATE = text("""
SELECT count(*) FILTER (WHERE state = 'dead') AS dead,
  coalesce(extract(epoch FROM clock_timestamp() - min(due_at)
    FILTER (WHERE state = 'due' AND due_at <= clock_timestamp())), 0) AS lag
FROM outbox WHERE state IN ('due', 'dead')
""")
_BODIES = text("""
UPDATE inbox SET body = NULL WHERE (shop_id, id) IN (SELECT shop_id, id FROM inbox
  WHERE body IS NOT NULL AND received_at < :before LIMIT :limit)
""")
_CALLERS = text("""
UPDATE hits SET ip = '', agent = '' WHERE id >= :first AND id < :end AND (shop_id, id) IN (SELECT shop_id, id FROM hits
  WHERE id >= :first AND id < :end AND (ip <> '' OR agent <> '') LIMIT :limit)
""")
BODY_DAYS, CALLER_DAYS = timedelta(days=30), timedelta(days=90)
LOOK_BACK = timedelta(days=180)
"""How far beyond its term something is still looked for: upkeep that rested half a year missed nothing."""
AT_ONCE = 5000


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


async def forget(database: Database) -> int:
    """Empties raw webhook bodies after 30 days and the callers of opens and clicks after 90; the rows stay, the one
    to know copies by their hash, the other to be counted. Answers how many rows were emptied."""
    now, emptied = clock.now(), 0
    hits = {"first": _floor(now - CALLER_DAYS - LOOK_BACK), "end": _floor(now - CALLER_DAYS)}
    for query, values in ((_BODIES, {"before": now - BODY_DAYS}), (_CALLERS, hits)):
        done = AT_ONCE
        while done == AT_ONCE:
            async with database.machinery() as session:
                done = affected(await session.execute(query, values | {"limit": AT_ONCE}))
            emptied += done
    return emptied


def _floor(at: datetime) -> UUID:
    return floor_id(int(at.timestamp() * 1000))


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
        "upkeep.forget": (6 * 3600.0, lambda: forget(database)),
        "upkeep.measure": (15.0, lambda: measure(database)),
    }
