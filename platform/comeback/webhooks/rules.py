"""Pure decisions: signatures and secrets (Standard Webhooks), the schedule, the circuit, bodies and samples."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32
PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 18 * 3600, 21 * 3600)
"""Seconds before each further try; about 72 hours together."""
LIFETIME = timedelta(days=3)
SPREAD = 0.2
"""Pauses vary by ± 20 %, so that what failed together does not come back together."""
OPEN_AFTER = 5
"""Failures in a row that open the circuit; while it is open nothing is sent, then one call probes."""
OPEN_SECONDS, OPEN_MAX = 30, 1800
"""The first opening, and the longest: each failed probe doubles it."""
DISABLE_AFTER = timedelta(days=5)
"""Without one success for so long an endpoint is switched off."""
KEPT_ANSWER = 2048
HIDDEN = frozenset({"send_key"})
"""Event fields that stay inside: they are made of an address."""
GONE = 410
TEST_EVENT = "webhook.test"
SUBJECTS = {
    "order_id": "The order it is about.",
    "shipment_id": "The parcel it is about.",
    "return_id": "The return it is about.",
    "customer_id": "The customer it is about; fetch the person with a key that may read customers.",
}


def secret_text(raw: bytes) -> str:
    """A signing secret as people copy it: `whsec_` and base64."""
    return SECRET_PREFIX + base64.b64encode(raw).decode()


def secret_bytes(text: str) -> bytes:
    """The key in a secret; raises ValueError where it is none."""
    try:
        return base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a signing secret") from error


def signatures(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: one `v1,<base64>` a live secret, apart by spaces.

    HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks 1.0, "Symmetric signatures").
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    macs = (hmac.digest(secret_bytes(secret), signed, hashlib.sha256) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs)


def pause(tries: int, luck: float) -> float | None:
    """Seconds until the next try after `tries` calls, None after the last. `luck` is 0 to 1, drawn by the caller."""
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (1 - SPREAD + 2 * SPREAD * luck)


def asked_to_wait(headers: Mapping[str, str], status: int | None) -> float:
    """Seconds that a busy receiver asks for (Retry-After in seconds, with 429 or 503); at most a day."""
    value = headers.get("retry-after", "").strip()
    return min(float(value), 86_400.0) if status in (429, 503) and value.isascii() and value.isdigit() else 0.0


def succeeded(status: int | None) -> bool:
    """Whether an answer means "taken": any 2xx."""
    return status is not None and 200 <= status < 300


def envelope(name: str, occurred_at: datetime, data: Mapping[str, Any]) -> bytes:
    """The body of a call: `{"type","timestamp","data"}`."""
    moment = occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return msgspec.json.encode({"type": name, "timestamp": moment, "data": data})


def shown(data: Mapping[str, Any], subjects: Mapping[str, Any]) -> dict[str, Any]:
    """An event's fields as receivers see them: the subjects that it has, then its own fields."""
    ids = {name: str(value) for name, value in subjects.items() if value is not None}
    return ids | {name: value for name, value in data.items() if name not in HIDDEN}


def matches(patterns: Sequence[str], name: str) -> bool:
    """Whether an endpoint hears of an event: `*`, `room.*` or the very name."""
    return any(p in ("*", name, f"{name.partition('.')[0]}.*") for p in patterns)


def unknown_patterns(patterns: Sequence[str], names: Sequence[str]) -> list[str]:
    """Patterns that no event will ever fit."""
    return [p for p in patterns if not any(matches([p], name) for name in names)]


def sample(schema: Mapping[str, Any]) -> Any:
    """A value that fits a JSON schema of ours, always the same one."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("default"):
        return schema["default"]
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return sample(choice)
    match schema.get("type"):
        case "object":
            return {name: sample(part) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema["items"])] if "items" in schema else []
        case "integer" | "number":
            return 1
        case "boolean":
            return False
        case "null" | None:
            return None
        case _:
            return _text_sample(schema.get("format", ""))


def _text_sample(format_: str) -> str:
    known = {"uuid": "0198c0de-0000-7000-8000-000000000001", "date-time": "2026-11-01T10:00:00Z", "date": "2026-11-01"}
    return known.get(format_, "text")
