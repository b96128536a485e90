"""Memory that outlives the process: one JSON file for each sandbox, replaced atomically."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
INTERVAL_SECONDS = 1.0


def load(path: Path | None, type_: type[T], fresh: Callable[[], T]) -> T:
    """What was saved, or `fresh()` where there is no file or one of an older form."""
    if path is None or not path.exists():
        return fresh()
    try:
        return msgspec.json.decode(path.read_bytes(), type=type_)
    except msgspec.MsgspecError:
        path.rename(path.with_suffix(".unreadable"))
        return fresh()


def save(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".writing")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(value))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class Saver:
    """Saves at most once a second while something changed, and once at the end."""

    def __init__(self, path: Path | None, read: Callable[[], Any]) -> None:
        self._path = path
        self._read = read
        self._dirty = False

    def touch(self) -> None:
        self._dirty = True

    def flush(self) -> None:
        if self._dirty and self._path is not None:
            self._dirty = False
            save(self._path, self._read())

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await asyncio.sleep(INTERVAL_SECONDS)
                self.flush()
        finally:
            self.flush()
