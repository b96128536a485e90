"""Bad rows as CSV that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Sequence

from comeback.imports.schemas import Problem

_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula: a quote in front of what begins like one."""
    return f"'{text}" if text.startswith(_TRIGGERS) else text


def as_csv(problems: Sequence[Problem]) -> str:
    """Row, column and message of each problem; every cell quoted."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["row", "column", "message"])
    for problem in problems:
        writer.writerow([problem.row, safe_cell(problem.column or ""), safe_cell(problem.message)])
    return out.getvalue()
