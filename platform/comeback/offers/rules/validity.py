"""When a coupon can be used, until when, and how its worth is said."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from comeback.kit.money import format_money

UTC = "UTC"


def usable_zone(*names: str | None) -> str:
    """The first name that is a time zone (shops write what they like), else UTC."""
    for name in names:
        if not name:
            continue
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return UTC


def last_day(now: datetime, days: int, timezone: str) -> tuple[date, datetime]:
    """The last day a coupon of `days` is good, on the customer's wall (D15), and the instant it ends."""
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date() + timedelta(days=days)
    return day, datetime.combine(day + timedelta(days=1), time(), zone)


def refusal(state: str, uses: int | None, used: int, expires_at: datetime | None, now: datetime) -> str | None:
    """Why a coupon cannot be used now; None where it can. A reserved one may have reached its customer already."""
    if state == "released":
        return "it was withdrawn"
    if state == "redeemed" or (uses is not None and used >= uses):
        return "it is used up"
    if expires_at is not None and expires_at <= now:
        return "it has expired"
    return None


def label(percent: int | None, amount: int | None, currency: str | None, locale: str) -> str:
    """What it is worth, as people say it: `10 %` or `€5.00`."""
    if percent is not None:
        return f"{percent}\u00a0%"
    return format_money(amount or 0, currency or "EUR", locale)
