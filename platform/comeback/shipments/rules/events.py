"""From what a carrier said to one comparable event: normalise, dedupe key, union of copies (E3.2, E3.3)."""

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from comeback.shipments.rules.vocabulary import AGENT, MOVEMENT, Status, status_of

# Countries with one wall clock (or one that covers nearly all parcels): for times that carry no offset.
COUNTRY_ZONES: dict[str, str] = {
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "BG": "Europe/Sofia",
    "CH": "Europe/Zurich",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "GR": "Europe/Athens",
    "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "JP": "Asia/Tokyo",
    "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "RO": "Europe/Bucharest",
    "SE": "Europe/Stockholm",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
}
_Value = TypeVar("_Value", str, datetime)
TEXT_LIMIT = 500
CODE_LIMIT = 100


class CodeMeaning(Protocol):
    """A row of a carrier's code table (`vendors/carriers/codes.py`)."""

    @property
    def status(self) -> str | None: ...
    @property
    def substatus(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def physical(self) -> bool: ...
    @property
    def resolved(self) -> bool: ...
    @property
    def reversal(self) -> bool: ...


class RawEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it was reported; `occurred_at` is RFC 3339, or local time without an offset, or missing."""

    carrier: str
    tracking_number: str
    source: str
    code: str | None = None
    status: str | None = None
    description: str | None = None
    occurred_at: str | None = None
    city: str | None = None
    country: str | None = None
    child_number: str | None = None
    provider_id: str | None = None


class CarrierEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One normalised event. `key` is the dedupe key; `occurred_at` and `received_at` are aware, in UTC."""

    key: str
    received_at: datetime
    carrier: str = ""
    tracking_number: str = ""
    sources: tuple[str, ...] = ()
    code: str | None = None
    status: Status | None = None
    substatus: str | None = None
    reason: str | None = None
    occurred_at: datetime | None = None
    occurred_local: str | None = None
    tz_source: str | None = None
    city: str | None = None
    country: str | None = None
    text: str | None = None
    child_number: str | None = None
    provider_id: str | None = None
    physical: bool = False
    resolved: bool = False
    reversal: bool = False
    contradiction: bool = False
    unmapped: bool = False
    revokes: str | None = None  # agent only: key of the override taken back

    @property
    def at(self) -> datetime:
        """When it counts: its own time, else the first time any copy of it was received."""
        return self.occurred_at or self.received_at

    @property
    def by_agent(self) -> bool:
        return AGENT in self.sources


def tidy_number(number: str) -> str:
    """A tracking number as it is compared: upper case, without blanks and separators."""
    return "".join(c for c in number.upper() if c.isalnum())


def tidy_carrier(carrier: str) -> str:
    """A carrier's code as it is compared: lower case, runs of other signs are one underscore."""
    return "_".join("".join(c if c.isalnum() else " " for c in carrier.casefold()).split())


def tidy_city(city: str | None) -> str:
    """Letters and digits only, lower case, without accents: `Köln-Deutz ` and `KOLN DEUTZ` are one place."""
    plain = unicodedata.normalize("NFKD", city or "").casefold()
    return "".join(c for c in plain if c.isalnum())


def tidy_text(text: str | None, limit: int = TEXT_LIMIT) -> str | None:
    """One line without control and format characters, cut at `limit`; None when nothing is left."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in text or "")
    return " ".join(kept.split())[:limit] or None


def dedupe_key(
    carrier: str, number: str, code: str | None, status: str | None, at: datetime | None, city: str | None
) -> str:
    """E3.3: carrier, number, the carrier's code or else our status, the minute, the city; never the text."""
    minute = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if at else ""
    what = f"code:{code.casefold()}" if code else f"status:{status or ''}"
    parts = (tidy_carrier(carrier), tidy_number(number), what, minute, tidy_city(city))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def moment(text: str | None, country: str | None, shop_zone: str | None) -> tuple[datetime | None, str | None]:
    """UTC time and where its zone came from: carrier (offset given), location, brand (the shop) or utc."""
    try:
        parsed = datetime.fromisoformat(text.strip()) if text else None
        if parsed is None:
            return None, None
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC), "carrier"
        zone, origin = _zone(country, shop_zone)
        return parsed.replace(tzinfo=zone).astimezone(UTC), origin
    except (ValueError, OverflowError):
        return None, None


def _zone(country: str | None, shop_zone: str | None) -> tuple[ZoneInfo, str]:
    known = COUNTRY_ZONES.get((country or "").upper())
    if known:
        return ZoneInfo(known), "location"
    return (ZoneInfo(shop_zone), "brand") if shop_zone else (ZoneInfo("UTC"), "utc")


def normalise(
    raw: RawEvent, meaning: CodeMeaning | None, *, received_at: datetime, shop_zone: str | None = None
) -> CarrierEvent:
    """The event in our words. A mapped code wins over the sender's status; a contradiction is kept as a flag.

    Neither a code nor a status we know gives status null and `unmapped`: it is never guessed (E3.4).
    """
    said = status_of(raw.status)
    meant = status_of(meaning.status) if meaning else None
    status = meant if meaning else said
    at, tz_source = moment(raw.occurred_at, raw.country, shop_zone)
    code = tidy_text(raw.code, CODE_LIMIT)
    return CarrierEvent(
        key=dedupe_key(raw.carrier, raw.tracking_number, code, status or raw.status, at, raw.city),
        received_at=received_at.astimezone(UTC),
        carrier=tidy_carrier(raw.carrier),
        tracking_number=tidy_number(raw.tracking_number),
        sources=(raw.source,),
        code=code,
        status=status,
        substatus=meaning.substatus if meaning else None,
        reason=(meaning.reason if meaning else None) or ("other" if status == Status.EXCEPTION else None),
        occurred_at=at,
        occurred_local=tidy_text(raw.occurred_at, CODE_LIMIT),
        tz_source=tz_source,
        city=tidy_text(raw.city, CODE_LIMIT),
        country=(tidy_text(raw.country, 2) or "").upper() or None,
        text=tidy_text(raw.description),
        child_number=tidy_number(raw.child_number or "")[:CODE_LIMIT] or None,
        provider_id=tidy_text(raw.provider_id, CODE_LIMIT),
        physical=meaning.physical if meaning else status in MOVEMENT,
        resolved=bool(meaning and meaning.resolved),
        reversal=bool(meaning and meaning.reversal),
        contradiction=meaning is not None and said is not None and said != meant,
        unmapped=status is None and not (meaning and meaning.reversal),
    )


def unite(events: Iterable[CarrierEvent]) -> dict[str, CarrierEvent]:
    """Copies of one key become one event, the same whatever came first: every field takes its least known value."""
    united: dict[str, CarrierEvent] = {}
    for event in events:
        known = united.get(event.key)
        united[event.key] = event if known is None or known == event else _join(known, event)
    return united


def _join(one: CarrierEvent, other: CarrierEvent) -> CarrierEvent:
    fields = {
        name: _least(getattr(one, name), getattr(other, name)) for name in _LEAST if getattr(one, name) is not None
    } | {name: getattr(other, name) for name in _LEAST if getattr(one, name) is None}
    either = {name: getattr(one, name) or getattr(other, name) for name in _EITHER}
    sources = tuple(sorted({*one.sources, *other.sources}))
    return msgspec.structs.replace(one, **fields, **either, sources=sources)


def _least(one: _Value, other: _Value | None) -> _Value:
    return one if other is None or one <= other else other


_EITHER = ("physical", "resolved", "reversal", "contradiction", "unmapped")
_LEAST = (
    "received_at",
    "code",
    "status",
    "substatus",
    "reason",
    "occurred_at",
    "occurred_local",
    "tz_source",
    "city",
    "country",
    "text",
    "child_number",
    "provider_id",
    "revokes",
)
