"""What people and pages ask about messages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows

_COLUMNS = """id, class AS class_, channel, template, version, locale, recipient, subject, order_id, customer_id,
  shipment_id, return_id, state, why, offers, next_at, created_at, accepted_at, message_id, reply"""


async def listed(
    session: ReadSession, filters: dict[str, Any], before: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Messages by order_id, customer_id, return_id, state; newest first, before a cursor."""
    given = {name: value for name, value in filters.items() if value is not None}
    where = "".join(f" AND {name} = :{name}" for name in given)
    where += " AND id < :before" if before is not None else ""
    values = given | ({"before": before} if before is not None else {})
    query = text(f"SELECT {_COLUMNS} FROM messages WHERE shop_id = :shop{where} ORDER BY id DESC LIMIT :limit")
    return rows(await session.execute(query, values | {"shop": session.shop_id, "limit": limit}))


async def one(session: ReadSession, message_id: UUID) -> dict[str, Any] | None:
    """One message with what a new rendering would need."""
    query = text(
        f"SELECT {_COLUMNS}, send_key, subjects, data, context, mime_date FROM messages "
        "WHERE shop_id = :shop AND id = :id"
    )
    found = rows(await session.execute(query, {"shop": session.shop_id, "id": message_id}))
    return found[0] if found else None


async def body(session: ReadSession, message_id: UUID) -> bytes | None:
    """The frozen bytes."""
    query = text("SELECT mime FROM message_bodies WHERE shop_id = :shop AND id = :id")
    return (await session.execute(query, {"shop": session.shop_id, "id": message_id})).scalar_one_or_none()


async def hits_of(session: ReadSession, message_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Raw hits of messages, oldest first."""
    query = text(
        "SELECT message_id, kind, link, method, agent, ip, delay_ms, "
        "CAST(EXTRACT(EPOCH FROM at) * 1000 AS bigint) AS at_ms FROM hits "
        "WHERE shop_id = :shop AND message_id = ANY(:ids) ORDER BY id"
    )
    return rows(await session.execute(query, {"shop": session.shop_id, "ids": list(message_ids)}))
