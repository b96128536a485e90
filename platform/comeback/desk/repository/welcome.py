"""Facts of the first steps."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows

# Ids are in the order of real time (RFC 9562 §5.7), so "after the first look" needs no clock.
_FACTS = """SELECT
  EXISTS (SELECT FROM messages m WHERE m.shop_id = :shop AND m.id > CAST(:since AS uuid)
    AND m.origin->>'kind' = 'welcome' AND m.state = 'accepted') AS mail,
  EXISTS (SELECT FROM return_cases c WHERE c.shop_id = :shop AND c.id > CAST(:since AS uuid)
    AND c.requested_by = 'customer') AS return,
  EXISTS (SELECT FROM connections c WHERE c.shop_id = :shop AND c.kind = 'storefront' AND c.state = 'live') AS connect,
  EXISTS (SELECT FROM audit_log a WHERE a.shop_id = :shop AND a.action = 'brand.changed') AS brand"""

_ORDER = """SELECT o.id, o.number, p.email FROM shipments s
JOIN orders o ON o.shop_id = s.shop_id AND o.id = s.order_id
JOIN customers p ON p.shop_id = o.shop_id AND p.id = o.customer_id AND p.email IS NOT NULL
WHERE s.shop_id = :shop AND s.direction = 'outbound' AND s.delivered_at IS NOT NULL AND o.state <> 'cancelled'
  AND NOT EXISTS (SELECT FROM return_cases c WHERE c.shop_id = o.shop_id AND c.order_id = o.id)
ORDER BY s.delivered_at DESC, s.id LIMIT 1"""

_MOVING = """SELECT s.order_id FROM shipments s
WHERE s.shop_id = :shop AND s.direction = 'outbound' AND s.shipped_at IS NOT NULL AND s.status <> 'cancelled'
ORDER BY s.delivered_at IS NOT NULL, s.id DESC LIMIT 1"""


async def facts(session: ReadSession, since: UUID) -> dict[str, bool]:
    """What really happened, by step."""
    return rows(await session.execute(text(_FACTS), {"shop": session.shop_id, "since": since}))[0]


async def returnable(session: ReadSession) -> dict[str, Any] | None:
    """The order delivered last that nobody returned anything of: id, number, email."""
    found = rows(await session.execute(text(_ORDER), {"shop": session.shop_id}))
    return found[0] if found else None


async def moving(session: ReadSession) -> UUID | None:
    """An order with a parcel, one under way before one that has arrived."""
    return (await session.execute(text(_MOVING), {"shop": session.shop_id})).scalar_one_or_none()
