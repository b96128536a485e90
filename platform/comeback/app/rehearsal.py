"""Routes of the local rehearsal: move business time, run all due work now. They do not exist in production."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy import text

from comeback.app.wiring import Services, jobs
from comeback.core.access import PUBLIC
from comeback.core.clock import clock, load_clock, store_clock
from comeback.core.db import NO_SHOP
from comeback.core.jobs import Runner

_BUSY = text("SELECT count(*) FROM outbox WHERE state = 'running' OR (state = 'due' AND due_at <= clock_timestamp())")


class ClockIn(msgspec.Struct, forbid_unknown_fields=True):
    """Business time is real time plus `offset_seconds` now, and runs at `speed` from here on."""

    offset_seconds: float = 0.0
    speed: float = 1.0


@post("/internal/local/clock", opt={"permission": PUBLIC}, operation_id="setClock", status_code=200,
      include_in_schema=False)  # fmt: skip
async def set_clock(data: JSONBody[ClockIn], services: NamedDependency[Services]) -> dict[str, str]:
    """Sets business time for every process."""
    real = datetime.now(UTC)
    clock.set(real, real + timedelta(seconds=data.offset_seconds), data.speed)
    async with services.database.write(NO_SHOP) as session:
        await store_clock(session)
    return {"now": clock.now().isoformat()}


@post("/internal/local/drain", opt={"permission": PUBLIC}, operation_id="drainNow", status_code=200,
      include_in_schema=False)  # fmt: skip
async def drain_now(services: NamedDependency[Services]) -> dict[str, int]:
    """Runs all due work, beside the worker, and answers when nothing is left."""
    async with services.database.read(NO_SHOP) as session:
        await load_clock(session)
    return {"done": await drain(services)}


async def drain(services: Services, patience: int = 600) -> int:
    """Runs due work until idle (what other processes hold is waited for); answers how much was done here."""
    runner = Runner(services.database, jobs(services))
    total = 0
    for _ in range(patience):
        done = await runner.run_due(200)
        for work in services.idle_work:
            done += await work(None)
        total += done
        if done:
            continue
        async with services.database.machinery() as session:
            if not (await session.execute(_BUSY)).scalar_one():
                return total
        await asyncio.sleep(0.05)
    return total


def routes(services: Services) -> tuple[Any, ...]:
    """The rehearsal routes, on a local stack only."""
    return (set_clock, drain_now) if services.settings.local else ()
