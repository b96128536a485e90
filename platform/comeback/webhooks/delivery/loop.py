"""The loop: one lane an endpoint, so that a receiver that hangs holds its own slots and nobody else's."""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog

from comeback.core.db import Database
from comeback.core.egress import Answer, Egress, Line, Refused, Unreachable
from comeback.core.failpoints import failpoint
from comeback.core.metrics import WEBHOOKS
from comeback.core.secrets import Secret, Vault
from comeback.webhooks.delivery.letters import Letter, Post, headers, write
from comeback.webhooks.delivery.recorder import Recorder
from comeback.webhooks.repository import queue
from comeback.webhooks.repository.queue import Claimed, Lane
from comeback.webhooks.repository.results import Result
from comeback.webhooks.rules import GONE, KEPT_ANSWER, OPEN_AFTER, asked_to_wait, pause, succeeded
from comeback.webhooks.service.planning import WAKE

log = structlog.get_logger("webhooks")
POLL_SECONDS = 1.0
LANES = 200
"""Endpoints that one process works for side by side."""
LANE_SIZE = 20
"""Deliveries that a lane claims at a time."""


@dataclass
class Work:
    """What the slots of a lane share."""

    lane: Lane
    waiting: deque[Claimed]
    letters: dict[UUID, Letter]
    secrets: list[Secret]
    line: Line


class Deliverer:
    """Sends what is due. One a process; any number of processes."""

    def __init__(self, database: Database, vault: Vault, egress: Egress, *, total_seconds: float = 15.0) -> None:
        self.database, self.vault, self.egress = database, vault, egress
        self.lease, self.total = database.settings.lease_seconds, total_seconds
        self.recorder = Recorder(database)
        self.woken = database.wakers.setdefault(WAKE, asyncio.Event())
        self._lanes: dict[UUID, Lane] = {}
        self._held: dict[UUID, tuple[UUID, UUID, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._swept = 0.0

    async def run_once(self, shop: UUID | None = None) -> int:
        """Sends one round to its end; answers how many deliveries were taken up."""
        beat = asyncio.create_task(self._beat())
        try:
            lanes = await self._claim(shop, sweep=True)
            self._start(lanes)
            await self._finish()
        finally:
            beat.cancel()
        return sum(len(lane.deliveries) for lane in lanes)

    async def run_forever(self, stop: asyncio.Event) -> None:
        """Runs until `stop`; calls under way are finished, what was not called yet is given back."""
        beat = asyncio.create_task(self._beat())
        try:
            while not stop.is_set():
                self.woken.clear()
                swept = time.monotonic() - self._swept
                lanes = await self._claim(None, sweep=swept > self.database.settings.sweep_seconds)
                self._start(lanes, stop)
                if not lanes:
                    await self._rest(stop)
            await self._finish()
        finally:
            beat.cancel()

    async def _rest(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(self.woken.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _claim(self, shop: UUID | None, *, sweep: bool) -> list[Lane]:
        free = LANES - len(self._tasks)
        if free <= 0:
            return []
        async with self.database.machinery() as session:
            if sweep:
                self._swept = time.monotonic()
                await queue.sweep(session, shop)
            found = await queue.claim(
                session, lanes=free, size=LANE_SIZE, probing=OPEN_AFTER, lease=self.lease, shop=shop
            )
        await failpoint("webhook.after_claim")
        return found

    def _start(self, lanes: Sequence[Lane], stop: asyncio.Event | None = None) -> None:
        shops: dict[UUID, list[Lane]] = {}
        for lane in lanes:
            self._lanes[lane.endpoint_id] = lane
            self._held |= {c.id: (lane.shop_id, c.id, c.attempt) for c in lane.deliveries}
            shops.setdefault(lane.shop_id, []).append(lane)
        for group in shops.values():
            posts = asyncio.create_task(write(self.database, self.vault, group))
            for lane in group:
                task = asyncio.create_task(self._run(lane, posts, stop))
                self._tasks.add(task)
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.woken.set()

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, lane: Lane, posts: asyncio.Task[dict[UUID, Post]], stop: asyncio.Event | None) -> None:
        """Works a lane off with its slots; an open circuit or a stop gives the rest back."""
        waiting = deque(lane.deliveries)
        try:
            post = (await asyncio.shield(posts))[lane.endpoint_id]
            letters = {letter.claimed.id: letter for letter in post.letters}
            slots = lane.slots if lane.failures == 0 else 1
            async with self.egress.line() as line, asyncio.TaskGroup() as group:
                for _ in range(min(slots, len(waiting))):
                    group.create_task(self._slot(Work(lane, waiting, letters, post.secrets, line), stop))
        except Exception as error:
            # Its leases give it back: at once, what breaks each time would be claimed and break without a pause.
            log.warning("lane broke", shop_id=str(lane.shop_id), id=str(lane.endpoint_id), exc_info=error)
            self._forget(lane)
        else:
            await self._release(lane, list(waiting))

    async def _slot(self, work: Work, stop: asyncio.Event | None) -> None:
        while work.waiting and not (stop is not None and stop.is_set()):
            letter = work.letters[work.waiting.popleft().id]
            result = await self._call(work, letter)
            standing = await self.recorder.record(result)
            self._held.pop(letter.claimed.id, None)
            WEBHOOKS.labels("delivered" if result.ok else "failed").inc()
            if standing.open or standing.state != "live":
                return

    def _forget(self, lane: Lane) -> None:
        self._lanes.pop(lane.endpoint_id, None)
        for claimed in lane.deliveries:
            self._held.pop(claimed.id, None)

    async def _release(self, lane: Lane, unsent: Sequence[Claimed]) -> None:
        self._forget(lane)
        with contextlib.suppress(Exception):  # its lease gives it back then
            await self.recorder.release(lane, unsent)

    async def _call(self, work: Work, letter: Letter) -> Result:
        """One call through the door. Whatever happens is a result."""
        lane, claimed, began, at = work.lane, letter.claimed, time.monotonic(), datetime.now(UTC)
        if letter.body is None:
            return _result(lane, claimed, at, 0.0, {}, error="what it told of is no longer kept", final=True)
        sent = headers(work.secrets, str(claimed.event_id), int(at.timestamp()), letter.body)
        logged = {name: value for name, value in sent.items() if name != "webhook-signature"}
        answer: Answer | None = None
        error: str | None = None
        await failpoint("webhook.before_call")
        try:
            answer = await work.line.send(
                "POST", lane.url, headers=sent, content=letter.body, keep=KEPT_ANSWER, total=self.total
            )
        except (Refused, Unreachable) as problem:
            error = str(problem)
        await failpoint("webhook.after_call")
        return _result(lane, claimed, at, time.monotonic() - began, logged, answer=answer, error=error)

    async def _beat(self) -> None:
        """Renews the leases of every lane and of what it holds."""
        while True:
            await asyncio.sleep(self.lease / 3)
            if not self._lanes:
                continue
            try:
                async with self.database.machinery() as session:
                    await queue.renew(session, list(self._lanes.values()), list(self._held.values()), self.lease)
            except Exception as error:
                log.warning("leases not renewed", count=len(self._held), exc_info=error)

    async def close(self) -> None:
        """Waits for calls under way."""
        await self._finish()
        await self.recorder.close()


def _result(
    lane: Lane, claimed: Claimed, at: datetime, seconds: float, sent: dict[str, str], *, answer: Answer | None = None,
    error: str | None = None, final: bool = False,
) -> Result:  # fmt: skip
    status = answer.status if answer else None
    ok, tries = succeeded(status), claimed.tries + 1
    wait = None if final else pause(tries, random.random())
    state = "delivered" if ok else "failed" if wait is None or status == GONE else "due"
    delay = max(wait or 0.0, asked_to_wait(answer.headers, status) if answer else 0.0)
    return Result(
        shop_id=lane.shop_id, endpoint_id=lane.endpoint_id, delivery_id=claimed.id, attempt=claimed.attempt,
        number=tries, ok=ok, gone=status == GONE, state=state, delay=delay, at=at, url=lane.url, headers=sent,
        status=status, answer=_readable(answer.body) if answer else None, error=error or _why(status, ok),
        duration_ms=round(seconds * 1000),
    )  # fmt: skip


def _readable(body: bytes) -> str:
    """An answer's first bytes as text that the database takes."""
    return body.decode("utf-8", "replace").replace("\x00", "�")


def _why(status: int | None, ok: bool) -> str | None:
    if ok or status is None:
        return None
    return "redirects are not followed" if 300 <= status < 400 else f"the receiver answered {status}"
