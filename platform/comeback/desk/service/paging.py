"""Cursors of the desk's lists. A cursor that is none of ours begins at the first page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.kit.ids import parse_id
from comeback.kit.paging import decode_cursor, encode_cursor

PAGE = 50


def moment_and_id(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The place of a row in a list by time."""
    key = decode_cursor(cursor) if cursor else None
    row_id = parse_id(str(key[1])) if key and len(key) == 2 else None
    try:
        return (datetime.fromisoformat(str(key[0])), row_id) if key and row_id else None
    except ValueError:
        return None


def word_and_id(cursor: str | None) -> tuple[str, UUID] | None:
    """The place of a row in a list by name."""
    key = decode_cursor(cursor) if cursor else None
    row_id = parse_id(str(key[1])) if key and len(key) == 2 else None
    return (str(key[0]), row_id) if key and row_id else None


def only_id(cursor: str | None) -> UUID | None:
    """The place of a row in a list by id."""
    key = decode_cursor(cursor) if cursor else None
    return parse_id(str(key[0])) if key else None


def cut(found: Sequence[Mapping[str, Any]], *keys: str) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """One page of the rows found (one more was asked for), and the cursor of the next page by `keys` of its last."""
    page = found[:PAGE]
    if len(found) <= PAGE:
        return page, None
    last = (page[-1][key] for key in keys)
    return page, encode_cursor(*(v.isoformat() if isinstance(v, datetime) else str(v) for v in last))
