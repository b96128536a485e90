"""Cells to values: text, whole numbers, amounts, times, yes and no. Each problem says what would be right."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

from comeback.imports.rules.reading import Row
from comeback.imports.schemas import Problem
from comeback.kit.money import KNOWN, exponent

_AMOUNT = re.compile(r"^(\d{1,12})(?:\.(\d{1,4}))?$")
_WHOLE = re.compile(r"^\d{1,7}$")
_FORMULA = re.compile(r"^(?:[=@\t\r＝＠]|[+\-＋－](?=.*[(!|])[^\d\s])")
_ZONE = re.compile(r" ?(?:([+-]\d\d):?(\d\d)|(Z|UTC))$")
YEARS = range(1970, 2200)
"""Years that a time may have: the ends of the calendar have no place in another zone."""
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Cells:
    """A row read through a mapping; what is wrong is collected in `problems`."""

    def __init__(self, row: Row, mapping: Mapping[str, str], problems: list[Problem]) -> None:
        self.row, self.mapping, self.problems = row, mapping, problems

    def raw(self, field: str) -> str:
        """The cell of a field, empty where it has no column."""
        return self.row.cells.get(self.mapping.get(field, ""), "")

    def wrong(self, field: str, message: str) -> None:
        """Notes a problem of this row."""
        self.problems.append(Problem(self.row.number, self.mapping.get(field) or field, message))

    def text(self, field: str, *, required: bool = False, most: int = 500) -> str | None:
        """A text, or None where empty. What begins like a formula is refused: a spreadsheet would run it."""
        value = self.raw(field)
        if not value:
            if required:
                self.wrong(field, "This cell must not be empty.")
            return None
        if _FORMULA.match(value):
            self.wrong(field, "This begins like a spreadsheet formula; remove the sign in front.")
        if len(value) > most:
            self.wrong(field, f"This has {len(value)} characters; {most} are the most.")
        return value

    def whole(self, field: str, *, least: int = 0, otherwise: int | None = None) -> int:
        """A whole number of at least `least`."""
        value = self.raw(field)
        if not value and otherwise is not None:
            return otherwise
        if value.startswith("-"):
            self.wrong(field, "This must not be negative.")
        elif not _WHOLE.match(value):
            self.wrong(field, f"“{value[:40]}” is not a whole number.")
        elif int(value) < least:
            self.wrong(field, f"This must be at least {least}.")
        else:
            return int(value)
        return max(least, 1)

    def amount(self, field: str, currency: str) -> int | None:
        """Minor units of `1234.56`; None where empty."""
        value = self.raw(field)
        if not value:
            return None
        digits = exponent(currency)
        match = _AMOUNT.match(value)
        if match is None:
            sign = "This must not be negative." if value.startswith("-") else ""
            self.wrong(field, sign or f"“{value[:40]}” is not an amount; write it as 1234.56, without other signs.")
            return 0
        whole, part = match.group(1), (match.group(2) or "")
        if len(part.rstrip("0")) > digits:
            self.wrong(field, f"{currency} has {digits} decimals; this has more.")
            return 0
        return int(whole + (part + "0" * digits)[:digits])

    def currency(self, field: str, otherwise: str) -> str:
        """An ISO 4217 code."""
        value = self.raw(field).upper()
        if not value or value in KNOWN:
            return value or otherwise
        self.wrong(field, f"“{value[:40]}” is not a currency; write its three letters, such as EUR.")
        return otherwise

    def moment(self, field: str, zone: tzinfo) -> datetime | None:
        """A time; without an offset it is in the shop's zone. None where empty or wrong."""
        value = self.raw(field)
        if not value:
            return None
        match = _ZONE.search(value)
        offset = ""
        if match:
            value, offset = value[: match.start()], "+00:00" if match.group(3) else f"{match.group(1)}:{match.group(2)}"
        try:
            read = datetime.fromisoformat(value + offset)
        except ValueError:
            self.wrong(field, f"“{self.raw(field)[:40]}” is not a time; write it as 2026-11-01 10:00 or 2026-11-01.")
            return None
        if read.year not in YEARS:
            self.wrong(field, f"“{self.raw(field)[:40]}” must lie between {YEARS[0]} and {YEARS[-1]}.")
            return None
        return read if read.tzinfo else read.replace(tzinfo=zone)

    def yes(self, field: str) -> bool | None:
        """Yes, no, or None where empty."""
        value = self.raw(field).casefold()
        if value and value not in _YES:
            self.wrong(field, f"“{value[:40]}” is neither yes nor no.")
        return _YES.get(value)
