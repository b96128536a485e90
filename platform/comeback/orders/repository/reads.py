"""SQL that only reads orders: by key, by what customers know, and for rooms above in batches."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from comeback.core.db import ReadSession, rows
from comeback.orders.models import Order, OrderLine, OrderTender

_NOW = {"populate_existing": True}


async def orders(session: ReadSession, order_ids: Sequence[UUID]) -> list[Order]:
    """Orders by id, as they are now, in id order."""
    query = select(Order).where(Order.shop_id == session.shop_id, Order.id.in_(order_ids)).order_by(Order.id)
    return list((await session.scalars(query.execution_options(**_NOW))).all())


async def lines(session: ReadSession, order_ids: Sequence[UUID]) -> list[OrderLine]:
    """Lines of orders, as they are now, in the order of the body."""
    query = (
        select(OrderLine)
        .where(OrderLine.shop_id == session.shop_id, OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
        .execution_options(**_NOW)
    )
    return list((await session.scalars(query)).all())


async def tenders(session: ReadSession, order_ids: Sequence[UUID]) -> list[OrderTender]:
    """Tenders of orders, as they are now, in the order of the body."""
    query = (
        select(OrderTender)
        .where(OrderTender.shop_id == session.shop_id, OrderTender.order_id.in_(order_ids))
        .order_by(OrderTender.order_id, OrderTender.position)
        .execution_options(**_NOW)
    )
    return list((await session.scalars(query)).all())


async def units(session: ReadSession, order_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Units of orders that are not free: order_id, line_id, slot, state, return_id."""
    query = text(
        "SELECT l.order_id, u.line_id, u.slot, u.state, u.return_id FROM order_lines l "
        "JOIN order_units u ON u.shop_id = l.shop_id AND u.line_id = l.id "
        "WHERE l.shop_id = :shop AND l.order_id = ANY(CAST(:ids AS uuid[])) ORDER BY u.line_id, u.slot"
    )
    return rows(await session.execute(query, {"shop": session.shop_id, "ids": list(order_ids)}))


async def customers(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Who bought: names and addresses by customer id."""
    query = text(
        "SELECT id, external_id, email, first_name, last_name, phone, locale, timezone FROM customers "
        "WHERE shop_id = :shop AND id = ANY(CAST(:ids AS uuid[]))"
    )
    found = rows(await session.execute(query, {"shop": session.shop_id, "ids": list(set(ids))}))
    return {r["id"]: r for r in found}


async def find(
    session: ReadSession,
    *,
    number: str | None,
    email: str | None,
    external_id: str | None,
    before: UUID | None,
    limit: int,
) -> list[UUID]:
    """Ids of orders that fit all that is given, newest first; `number` and `email` are normalised."""
    query = text(
        "SELECT o.id FROM orders o WHERE o.shop_id = :shop "
        "AND (CAST(:external AS text) IS NULL OR o.external_id = :external) "
        "AND (CAST(:number AS text) IS NULL OR o.number_norm = :number) "
        "AND (CAST(:email AS text) IS NULL OR o.customer_id IN "
        "(SELECT c.id FROM customers c WHERE c.shop_id = :shop AND c.email_norm = :email)) "
        "AND (CAST(:before AS uuid) IS NULL OR o.id < :before) ORDER BY o.id DESC LIMIT :limit"
    )
    values = {
        "shop": session.shop_id, "external": external_id, "number": number, "email": email, "before": before,
        "limit": limit,
    }  # fmt: skip
    return list((await session.execute(query, values)).scalars())


_FACTS = text(
    """SELECT o.id, o.customer_id, o.external_id, o.number, o.placed_at, o.currency, o.total, o.goods_total,
  o.discount_total, o.shipping_amount, o.captured, o.refunded, o.state, o.fulfilment, o.history, o.tags, o.locale,
  o.shipping_address ->> 'country' AS country, o.shipping_method,
  l.lines, l.items, l.skus, l.products, l.categories, l.final_sale,
  (SELECT count(*) FROM orders p WHERE p.shop_id = o.shop_id AND p.customer_id = o.customer_id
    AND p.placed_at < o.placed_at) AS earlier_orders
FROM orders o JOIN LATERAL (
  SELECT count(*) AS lines, sum(quantity) AS items, array_remove(array_agg(DISTINCT sku), NULL) AS skus,
    array_remove(array_agg(DISTINCT product_external_id), NULL) AS products,
    array_remove(array_agg(DISTINCT category), NULL) AS categories, bool_or(final_sale) AS final_sale
  FROM order_lines WHERE shop_id = o.shop_id AND order_id = o.id) l ON true
WHERE o.shop_id = :shop AND o.id = ANY(CAST(:ids AS uuid[]))"""
)


async def facts(session: ReadSession, order_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What conditions may ask about orders, one row each."""
    return rows(await session.execute(_FACTS, {"shop": session.shop_id, "ids": list(order_ids)}))


_LINES_VIEW = text(
    """SELECT l.order_id, l.id, l.external_id, l.title, l.sku, l.quantity, l.unit_price, l.net + l.tax AS amount,
  l.category, l.url, l.product_external_id AS product_id, l.variant_external_id AS variant_id,
  coalesce(l.image_url, v.image_url, p.image_url) AS image_url, o.currency
FROM order_lines l JOIN orders o ON o.shop_id = l.shop_id AND o.id = l.order_id
LEFT JOIN variants v ON v.shop_id = l.shop_id AND v.id = l.variant_id
LEFT JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id
WHERE l.shop_id = :shop AND l.order_id = ANY(CAST(:ids AS uuid[])) ORDER BY l.order_id, l.position"""
)


async def lines_view(session: ReadSession, order_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Lines as mails and pages show them, with a picture from the catalog where the order has none."""
    return rows(await session.execute(_LINES_VIEW, {"shop": session.shop_id, "ids": list(order_ids)}))
