"""Outgoing webhooks of the sandboxes: signed at each attempt, retried until a 2xx, misdelivered on demand.

Deliveries of one lane (a parcel, an account) go out in order; a failed one steps aside and is tried again later, as
real senders do, so nothing is blocked by it.
"""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Coroutine, Mapping

import httpx
import msgspec

TIMEOUT_SECONDS = 10.0
PARALLEL = 8
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
HOLD_SECONDS = 0.15
TRIES = 3


class Delivery(msgspec.Struct, kw_only=True, eq=False):
    """`sign(body)` makes the headers at each attempt; `done` is called once, after the first 2xx. After `tries`
    attempts (0: no end) it is given up and `lost` is called instead."""

    lane: str
    url: str
    body: bytes
    sign: Callable[[bytes], Mapping[str, str]]
    done: Callable[[], None]
    attempts: int = 0
    tries: int = 0
    lost: Callable[[], None] | None = None


class HookFaults(msgspec.Struct):
    """`duplicate`: extra copies of each, or the share that gets one (below 1); `shuffle`: held briefly and released in
    random order; `drop`: share lost for ever, 0 to 1; `delay`: seconds before the first attempt. `true` counts as 1."""

    duplicate: float = 0
    shuffle: bool = False
    drop: float = 0.0
    delay: float = 0.0

    def change(
        self, duplicate: float | None, shuffle: float | None, drop: float | None, delay: float | None = None
    ) -> None:
        """None leaves as is."""
        self.delay = self.delay if delay is None else float(delay)
        self.duplicate = self.duplicate if duplicate is None else float(duplicate)
        self.shuffle = self.shuffle if shuffle is None else bool(shuffle)
        self.drop = self.drop if drop is None else float(drop)

    def copies(self, chance: float) -> int:
        """How many extra deliveries, for a random number from 0 to 1."""
        return int(chance < self.duplicate) if self.duplicate < 1 else int(self.duplicate)


class HookLog(msgspec.Struct):
    """What really happened, for the oracle."""

    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    duplicated: int = 0
    given_up: int = 0


class HookSender:
    """One for each sandbox, so that faults of the carrier do not touch Stripe."""

    def __init__(self, seed: int) -> None:
        self.faults = HookFaults()
        self.log = HookLog()
        self._random = random.Random(seed)
        self._lanes: dict[str, deque[Delivery]] = {}
        self._held: list[Delivery] = []
        self._aside: set[asyncio.Event] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(PARALLEL)
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
        self._open: set[Delivery] = set()

    @property
    def pending(self) -> int:
        return len(self._open)

    def submit(self, delivery: Delivery) -> None:
        faults = self.faults
        if self._random.random() < faults.drop:
            self.log.dropped += 1
            delivery.done()
            return
        extra = faults.copies(self._random.random())
        self.log.duplicated += extra
        copies = [delivery] + [
            msgspec.structs.replace(delivery, lane=f"{delivery.lane}+{number}", done=_nothing, lost=None)
            for number in range(extra)
        ]
        self._open.update(copies)
        if faults.delay:
            self._spawn(self._go_later(copies, faults.delay))
            return
        self._go(copies)

    async def _go_later(self, copies: list[Delivery], seconds: float) -> None:
        """Waits, but not longer than until somebody flushes."""
        await self._pause(seconds)
        self._go(copies)

    def _go(self, copies: list[Delivery]) -> None:
        if self.faults.shuffle:
            self._hold(copies)
            return
        for copy in copies:
            self._enqueue(copy)

    def _hold(self, copies: list[Delivery]) -> None:
        first = not self._held
        self._held += copies
        if first:
            self._spawn(self._release_later())

    async def _release_later(self) -> None:
        await asyncio.sleep(HOLD_SECONDS)
        self._release()

    def _release(self) -> None:
        held, self._held = self._held, []
        self._random.shuffle(held)
        for delivery in held:
            # One lane for all, so that the shuffled order is also the order of arrival.
            delivery.lane = "shuffled"
            self._enqueue(delivery)

    def _enqueue(self, delivery: Delivery) -> None:
        lane = self._lanes.get(delivery.lane)
        if lane is not None:
            lane.append(delivery)
            return
        self._lanes[delivery.lane] = deque([delivery])
        self._spawn(self._run_lane(delivery.lane))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, name: str) -> None:
        lane = self._lanes[name]
        while lane:
            delivery = lane.popleft()
            if not await self._attempt(delivery):
                self._spawn(self._retry(delivery))
        del self._lanes[name]

    async def _retry(self, delivery: Delivery) -> None:
        done = False
        while not done:
            if 0 < delivery.tries <= delivery.attempts:
                self._give_up(delivery)
                return
            await self._pause(BACKOFF[min(delivery.attempts, len(BACKOFF)) - 1])
            done = await self._attempt(delivery)

    def _give_up(self, delivery: Delivery) -> None:
        self._open.discard(delivery)
        self.log.given_up += 1
        if delivery.lost is not None:
            delivery.lost()

    async def _pause(self, seconds: float) -> None:
        wake = asyncio.Event()
        self._aside.add(wake)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), seconds)
        self._aside.discard(wake)

    async def _attempt(self, delivery: Delivery) -> bool:
        delivery.attempts += 1
        async with self._slots:
            try:
                headers = {"Content-Type": "application/json", **delivery.sign(delivery.body)}
                response = await self._client.post(delivery.url, content=delivery.body, headers=headers)
                accepted = response.is_success
            except httpx.HTTPError:
                accepted = False
        if not accepted:
            self.log.failed += 1
            return False
        self._open.discard(delivery)
        self.log.delivered += 1
        delivery.done()
        return True

    async def flush(self, seconds: float = 1.0) -> int:
        """Tries everything now; returns how many are still refused after three tries and `seconds`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        before = {delivery: delivery.attempts for delivery in self._open}
        self._release()
        while self._open:
            hopeless = all(delivery.attempts - before.get(delivery, 0) >= TRIES for delivery in self._open)
            if hopeless and loop.time() >= until:
                break
            for wake in list(self._aside):
                wake.set()
            await asyncio.sleep(0.02)
        return len(self._open)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()


def _nothing() -> None:
    """Copies of a delivery have nothing to record."""
