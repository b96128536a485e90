"""Products with what lies where, what sold, and what came back."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.desk.repository.filters import given, joined

_SEARCH = """(lower(p.title) LIKE '%' || :prefix OR EXISTS (SELECT FROM variants v WHERE v.shop_id = p.shop_id
  AND v.product_id = p.id AND lower(v.sku) LIKE :prefix))"""
_VARIANT = """EXISTS (SELECT FROM variants v CROSS JOIN LATERAL (
    SELECT count(*) AS places, coalesce(sum(s.quantity - s.reserved) FILTER (WHERE s.state = 'sellable'), 0) AS free,
      coalesce(sum(s.quantity) FILTER (WHERE s.state = 'quarantine'), 0) AS held
    FROM stock s WHERE s.shop_id = v.shop_id AND s.variant_id = v.id) s
  WHERE v.shop_id = p.shop_id AND v.product_id = p.id AND v.active AND s.places > 0 AND {})"""
STOCK: dict[str, str] = {
    "out": _VARIANT.format("s.free <= 0"),
    "low": _VARIANT.format("s.free BETWEEN 1 AND 5"),
    "quarantine": _VARIANT.format("s.held > 0"),
}
"""Which products the filter of the list shows."""

# Sales and returns by product: the units that were bought, and those that a return took and kept.
_BACK = """SELECT x.product_external_id AS product, sum(l.quantity) AS units FROM return_lines l
  JOIN return_cases c ON c.shop_id = l.shop_id AND c.id = l.case_id
    AND c.state NOT IN ('declined', 'canceled', 'expired')
  JOIN order_lines x ON x.shop_id = l.shop_id AND x.id = l.line_id
  WHERE l.shop_id = :shop{more} GROUP BY 1"""

_LIST = """WITH page AS (
  SELECT p.id, p.external_id, p.title, lower(p.title) AS sort, p.image_url, p.active FROM products p
  WHERE p.shop_id = :shop{more} ORDER BY lower(p.title), p.id LIMIT :limit),
back AS ({back})
SELECT page.*, v.*, s.*, sold.units::int AS sold, coalesce(back.units, 0)::int AS returned FROM page
CROSS JOIN LATERAL (
  SELECT count(*)::int AS variants, min(x.price) AS price_from, max(x.price) AS price_until,
    min(x.currency) AS currency, coalesce(page.image_url, min(x.image_url)) AS picture
  FROM variants x WHERE x.shop_id = :shop AND x.product_id = page.id AND x.active) v
CROSS JOIN LATERAL (
  SELECT coalesce(sum(y.quantity) FILTER (WHERE y.state = 'sellable'), 0)::int AS sellable,
    coalesce(sum(y.quantity) FILTER (WHERE y.state = 'quarantine'), 0)::int AS quarantine,
    coalesce(sum(y.reserved), 0)::int AS reserved, count(y.variant_id) > 0 AS counted,
    (SELECT min(z.free)::int FROM (SELECT sum(w.quantity - w.reserved) FILTER (WHERE w.state = 'sellable') AS free
       FROM variants u JOIN stock w ON w.shop_id = u.shop_id AND w.variant_id = u.id
       WHERE u.shop_id = :shop AND u.product_id = page.id AND u.active GROUP BY u.id) z) AS scarcest
  FROM variants x LEFT JOIN stock y ON y.shop_id = x.shop_id AND y.variant_id = x.id
  WHERE x.shop_id = :shop AND x.product_id = page.id AND x.active) s
CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.quantity), 0) AS units FROM order_lines l
  WHERE l.shop_id = :shop AND l.product_external_id = page.external_id) sold
LEFT JOIN back ON back.product = page.external_id
ORDER BY page.sort, page.id""".replace("{back}", _BACK.replace("{more}", ""))

_ONE = """SELECT p.id, p.external_id, p.title, p.description, p.url, p.image_url, p.categories, p.tags, p.active,
  (SELECT coalesce(sum(l.quantity), 0)::int FROM order_lines l
   WHERE l.shop_id = :shop AND l.product_external_id = p.external_id) AS sold
FROM products p WHERE p.shop_id = :shop AND p.id = :id"""

_VARIANTS = """SELECT v.id, v.external_id, v.sku, v.title, v.price, v.compare_at_price, v.currency, v.options,
  v.image_url, v.active, coalesce(sold.units, 0)::int AS sold
FROM variants v LEFT JOIN (
  SELECT l.variant_external_id, sum(l.quantity) AS units FROM order_lines l
  WHERE l.shop_id = :shop AND l.product_external_id = :product GROUP BY 1) sold
  ON sold.variant_external_id = v.external_id
WHERE v.shop_id = :shop AND v.product_id = :id ORDER BY v.active DESC, v.position, v.id"""

_STOCK = """SELECT s.variant_id, w.name AS place, s.state, s.quantity, s.reserved FROM stock s
JOIN variants v ON v.shop_id = s.shop_id AND v.id = s.variant_id
JOIN places w ON w.shop_id = s.shop_id AND w.id = s.place_id
WHERE s.shop_id = :shop AND v.product_id = :id ORDER BY w.name, s.state DESC"""

_REASONS = """SELECT coalesce(l.reason, 'other') AS reason, x.variant_external_id AS variant,
  sum(l.quantity)::int AS units
FROM order_lines x JOIN return_lines l ON l.shop_id = x.shop_id AND l.line_id = x.id
JOIN return_cases c ON c.shop_id = l.shop_id AND c.id = l.case_id AND c.state NOT IN ('declined', 'canceled', 'expired')
WHERE x.shop_id = :shop AND x.product_external_id = :product GROUP BY 1, 2"""

_MOVES = """SELECT m.kind, m.from_state, m.to_state, m.quantity, m.at, v.title AS variant, w.name AS place
FROM variants v JOIN stock_moves m ON m.shop_id = v.shop_id AND m.variant_id = v.id
JOIN places w ON w.shop_id = m.shop_id AND w.id = m.place_id
WHERE v.shop_id = :shop AND v.product_id = :id ORDER BY m.id DESC LIMIT :limit"""


async def page(
    session: ReadSession, *, prefix: str | None, stock: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Products by title with stock, units sold and units sent back."""
    clauses = [_SEARCH] if prefix else []
    clauses += [f"p.active AND {STOCK[stock]}"] if stock else []
    clauses += ["(lower(p.title), p.id) > (:title, :id)"] if after else []
    title, product_id = after or (None, None)
    values = given({"prefix": prefix, "title": title, "id": product_id})
    query = _LIST.replace("{more}", joined(clauses))
    return rows(await session.execute(text(query), values | {"shop": session.shop_id, "limit": limit}))


async def one(session: ReadSession, product_id: UUID) -> dict[str, Any] | None:
    """One product with the units sold."""
    found = rows(await session.execute(text(_ONE), {"shop": session.shop_id, "id": product_id}))
    return found[0] if found else None


async def parts(
    session: ReadSession, product_id: UUID, external_id: str, moves: int
) -> dict[str, list[dict[str, Any]]]:
    """Of one product: variants (with units sold), stock, reasons (units sent back by variant), the latest moves."""
    values = {"shop": session.shop_id, "id": product_id, "product": external_id, "limit": moves}
    queries = {"variants": _VARIANTS, "stock": _STOCK, "reasons": _REASONS, "moves": _MOVES}
    wanted = {name: {k: v for k, v in values.items() if f":{k}" in query} for name, query in queries.items()}
    return {name: rows(await session.execute(text(query), wanted[name])) for name, query in queries.items()}
