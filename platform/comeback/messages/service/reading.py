"""Reading messages: lists with opens and clicks by class, the raw bytes, the HTML for people at the desk."""

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

from comeback.core.db import ReadSession
from comeback.kit.ids import parse_id
from comeback.kit.paging import Page, decode_cursor, encode_cursor
from comeback.messages.errors import NoBody, UnknownMessage
from comeback.messages.repository import reading
from comeback.messages.rules.hits import Hit, tally
from comeback.messages.rules.letters import CONFIDENTIAL
from comeback.messages.schemas import Counts, MessageOut
from comeback.messages.service.publish import again

PAGE = 50
PIXEL = re.compile(r"<img\s[^>]*/o/[A-Za-z0-9_-]+\.gif[^>]*>")


async def list_messages(
    session: ReadSession,
    *,
    order_id: UUID | None = None,
    customer_id: UUID | None = None,
    return_id: UUID | None = None,
    state: str | None = None,
    cursor: str | None = None,
) -> Page[MessageOut]:
    """A page of messages, newest first."""
    filters = {"order_id": order_id, "customer_id": customer_id, "return_id": return_id, "state": state}
    key = decode_cursor(cursor) if cursor else None
    before = parse_id(str(key[0])) if key else None
    found = await reading.listed(session, filters, before, PAGE + 1)
    page = found[:PAGE]
    tallies = await _tallies(session, [row["id"] for row in page])
    items = [_out(row, tallies.get(row["id"])) for row in page]
    return Page(items, encode_cursor(str(page[-1]["id"])) if len(found) > PAGE else None)


async def _tallies(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, dict[str, dict[str, int]]]:
    by_message: dict[UUID, list[Hit]] = {}
    for row in await reading.hits_of(session, ids) if ids else []:
        by_message.setdefault(row.pop("message_id"), []).append(Hit(**row))
    return {message_id: tally(hits) for message_id, hits in by_message.items()}


def _out(row: dict[str, Any], counts: dict[str, dict[str, int]] | None) -> MessageOut:
    if row["template"] in CONFIDENTIAL:
        row = row | {"subject": None}
    opens = Counts(**counts["open"]) if counts else Counts()
    clicks = Counts(**counts["click"]) if counts else Counts()
    return MessageOut(**row, opens=opens, clicks=clicks)


async def raw_message(session: ReadSession, message_id: UUID) -> bytes:
    """The bytes as they were handed over (service mails, while they are kept). Raises UnknownMessage, and
    NoBody also for a confidential one."""
    found = await reading.one(session, message_id)
    if found is None:
        raise UnknownMessage()
    body = None if found["template"] in CONFIDENTIAL else await reading.body(session, message_id)
    if body is None:
        raise NoBody()
    return body


async def rendered_html(session: ReadSession, message_id: UUID) -> str | None:
    """The HTML part without its pixel, so that looking at it at the desk counts no open.

    Marketing mails keep their inputs, not their bytes: they are rendered again, without click addresses. None where
    nothing is kept (any more, or yet), and for a confidential mail.
    """
    found = await reading.one(session, message_id)
    if found is None or found["template"] in CONFIDENTIAL:
        return None
    body = await reading.body(session, message_id)
    if body is None:
        return await again(session, found) if found["context"] else None
    part = message_from_bytes(body, policy=policy.SMTP).get_body(("html",))
    return PIXEL.sub("", str(part.get_content())) if part is not None else None
