"""What was read or made a moment ago: many looks in a row cost one reading of the database."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
SECONDS = 2.0


class Kept(Generic[K, V]):
    """At most `size` values, each for `seconds`; what was looked at least recently goes first."""

    def __init__(self, seconds: float = SECONDS, size: int = 2000, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._size, self._clock = seconds, size, clock
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._making: dict[K, asyncio.Task[V]] = {}

    def get(self, key: K) -> V | None:
        """The value, or None where it is unknown or too old."""
        found = self._values.get(key)
        if found is None or found[0] <= self._clock():
            return None
        self._values.move_to_end(key)
        return found[1]

    async def get_or_make(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        """The value; where it must be made, those who ask meanwhile wait for the first one's."""
        known = self.get(key)
        if known is not None:
            return known
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.ensure_future(self._make(key, make))
        # One visitor who goes away takes nothing from the others.
        return await asyncio.shield(task)

    async def _make(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        try:
            value = await make()
            self.put(key, value)
            return value
        finally:
            del self._making[key]

    def put(self, key: K, value: V) -> None:
        """Keeps a value for its time."""
        self._values[key] = (self._clock() + self._seconds, value)
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)

    def clear(self) -> None:
        """Forgets everything."""
        self._values.clear()
