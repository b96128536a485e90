"""Made pages for a few seconds: many looks at one parcel in a row cost one reading of the database."""

import time
from collections import OrderedDict
from collections.abc import Callable

from comeback.portal.pages.render import Made

Key = tuple[bytes, str]


class PageCache:
    """At most `size` pages, each for `seconds`; the page looked at least recently goes first."""

    def __init__(self, seconds: float = 2.0, size: int = 2000, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._size, self._clock = seconds, size, clock
        self._pages: OrderedDict[Key, tuple[float, Made]] = OrderedDict()

    def get(self, key: Key) -> Made | None:
        """The page, or None where it is unknown or too old."""
        found = self._pages.get(key)
        if found is None or found[0] <= self._clock():
            return None
        self._pages.move_to_end(key)
        return found[1]

    def put(self, key: Key, made: Made) -> None:
        """Keeps a page for its time."""
        self._pages[key] = (self._clock() + self._seconds, made)
        self._pages.move_to_end(key)
        while len(self._pages) > self._size:
            self._pages.popitem(last=False)

    def clear(self) -> None:
        """Forgets all pages."""
        self._pages.clear()
