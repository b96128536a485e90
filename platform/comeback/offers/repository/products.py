"""SQL of recommendations: what was bought, what was learned, what can be sold now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.offers.models import RecommendationItem

MAX_LINES = 3_000_000


async def purchases(session: ReadSession, since: datetime) -> list[tuple[UUID, str]]:
    """(customer, product) of every line sold since then, cancelled orders left out; repeats count once."""
    await session.execute(text("SELECT set_config('statement_timeout', '60000', true)"))
    found = await session.execute(
        text(
            """SELECT DISTINCT o.customer_id, l.product_external_id
            FROM orders o JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id
            WHERE o.shop_id = :shop AND o.placed_at >= :since AND o.state <> 'cancelled'
              AND l.product_external_id IS NOT NULL LIMIT :most"""
        ),
        {"shop": session.shop_id, "since": since, "most": MAX_LINES},
    )
    return [(r[0], r[1]) for r in found]


async def newest_model(session: ReadSession) -> dict[str, Any] | None:
    """The model in use."""
    found = await session.execute(
        text(
            "SELECT id, items, trained_at FROM recommendation_models WHERE shop_id = :shop "
            "ORDER BY trained_at DESC, id DESC LIMIT 1"
        ),
        {"shop": session.shop_id},
    )
    return next(iter(rows(found)), None)


async def store_model(session: WriteSession, model: dict[str, Any], items: Sequence[dict[str, Any]]) -> None:
    """Puts a new model in the place of all older ones."""
    shop = {"shop": session.shop_id}
    await session.execute(text("SELECT set_config('statement_timeout', '60000', true)"))
    await session.execute(text("DELETE FROM recommendation_models WHERE shop_id = :shop"), shop)
    await session.execute(
        text(
            "INSERT INTO recommendation_models (shop_id, id, items, lines, trained_at) "
            "VALUES (:shop, :id, :items, :lines, :trained_at)"
        ),
        shop | model,
    )
    if items:
        fixed = {"shop_id": session.shop_id, "model_id": model["id"]}
        await session.execute(insert(RecommendationItem), [fixed | item for item in items])


async def neighbours(session: ReadSession, model_id: UUID, products: Sequence[str]) -> list[dict[str, Any]]:
    """Neighbours of the seeds."""
    found = await session.execute(
        text(
            "SELECT product, neighbours, weights FROM recommendation_items WHERE shop_id = :shop "
            "AND model_id = :model AND product = ANY(CAST(:products AS text[]))"
        ),
        {"shop": session.shop_id, "model": model_id, "products": list(products)},
    )
    return rows(found)


async def appeal(session: ReadSession, model_id: UUID, products: Sequence[str], popular: int) -> dict[str, float]:
    """How much the products sell, and so the `popular` best sellers."""
    found = await session.execute(
        text(
            """SELECT product, appeal_score FROM recommendation_items
              WHERE shop_id = :shop AND model_id = :model AND product = ANY(CAST(:products AS text[]))
            UNION (SELECT product, appeal_score FROM recommendation_items
              WHERE shop_id = :shop AND model_id = :model ORDER BY appeal_score DESC LIMIT :popular)"""
        ),
        {"shop": session.shop_id, "model": model_id, "products": list(products), "popular": popular},
    )
    return {r.product: r.appeal_score for r in found}


async def recent_sellers(session: ReadSession, popular: int) -> dict[str, float]:
    """Before anything was learned: what the last two thousand orders held, by number of orders."""
    found = await session.execute(
        text(
            """SELECT l.product_external_id AS product, count(DISTINCT l.order_id) AS n
            FROM (SELECT id FROM orders WHERE shop_id = :shop ORDER BY placed_at DESC LIMIT 2000) o
            JOIN order_lines l ON l.shop_id = :shop AND l.order_id = o.id
            WHERE l.product_external_id IS NOT NULL GROUP BY 1 ORDER BY n DESC, product LIMIT :popular"""
        ),
        {"shop": session.shop_id, "popular": popular},
    )
    return {r.product: float(r.n) for r in found}


async def owned(session: ReadSession, customer_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Everything each customer ever ordered: bought, kept, or on its way back."""
    found = await session.execute(
        text(
            """SELECT o.customer_id, array_agg(DISTINCT l.product_external_id) AS products
            FROM orders o JOIN order_lines l ON l.shop_id = o.shop_id AND l.order_id = o.id
            WHERE o.shop_id = :shop AND o.customer_id = ANY(CAST(:ids AS uuid[]))
              AND l.product_external_id IS NOT NULL GROUP BY 1"""
        ),
        {"shop": session.shop_id, "ids": list(customer_ids)},
    )
    return {r.customer_id: set(r.products) for r in found}


async def ordered(session: ReadSession, order_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """The products of each order."""
    found = await session.execute(
        text(
            """SELECT order_id, array_agg(DISTINCT product_external_id) AS products FROM order_lines
            WHERE shop_id = :shop AND order_id = ANY(CAST(:ids AS uuid[])) AND product_external_id IS NOT NULL
            GROUP BY 1"""
        ),
        {"shop": session.shop_id, "ids": list(order_ids)},
    )
    return {r.order_id: set(r.products) for r in found}


async def sellable(session: ReadSession, products: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Those of the products that are active and have an active variant in stock, with what a card shows of them.

    A variant whose stock nobody counts (no row) can be sold. The price is the lowest of the variants in stock.
    """
    found = await session.execute(
        text(
            """SELECT p.external_id AS product_id, p.title, coalesce(p.url, v.url) AS url,
              coalesce(p.image_url, v.image_url) AS image_url, v.price, v.currency
            FROM products p CROSS JOIN LATERAL (
              SELECT v.price, v.currency, v.url, v.image_url FROM variants v
              WHERE v.shop_id = :shop AND v.product_id = p.id AND v.active AND coalesce((
                SELECT sum(s.quantity - s.reserved) FROM stock s
                WHERE s.shop_id = :shop AND s.variant_id = v.id AND s.state = 'sellable'), CASE WHEN EXISTS (
                SELECT 1 FROM stock s WHERE s.shop_id = :shop AND s.variant_id = v.id) THEN 0 ELSE 1 END) > 0
              ORDER BY v.price, v.id LIMIT 1) v
            WHERE p.shop_id = :shop AND p.active AND p.external_id = ANY(CAST(:products AS text[]))"""
        ),
        {"shop": session.shop_id, "products": list(products)},
    )
    return {r["product_id"]: r for r in rows(found)}
