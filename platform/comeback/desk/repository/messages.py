"""Messages: the list by what became of them, and the facts of one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.desk.repository.filters import NAME, given, joined

STATES: dict[str, str] = {
    "sent": "m.state = 'accepted'",
    "waiting": "m.state IN ('planned', 'claimed', 'rendered', 'handing_over', 'deferred')",
    "stopped": "m.state IN ('blocked', 'cancelled')",
    "failed": "m.state IN ('failed', 'unknown')",
}
"""What became of a message, in four piles."""

_ROW = f"""SELECT m.id, m.class AS class_, m.channel, m.template, m.recipient, m.subject, m.state, m.why, m.reply,
  m.origin, m.tries, m.attempt, m.resent, m.next_at, m.created_at, m.handed_at, m.accepted_at, m.message_id, m.version,
  m.locale, m.offers, m.order_id, m.return_id, m.customer_id, o.number, {NAME} AS customer, f.name AS flow_name,
  f.id AS flow_id, m.context IS NOT NULL OR EXISTS (SELECT FROM message_bodies b WHERE b.shop_id = m.shop_id
    AND b.id = m.id) AS kept
FROM messages m
LEFT JOIN orders o ON o.shop_id = m.shop_id AND o.id = m.order_id
LEFT JOIN customers p ON p.shop_id = m.shop_id AND p.id = m.customer_id
LEFT JOIN flows f ON f.shop_id = m.shop_id AND f.family = m.origin->>'flow'"""


async def page(
    session: ReadSession,
    *,
    state: str | None,
    class_: str | None,
    template: str | None,
    days: int | None,
    before: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Messages, newest first."""
    clauses = [STATES[state]] if state else []
    clauses += ["m.class = :class"] if class_ else []
    clauses += ["m.template = :template"] if template else []
    # Messages are made on the real clock, whatever day the shop rehearses.
    clauses += ["m.created_at > clock_timestamp() - make_interval(days => :days)"] if days else []
    clauses += ["m.id < :before"] if before else []
    values = given({"class": class_, "template": template, "days": days, "before": before})
    query = f"{_ROW} WHERE m.shop_id = :shop{joined(clauses)} ORDER BY m.id DESC LIMIT :limit"
    return rows(await session.execute(text(query), values | {"shop": session.shop_id, "limit": limit}))


async def one(session: ReadSession, message_id: UUID) -> dict[str, Any] | None:
    """One message, with the addresses its links lead to (`urls`)."""
    query = (
        f"SELECT x.*, l.urls FROM ({_ROW} WHERE m.shop_id = :shop AND m.id = :id) x "
        "LEFT JOIN links l ON l.shop_id = :shop AND l.id = x.id"
    )
    found = rows(await session.execute(text(query), {"shop": session.shop_id, "id": message_id}))
    return found[0] if found else None


async def some(session: ReadSession, message_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """These messages, in no order."""
    query = f"{_ROW} WHERE m.shop_id = :shop AND m.id = ANY(:ids)"
    return rows(await session.execute(text(query), {"shop": session.shop_id, "ids": list(message_ids)}))


async def hit_rows(session: ReadSession, message_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Raw opens and clicks of messages, oldest first."""
    query = text(
        "SELECT message_id, kind, link, method, agent, ip, delay_ms, at, "
        "CAST(EXTRACT(EPOCH FROM at) * 1000 AS bigint) AS at_ms FROM hits "
        "WHERE shop_id = :shop AND message_id = ANY(:ids) AND kind IN ('open', 'click') ORDER BY id"
    )
    return rows(await session.execute(query, {"shop": session.shop_id, "ids": list(message_ids)}))
