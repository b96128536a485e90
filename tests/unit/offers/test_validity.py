"""When a coupon can be used, and how its worth is said."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from comeback.offers.rules.validity import label, last_day, refusal, usable_zone

NOW = datetime(2026, 10, 20, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Berlin", date(2026, 10, 31)), ("America/New_York", date(2026, 10, 30)), ("UTC", date(2026, 10, 30))],
)
def test_the_last_day_is_whole_on_the_customers_wall(zone: str, day: date) -> None:
    shown, ends = last_day(NOW, 10, zone)
    there = ends.astimezone(ZoneInfo(zone))
    assert shown == day
    assert (there.date(), there.hour, there.minute) == (day + timedelta(days=1), 0, 0)
    assert last_day(ends, -1, zone)[0] == day


@pytest.mark.parametrize(
    ("state", "uses", "used", "days", "why"),
    [
        ("reserved", 1, 0, 1, None),
        ("confirmed", 1, 0, 1, None),
        ("confirmed", None, 900, None, None),
        ("released", 1, 0, 1, "it was withdrawn"),
        ("redeemed", 1, 1, 1, "it is used up"),
        ("confirmed", 3, 3, 1, "it is used up"),
        ("confirmed", 1, 0, 0, "it has expired"),
    ],
)
def test_refusals(state: str, uses: int | None, used: int, days: int | None, why: str | None) -> None:
    ends = None if days is None else NOW + timedelta(days=days)
    assert refusal(state, uses, used, ends, NOW) == why


def test_labels() -> None:
    assert label(10, None, None, "de") == "10\u00a0%"
    assert label(None, 500, "EUR", "en") == "€5.00"
    assert "5,00" in label(None, 500, "EUR", "de")


@pytest.mark.parametrize(
    ("names", "zone"),
    [
        (["Europe/Rome", "UTC"], "Europe/Rome"),
        (["Mars/Phobos", "Europe/Rome"], "Europe/Rome"),
        (["../etc/passwd", "Europe", "", None], "UTC"),
        ([], "UTC"),
    ],
)
def test_odd_time_zones_do_not_stop_a_mail(names: list[str | None], zone: str) -> None:
    assert usable_zone(*names) == zone
