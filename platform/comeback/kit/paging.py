"""Keyset paging: a cursor is the sort key of the last row, opaque to the caller."""

import base64
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """One page of a list; `next` is the cursor of the following page or None."""

    items: list[T]
    next: str | None = None


def encode_cursor(*key: str | int) -> str:
    """An opaque cursor of the sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> tuple[str | int, ...] | None:
    """The sort key in a cursor, or None where it is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return tuple(msgspec.json.decode(raw, type=list[str | int]))
    except (ValueError, msgspec.MsgspecError):
        return None
