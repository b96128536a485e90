"""The bytes of a mail: 7-bit everywhere, so that no server on the way has a reason to touch (and unsign) it.

HTML comes as ASCII with character references. Where a line would be too long, or a text is not ASCII, the part is
quoted-printable (RFC 2045 §6.7). Differentially tested against `email.message.EmailMessage` and its parser.
"""

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from comeback.messages.mime import headers

LINE_LIMIT = 998
UNSAFE = bytes([*range(9), 11, 12, *range(14, 32), 127])


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says. `message_id` without angle brackets; `extra` are further headers, in order, values ASCII."""

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


def build(mail: Mail) -> bytes:
    """The message with CRLF line ends: headers, then text/plain and text/html as alternatives (RFC 2046 §5.1.4).

    Raises:
        BadHeader: a value that could not be sent safely.
    """
    boundary = "=_" + sha256(headers.checked(mail.message_id).encode()).hexdigest()[:32]
    head = _head(mail, boundary)
    mark = b"--" + boundary.encode()
    body = [
        mark, b"\r\n", part(mail.text.encode("utf-8", "replace"), "text/plain"), b"\r\n",
        mark, b"\r\n", part(mail.html, "text/html"), b"\r\n",
        mark, b"--\r\n",
    ]  # fmt: skip
    return head + b"\r\n" + b"".join(body)


def _head(mail: Mail, boundary: str) -> bytes:
    lines = [
        ("From", headers.mailbox(mail.sender_name, mail.sender)),
        ("To", headers.mailbox(mail.to_name, mail.to)),
        ("Subject", headers.unstructured(mail.subject)),
        ("Date", headers.date(mail.date)),
        ("Message-ID", f"<{mail.message_id}>"),
        ("MIME-Version", "1.0"),
        *([("Reply-To", headers.address(mail.reply_to))] if mail.reply_to else []),
        *mail.extra,
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    return b"".join(headers.header(name, value) for name, value in lines)


def part(content: bytes, kind: str) -> bytes:
    """One body part with its own headers; content ends with a line end."""
    body = normal_lines(content)
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
    # A tab alone is found at once, two characters are not: almost no mail has a tab.
    if b" \r\n" in body or (b"\t" in body and b"\t\r\n" in body):
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
