"""Bytes to rows: encoding, delimiter, quoting; whatever is wrong is named by row and column."""

import csv
import io
import re
from collections.abc import Sequence

from msgspec import Struct

from comeback.imports.schemas import Problem

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 100_000, 200, 10_000
DELIMITERS = (",", ";", "\t", "|")
_BINARY = {
    b"PK\x03\x04": "an Excel or ZIP file", b"\xd0\xcf\x11\xe0": "an old Excel file", b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture",
}  # fmt: skip
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


class BadFile(Exception):
    """The file cannot be read as a table at all."""

    def __init__(self, row: int, column: str | None, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(row, column, message)


class Row(Struct, frozen=True):
    """One record of the file: the line it begins on (the head is 1) and its cells by column."""

    number: int
    cells: dict[str, str]


class Sheet(Struct, frozen=True):
    """The whole file: columns in order, rows, and what is wrong with single rows."""

    columns: list[str]
    rows: list[Row]
    problems: list[Problem]


def read(data: bytes) -> Sheet:
    """The table in a file; raises BadFile where there is none."""
    text = decode(data)
    if not text.strip():
        raise BadFile(1, None, "The file is empty.")
    records = _records(text, delimiter(text))
    columns = _head(records[0][1])
    problems: list[Problem] = []
    rows: list[Row] = []
    for number, cells in records[1:]:
        if any(cells):
            problems += _row_problems(number, cells, columns)
            rows.append(Row(number, dict(zip(columns, (c.strip() for c in cells), strict=False))))
    if not rows:
        raise BadFile(1, None, "The file has a head but no rows.")
    if len(rows) > MAX_ROWS:
        raise BadFile(rows[MAX_ROWS].number, None, f"A file may have {MAX_ROWS:,} rows; split it.")
    return Sheet(columns, rows, problems)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8 (with or without BOM), UTF-16 with BOM, else Windows-1252. Raises BadFile."""
    for magic, name in _BINARY.items():
        if data.startswith(magic):
            raise BadFile(1, None, f"This is {name}, not CSV. Save the sheet as “CSV UTF-8” and upload that.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A file that is partly UTF-8 was damaged on its way; one without any such sequence is of the old kind.
        if _MULTIBYTE.search(data):
            raise BadFile(
                _line(data, error.start), None, "The encoding is broken here; save the file as UTF-8."
            ) from None
    return _strict(data, "cp1252")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadFile(_line(data, error.start), None, "The encoding is not known; save the file as UTF-8.") from None


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def delimiter(text: str) -> str:
    """The sign between cells: the one that cuts the head into most columns (quoted signs do not count)."""
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    return max(DELIMITERS, key=lambda sign: (head.count(sign), -DELIMITERS.index(sign)))


def _records(text: str, sign: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            found.append((line, cells))
            line = reader.line_num + 1
            if len(found) > MAX_ROWS + 1:
                raise BadFile(found[-1][0], None, f"A file may have {MAX_ROWS:,} rows; split it.")
    except csv.Error as error:
        raise BadFile(line, None, _why(str(error))) from None
    while found and not any(found[0][1]):
        found.pop(0)
    return found


def _why(error: str) -> str:
    if "field limit" in error:
        return "A cell is far too long; a quotation mark may be missing before this row ends."
    if "unexpected end" in error:
        return "A quotation mark that begins in this row is never closed."
    return "After a closing quotation mark there is more text; double the quotation marks inside a cell."


def _head(cells: Sequence[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) < 2:
        raise BadFile(1, None, "The head has only one column: use comma, semicolon, tab or | between cells.")
    if len(columns) > MAX_COLUMNS:
        raise BadFile(1, None, f"The head has {len(columns)} columns; {MAX_COLUMNS} are the most.")
    seen: set[str] = set()
    for n, column in enumerate(columns, 1):
        if not column or "\x00" in column:
            raise BadFile(1, None, f"Column {n} of the head has no name.")
        if column.casefold() in seen:
            raise BadFile(1, column, "Two columns have this name; rename or remove one.")
        seen.add(column.casefold())
    return columns


def _row_problems(number: int, cells: Sequence[str], columns: Sequence[str]) -> list[Problem]:
    found: list[Problem] = []
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra:
        found.append(Problem(number, None, f"This row has {len(cells)} cells, the head has {len(columns)}."))
    elif len(cells) < len(columns):
        at = columns[len(cells)]
        found.append(Problem(number, at, f"This row ends early: {len(cells)} cells, the head has {len(columns)}."))
    for column, cell in zip(columns, cells, strict=False):
        if "\x00" in cell:
            found.append(Problem(number, column, "There is a NUL character in this cell."))
        if len(cell) > MAX_CELL:
            found.append(Problem(number, column, f"The cell has {len(cell):,} characters; {MAX_CELL:,} are the most."))
    return found
