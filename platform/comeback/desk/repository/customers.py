"""Customers: the list, the numbers of one person, and everything that happened to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.desk.repository.filters import NAME, PERSON, given, joined

_LIST = f"""WITH page AS (
  SELECT p.id, {NAME} AS name, p.email, p.locale, p.created_at FROM customers p
  WHERE p.shop_id = :shop{{more}} ORDER BY p.id DESC LIMIT :limit)
SELECT page.*, o.orders, o.last_order_at, o.spent, o.currency, r.returns, c.granted AS marketing FROM page
CROSS JOIN LATERAL (
  SELECT count(*)::int AS orders, max(x.placed_at) AS last_order_at,
    (array_agg(x.currency ORDER BY x.placed_at DESC))[1] AS currency,
    coalesce(sum(x.captured - x.refunded) FILTER (WHERE x.currency = (SELECT y.currency FROM orders y
      WHERE y.shop_id = :shop AND y.customer_id = page.id ORDER BY y.placed_at DESC LIMIT 1)), 0)::bigint AS spent
  FROM orders x WHERE x.shop_id = :shop AND x.customer_id = page.id) o
CROSS JOIN LATERAL (
  SELECT count(*)::int AS returns FROM return_cases x WHERE x.shop_id = :shop AND x.customer_id = page.id) r
LEFT JOIN LATERAL (
  SELECT x.granted FROM consents x WHERE x.shop_id = :shop AND x.customer_id = page.id AND x.channel = 'email'
    AND x.purpose = 'marketing' ORDER BY x.at DESC, x.granted LIMIT 1) c ON true
ORDER BY page.id DESC"""

_NUMBERS = """SELECT o.currency, count(*)::int AS orders, sum(o.captured)::bigint AS paid,
  sum(o.refunded)::bigint AS refunded, min(o.placed_at) AS first_at, max(o.placed_at) AS last_at
FROM orders o WHERE o.shop_id = :shop AND o.customer_id = :id AND o.state <> 'cancelled'
GROUP BY o.currency ORDER BY max(o.placed_at) DESC"""

_UNITS = """SELECT
  (SELECT coalesce(sum(l.quantity), 0)::int FROM order_lines l JOIN orders o
     ON o.shop_id = l.shop_id AND o.id = l.order_id WHERE l.shop_id = :shop AND o.customer_id = :id) AS bought,
  (SELECT coalesce(sum(l.quantity), 0)::int FROM return_lines l JOIN return_cases c
     ON c.shop_id = l.shop_id AND c.id = l.case_id WHERE l.shop_id = :shop AND c.customer_id = :id
     AND c.state NOT IN ('declined', 'canceled', 'expired')) AS returned,
  (SELECT count(*)::int FROM return_cases c WHERE c.shop_id = :shop AND c.customer_id = :id) AS returns"""

_CONSENTS = """SELECT DISTINCT ON (channel, purpose) channel, purpose, granted, basis, source, wording, at
FROM consents WHERE shop_id = :shop AND customer_id = :id ORDER BY channel, purpose, at DESC, granted"""

_ORDERS = """SELECT o.id, o.number, o.placed_at, o.total, o.currency, o.state,
  (SELECT coalesce(sum(x.quantity), 0)::int FROM order_lines x WHERE x.shop_id = :shop AND x.order_id = o.id) AS items,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(s.status, s.delay IS NOT NULL, s.problem IS NOT NULL)), '[]')
   FROM shipments s WHERE s.shop_id = :shop AND s.order_id = o.id AND s.direction = 'outbound') AS parcels
FROM orders o WHERE o.shop_id = :shop AND o.customer_id = :id ORDER BY o.placed_at DESC LIMIT :limit"""


async def page(session: ReadSession, *, plain: str | None, before: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Customers, newest first, with what they bought and sent back; `spent` in the currency of their last order."""
    clauses = [PERSON] if plain else []
    clauses += ["p.id < :before"] if before else []
    values = given({"plain": plain, "before": before})
    query = _LIST.format(more=joined(clauses))
    return rows(await session.execute(text(query), values | {"shop": session.shop_id, "limit": limit}))


async def numbers(session: ReadSession, customer_id: UUID) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Money by currency (the latest first), and units bought and returned."""
    values = {"shop": session.shop_id, "id": customer_id}
    money = rows(await session.execute(text(_NUMBERS), values))
    return money, rows(await session.execute(text(_UNITS), values))[0]


async def consents(session: ReadSession, customer_id: UUID) -> list[dict[str, Any]]:
    """What holds now for each channel and purpose, with the words the person agreed to."""
    return rows(await session.execute(text(_CONSENTS), {"shop": session.shop_id, "id": customer_id}))


async def orders(session: ReadSession, customer_id: UUID, limit: int) -> list[dict[str, Any]]:
    """The person's orders, newest first."""
    values = {"shop": session.shop_id, "id": customer_id, "limit": limit}
    return rows(await session.execute(text(_ORDERS), values))


_HIS = "SELECT o.id FROM orders o WHERE o.shop_id = :shop AND o.customer_id = :id"
_BEFORE = "(CAST(:before AS timestamptz) IS NULL OR {} < CAST(:before AS timestamptz))"

_PLACED = f"""SELECT o.placed_at AS at, o.id AS order_id, o.number, o.total, o.currency FROM orders o
WHERE o.shop_id = :shop AND o.customer_id = :id AND {_BEFORE.format("o.placed_at")}
ORDER BY o.placed_at DESC LIMIT :limit"""

_EVENTS = f"""SELECT e.name, e.occurred_at AS at, e.order_id, e.shipment_id, e.return_id, e.data, o.number FROM events e
LEFT JOIN orders o ON o.shop_id = e.shop_id AND o.id = e.order_id
WHERE e.shop_id = :shop AND (e.customer_id = :id OR e.order_id IN ({_HIS})) AND e.name <> 'order.placed'
  AND {_BEFORE.format("e.occurred_at")} ORDER BY e.occurred_at DESC LIMIT :limit"""

_STEPS = f"""SELECT * FROM (
  SELECT m.occurred_at AS at, m.name, s.direction, s.carrier, s.order_id, s.return_id, o.number
  FROM milestones m JOIN shipments s ON s.shop_id = m.shop_id AND s.id = m.shipment_id
  JOIN orders o ON o.shop_id = s.shop_id AND o.id = s.order_id
  WHERE m.shop_id = :shop AND o.customer_id = :id
  UNION ALL
  SELECT s.shipped_at, 'shipped', s.direction, s.carrier, s.order_id, s.return_id, o.number
  FROM shipments s JOIN orders o ON o.shop_id = s.shop_id AND o.id = s.order_id
  WHERE s.shop_id = :shop AND o.customer_id = :id AND s.direction = 'outbound' AND s.shipped_at IS NOT NULL) x
WHERE {_BEFORE.format("at")} ORDER BY at DESC LIMIT :limit"""

_SAID = f"""SELECT at, channel, purpose, granted, source FROM consents
WHERE shop_id = :shop AND customer_id = :id AND {_BEFORE.format("at")} ORDER BY at DESC LIMIT :limit"""

_MAILS = f"""SELECT id FROM (SELECT id, coalesce(accepted_at, created_at) AS at FROM messages
  WHERE shop_id = :shop AND customer_id = :id) x WHERE {_BEFORE.format("at")} ORDER BY at DESC LIMIT :limit"""


async def happened(
    session: ReadSession, customer_id: UUID, before: datetime | None, limit: int
) -> dict[str, list[dict[str, Any]]]:
    """The newest `limit` of each kind before a moment: placed, events, steps (of parcels), said (consents), mails."""
    values = {"shop": session.shop_id, "id": customer_id, "before": before, "limit": limit}
    queries = {"placed": _PLACED, "events": _EVENTS, "steps": _STEPS, "said": _SAID, "mails": _MAILS}
    return {name: rows(await session.execute(text(query), values)) for name, query in queries.items()}
