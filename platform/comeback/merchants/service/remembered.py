"""A small memory for who a token belongs to, so that a busy caller costs one look-up in half a minute."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from comeback.core.access import Principal
from comeback.merchants.schemas import Hook

V = TypeVar("V")


class Remembered(Generic[V]):
    """At most `size` values by token digest, each for `seconds`; the oldest goes first."""

    def __init__(self, seconds: float = 30.0, size: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._size, self._clock = seconds, size, clock
        self._values: OrderedDict[bytes, tuple[float, V]] = OrderedDict()

    def get(self, key: bytes) -> V | None:
        """The value, or None when it is unknown or too old."""
        found = self._values.get(key)
        if found is None or found[0] <= self._clock():
            return None
        return found[1]

    def put(self, key: bytes, value: V) -> None:
        """Keeps a value for its time."""
        self._values[key] = (self._clock() + self._seconds, value)
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)

    def forget(self, key: bytes) -> None:
        """Drops one value."""
        self._values.pop(key, None)

    def clear(self) -> None:
        """Drops all values."""
        self._values.clear()


SESSIONS: Remembered[Principal] = Remembered()
KEYS: Remembered[Principal] = Remembered()
HOOKS: Remembered[Hook] = Remembered()


def forget_all() -> None:
    """Drops what this process believes about sessions, keys and webhook addresses."""
    for memory in (SESSIONS, KEYS, HOOKS):
        memory.clear()
