"""A reader: language, country, time zone; how they read days, times and money."""

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_date_format

from comeback.kit.languages import LANGUAGES
from comeback.kit.money import format_money
from comeback.portal.words.catalogue import Catalogue, catalogue

_YEAR = re.compile(r"(?:,\s*|\s+)?(?:'de'\s*)?y+(?:\s*'г'\.)?")
_ENGLISH = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US", "ZA"})
_DAYS = {0: "day.today", 1: "day.tomorrow", -1: "day.yesterday"}


@lru_cache(maxsize=256)
def _locale(language: str, country: str) -> Locale:
    try:
        return Locale(language, country or None)
    except (UnknownLocaleError, ValueError):
        return Locale(language)


@lru_cache(maxsize=256)
def _without_year(locale: Locale) -> str:
    return _YEAR.sub("", get_date_format("full", locale=locale).pattern).strip()


@lru_cache(maxsize=256)
def _money_tag(language: str, country: str) -> str:
    """English readers outside English-speaking countries still expect `€39.90` (CLDR's en_DE writes `39,90 €`)."""
    if language == "en" and country not in _ENGLISH:
        return "en_GB"
    return f"{language}_{country}" if country else language


@lru_cache(maxsize=512)
def zone_of(*names: str | None) -> ZoneInfo:
    """The first name that is a time zone, else UTC."""
    for name in names:
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


# Babel takes some 30 µs for a day, an hour or an amount, and a page has many; the same few are asked for all day.
@lru_cache(maxsize=4096)
def _short(day: date, locale: Locale) -> str:
    return format_skeleton("MMMd", day, locale=locale)


@lru_cache(maxsize=4096)
def _long(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale=locale)


@lru_cache(maxsize=4096)
def _full(day: date, locale: Locale) -> str:
    return format_date(day, _without_year(locale), locale=locale)


@lru_cache(maxsize=4096)
def _clock(of_day: time, locale: Locale) -> str:
    return format_time(of_day, "short", locale=locale)


_money = lru_cache(maxsize=8192)(format_money)


class Reader(msgspec.Struct, frozen=True):
    """Who reads a page, and when (`now`, with an offset)."""

    language: str
    country: str
    zone: ZoneInfo
    now: datetime

    @property
    def words(self) -> Catalogue:
        """The words of the reader's language."""
        return catalogue(self.language)

    @property
    def locale(self) -> Locale:
        """Language and country, for dates."""
        return _locale(self.language, self.country)

    def t(self, key: str, **values: Any) -> str:
        """Words as plain text."""
        return self.words.text(key, **values)

    def local(self, moment: datetime) -> datetime:
        """The moment in the reader's zone."""
        return moment.astimezone(self.zone)

    def near(self, day: date) -> str | None:
        """today, tomorrow, yesterday; None for other days."""
        key = _DAYS.get((day - self.local(self.now).date()).days)
        return self.t(key) if key else None

    def day(self, moment: datetime) -> str:
        """A day in full, without the year: `Tuesday, 24 November`; near days by name."""
        day = self.local(moment).date()
        return self.near(day) or _full(day, self.locale)

    def short(self, moment: datetime) -> str:
        """A day in short: `24 Nov`."""
        return _short(self.local(moment).date(), self.locale)

    def long(self, moment: datetime) -> str:
        """A day with its year: `24 November 2026`."""
        return self.written(self.local(moment).date())

    def written(self, day: date) -> str:
        """A calendar day with its year."""
        return _long(day, self.locale)

    def time(self, moment: datetime) -> str:
        """A time of day: `10:42`."""
        local = self.local(moment)
        return _clock(time(local.hour, local.minute), self.locale)

    def moment(self, moment: datetime) -> str:
        """Day and time of an event: `today, 07:42`, `19 Nov, 18:05`."""
        shown = self.near(self.local(moment).date()) or self.short(moment)
        return upper(self.t("moment", day=shown, time=self.time(moment)))

    def sentence(self, moment: datetime) -> str:
        """Day and time inside a sentence: `today at 10:42`, older ones by day alone."""
        near = self.near(self.local(moment).date())
        return self.t("moment.sentence", day=near, time=self.time(moment)) if near else self.day(moment)

    def span(self, first: datetime, last: datetime) -> str:
        """Two days: `24 – 26 November`, or one in full where they are the same."""
        start, end = self.local(first).date(), self.local(last).date()
        if start >= end:
            return self.day(last)
        shared = start.month == end.month and self._day_first()
        opening = LANGUAGES[self.language].opening.format(start.day) if shared else self._month_day(start)
        return self.t("span", first=opening, last=self._month_day(end))

    def _day_first(self) -> bool:
        return _without_year(self.locale).find("d") < _without_year(self.locale).find("M")

    def _month_day(self, day: date) -> str:
        return format_skeleton("MMMMd", day, locale=self.locale)

    def money(self, minor: int, currency: str) -> str:
        """An amount with its currency."""
        return _money(minor, currency, _money_tag(self.language, self.country))


def upper(text: str) -> str:
    """The first letter large."""
    return text[:1].upper() + text[1:]
