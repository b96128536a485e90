"""Group commit: many callers, one statement, each gets its own answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Collects items while a flush is under way (or for `max_wait` seconds) and flushes them together.

    `flush` answers one result per item, in order; an exception that it raises reaches every caller of that batch, one
    that it answers in an item's place reaches that caller alone.
    """

    def __init__(
        self,
        flush: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]],
        *,
        max_size: int = 500,
        max_wait: float = 0.0,
        parallel: int = 1,
    ) -> None:
        self._flush, self._max_size, self._max_wait = flush, max_size, max_wait
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._parallel, self._running = parallel, 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, item: T) -> R:
        """Adds the item and waits until it was flushed."""
        return await self.add(item)

    def add(self, item: T) -> asyncio.Future[R]:
        """Adds the item; the future ends when it was flushed."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running < self._parallel:
            self._running += 1
            task = asyncio.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return future

    async def _drain(self) -> None:
        try:
            await asyncio.sleep(self._max_wait)
            while self._waiting:
                batch, self._waiting = self._waiting[: self._max_size], self._waiting[self._max_size :]
                await self._run(batch)
        finally:
            self._running -= 1

    async def _run(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._flush([item for item, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

    async def close(self) -> None:
        """Waits until everything added was flushed."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
