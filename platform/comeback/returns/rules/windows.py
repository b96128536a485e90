"""Until when goods may come back: whole local days after the last parcel arrived."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comeback.kit import conditions
from comeback.returns.rules.facts import ClockFacts
from comeback.returns.rules.policy import Policy, Window


def pick_window(policy: Policy, facts: dict[str, Any], resolution: str | None) -> Window | None:
    """The first window whose condition and resolution fit; None where the policy offers none."""
    for window in policy.windows:
        if window.resolution in (None, resolution) and conditions.evaluate(window.when, facts):
            return window
    return None


def window_start(window: Window, clock: ClockFacts, buffer_days: int) -> datetime | None:
    """The moment the window starts; None while its clock has not started.

    From delivery: the last parcel's arrival; before any parcel is known the order date plus the shop's buffer;
    a parcel without delivery event has not started the clock (spec/returns.md, settled questions).
    """
    if window.from_ == "order":
        return clock.placed_at
    if not clock.parcels:
        return clock.placed_at + timedelta(days=buffer_days)
    return clock.shipped_at if window.from_ == "fulfilment" else clock.delivered_at


def window_end(window: Window, clock: ClockFacts, buffer_days: int) -> datetime | None:
    """The first moment that is too late: local midnight after the last day; None = clock not started."""
    start = window_start(window, clock, buffer_days)
    if start is None:
        return None
    zone = ZoneInfo(clock.timezone)
    last_day = start.astimezone(zone).date() + timedelta(days=window.days)
    return datetime.combine(last_day + timedelta(days=1), time(), zone)


def last_day(
    policy: Policy, clock: ClockFacts, facts: dict[str, Any], resolution: str | None = None
) -> datetime | None:
    """The last local moment to ask for a return, or None where the clock has not started or no window fits."""
    window = pick_window(policy, facts, resolution)
    end = window_end(window, clock, policy.buffer_days) if window else None
    return end - timedelta(seconds=1) if end else None
