"""SMTP replies and lines (RFC 5321 §4.2), without any input or output."""

import re
from dataclasses import dataclass

import numpy as np

LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?")
DOT, LINE_FEED = 46, 10
MAX_LINE = 2_000
MAX_LINES = 200
PATH = re.compile(r"[^\s<>\x00-\x20\x7f]*")


class Desync(Exception):
    """The other side answered something that is no reply, or not to what was asked: the connection must be closed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: its code and its lines."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class ReplyReader:
    """Collects bytes into replies; refuses what does not look like one."""

    def __init__(self) -> None:
        self._buffer = b""
        self._lines: list[str] = []
        self._code = 0

    @property
    def halfway(self) -> bool:
        """Whether a reply has begun and not ended."""
        return bool(self._buffer or self._lines)

    def feed(self, data: bytes) -> list[Reply]:
        """The replies completed by `data`; Desync where it is garbage, endless or mixes codes."""
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        if len(self._buffer) > MAX_LINE:
            raise Desync("endless reply line")
        found: list[Reply] = []
        for line in lines:
            reply = self._line(line.rstrip(b"\r"))
            if reply is not None:
                found.append(reply)
        return found

    def _line(self, line: bytes) -> Reply | None:
        match = LINE.fullmatch(line)
        if match is None or len(line) > MAX_LINE or len(self._lines) >= MAX_LINES:
            raise Desync(f"not a reply: {line[:60]!r}")
        code = int(match.group(1))
        if self._lines and code != self._code:
            raise Desync(f"reply mixes {self._code} and {code}")
        self._code = code
        self._lines.append((match.group(3) or b"").decode("utf-8", "replace").strip())
        if match.group(2) == b"-":
            return None
        made, self._lines = tuple(self._lines), []
        return Reply(code, made)


def path(address: str) -> str:
    """`<address>` for MAIL and RCPT; ValueError where it could leave its brackets or its line."""
    if not PATH.fullmatch(address) or not address.isascii() or len(address) > 254:
        raise ValueError("not an envelope address")
    return f"<{address}>"


def stuffed(message: bytes) -> bytes:
    """A message as it goes after DATA: dots doubled at line starts, ended by a line with a dot (RFC 5321 §4.5.2)."""
    # A mail of ours has no line that starts with a dot: one look at all octets is sooner than a search.
    octets = np.frombuffer(message, np.uint8)
    dots = bool(((octets[1:] == DOT) & (octets[:-1] == LINE_FEED)).any())
    body = message.replace(b"\r\n.", b"\r\n..") if dots else message
    if body.startswith(b"."):
        body = b"." + body
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def capabilities(reply: Reply) -> frozenset[str]:
    """First words of the EHLO lines, upper case; AUTH methods as `AUTH PLAIN` and so on."""
    found: set[str] = set()
    for line in reply.lines[1:]:
        words = line.upper().replace("=", " ").split()
        if words:
            found.add(words[0])
            if words[0] == "AUTH":
                found.update(f"AUTH {method}" for method in words[1:])
    return frozenset(found)
