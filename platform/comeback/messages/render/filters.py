"""Liquid filters of ours: money, days and times in the reader's language, and the link filter.

The language and time zone are `locale` and `timezone` of the data being rendered.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_skeleton, format_time
from liquid import Markup, RenderContext
from liquid.exceptions import FilterArgumentError
from liquid.filter import liquid_filter, with_context

from comeback.kit.addresses import address_lines as lines_of
from comeback.kit.languages import LANGUAGES, choose
from comeback.kit.money import format_money

ALLOWED = ("https://", "http://")
_RANGES = {"de": ("EEE d.", "EEE d. MMMM"), "es": ("EEE d", "EEE d 'de' MMMM")}
"""CLDR patterns of the first and the last of two days, where they are not `EEE d` and `EEE d MMMM`."""


@liquid_filter
@with_context
def money(amount: object, currency: object = None, *, context: RenderContext) -> str:
    """`1290 | money: "EUR"` is "€12.90", by the reader's language."""
    if not isinstance(amount, int) or not isinstance(currency, str):
        raise FilterArgumentError("money wants minor units and a currency", token=None)
    return _money(amount, currency, _locale(context))


@liquid_filter
@with_context
def day(value: object, *, context: RenderContext) -> str:
    """An ISO date or time as "Tuesday, 24 November" in the reader's zone."""
    return _day(str(value), _locale(context), _zone(context))


@liquid_filter
@with_context
def short_day(value: object, *, context: RenderContext) -> str:
    """An ISO date or time as "24 Nov"."""
    return _short_day(str(value), _locale(context), _zone(context))


@liquid_filter
@with_context
def full_day(value: object, *, context: RenderContext) -> str:
    """An ISO date or time as "24 November 2026"; for days far away."""
    return _full_day(str(value), _locale(context), _zone(context))


@liquid_filter
@with_context
def day_range(value: object, until: object = None, *, context: RenderContext) -> str:
    """Two ISO dates or times as "Mon 23 – Tue 24 November"; as one day where they fall on the same."""
    return _day_range(str(value), str(until), _locale(context), _zone(context))


@liquid_filter
@with_context
def clock_time(value: object, *, context: RenderContext) -> str:
    """An ISO time as "10:42" in the reader's zone."""
    return _clock(str(value), _locale(context), _zone(context))


@liquid_filter
@with_context
def address_lines(value: object, *, context: RenderContext) -> list[str]:
    """An address as lines, in the order of its country; the country in the language of the mail."""
    return lines_of(value, _locale(context)) if isinstance(value, dict) else []


@liquid_filter
@with_context
def plural(value: object, *forms: object, context: RenderContext) -> str:
    """`3 | plural: "day", "days"` is "days"; as many forms as the language of the mail has, in gettext's order."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FilterArgumentError("plural wants a number", token=None)
    language = LANGUAGES[choose(_locale(context)).language]
    if len(forms) != language.forms:
        raise FilterArgumentError(f"plural wants {language.forms} forms in {language.name}", token=None)
    return str(forms[language.form(value)])


@liquid_filter
@with_context
def link(url: object, *, context: RenderContext) -> str:
    """The click address of a destination; plain where clicks are not followed."""
    sink: Callable[[str], str] | None = context.globals.get("_links")  # type: ignore[assignment]
    target = unescape(str(url)).strip()
    if not target.lower().startswith(ALLOWED):
        target = str(context.globals.get("_fallback_url") or "")
    found = sink(target) if sink is not None and target else target
    return Markup(found.replace("&", "&amp;").replace('"', "%22").replace("<", "%3C")) if context.autoescape else found


def _locale(context: RenderContext) -> str:
    return str(context.globals.get("locale") or "en")


def _zone(context: RenderContext) -> str:
    return str(context.globals.get("timezone") or "UTC")


@lru_cache(maxsize=4096)
def _money(amount: int, currency: str, locale: str) -> str:
    return format_money(amount, currency, locale)


@lru_cache(maxsize=4096)
def _day(value: str, locale: str, zone: str) -> str:
    return format_date(_local(value, zone), LANGUAGES[choose(locale).language].day, locale=locale.replace("-", "_"))


@lru_cache(maxsize=4096)
def _short_day(value: str, locale: str, zone: str) -> str:
    pattern = {"de": "d. MMM", "en": "d MMM"}.get(locale[:2])
    moment = _local(value, zone)
    code = locale.replace("-", "_")
    return format_date(moment, pattern, locale=code) if pattern else format_skeleton("MMMd", moment, locale=code)


@lru_cache(maxsize=4096)
def _full_day(value: str, locale: str, zone: str) -> str:
    return format_date(_local(value, zone), "long", locale=locale.replace("-", "_"))


@lru_cache(maxsize=4096)
def _day_range(value: str, until: str, locale: str, zone: str) -> str:
    first, last = _local(value, zone), _local(until, zone)
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return _day(until, locale, zone)
    short, long = _RANGES.get(choose(locale).language, ("EEE d", "EEE d MMMM"))
    code = locale.replace("-", "_")
    start = format_date(first, short if first.month == last.month else long, locale=code)
    return f"{start} – {format_date(last, long, locale=code)}"


@lru_cache(maxsize=4096)
def _clock(value: str, locale: str, zone: str) -> str:
    moment = _local(value, zone)
    if not isinstance(moment, datetime):
        raise FilterArgumentError("a date has no time of day", token=None)
    return format_time(moment.replace(tzinfo=None), "HH:mm", locale=locale.replace("-", "_"))


def _local(value: str, zone: str) -> date | datetime:
    """A bare date stays that date everywhere; a moment is shown in the reader's zone."""
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise FilterArgumentError(f"not an ISO date or time: {value!r}", token=None) from error
    try:
        return moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
    except (ZoneInfoNotFoundError, ValueError):
        return moment


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money, "day": day, "full_day": full_day, "short_day": short_day,
    "day_range": day_range,
    "clock_time": clock_time, "link": link, "plural": plural,
    "address_lines": address_lines,
}  # fmt: skip
