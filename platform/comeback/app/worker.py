"""The worker: a doorbell (arq), a sweeper, the loops of the rooms and their ticks, in one process.

Redis only rings. Where it is away the arq part waits and tries again, while the sweeper goes on finding what is due
in PostgreSQL; so nothing depends on a ring that was lost.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func
from redis.exceptions import RedisError

from comeback.app.wiring import Services, jobs, loops, ticks
from comeback.core.clock import load_clock
from comeback.core.db import NO_SHOP, Database
from comeback.core.jobs import Runner
from comeback.kit.ids import new_id

log = structlog.get_logger("worker")
QUEUE = "comeback:doorbell"


def pack(values: dict[str, Any]) -> bytes:
    """arq's serializer: msgpack of plain values (a result that is none of ours is told by its name alone)."""
    return msgspec.msgpack.encode(values, enc_hook=lambda o: f"<{type(o).__name__}>")


def unpack(raw: bytes) -> dict[str, Any]:
    """arq's deserializer: plain values only, so nothing in Redis can run code."""
    return msgspec.msgpack.decode(raw, type=dict[str, Any])


def redis_settings(url: str) -> RedisSettings:
    """arq's connection settings with short patience."""
    made = RedisSettings.from_dsn(url)
    made.conn_timeout, made.conn_retries = 1, 0
    return made


class Doorbell:
    """Rings after commits; a ring that cannot be delivered is dropped, the sweeper finds the row."""

    def __init__(self, redis_url: str) -> None:
        self._settings = redis_settings(redis_url)
        self._pool: ArqRedis | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet_until = 0.0

    def ring(self, ids: Sequence[UUID], names: frozenset[str]) -> None:
        """Schedules the ring; never raises, never waits."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._quiet_until:
            return
        task = loop.create_task(self._ring([str(i) for i in ids], sorted(names)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ring(self, ids: list[str], names: list[str]) -> None:
        try:
            if self._pool is None:
                self._pool = await create_pool(
                    self._settings, default_queue_name=QUEUE, job_serializer=pack, job_deserializer=unpack
                )
            await self._pool.enqueue_job("ring", ids, names, _job_id=str(new_id()))
        except (TimeoutError, RedisError, OSError):
            self._pool = None
            self._quiet_until = asyncio.get_running_loop().time() + 1.0

    async def close(self) -> None:
        """Waits for rings under way and closes."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._pool is not None:
            await self._pool.aclose()


class WorkerProcess:
    """Everything a worker does until it is told to stop."""

    def __init__(self, services: Services) -> None:
        self.services, self.loops = services, loops(services)
        self.database: Database = services.database
        self.runner = Runner(self.database, jobs(services))
        self.stop = asyncio.Event()
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Runs until `stop` is set; what was claimed is finished first."""
        doorbell = Doorbell(self.database.settings.redis_url)
        self.database.on_commit = doorbell.ring
        parts: dict[str, Callable[[], Awaitable[None]]] = {"sweeper": self._sweep, "doorbell": self._doorbell,
                                                           "clock": self._clock}  # fmt: skip
        for name, loop in self.loops.items():
            parts[name] = lambda loop=loop: loop(self.stop)
        for name, (seconds, tick) in ticks(self.services).items():
            parts[f"tick {name}"] = lambda seconds=seconds, tick=tick: self._tick(seconds, tick)
        await asyncio.gather(*(self._guarded(name, part) for name, part in parts.items()))
        await doorbell.close()

    async def _guarded(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        while not self.stop.is_set():
            try:
                await part()
            except Exception as error:
                log.warning("loop failed", name=name, exc_info=error)
                await self._pause(1.0)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def _sweep(self) -> None:
        while not self.stop.is_set():
            while await self.runner.run_due(200) and not self.stop.is_set():
                pass
            await self._pause(self.database.settings.sweep_seconds)

    async def _tick(self, seconds: float, tick: Callable[[], Awaitable[Any]]) -> None:
        while not self.stop.is_set():
            await tick()
            await self._pause(seconds)

    async def _clock(self) -> None:
        while not self.stop.is_set() and self.database.settings.local:
            async with self.database.read(NO_SHOP) as session:
                await load_clock(session)
            await self._pause(0.5)
        await self.stop.wait()

    async def ring(self, _context: dict[str, Any], ids: list[str], names: list[str]) -> None:
        """What arq calls: row ids only."""
        for name in names:
            if name in self.database.wakers:
                self.database.wakers[name].set()
        if ids:
            await self.runner.run_due(len(ids), ids=[UUID(i) for i in ids])

    async def _doorbell(self) -> None:
        pool = await create_pool(
            redis_settings(self.database.settings.redis_url),
            default_queue_name=QUEUE, job_serializer=pack, job_deserializer=unpack,
        )  # fmt: skip
        worker = Worker(
            [func(self.ring, name="ring", keep_result=0, timeout=120, max_tries=1)],  # type: ignore[arg-type]
            redis_pool=pool, queue_name=QUEUE, job_serializer=pack, job_deserializer=unpack, handle_signals=False,
            poll_delay=0.05, max_jobs=50, keep_result=0, job_completion_wait=30, health_check_interval=60,
        )  # fmt: skip
        running = asyncio.create_task(worker.async_run())
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
        finally:
            stopping.cancel()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            with contextlib.suppress(Exception):
                await worker.close()
