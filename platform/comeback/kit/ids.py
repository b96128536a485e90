"""Identifiers: time-ordered UUIDs (RFC 9562, version 7)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new, time-ordered id."""
    return uuid7()


def parse_id(value: str) -> UUID | None:
    """The UUID in `value`, or None where it is not one (an unknown id answers 404, not 400)."""
    try:
        return UUID(value)
    except ValueError:
        return None


def floor_id(unix_ms: int) -> UUID:
    """The smallest version 7 id of the millisecond `unix_ms`; bounds of partitions and time ranges."""
    return UUID(int=(unix_ms << 80) | (0x7 << 76) | (0x2 << 62))
