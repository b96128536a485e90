"""The runner: turns claimed outbox rows into work done once.

A row job is a function of (session, payload): it runs in ONE transaction that also marks its row done, so what it
writes happens exactly once. An effect job reaches outside and goes through `core.effects`. Failures back off in
PostgreSQL (1 s, 4 s, 16 s … 1 h, with jitter) and end `dead` after MAX_ATTEMPTS.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from comeback.core import outbox
from comeback.core.base import WriteSession
from comeback.core.db import Database
from comeback.core.effects import EffectJob, Retry, run_effect
from comeback.core.failpoints import failpoint
from comeback.core.metrics import JOBS
from comeback.core.outbox import Claimed, LostLease

JobFn = Callable[[WriteSession, dict[str, Any]], Awaitable[None]]
Jobs = Mapping[str, JobFn | EffectJob[Any, Any]]

log = structlog.get_logger("jobs")
_RETRY_NOW = {"40001", "40P01"}
_AWAY = {"08", "40", "53"}


def back_off(attempt: int) -> float:
    """Seconds until the next attempt: 1, 4, 16 … at most an hour, ± 25 %."""
    return min(4.0 ** min(attempt - 1, 10), 3600.0) * random.uniform(0.75, 1.25)


def _passing(error: Exception) -> bool:
    """Whether the reason lies outside the row's work: asked to wait, or the database was away or in conflict."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state[:2] in _AWAY or state[:4] == "57P0"
    return isinstance(error, Retry | PoolTimeout | OSError)


class Runner:
    """Claims and runs outbox rows."""

    def __init__(self, database: Database, jobs: Jobs, *, concurrency: int = 8) -> None:
        self.database, self.jobs = database, jobs
        self.lease = database.settings.lease_seconds
        self._slots = asyncio.Semaphore(concurrency)

    async def claim(
        self, limit: int = 100, ids: Sequence[UUID] | None = None, shop: UUID | None = None
    ) -> list[Claimed]:
        """Claims due rows for this runner."""
        async with self.database.machinery() as session:
            claimed = await outbox.claim(session, lease=self.lease, limit=limit, ids=ids, shop=shop)
        await failpoint("jobs.after_claim")
        return claimed

    async def run_due(self, limit: int = 100, ids: Sequence[UUID] | None = None, shop: UUID | None = None) -> int:
        """Claims and runs due rows; answers how many were claimed."""
        claimed = await self.claim(limit, ids, shop)
        await asyncio.gather(*(self.run(c) for c in claimed))
        return len(claimed)

    async def run(self, claimed: Claimed) -> None:
        """Runs one claimed row to its end, whatever happens; only a dying process leaves it to the sweeper."""
        # The lease beats from the claim on: a row that waits for a slot is held like one at work.
        beat = asyncio.create_task(self._keep_lease(claimed))
        try:
            async with self._slots:
                await self._work(claimed)
            JOBS.labels(claimed.job, "done").inc()
        except LostLease:
            JOBS.labels(claimed.job, "lost").inc()
        except Exception as error:
            await self._failed(claimed, error)
        finally:
            beat.cancel()

    async def _work(self, claimed: Claimed) -> None:
        job = self.jobs.get(claimed.job)
        if job is None:
            raise LookupError(f"no job called {claimed.job}")
        if isinstance(job, EffectJob):
            await run_effect(self.database, job, claimed)
            return
        async with self.database.write(claimed.shop_id) as session:
            await job(session, claimed.payload)
            await outbox.complete(session, claimed)

    async def _keep_lease(self, claimed: Claimed) -> None:
        while True:
            await asyncio.sleep(self.lease / 3)
            try:
                async with self.database.machinery() as session:
                    if not await outbox.renew(session, claimed, self.lease):
                        return
            except (DBAPIError, PoolTimeout, OSError) as error:
                log.warning("lease not renewed", job=claimed.job, id=str(claimed.id), error=type(error).__name__)

    async def _failed(self, claimed: Claimed, error: Exception) -> None:
        delay = error.after if isinstance(error, Retry) else back_off(claimed.attempt)
        if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RETRY_NOW:
            delay = random.uniform(0.01, 0.1)
        dead = claimed.attempt >= outbox.MAX_ATTEMPTS and not _passing(error)
        JOBS.labels(claimed.job, "dead" if dead else "failed").inc()
        log.warning("job failed", job=claimed.job, id=str(claimed.id), attempt=claimed.attempt,
                    error=type(error).__name__, dead=dead, exc_info=not isinstance(error, Retry))  # fmt: skip
        try:
            async with self.database.machinery() as session:
                await outbox.put_off(session, claimed, f"{type(error).__name__}: {error}", delay, dead=dead)
        except LostLease:
            return
