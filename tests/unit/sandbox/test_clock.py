"""The rehearsal's clock."""

from datetime import timedelta

import pytest

from comeback.sandbox.clock import ClockState, SandboxClock, parse_duration, stamp


class Wall:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.mark.parametrize(("text", "hours"), [
    ("PT36H", 36), ("P1D", 24), ("P1W", 168), ("P1DT2H30M", 26.5), ("PT0.5H", 0.5), ("PT90S", 0.025),
])  # fmt: skip
def test_durations(text: str, hours: float) -> None:
    assert parse_duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "P", "PT", "36H", "P1M", "P1Y", "-PT1H", "PT1H ", "1"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_duration(text)


def test_jumps_and_speeds_add_up() -> None:
    wall = Wall()
    clock = SandboxClock(wall)
    woken: list[float] = []
    clock.waiting.append(lambda: woken.append(clock.now()))
    wall.time += 10
    assert clock.now() == wall.time
    clock.advance(timedelta(hours=1))
    assert clock.now() == wall.time + 3600
    clock.run_at(60)
    wall.time += 10
    assert clock.now() == wall.time + 3600 + 590
    clock.run_at(0)
    standing = clock.now()
    wall.time += 5
    assert clock.now() == standing
    clock.run_at(1)
    assert clock.state() == ClockState(3600 + 590 - 5, 1)
    assert len(woken) == 4
    other = SandboxClock(wall)
    other.restore(clock.state())
    assert other.now() == clock.now()
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(seconds=-1))


def test_stamps_are_utc() -> None:
    assert stamp(0) == "1970-01-01T00:00:00Z"
