"""Header values: refused when they could break out of their line, encoded when they are not ASCII (RFC 5322, 2047)."""

import base64
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NAME = re.compile(r"[!-9;-~]+")
ATOM_TEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x20\x7f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
LINE = 76
HARD = 998
WORD_BYTES = 42


class BadHeader(ValueError):
    """A header name or value that must not be sent."""


def checked(value: str) -> str:
    """`value` unchanged, or BadHeader when it holds a control character (CR and LF among them) or a lone surrogate."""
    if CONTROL.search(value):
        raise BadHeader("control character in a header value")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadHeader("not valid Unicode") from error
    return value


def address(value: str) -> str:
    """An ASCII `local@domain`, checked against the shape that every server takes; BadHeader otherwise."""
    if not ADDRESS.fullmatch(checked(value)) or not value.isascii() or ".." in value or len(value) > 254:
        raise BadHeader("not an address a server would take")
    local = value.rpartition("@")[0]
    if local.startswith(".") or local.endswith("."):
        raise BadHeader("not an address a server would take")
    return value


def mailbox(name: str | None, mail: str) -> str:
    """`Name <local@domain>`; the name quoted or encoded as it needs."""
    if not name:
        return address(mail)
    return f"{phrase(name)} <{address(mail)}>"


def phrase(name: str) -> str:
    """A display name (RFC 5322 §3.2.5): plain, quoted, or as encoded words."""
    checked(name)
    stripped = name.strip()
    if not stripped.isascii() or "=?" in stripped:
        return encoded_words(stripped)
    if ATOM_TEXT.fullmatch(stripped) and "  " not in stripped:
        return stripped
    return '"' + stripped.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unstructured(text: str) -> str:
    """A subject: plain ASCII, else encoded words. Text that looks like an encoded word is encoded too."""
    checked(text)
    stripped = text.strip()
    longest = max((len(word) for word in stripped.split(" ")), default=0)
    if stripped.isascii() and "=?" not in stripped and longest <= LINE - 12 and "  " not in stripped:
        return stripped
    return encoded_words(stripped)


def encoded_words(text: str) -> str:
    """RFC 2047 words of UTF-8 in base64, cut between characters, separated by blanks."""
    words: list[str] = []
    chunk = b""
    for character in text:
        piece = character.encode()
        if len(chunk) + len(piece) > WORD_BYTES:
            words.append(_word(chunk))
            chunk = b""
        chunk += piece
    words.append(_word(chunk))
    return " ".join(words)


def _word(chunk: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(chunk).decode()}?="


def date(moment: datetime) -> str:
    """RFC 5322 date in UTC."""
    return _date(moment.astimezone(UTC).replace(microsecond=0))


@lru_cache(maxsize=64)
def _date(second: datetime) -> str:
    return format_datetime(second)


def header(name: str, value: str) -> bytes:
    """One header line, folded at blanks; BadHeader where it cannot be made safe.

    The value must be ASCII already (encode with `unstructured`, `phrase` or `mailbox`).
    """
    if not NAME.fullmatch(name):
        raise BadHeader(f"bad header name {name!r}")
    checked(value)
    if not value.isascii():
        raise BadHeader(f"{name} is not ASCII")
    line = f"{name}: {value}"
    return (line if len(line) <= LINE else _folded(name, value)).encode() + b"\r\n"


def _folded(name: str, value: str) -> str:
    lines = [f"{name}:"]
    for word in value.split(" "):
        if not word:
            raise BadHeader(f"{name} has a run of blanks and does not fit one line")
        if len(word) > HARD - 1:
            raise BadHeader(f"{name} has a word longer than a line")
        if len(lines[-1]) + 1 + len(word) <= LINE or lines == [f"{name}:"]:
            lines[-1] += " " + word
        else:
            lines.append(" " + word)
    return "\r\n".join(lines)
