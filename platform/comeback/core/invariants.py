"""The invariants of `invariants.sql`: after every fault test, and nightly in production (reliability, R6).

Each is one statement that answers the rows that offend. It runs in a read-only transaction of one shop.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import text

from comeback.core.base import ReadSession, rows
from comeback.core.db import Database
from comeback.core.metrics import INVARIANTS

log = structlog.get_logger("invariants")
FILE = Path(__file__).with_name("invariants.sql")
NIGHT_HOUR = 3
"""UTC. The rows are read by shop, so no long transaction stands in the way of vacuum."""
LOOK_EVERY = 600.0
SHOWN = 20
PATIENCE_MS = 60_000

_HEAD = re.compile(r"^-- (I\d+) (\w+): (.+)$", re.MULTILINE)
_SHOPS = text(
    "SELECT shop_id FROM outbox UNION SELECT shop_id FROM messages UNION SELECT shop_id FROM refunds "
    "UNION SELECT shop_id FROM return_cases UNION SELECT shop_id FROM enrolments"
)


class Invariant(msgspec.Struct, frozen=True):
    """One promise: its number in the specification, its name, the sentence an operator reads, the statement."""

    number: str
    name: str
    sentence: str
    sql: str


class Offence(msgspec.Struct, frozen=True):
    """A row that breaks a promise. `detail` holds counters and states, never personal data."""

    shop_id: UUID
    number: str
    name: str
    id: str
    detail: str


@cache
def invariants() -> tuple[Invariant, ...]:
    """All promises, in the order of the file."""
    parts = _HEAD.split(FILE.read_text(encoding="utf-8"))[1:]
    return tuple(Invariant(*(p.strip() for p in parts[at : at + 4])) for at in range(0, len(parts), 4))


async def offences(session: ReadSession) -> list[Offence]:
    """What offends in the session's shop; empty is good."""
    await session.execute(text("SELECT set_config('statement_timeout', :ms, true)"), {"ms": str(PATIENCE_MS)})
    found: list[Offence] = []
    for promise in invariants():
        broken = rows(await session.execute(text(promise.sql)))
        found += [
            Offence(session.shop_id, promise.number, promise.name, str(row["id"]), str(row["detail"])) for row in broken
        ]
    return found


async def check(database: Database, shops: Sequence[UUID] | None = None) -> list[Offence]:
    """What offends in some shops, or in all that ever did anything."""
    if shops is None:
        async with database.machinery() as session:
            shops = (await session.execute(_SHOPS)).scalars().all()
    found: list[Offence] = []
    for shop in shops:
        async with database.read(shop) as session:
            found += await offences(session)
    return found


def publish(found: Sequence[Offence]) -> None:
    """Sets the gauge of every invariant and logs the first rows; anything but zero pages a person."""
    counts = Counter(o.name for o in found)
    for promise in invariants():
        INVARIANTS.labels(promise.name).set(counts[promise.name])
    for offence in found[:SHOWN]:
        log.error("invariant broken", shop_id=str(offence.shop_id), name=offence.name, id=offence.id)


def nightly(database: Database) -> Callable[[], Awaitable[None]]:
    """A tick that checks everything once a night."""
    done: list[date] = []

    async def look() -> None:
        now = datetime.now(UTC)
        if now.hour != NIGHT_HOUR or now.date() in done:
            return
        done[:] = [now.date()]
        publish(await check(database))

    return look


def ticks(database: Database) -> dict[str, tuple[float, Callable[[], Awaitable[None]]]]:
    """Name → (seconds, function) for the worker."""
    return {"core.invariants": (LOOK_EVERY, nightly(database))}
