"""The order list and the small questions of one order's page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.desk.repository.filters import NAME, PERSON, given, joined
from comeback.shipments.models import IN_TROUBLE

_LIST = f"""WITH page AS (
  SELECT o.id, o.placed_at, o.number, o.total, o.currency, o.state, o.country,
    {NAME} AS customer, coalesce(p.email, '') AS email
  FROM orders o JOIN customers p ON p.shop_id = o.shop_id AND p.id = o.customer_id
  WHERE o.shop_id = :shop{{more}}
  ORDER BY o.placed_at DESC, o.id DESC LIMIT :limit)
SELECT page.*, l.items, l.images, s.parcels, r.returns FROM page
CROSS JOIN LATERAL (
  SELECT coalesce(sum(x.quantity), 0)::int AS items,
    coalesce((array_agg(x.image_url ORDER BY x.position) FILTER (WHERE x.image_url IS NOT NULL))[1:3], '{{{{}}}}')
      AS images
  FROM order_lines x WHERE x.shop_id = :shop AND x.order_id = page.id) l
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_array(s.status, s.delay IS NOT NULL, s.problem IS NOT NULL)), '[]') AS parcels
  FROM shipments s WHERE s.shop_id = :shop AND s.order_id = page.id AND s.direction = 'outbound') s
CROSS JOIN LATERAL (
  SELECT count(*)::int AS returns FROM return_cases c WHERE c.shop_id = :shop AND c.order_id = page.id) r
ORDER BY page.placed_at DESC, page.id DESC"""

_TROUBLE = f"""o.id IN (SELECT s.order_id FROM shipments s WHERE s.shop_id = :shop AND {IN_TROUBLE})"""

# Short words begin half of all names: the newest few hundred are enough to choose from.
_FOUND = f"""o.id = ANY(ARRAY(
  (SELECT x.id FROM orders x WHERE x.shop_id = :shop AND x.number_norm ^@ :plain
   ORDER BY x.placed_at DESC LIMIT 1000)
  UNION SELECT x.id FROM (
    SELECT p.id FROM customers p WHERE p.shop_id = :shop AND {PERSON} ORDER BY p.id DESC LIMIT 500) f
  JOIN orders x ON x.shop_id = :shop AND x.customer_id = f.id))"""


async def page(
    session: ReadSession,
    *,
    plain: str | None,
    state: str | None,
    trouble: bool,
    country: str | None,
    since: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Orders, newest first; `plain` as of `rules.search_words`, `after` is the last row's place."""
    clauses = [_FOUND] if plain else []
    if state:
        clauses.append(
            "o.state = :state" if state == "cancelled" else "o.fulfilment = :state AND o.state <> 'cancelled'"
        )
    clauses += [_TROUBLE] if trouble else []
    clauses += ["o.country = :country"] if country else []
    clauses += ["o.placed_at >= :since"] if since else []
    clauses += ["(o.placed_at, o.id) < (:at, :id)"] if after else []
    at, order_id = after or (None, None)
    values = given({"plain": plain, "state": state, "country": country, "since": since, "at": at, "id": order_id})
    query = _LIST.format(more=joined(clauses))
    return rows(await session.execute(text(query), values | {"shop": session.shop_id, "limit": limit}))


async def kept_bodies(session: ReadSession, message_ids: Sequence[UUID]) -> set[UUID]:
    """Which messages still have their content."""
    query = text("SELECT id FROM message_bodies WHERE shop_id = :shop AND id = ANY(:ids)")
    found = await session.execute(query, {"shop": session.shop_id, "ids": list(message_ids)})
    return {row.id for row in found}


async def pictures(session: ReadSession, line_ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """Picture of each order line."""
    query = text("SELECT id, image_url FROM order_lines WHERE shop_id = :shop AND id = ANY(:ids)")
    found = await session.execute(query, {"shop": session.shop_id, "ids": list(line_ids)})
    return {row.id: row.image_url for row in found}
