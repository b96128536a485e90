"""SQL of pools, coupons and redemptions. Every change is one conditional statement whose row count is checked (R15)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows

_POOL = "name, kind, percent, amount, currency, minimum, valid_days, maximum, per_customer, issued, in_offers, active"


async def add_pool(session: WriteSession, values: dict[str, Any]) -> bool:
    """Adds a pool; False where its name is taken."""
    done = await session.execute(
        text(
            """INSERT INTO coupon_pools
              (shop_id, id, name, kind, percent, amount, currency, minimum, valid_days, maximum, per_customer,
              in_offers)
            VALUES (:shop, :id, :name, :kind, :percent, :amount, :currency, :minimum, :valid_days, :maximum,
              :per_customer, :in_offers)
            ON CONFLICT ON CONSTRAINT uq_coupon_pools_name DO NOTHING RETURNING id"""
        ),
        {"shop": session.shop_id, **values},
    )
    return done.first() is not None


async def pools(session: ReadSession, ids: Sequence[UUID] | None = None) -> list[dict[str, Any]]:
    """Pools by id, or all that offer blocks draw from, oldest first."""
    which = "id = ANY(CAST(:ids AS uuid[]))" if ids is not None else "in_offers AND active"
    query = f"SELECT id, {_POOL} FROM coupon_pools WHERE shop_id = :shop AND {which} ORDER BY id"
    return rows(await session.execute(text(query), {"shop": session.shop_id} | ({"ids": list(ids)} if ids else {})))


async def grant(session: WriteSession, pool_id: UUID, count: int) -> int:
    """Takes up to `count` codes from what the pool has left; answers how many were taken."""
    return (
        await session.scalar(
            text(
                """UPDATE coupon_pools SET issued = least(maximum, issued + :count)
                WHERE shop_id = :shop AND id = :pool AND active AND maximum IS NOT NULL
                RETURNING new.issued - old.issued"""
            ),
            {"shop": session.shop_id, "pool": pool_id, "count": count},
        )
        or 0
    )


async def give_back(session: WriteSession, pool_id: UUID, count: int) -> None:
    """Returns codes to a limited pool."""
    await session.execute(
        text(
            "UPDATE coupon_pools SET issued = greatest(0, issued - :count) "
            "WHERE shop_id = :shop AND id = :pool AND maximum IS NOT NULL"
        ),
        {"shop": session.shop_id, "pool": pool_id, "count": count},
    )


async def insert(session: WriteSession, coupons: Sequence[dict[str, Any]]) -> int:
    """Adds coupons; one whose send key has a coupon already is left out. Answers how many were added."""
    columns = {k: [c[k] for c in coupons] for k in ("id", "pool_id", "code", "send_key", "customer_id", "expires_at")}
    done = await session.execute(
        text(
            """INSERT INTO coupons (shop_id, id, pool_id, code, state, uses, send_key, customer_id, expires_at)
            SELECT :shop, c.id, c.pool_id, c.code, 'reserved', 1, c.send_key, c.customer_id, c.expires_at
            FROM unnest(CAST(:id AS uuid[]), CAST(:pool_id AS uuid[]), CAST(:code AS text[]),
              CAST(:send_key AS text[]), CAST(:customer_id AS uuid[]), CAST(:expires_at AS timestamptz[]))
              AS c(id, pool_id, code, send_key, customer_id, expires_at)
            ORDER BY c.send_key ON CONFLICT DO NOTHING RETURNING id"""
        ),
        {"shop": session.shop_id, **columns},
    )
    return len(done.all())


async def insert_shared(session: WriteSession, values: dict[str, Any]) -> bool:
    """Adds the one code of a shared pool; False where the shop has that code already."""
    done = await session.execute(
        text(
            """INSERT INTO coupons (shop_id, id, pool_id, code, state, uses, expires_at)
            VALUES (:shop, :id, :pool_id, :code, 'confirmed', :uses, :expires_at)
            ON CONFLICT ON CONSTRAINT uq_coupons_code DO NOTHING RETURNING id"""
        ),
        {"shop": session.shop_id, **values},
    )
    return done.first() is not None


async def by_send_keys(session: ReadSession, send_keys: Sequence[str]) -> list[dict[str, Any]]:
    """Coupons made for messages."""
    found = await session.execute(
        text(
            "SELECT send_key, pool_id, code, state, expires_at FROM coupons "
            "WHERE shop_id = :shop AND send_key = ANY(CAST(:keys AS text[]))"
        ),
        {"shop": session.shop_id, "keys": list(send_keys)},
    )
    return rows(found)


async def held(session: ReadSession, pool_id: UUID, customer_ids: Sequence[UUID], until: datetime) -> dict[UUID, Any]:
    """Confirmed, unused coupons that customers hold from a pool and that are good beyond `until`; one each."""
    found = await session.execute(
        text(
            """SELECT DISTINCT ON (customer_id) customer_id, code, expires_at FROM coupons
            WHERE shop_id = :shop AND customer_id = ANY(CAST(:ids AS uuid[])) AND state = 'confirmed'
              AND pool_id = :pool AND used = 0 AND expires_at > :until ORDER BY customer_id, expires_at DESC"""
        ),
        {"shop": session.shop_id, "pool": pool_id, "ids": list(customer_ids), "until": until},
    )
    return {r.customer_id: r for r in found}


async def by_code(session: ReadSession, code: str) -> dict[str, Any] | None:
    """A coupon with its pool's terms."""
    found = await session.execute(
        text(
            """SELECT c.id, c.code, c.state, c.uses, c.used, c.expires_at, c.customer_id,
              p.kind, p.percent, p.amount, p.currency, p.minimum, p.per_customer
            FROM coupons c JOIN coupon_pools p ON p.shop_id = c.shop_id AND p.id = c.pool_id
            WHERE c.shop_id = :shop AND c.code = :code"""
        ),
        {"shop": session.shop_id, "code": code},
    )
    return next(iter(rows(found)), None)


async def confirm(session: WriteSession, send_keys: Sequence[str]) -> int:
    """Reserved coupons of accepted messages are confirmed."""
    done = await session.execute(
        text(
            "UPDATE coupons SET state = 'confirmed' WHERE shop_id = :shop "
            "AND send_key = ANY(CAST(:keys AS text[])) AND state = 'reserved' RETURNING id"
        ),
        {"shop": session.shop_id, "keys": list(send_keys)},
    )
    return len(done.all())


async def release(session: WriteSession, send_keys: Sequence[str]) -> dict[UUID, int]:
    """Unused coupons of messages that never arrived are withdrawn; answers how many of each pool."""
    done = await session.execute(
        text(
            """WITH gone AS (UPDATE coupons SET state = 'released' WHERE shop_id = :shop
              AND send_key = ANY(CAST(:keys AS text[])) AND state IN ('reserved', 'confirmed') RETURNING pool_id)
            SELECT pool_id, count(*) AS n FROM gone GROUP BY pool_id ORDER BY pool_id"""
        ),
        {"shop": session.shop_id, "keys": list(send_keys)},
    )
    return {r.pool_id: r.n for r in done}


async def note_redemption(session: WriteSession, values: dict[str, Any]) -> bool:
    """Writes down a use; False where this order has used the coupon before."""
    done = await session.execute(
        text(
            """INSERT INTO coupon_redemptions (shop_id, id, coupon_id, order_ref, customer_id, at)
            VALUES (:shop, :id, :coupon_id, :order_ref, :customer_id, :at)
            ON CONFLICT ON CONSTRAINT uq_coupon_redemptions_order DO NOTHING RETURNING id"""
        ),
        {"shop": session.shop_id, **values},
    )
    return done.first() is not None


async def use(session: WriteSession, coupon_id: UUID, now: datetime) -> bool:
    """Counts one use if the coupon has one left; False otherwise. The row stays locked until the commit."""
    done = await session.execute(
        text(
            """UPDATE coupons SET used = used + 1,
              state = CASE WHEN used + 1 >= uses THEN 'redeemed' ELSE state END
            WHERE shop_id = :shop AND id = :id AND state IN ('reserved', 'confirmed')
              AND (uses IS NULL OR used < uses) AND (expires_at IS NULL OR expires_at > :now) RETURNING id"""
        ),
        {"shop": session.shop_id, "id": coupon_id, "now": now},
    )
    return done.first() is not None


async def uses_of(session: ReadSession, coupon_id: UUID, customer_id: UUID) -> int:
    """How often a customer has used a coupon."""
    return (
        await session.scalar(
            text(
                "SELECT count(*) FROM coupon_redemptions "
                "WHERE shop_id = :shop AND coupon_id = :coupon AND customer_id = :customer"
            ),
            {"shop": session.shop_id, "coupon": coupon_id, "customer": customer_id},
        )
        or 0
    )
