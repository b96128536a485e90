"""Collects hits and stores them together, at most 50 ms later; whatever is collected is stored on a clean stop."""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from comeback.core.batching import Batcher
from comeback.core.db import Database
from comeback.core.failpoints import failpoint
from comeback.core.metrics import HITS
from comeback.kit.ids import new_id
from comeback.messages.repository import hits

log = structlog.get_logger("hits")
WAIT_SECONDS = 0.05
MOST = 2_000
WAITING_MOST = 200_000
REMEMBERED = 20_000
AGENT_LENGTH = 300


class NewHit(msgspec.Struct, frozen=True):
    """A hit as it came."""

    shop_id: UUID
    message_id: UUID
    kind: str
    link: int | None
    method: str
    agent: str
    ip: str
    at: datetime


class Recorder:
    """One a process."""

    def __init__(self, database: Database, secret: str) -> None:
        self.database, self._secret = database, secret.encode()
        self._waiting: list[NewHit] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._urls: OrderedDict[tuple[UUID, UUID], list[str]] = OrderedDict()
        self._lookup: Batcher[tuple[UUID, UUID], list[str] | None] = Batcher(self._find, max_size=500, parallel=2)

    def add(self, hit: NewHit) -> None:
        """Takes a hit; it is stored within 50 ms. Beyond 200,000 waiting (no database) the newest are dropped."""
        if len(self._waiting) >= WAITING_MOST:
            HITS.labels("dropped").inc()
            return
        self._waiting.append(hit)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WAIT_SECONDS, self._flush)

    def hashed(self, ip: str) -> str:
        """A keyed hash of a caller's address: tells callers apart, names nobody."""
        return hmac.digest(self._secret, b"hit-ip\x00" + ip.encode(), "sha256")[:8].hex() if ip else ""

    def _flush(self) -> None:
        self._timer = None
        task = asyncio.get_running_loop().create_task(self._store())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _store(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                await self._insert(batch)
            except Exception as error:
                log.warning("hits wait", count=len(batch), exc_info=error)
                self._waiting = batch + self._waiting
                if self._timer is None:
                    self._timer = asyncio.get_running_loop().call_later(1.0, self._flush)
                return

    async def _insert(self, batch: Sequence[NewHit]) -> None:
        await failpoint("hits.before_insert")
        async with self.database.machinery() as session:
            await hits.add(
                session,
                {
                    "ids": [new_id() for _ in batch],
                    "shops": [h.shop_id for h in batch],
                    "messages": [h.message_id for h in batch],
                    "kinds": [h.kind for h in batch],
                    "links": [h.link for h in batch],
                    "methods": [h.method for h in batch],
                    "agents": [h.agent[:AGENT_LENGTH] for h in batch],
                    "ips": [h.ip for h in batch],
                    "at": [h.at for h in batch],
                },
            )
        for kind in {h.kind for h in batch}:
            HITS.labels(kind).inc(sum(h.kind == kind for h in batch))
        await failpoint("hits.after_insert")

    async def destination(self, shop: UUID, message: UUID, position: int) -> str | None:
        """Where a click leads; None where nothing is stored at that position."""
        key = (shop, message)
        urls = self._urls.get(key)
        if urls is None:
            urls = await self._lookup.submit(key)
            if urls is None:
                return None
            self._urls[key] = urls
            if len(self._urls) > REMEMBERED:
                self._urls.popitem(last=False)
        return urls[position] if 0 <= position < len(urls) else None

    async def _find(self, wanted: Sequence[tuple[UUID, UUID]]) -> list[list[str] | None]:
        async with self.database.machinery() as session:
            found = await hits.urls(session, wanted)
        return [found.get(key) for key in wanted]

    async def close(self) -> None:
        """Stores what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store()
        if self._timer is not None:
            self._timer.cancel()
        await self._lookup.close()
