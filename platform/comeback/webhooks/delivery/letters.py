"""What is sent: bodies from the event history, secrets opened, signatures at the moment of sending."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import structlog

from comeback.core.db import Database, ReadSession
from comeback.core.secrets import SealBroken, Secret, Vault
from comeback.webhooks.repository import queue
from comeback.webhooks.repository.queue import Claimed, Lane
from comeback.webhooks.rules import envelope, shown, signatures
from comeback.webhooks.service.catalogue import TABLE

log = structlog.get_logger("webhooks")


class Letter(msgspec.Struct, frozen=True):
    """One call to make. `body` None: the event is no longer kept."""

    claimed: Claimed
    body: bytes | None


class Post(msgspec.Struct, frozen=True):
    """A lane's letters and the secrets that sign them."""

    letters: list[Letter]
    secrets: list[Secret]


async def write(database: Database, vault: Vault, lanes: Sequence[Lane]) -> dict[UUID, Post]:
    """Reads what the lanes of one shop are to send, in one transaction; answers by endpoint. One whose
    secret does not open is left out: it must not hold up the shop's others."""
    async with database.read(lanes[0].shop_id) as session:
        secrets = {lane.endpoint_id: opened for lane in lanes if (opened := await _opened(session, vault, lane))}
        wanted = {c.event_id for lane in lanes for c in lane.deliveries if c.body is None}
        events = await queue.told(session, sorted(wanted))
    return {
        lane.endpoint_id: _post(lane, events, secrets[lane.endpoint_id])
        for lane in lanes
        if lane.endpoint_id in secrets
    }


async def _opened(session: ReadSession, vault: Vault, lane: Lane) -> list[Secret]:
    sealed = [("secret", lane.secret), ("previous_secret", lane.previous_secret)]
    try:
        return [
            Secret((await vault.open(session, TABLE, column, lane.endpoint_id, value)).decode())
            for column, value in sealed
            if value is not None
        ]
    except SealBroken as error:
        log.warning("secret does not open", shop_id=str(lane.shop_id), id=str(lane.endpoint_id), exc_info=error)
        return []


def _post(lane: Lane, events: dict[UUID, queue.Bodied], secrets: list[Secret]) -> Post:
    bodies = _bodies(events, lane.deliveries)
    return Post([Letter(c, bodies.get(c.id)) for c in lane.deliveries], secrets)


def _bodies(events: dict[UUID, queue.Bodied], deliveries: Sequence[Claimed]) -> dict[UUID, bytes]:
    found: dict[UUID, bytes] = {}
    for c in deliveries:
        if c.body is not None:
            found[c.id] = msgspec.json.encode(c.body)
        elif (event := events.get(c.event_id)) is not None:
            found[c.id] = envelope(event.name, event.occurred_at, shown(event.data, event.subjects))
    return found


def headers(secrets: Sequence[Secret], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a call: the Standard Webhooks three and the kind of body."""
    return {
        "content-type": "application/json",
        "user-agent": "Comeback-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures([s.reveal() for s in secrets], message_id, timestamp, body),
    }
