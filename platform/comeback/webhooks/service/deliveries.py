"""The delivery log, and sending again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.kit.ids import parse_id
from comeback.kit.paging import decode_cursor, encode_cursor
from comeback.webhooks.errors import NoDelivery, NothingToSend
from comeback.webhooks.models import DELIVERIES
from comeback.webhooks.repository import endpoints as store
from comeback.webhooks.repository import queue
from comeback.webhooks.rules import LIFETIME, envelope, shown
from comeback.webhooks.schemas import AttemptOut, DeliveryDetail, DeliveryOut, DeliveryPage
from comeback.webhooks.service.endpoints import get_endpoint
from comeback.webhooks.service.planning import WAKE

PAGE = 50


def known_delivery(text: str) -> UUID:
    """The id in a path; raises NoDelivery for what is none."""
    found = parse_id(text)
    if found is None:
        raise NoDelivery()
    return found


async def list_deliveries(
    session: ReadSession, endpoint_id: UUID, *, state: str | None, cursor: str | None
) -> DeliveryPage:
    """A page of an endpoint's deliveries, newest first. Raises NoEndpoint, and Invalid for an unknown state."""
    if state is not None and state not in DELIVERIES.states:
        raise Invalid("Unknown state.", [FieldError("/state", f"is one of {', '.join(sorted(DELIVERIES.states))}")])
    await get_endpoint(session, endpoint_id)
    key = decode_cursor(cursor) if cursor else None
    before = parse_id(str(key[0])) if key else None
    found = await store.deliveries(session, endpoint_id, state=state, before=before, limit=PAGE + 1)
    more = encode_cursor(str(found[PAGE - 1]["id"])) if len(found) > PAGE else None
    return DeliveryPage(items=[DeliveryOut(**row) for row in found[:PAGE]], next=more)


async def show_delivery(session: ReadSession, delivery_id: UUID) -> DeliveryDetail:
    """One delivery with the body as it is sent and every call; raises NoDelivery."""
    found = await store.delivery(session, delivery_id)
    if found is None:
        raise NoDelivery()
    own = found.pop("body")
    attempts = [AttemptOut(**row) for row in await store.attempts(session, delivery_id)]
    body = own if own is not None else await _body(session, found["event_id"])
    return DeliveryDetail(delivery=DeliveryOut(**found), body=body, attempts=attempts)


async def _body(session: ReadSession, event_id: UUID) -> dict[str, Any] | None:
    event = (await queue.told(session, [event_id])).get(event_id)
    if event is None:
        return None
    return msgspec.json.decode(envelope(event.name, event.occurred_at, shown(event.data, event.subjects)))


async def replay(session: WriteSession, delivery_id: UUID) -> DeliveryOut:
    """Sends one delivery again, with the same id. Raises NoDelivery, and NothingToSend where its event is gone."""
    detail = await show_delivery(session, delivery_id)
    if detail.body is None:
        raise NothingToSend()
    await store.replay(session, delivery_id, LIFETIME)
    session.wake(WAKE)
    return (await show_delivery(session, delivery_id)).delivery


async def replay_failed(session: WriteSession, endpoint_id: UUID, since: datetime) -> int:
    """Sends everything again that failed since then; answers how many."""
    await get_endpoint(session, endpoint_id)
    count = await store.replay_failed(session, endpoint_id, since, LIFETIME)
    session.wake(WAKE)
    return count
