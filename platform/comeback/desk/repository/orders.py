"""The order list and the small questions of one order's page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows

_NAME = "coalesce(nullif(trim(concat_ws(' ', p.first_name, p.last_name)), ''), p.email, '')"

_LIST = f"""WITH page AS (
  SELECT o.id, o.placed_at, o.number, o.total, o.currency, {_NAME} AS customer, coalesce(p.email, '') AS email
  FROM orders o JOIN customers p ON p.shop_id = o.shop_id AND p.id = o.customer_id
  WHERE o.shop_id = :shop
    AND (CAST(:at AS timestamptz) IS NULL OR (o.placed_at, o.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid)))
    AND (CAST(:plain AS text) IS NULL OR o.number_norm LIKE :prefix OR p.email_norm LIKE :prefix
      OR lower(p.last_name) LIKE :prefix OR lower(concat_ws(' ', p.first_name, p.last_name)) LIKE :prefix)
  ORDER BY o.placed_at DESC, o.id DESC LIMIT :limit)
SELECT page.*, l.items, l.images, s.parcels, r.returns FROM page
CROSS JOIN LATERAL (
  SELECT coalesce(sum(x.quantity), 0)::int AS items,
    coalesce((array_agg(x.image_url ORDER BY x.position) FILTER (WHERE x.image_url IS NOT NULL))[1:3], '{{}}') AS images
  FROM order_lines x WHERE x.shop_id = :shop AND x.order_id = page.id) l
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_array(s.status, s.delay IS NOT NULL, s.problem IS NOT NULL)), '[]') AS parcels
  FROM shipments s WHERE s.shop_id = :shop AND s.order_id = page.id AND s.direction = 'outbound') s
CROSS JOIN LATERAL (
  SELECT count(*)::int AS returns FROM return_cases c WHERE c.shop_id = :shop AND c.order_id = page.id) r
ORDER BY page.placed_at DESC, page.id DESC"""


async def page(
    session: ReadSession, *, plain: str | None, prefix: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Orders, newest first; `plain` and `prefix` as of `rules.search_words`, `after` is the last row's place."""
    at, order_id = after or (None, None)
    values = {"plain": plain, "prefix": prefix, "at": at, "id": order_id, "limit": limit, "shop": session.shop_id}
    return rows(await session.execute(text(_LIST), values))


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
