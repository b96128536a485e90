"""Ctrl K: five look-ups, the exact ones first."""

from typing import Any

from sqlalchemy import text

from comeback.core.db import ReadSession, rows

_NAME = "coalesce(nullif(trim(concat_ws(' ', p.first_name, p.last_name)), ''), p.email, '')"

_SEARCH = f"""
(SELECT 'order' AS kind, o.number AS title, {_NAME} || coalesce(' · ' || p.email, '') AS detail,
   o.id AS order_id, CAST(NULL AS uuid) AS return_id, CAST(NULL AS uuid) AS customer_id,
   CAST(NULL AS uuid) AS product_id, CAST(NULL AS uuid) AS shipment_id, o.placed_at AS at,
   o.number_norm = :plain AS exact
 FROM orders o JOIN customers p ON p.shop_id = o.shop_id AND p.id = o.customer_id
 WHERE o.shop_id = :shop AND o.number_norm LIKE :prefix ORDER BY o.placed_at DESC LIMIT 6)
UNION ALL
(SELECT 'return', c.number, {_NAME} || ' · ' || o.number, c.order_id, c.id, NULL, NULL, NULL, c.requested_at,
   lower(c.number) = :plain
 FROM return_cases c JOIN orders o ON o.shop_id = c.shop_id AND o.id = c.order_id
 JOIN customers p ON p.shop_id = c.shop_id AND p.id = c.customer_id
 WHERE c.shop_id = :shop AND (lower(c.number) LIKE :prefix OR lower(c.number) LIKE 'rma-' || :prefix)
 ORDER BY c.requested_at DESC LIMIT 6)
UNION ALL
(SELECT 'parcel', s.tracking_number, upper(s.carrier) || ' · ' || o.number, s.order_id, s.return_id, NULL, NULL, s.id,
   s.created_at,
   lower(s.tracking_number) = :plain
 FROM shipments s JOIN orders o ON o.shop_id = s.shop_id AND o.id = s.order_id
 WHERE s.shop_id = :shop AND length(:plain) >= 5 AND lower(s.tracking_number) LIKE :prefix
 ORDER BY s.created_at DESC LIMIT 6)
UNION ALL
(SELECT 'customer', {_NAME}, p.email, NULL, NULL, p.id, NULL, NULL, p.created_at, p.email_norm = :plain
 FROM customers p
 WHERE p.shop_id = :shop AND p.email IS NOT NULL AND (p.email_norm LIKE :prefix OR lower(p.last_name) LIKE :prefix
   OR lower(concat_ws(' ', p.first_name, p.last_name)) LIKE :prefix)
 ORDER BY p.created_at DESC LIMIT 6)
UNION ALL
(SELECT 'product', r.title, coalesce((SELECT string_agg(v.sku, ', ' ORDER BY v.position) FROM variants v
     WHERE v.shop_id = r.shop_id AND v.product_id = r.id AND v.sku IS NOT NULL), ''),
   NULL, NULL, NULL, r.id, NULL, r.created_at, lower(r.title) = :plain
 FROM products r
 WHERE r.shop_id = :shop AND (lower(r.title) LIKE :prefix OR lower(r.title) LIKE '% ' || :prefix
   OR EXISTS (SELECT FROM variants v WHERE v.shop_id = r.shop_id AND v.product_id = r.id
     AND lower(v.sku) LIKE :prefix))
 ORDER BY r.title LIMIT 6)
ORDER BY exact DESC, at DESC LIMIT 14"""


async def find(session: ReadSession, plain: str, prefix: str) -> list[dict[str, Any]]:
    """What begins with the word: kind, title, detail, order_id, return_id; exact hits first, then the newest."""
    return rows(await session.execute(text(_SEARCH), {"plain": plain, "prefix": prefix, "shop": session.shop_id}))
