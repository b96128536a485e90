"""When a parcel should arrive by the simple rule (E6): the shop's promise, else ship date plus transit days."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from comeback.shipments.rules.folding import Folded
from comeback.shipments.rules.vocabulary import TERMINAL, Status

# Business days from hand-over to door: (earliest, latest). The service's word is looked for in its name.
_BY_SERVICE: tuple[tuple[str, tuple[int, int]], ...] = (
    ("same_day", (0, 0)),
    ("overnight", (1, 1)),
    ("next_day", (1, 1)),
    ("express", (1, 2)),
    ("priority", (1, 2)),
    ("economy", (3, 6)),
    ("international", (4, 8)),
)
_BY_CARRIER: dict[str, tuple[int, int]] = {"dhl": (1, 3), "gls": (1, 3), "ups": (1, 3), "sandbox": (2, 3)}
_USUAL = (2, 4)
_MORNING, _EVENING = time(8), time(20)
_HIDDEN = TERMINAL | {
    Status.OUT_FOR_DELIVERY,
    Status.AVAILABLE_FOR_PICKUP,
    Status.ATTEMPT_FAILED,
    Status.RETURNING,
    Status.EXPIRED,
}


class Eta(msgspec.Struct, frozen=True):
    """A range in UTC and who said it: `promised` at checkout or our `rule`."""

    start: datetime | None
    until: datetime
    source: str


def first_eta(
    shipped_at: datetime, carrier: str, service: str | None, *, zone: str, promised_at: datetime | None = None
) -> Eta:
    """The promise made at checkout wins; else 8:00 to 20:00 in the shop's zone around the usual transit days."""
    if promised_at is not None:
        return Eta(None, promised_at, "promised")
    local = shipped_at.astimezone(ZoneInfo(zone))
    early, late = transit_days(carrier, service)
    return Eta(_at(local, early, _MORNING), _at(local, late, _EVENING), "rule")


def transit_days(carrier: str, service: str | None) -> tuple[int, int]:
    """Usual business days (earliest, latest) of a carrier's service."""
    name = (service or "").casefold().replace(" ", "_").replace("-", "_")
    for word, days in _BY_SERVICE:
        if word in name:
            return days
    return _BY_CARRIER.get(carrier.split("_")[0], _USUAL)


def _at(start: datetime, business_days: int, hour: time) -> datetime:
    day, left = start, business_days
    while left > 0 or day.weekday() >= 5:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day.date(), hour, tzinfo=start.tzinfo).astimezone(ZoneInfo("UTC"))


def eta_shown(folded: Folded) -> bool:
    """A date is hidden once the parcel is at the door, waits at a shop, or something is wrong (E6)."""
    return folded.status not in _HIDDEN and folded.exception is None
