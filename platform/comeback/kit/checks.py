"""Checks of outside values that types cannot say; they collect every problem, named by JSON pointer (RFC 6901)."""

import re
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from comeback.kit.money import KNOWN

MAX_AMOUNT: Final = 10**12
"""The largest amount in minor units that a field may hold."""
MAX_QUANTITY: Final = 1_000_000

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_URL: Final = re.compile(r"https?://[^\s\x00-\x20\x7f-\x9f/]+[^\s\x00-\x20\x7f-\x9f]*\Z")
_PHONE: Final = re.compile(r"\+?[\d\s()./x#*-]{2,40}\Z")
_NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
COUNTRIES: Final[frozenset[str]] = frozenset(
    code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code) and code not in _NOT_COUNTRIES
)
"""ISO 3166-1 alpha-2 codes."""
TIMEZONES: Final[frozenset[str]] = frozenset(available_timezones())


def pointer(*parts: str | int) -> str:
    """The JSON pointer of a path, escaped."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


@lru_cache(maxsize=1024)
def known_locale(tag: str) -> bool:
    """Whether CLDR knows the language, and ISO the country, of a tag such as `de`, `pt-BR` or `zh_Hans_CN`."""
    try:
        parts = Locale.parse(tag.replace("-", "_")[:20])
    except (ValueError, TypeError):
        return False
    except UnknownLocaleError:
        language, _, country = tag.replace("-", "_").partition("_")
        return country in COUNTRIES and known_locale(language)
    return parts.territory is None or len(parts.territory) == 3 or parts.territory in COUNTRIES


def plain_url(value: str) -> bool:
    """Whether `value` is an absolute http(s) address that can be shown and linked to."""
    return len(value) <= 2048 and _URL.match(value) is not None


class Problems:
    """Collects what is wrong with a body; every check answers nothing and goes on."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, at: str, message: str) -> None:
        """Notes one problem."""
        self.found.append((at, message))

    def text(self, at: str, value: str | None, longest: int, *, least: int = 1) -> None:
        """One line of text: no control characters (NUL would not even be storable), `least` to `longest` characters."""
        if value is None:
            return
        if _CONTROL.search(value):
            self.add(at, "must not contain control characters")
        if not least <= len(value) <= longest or (least and not value.strip()):
            self.add(at, f"must have {least} to {longest} characters")

    def prose(self, at: str, value: str | None, longest: int) -> None:
        """Text that may have several lines."""
        if value is None:
            return
        if _CONTROL_BUT_LINES.search(value):
            self.add(at, "must not contain control characters")
        if len(value) > longest:
            self.add(at, f"must have at most {longest} characters")

    def amount(self, at: str, value: int | None, *, least: int = 0) -> None:
        """An amount in minor units."""
        if value is not None and not least <= value <= MAX_AMOUNT:
            self.add(at, f"must be between {least} and {MAX_AMOUNT}")

    def count(self, at: str, value: int | None, *, least: int = 1, most: int = MAX_QUANTITY) -> None:
        """A whole number in a range."""
        if value is not None and not least <= value <= most:
            self.add(at, f"must be between {least} and {most}")

    def size(self, at: str, value: Collection[object], most: int, *, least: int = 0) -> None:
        """The number of entries of a list or map."""
        if not least <= len(value) <= most:
            self.add(at, f"must have {least} to {most} entries")

    def choice(self, at: str, value: str | None, known: Collection[str]) -> None:
        """One of a closed list."""
        if value is not None and value not in known:
            self.add(at, f"must be one of {', '.join(sorted(known))}")

    def currency(self, at: str, value: str | None) -> None:
        """An ISO 4217 code in capitals."""
        if value is not None and value not in KNOWN:
            self.add(at, "must be an ISO 4217 currency code in capitals")

    def country(self, at: str, value: str | None) -> None:
        """An ISO 3166-1 alpha-2 code in capitals."""
        if value is not None and value not in COUNTRIES:
            self.add(at, "must be an ISO 3166-1 country code of two capitals")

    def locale(self, at: str, value: str | None) -> None:
        """A language tag."""
        if value is not None and not known_locale(value):
            self.add(at, "must be a known language tag such as de or pt-BR")

    def timezone(self, at: str, value: str | None) -> None:
        """An IANA time zone."""
        if value is not None and value not in TIMEZONES:
            self.add(at, "must be an IANA time zone such as Europe/Berlin")

    def phone(self, at: str, value: str | None) -> None:
        """Anything people write as a telephone number."""
        if value is not None and not _PHONE.match(value):
            self.add(at, "must be a telephone number")

    def url(self, at: str, value: str | None) -> None:
        """An absolute http(s) address without spaces."""
        if value is None:
            return
        if not plain_url(value):
            self.add(at, "must be an http or https address of at most 2048 characters")

    def moment(self, at: str, value: datetime | None) -> None:
        """A time that has an offset and lies between 1970 and 2199."""
        if value is None:
            return
        if value.tzinfo is None or not 1970 <= value.year <= 2199:
            self.add(at, "must be a time with offset between 1970 and 2199")

    def unique(self, at: str, values: Collection[str], leaf: str) -> None:
        """No value twice; the pointer names every repetition."""
        seen: set[str] = set()
        for index, value in enumerate(values):
            if value in seen:
                self.add(f"{at}/{index}/{leaf}" if leaf else f"{at}/{index}", "must not repeat")
            seen.add(value)
