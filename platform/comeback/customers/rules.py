"""Pure decisions about people: addresses, what consent holds, who may be written to."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from comeback.customers.models import Reason

MessageClass = Literal["service", "marketing"]

_ATOMS = re.compile(r"[^\s@\"(),:;<>\[\\\]\x00-\x20\x7f]+")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}|localhost")


def normalise_email(raw: str) -> str | None:
    """The address under which a person is known: NFC, lower case, ASCII domain; None where it is no address."""
    local, at, domain = unicodedata.normalize("NFC", raw.strip()).rpartition("@")
    local = local.casefold()
    if not at or len(local.encode()) > 64 or not _ATOMS.fullmatch(local) or ".." in f".{local}.":
        return None
    try:
        domain = domain.rstrip(".").lower() if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return None
    return f"{local}@{domain}" if _DOMAIN.fullmatch(domain) else None


def normalise_address(channel: str, raw: str) -> str:
    """The form of an address that is hashed: e-mail as above, numbers as digits with a leading plus."""
    if channel == "email":
        return normalise_email(raw) or raw.strip().casefold()
    digits = re.sub(r"\D", "", raw)
    return "+" + digits.removeprefix("00")


def address_hash(pepper: bytes, channel: str, address: str) -> bytes:
    """Keyed hash (HMAC-SHA-256, 32 bytes) of a normalised address; all that is kept of a suppressed one."""
    return hmac.digest(pepper, f"{channel}\x00{normalise_address(channel, address)}".encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person said about one channel and purpose."""

    channel: str
    purpose: str
    granted: bool
    at: datetime
    basis: str = "consent"
    source: str = ""


def fold(statements: Iterable[Statement]) -> dict[tuple[str, str], Statement]:
    """What holds for each (channel, purpose): the latest statement; of two at the same instant the withdrawal.

    The order of the input does not matter (GDPR art. 7(3): withdrawing is as easy as giving).
    """
    held: dict[tuple[str, str], Statement] = {}
    for said in statements:
        key = (said.channel, said.purpose)
        known = held.get(key)
        if known is None or _rank(said) > _rank(known):
            held[key] = said
    return held


def _rank(said: Statement) -> tuple[datetime, bool, str, str]:
    return said.at, not said.granted, said.source, said.basis


@dataclass(frozen=True, slots=True)
class Block:
    """A suppression as the gate sees it; `topic` None means all topics."""

    reason: str
    at: datetime
    topic: str | None = None
    until: datetime | None = None


MATRIX: dict[Reason, tuple[bool, bool]] = {
    Reason.UNSUBSCRIBED: (True, False),
    Reason.COMPLAINT: (True, False),
    Reason.SERVICE_COMPLAINT: (True, True),
    Reason.HARD_BOUNCE: (True, True),
    Reason.SOFT_LIMIT: (True, False),
    Reason.ERASED: (True, True),
    Reason.MANUAL_MARKETING: (True, False),
    Reason.MANUAL_ALL: (True, True),
}
"""D6: reason → (blocks marketing, blocks service)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a message may leave, whether marketing blocks may be in it, and the reason or legal basis."""

    send: bool
    offers: bool
    why: str


def verdict(
    class_: MessageClass, blocks: Sequence[Block], consent: Statement | None, now: datetime, topic: str | None = None
) -> Verdict:
    """The one gate before hand-over (D6, D7)."""
    live = [b for b in blocks if _holds(b, consent, now, topic)]
    refusal = _refusal(live, consent)
    if class_ == "marketing":
        return Verdict(not refusal, not refusal, refusal or _basis(consent))
    stopped = next((b.reason for b in live if MATRIX[Reason(b.reason)][1]), "")
    return Verdict(not stopped, not stopped and not refusal, stopped or refusal or _basis(consent))


def _holds(block: Block, consent: Statement | None, now: datetime, topic: str | None) -> bool:
    """A block ends with its time, concerns its topic, and an opt-out yields to a later, new consent."""
    if block.until is not None and block.until <= now:
        return False
    if block.topic is not None and block.topic != topic:
        return False
    renewed = consent is not None and consent.granted and consent.at > block.at
    return not (block.reason == Reason.UNSUBSCRIBED and block.topic is None and renewed)


def _refusal(live: Sequence[Block], consent: Statement | None) -> str:
    blocked = next((b.reason for b in live if MATRIX[Reason(b.reason)][0]), "")
    if blocked:
        return blocked
    if consent is None:
        return "no consent"
    return "" if consent.granted else "consent withdrawn"


def _basis(consent: Statement | None) -> str:
    return f"{consent.basis}: {consent.source}" if consent else ""
