"""The bytes of a mail: 7-bit everywhere, so that no server on the way has a reason to touch (and unsign) it.

HTML comes as ASCII with character references. Where a line would be too long, or a text is not ASCII, the part is
quoted-printable (RFC 2045 §6.7). Differentially tested against `email.message.EmailMessage` and its parser.
"""

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

import numpy as np

from comeback.messages.mime import headers

LINE_LIMIT = 998
UNSAFE = bytes([*range(9), 11, 12, *range(14, 32), 127])
BLANK = 32


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says. `message_id` without angle brackets; `extra` are further headers, in order, values ASCII.

    `ready`: the HTML is ASCII with CRLF line ends already, the last line included.
    """

    sender_name: str | None
    sender: str
    to_name: str | None
    to: str
    subject: str
    date: datetime
    message_id: str
    text: str
    html: bytes
    reply_to: str | None = None
    extra: Sequence[tuple[str, str]] = ()
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A message not signed yet. `lines`: its headers, each with its line end. `flat`: no run of blanks in the body, no
    tab and no blank at a line end, so that canonicalisation has nothing to do."""

    lines: list[bytes]
    body: bytes
    flat: bool


def build(mail: Mail) -> bytes:
    """The message with CRLF line ends: headers, then text/plain and text/html as alternatives (RFC 2046 §5.1.4).

    Raises:
        BadHeader: a value that could not be sent safely.
    """
    made = draft(mail)
    return b"".join([*made.lines, b"\r\n", made.body])


def draft(mail: Mail) -> Draft:
    """The same as `build`, before its headers and body are put together.

    Raises:
        BadHeader: a value that could not be sent safely.
    """
    boundary = "=_" + sha256(headers.checked(mail.message_id).encode()).hexdigest()[:32]
    lines = _head(mail, boundary)
    mark = b"--" + boundary.encode()
    text = part(mail.text.encode("utf-8", "replace"), "text/plain")
    html = _part(mail.html, "text/html") if mail.ready else part(mail.html, "text/html")
    body = b"".join([mark, b"\r\n", text, b"\r\n", mark, b"\r\n", html, b"\r\n", mark, b"--\r\n"])
    return Draft(lines, body, flat(body))


def _head(mail: Mail, boundary: str) -> list[bytes]:
    return [
        _from(mail.sender_name, mail.sender),
        headers.header("To", headers.mailbox(mail.to_name, mail.to)),
        headers.header("Subject", headers.unstructured(mail.subject)),
        headers.header("Date", headers.date(mail.date)),
        headers.header("Message-ID", f"<{mail.message_id}>"),
        b"MIME-Version: 1.0\r\n",
        *([_reply_to(mail.reply_to)] if mail.reply_to else []),
        *(headers.header(name, value) for name, value in mail.extra),
        headers.header("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]


# A shop's own addresses stand in all of its mails.
@lru_cache(maxsize=1024)
def _from(name: str | None, address: str) -> bytes:
    return headers.header("From", headers.mailbox(name, address))


@lru_cache(maxsize=1024)
def _reply_to(address: str) -> bytes:
    return headers.header("Reply-To", headers.address(address))


def flat(body: bytes) -> bool:
    """Whether no blank is followed by another, a tab or a line end, and no tab stands anywhere."""
    octets = np.frombuffer(body, np.uint8)
    return b"\t" not in body and not bool(((octets[:-1] == BLANK) & (octets[1:] <= BLANK)).any())


def part(content: bytes, kind: str) -> bytes:
    """One body part with its own headers; content ends with a line end."""
    return _part(normal_lines(content), kind)


def _part(body: bytes, kind: str) -> bytes:
    if body.isascii() and fits(body):
        charset, encoding = b"utf-8", b"7bit"
    else:
        charset, encoding, body = b"utf-8", b"quoted-printable", quoted_printable(body)
    return (
        b"Content-Type: " + kind.encode() + b'; charset="' + charset + b'"\r\n'
        b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body
    )  # fmt: skip


def normal_lines(content: bytes) -> bytes:
    """CRLF line ends only, no other control characters than tab, exactly one line end at the end."""
    text = content.translate(None, UNSAFE)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def fits(body: bytes) -> bool:
    """Whether every line is within RFC 5322's 998 octets and none ends in a blank that a server may strip."""
    # One look at all octets is several times sooner than the search for a pair; almost no mail needs the search.
    if not flat(body) and (b" \r\n" in body or b"\t\r\n" in body):
        return False
    at, end = 0, len(body)
    while end - at > LINE_LIMIT:
        # The last line end within reach: as many lines as possible at one look.
        found = body.rfind(b"\r\n", at, at + LINE_LIMIT + 2)
        if found < 0:
            return False
        at = found + 2
    return True


def quoted_printable(body: bytes) -> bytes:
    """RFC 2045 §6.7 with CRLF line ends, lines of at most 76 octets."""
    encoded = binascii.b2a_qp(body.replace(b"\r\n", b"\n"), quotetabs=False, istext=True, header=False)
    return encoded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
