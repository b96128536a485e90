"""Planning: a message exists from here on, once for its send key, in the transaction that decided it."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.kit.ids import new_id
from comeback.messages.repository import queue
from comeback.messages.schemas import PlannedMessage

SUBJECT_COLUMNS = {"order_id": "order", "shipment_id": "shipment", "return_id": "return"}
SENDER = "messages"


async def plan(session: WriteSession, messages: Sequence[PlannedMessage]) -> list[UUID]:
    """Plans messages; answers their ids in order, the known id where the send key exists already.

    One without a recipient is stored as blocked, so that it can be seen why nobody got it.
    """
    if not messages:
        return []
    now = clock.now()
    columns: dict[str, list[Any]] = {
        name: [getattr(m, name) for m in messages]
        for name in ("send_key", "class_", "channel", "template", "locale", "recipient", "customer_id")
    }
    columns |= {c: [m.subjects.get(name) for m in messages] for c, name in SUBJECT_COLUMNS.items()}
    columns |= {
        "id": [new_id() for _ in messages],
        "subjects": [_json(m.subjects) for m in messages],
        "data": [_json(m.data) for m in messages],
        "origin": [None if m.origin is None else _json(m.origin) for m in messages],
        "next_at": [m.not_before or now for m in messages],
        "state": ["planned" if m.recipient else "blocked" for m in messages],
        "why": [None if m.recipient else "no address" for m in messages],
    }
    ids = await queue.insert_planned(session, columns)
    session.wake(SENDER)
    return [ids[m.send_key] for m in messages]


async def cancel(
    session: WriteSession, subject: Literal["order", "return", "shipment", "customer"], value: UUID, why: str
) -> int:
    """Cancels the messages of a subject that are not under way; answers how many."""
    return await queue.cancel_planned(session, subject, value, why)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
