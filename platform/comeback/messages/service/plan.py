"""Planning: a message exists from here on, once for its send key, in the transaction that decided it."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish_all
from comeback.kit.ids import new_id
from comeback.merchants.service import get_shop
from comeback.messages.events import MessageFailed
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
        for name in ("send_key", "class_", "channel", "template", "recipient", "customer_id")
    }
    home = "" if all(m.locale for m in messages) else (await get_shop(session)).locale
    columns |= {c: [m.subjects.get(name) for m in messages] for c, name in SUBJECT_COLUMNS.items()}
    columns |= {
        "id": [new_id() for _ in messages],
        "locale": [m.locale or home for m in messages],
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
    gone = await queue.cancel_planned(session, subject, value, why)
    await publish_all(
        session,
        [
            MessageFailed(occurred_at=clock.now(), message_id=m.id, send_key=m.send_key, order_id=m.order_id,
                          customer_id=m.customer_id, reason=why[:200])
            for m in gone if m.offers
        ],
    )  # fmt: skip
    return len(gone)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
