"""The rehearsal's clock: real time plus an offset, running at a chosen speed. All sandboxes share one."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

_DURATION = re.compile(
    r"^P(?:(?P<weeks>\d+(?:\.\d+)?)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)


class ClockState(msgspec.Struct, frozen=True):
    """`offset_seconds` is business time minus real time at the moment of asking; `speed` 1 is real time."""

    offset_seconds: float = 0.0
    speed: float = 1.0


def parse_duration(text: str) -> timedelta:
    """ISO 8601 durations of weeks, days, hours, minutes, seconds. Raises ValueError (months have no fixed length)."""
    match = _DURATION.match(text)
    parts = {name: float(value) for name, value in (match.groupdict() if match else {}).items() if value is not None}
    if not parts:
        raise ValueError(f"not an ISO 8601 duration of weeks to seconds: {text!r}")
    return timedelta(**parts)


def stamp(seconds: float) -> str:
    """Epoch seconds as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class SandboxClock:
    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._base = wall()
        self._offset = 0.0
        self._speed = 1.0
        self.waiting: list[Callable[[], None]] = []

    def now(self) -> float:
        """Business time in epoch seconds."""
        real = self._wall()
        return real + self._offset_at(real)

    def state(self) -> ClockState:
        return ClockState(self._offset_at(self._wall()), self._speed)

    def _offset_at(self, real: float) -> float:
        return self._offset + (real - self._base) * (self._speed - 1)

    def advance(self, by: timedelta) -> None:
        """Jumps forward; never back, since parcels cannot be un-scanned. Raises ValueError."""
        if by < timedelta(0):
            raise ValueError("the clock only moves forward")
        self._set(self.state().offset_seconds + by.total_seconds(), self._speed)

    def run_at(self, speed: float) -> None:
        """1 is real time, 3600 an hour a second, 0 stops. Raises ValueError below 0."""
        if speed < 0:
            raise ValueError("speed cannot be negative")
        self._set(self.state().offset_seconds, speed)

    def restore(self, state: ClockState) -> None:
        self._set(state.offset_seconds, state.speed)

    def _set(self, offset: float, speed: float) -> None:
        self._base, self._offset, self._speed = self._wall(), offset, speed
        for wake in self.waiting:
            wake()
