"""A mail as a reader sees it: its parts, its HTML made safe to frame, its dark side on demand."""

import re
from email.message import EmailMessage, MIMEPart
from typing import Any

from comeback.sandbox.clock import stamp
from comeback.sandbox.mailbox.store import Envelope, MailStore

_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_LIGHT = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)", re.IGNORECASE)
_CID = re.compile(r"""(?<=["'(])cid:([^"')]+)""", re.IGNORECASE)
# Always and never true media conditions, so that one mail can be shown in either scheme whatever the browser prefers.
_TRUE, _FALSE = "(min-width: 0)", "(max-width: 0)"


def summary(store: MailStore, envelope: Envelope) -> dict[str, Any]:
    """An entry of the list. `from` and `subject` are the headers; `to` the envelope's recipients."""
    if envelope.subject is None or envelope.shown_from is None:
        message = store.parsed(envelope)
        envelope.subject = _header(message, "Subject")
        envelope.shown_from = _header(message, "From") or envelope.sender
    return {
        "id": envelope.id,
        "from": envelope.shown_from,
        "to": ", ".join(envelope.recipients),
        "subject": envelope.subject,
        "received_at": stamp(envelope.received_at),
        "size": envelope.size,
    }


def detail(store: MailStore, envelope: Envelope) -> dict[str, Any]:
    """The summary with headers, the text part and the list of attachments."""
    message = store.parsed(envelope)
    text, html = body(message, "plain"), body(message, "html")
    return {
        **summary(store, envelope),
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": text,
        "has_html": html is not None,
        "attachments": [
            {"number": number, "name": part.get_filename() or f"part-{number}", "type": part.get_content_type()}
            for number, part in enumerate(message.walk())
            if part.get_content_disposition() == "attachment"
        ],
    }


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; a malformed one as it stands."""
    try:
        return str(message[name] or "")
    except (ValueError, AttributeError, IndexError):
        return dict(message.raw_items()).get(name, "")


def body(message: EmailMessage, kind: str) -> str | None:
    """The first `text/kind` part, decoded as well as it can be; None where there is none."""
    for part in message.walk():
        if part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment":
            return _decoded(part)
    return None


def _decoded(part: MIMEPart) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def framed(message: EmailMessage, id_: str, scheme: str) -> str:
    """The HTML part for the frame: links open in a new tab, cid: pictures resolve, the scheme is as chosen."""
    html = body(message, "html") or ""
    dark = scheme == "dark"
    html = _DARK.sub(_TRUE if dark else _FALSE, html)
    html = _LIGHT.sub(_FALSE if dark else _TRUE, html)
    html = _CID.sub(rf"/messages/{id_}/parts/\1", html)
    base = '<base target="_blank">'
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    return html[: head.end()] + base + html[head.end() :] if head else base + html


def part(message: EmailMessage, name: str) -> tuple[bytes, str, str | None] | None:
    """(bytes, type, file name) of a part by its number in the walk or by its Content-ID."""
    for number, found in enumerate(message.walk()):
        content_id = str(found.get("Content-ID", "")).strip("<> ")
        if name in (str(number), content_id) and not found.is_multipart():
            raw = found.get_payload(decode=True)
            return (raw if isinstance(raw, bytes) else b""), found.get_content_type(), found.get_filename()
    return None
