"""Reading of foreign JSON without trust: unknown fields are ignored, absent or odd ones are nothing. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from comeback.kit.money import exponent

Json = dict[str, Any]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def text(value: object, longest: int = 200) -> str | None:
    """One line of text, cut to `longest`; numbers become text, anything else and nothing become None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    line = _CONTROL.sub(" ", str(value)).strip()[:longest].strip()
    return line or None


def plain_id(value: object) -> str | None:
    """An id as text: `123`, `"123"` and `gid://shopify/Order/123` are the same."""
    found = text(value)
    return found.rsplit("/", 1)[-1].split("?", 1)[0] if found and found.startswith("gid://") else found


def mapping(value: object) -> Json:
    """The object itself, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Json]:
    """The objects of a list, of a GraphQL connection (`nodes` or `edges`), or none."""
    if isinstance(value, dict):
        edges = value.get("edges")
        value = [mapping(e).get("node") for e in edges] if isinstance(edges, list) else value.get("nodes")
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def whole(value: object) -> int:
    """A whole number, 0 where it is none."""
    found = decimal(value)
    return 0 if found is None else int(found)


def decimal(value: object) -> Decimal | None:
    """A finite number from text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**15 else None


def minor(value: object, currency: str) -> int | None:
    """A decimal amount in minor units by the currency's exponent (`"12.9"` EUR is 1290, `"5800"` JPY is 5800)."""
    found = decimal(value)
    if found is None:
        return None
    return int(found.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def moment(value: object, zone: datetime | None = None) -> datetime | None:
    """A time with its offset; one without an offset is UTC."""
    if not isinstance(value, str) or not value:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    found = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return found if 1970 < found.year < 9000 else None


def words(value: object) -> list[str]:
    """Tags: a list, or text with commas; each once, at most 250."""
    parts: Iterable[object] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    found = [w for w in (text(part) for part in parts) if w]
    return list(dict.fromkeys(found))[:250]


def locale(value: object) -> str | None:
    """`de`, `pt-BR`; None for anything else."""
    tag = (text(value, 20) or "").replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else None


def web_address(value: object) -> str | None:
    """An https address without odd characters."""
    found = text(value, 2000)
    if found and found.startswith("//"):
        found = f"https:{found}"
    return found if found and re.fullmatch(r"https?://[!-~]+", found) else None
