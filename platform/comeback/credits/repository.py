"""All SQL of store credit. Every change starts from the locked account row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.credits.rules import Lot
from comeback.kit.ids import new_id


async def lock_account(session: WriteSession, customer_id: UUID, currency: str) -> dict[str, Any]:
    """The account of a customer and currency, made where missing, locked."""
    values = {"shop": session.shop_id, "id": new_id(), "customer": customer_id, "currency": currency}
    await session.execute(
        text(
            "INSERT INTO credit_accounts (shop_id, id, customer_id, currency) VALUES (:shop, :id, :customer, :currency)"
            " ON CONFLICT ON CONSTRAINT uq_credit_accounts_customer DO NOTHING"
        ),
        values,
    )
    found = await session.execute(
        text(
            "SELECT id, balance, promotional FROM credit_accounts WHERE shop_id = :shop AND customer_id = :customer "
            "AND currency = :currency FOR UPDATE"
        ),
        values,
    )
    return rows(found)[0]


async def lots(session: ReadSession, account_id: UUID) -> list[Lot]:
    """Lots of an account that hold something."""
    found = await session.execute(
        text(
            "SELECT id, remaining, promotional, expires_at, issued_at FROM credit_lots "
            "WHERE shop_id = :shop AND account_id = :account AND remaining > 0"
        ),
        {"shop": session.shop_id, "account": account_id},
    )
    return [Lot(**row) for row in rows(found)]


async def add_lot(session: WriteSession, values: dict[str, Any]) -> UUID | None:
    """A new lot with its entry; None where the source already made it."""
    lot_id = new_id()
    found = await session.scalar(
        text(
            "INSERT INTO credit_lots (shop_id, id, account_id, promotional, amount, remaining, expires_at, source_kind,"
            " source_id, order_id, issued_at) VALUES (:shop, :lot, :account, :promotional, :amount, :amount, :expires,"
            " :source_kind, :source_id, :order, :at) ON CONFLICT ON CONSTRAINT uq_credit_lots_source DO NOTHING "
            "RETURNING id"
        ),
        values | {"shop": session.shop_id, "lot": lot_id},
    )
    if found is None:
        return None
    entry = {k: values[k] for k in ("account", "amount", "source_kind", "source_id", "at")}
    await add_entry(session, entry | {"lot": lot_id, "kind": "issue"})
    return lot_id


async def add_entry(session: WriteSession, values: dict[str, Any]) -> None:
    """One append-only change."""
    await session.execute(
        text(
            "INSERT INTO credit_entries (shop_id, id, account_id, lot_id, kind, amount, source_kind, source_id, at) "
            "VALUES (:shop, :id, :account, :lot, :kind, :amount, :source_kind, :source_id, :at)"
        ),
        values | {"shop": session.shop_id, "id": new_id()},
    )


async def take(session: WriteSession, lot_id: UUID, amount: int) -> bool:
    """Takes `amount` from a lot in one conditional statement; False where it does not hold that much (R15)."""
    done = await session.scalar(
        text(
            "UPDATE credit_lots SET remaining = remaining - :amount WHERE shop_id = :shop AND id = :lot "
            "AND remaining >= :amount RETURNING id"
        ),
        {"shop": session.shop_id, "lot": lot_id, "amount": amount},
    )
    return done is not None


async def move_balance(session: WriteSession, account_id: UUID, cash: int, promotional: int) -> tuple[int, int]:
    """Adds to both balances; answers what they are now."""
    found = await session.execute(
        text(
            "UPDATE credit_accounts SET balance = balance + :cash, promotional = promotional + :promotional "
            "WHERE shop_id = :shop AND id = :account RETURNING balance, promotional"
        ),
        {"shop": session.shop_id, "account": account_id, "cash": cash, "promotional": promotional},
    )
    row = found.one()
    return row.balance, row.promotional


async def spent(session: ReadSession, account_id: UUID, source_kind: str, source_id: str) -> list[tuple[UUID, int]]:
    """What a source already spent, by lot."""
    found = await session.execute(
        text(
            "SELECT lot_id, -amount AS amount FROM credit_entries WHERE shop_id = :shop AND account_id = :account "
            "AND kind = 'redeem' AND source_kind = :source_kind AND source_id = :source_id ORDER BY id"
        ),
        {"shop": session.shop_id, "account": account_id, "source_kind": source_kind, "source_id": source_id},
    )
    return [(r.lot_id, r.amount) for r in found]


async def balances(session: ReadSession, customer_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """What a customer's accounts hold at `now`, lots that ended left out."""
    found = await session.execute(
        text(
            """SELECT a.currency, coalesce(sum(l.remaining) FILTER (WHERE NOT l.promotional), 0)::bigint AS balance,
              coalesce(sum(l.remaining) FILTER (WHERE l.promotional), 0)::bigint AS promotional
            FROM credit_accounts a LEFT JOIN credit_lots l ON l.shop_id = a.shop_id AND l.account_id = a.id
              AND l.remaining > 0 AND (l.expires_at IS NULL OR l.expires_at > :now)
            WHERE a.shop_id = :shop AND a.customer_id = :customer GROUP BY a.id, a.currency ORDER BY a.id"""
        ),
        {"shop": session.shop_id, "customer": customer_id, "now": now},
    )
    return rows(found)


_LOT = """SELECT l.id, a.currency, l.promotional, l.amount, l.remaining, l.expires_at, l.source_kind, l.source_id,
  l.issued_at FROM credit_lots l JOIN credit_accounts a ON a.shop_id = l.shop_id AND a.id = l.account_id
WHERE l.shop_id = :shop AND """


async def lots_of(session: ReadSession, customer_id: UUID) -> list[dict[str, Any]]:
    """A customer's lots that hold something, oldest first."""
    query = text(_LOT + "a.customer_id = :customer AND l.remaining > 0 ORDER BY l.id")
    return rows(await session.execute(query, {"shop": session.shop_id, "customer": customer_id}))


async def lots_by_id(session: ReadSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Lots by id."""
    query = text(_LOT + "l.id = ANY(CAST(:ids AS uuid[])) ORDER BY l.id")
    return rows(await session.execute(query, {"shop": session.shop_id, "ids": list(ids)}))


async def lots_by_source(session: ReadSession, source_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Lots by what gave them, oldest first."""
    query = text(_LOT + "l.source_id = ANY(CAST(:ids AS text[])) ORDER BY l.id")
    return rows(await session.execute(query, {"shop": session.shop_id, "ids": list(source_ids)}))


async def entries_of(session: ReadSession, customer_id: UUID, limit: int) -> list[dict[str, Any]]:
    """A customer's entries, newest first."""
    found = await session.execute(
        text(
            """SELECT e.id, a.currency, e.kind, e.amount, l.promotional, e.source_kind, e.source_id, e.at
            FROM credit_entries e
            JOIN credit_accounts a ON a.shop_id = e.shop_id AND a.id = e.account_id
            JOIN credit_lots l ON l.shop_id = e.shop_id AND l.id = e.lot_id
            WHERE e.shop_id = :shop AND a.customer_id = :customer ORDER BY e.id DESC LIMIT :limit"""
        ),
        {"shop": session.shop_id, "customer": customer_id, "limit": limit},
    )
    return rows(found)


async def balances_of_many(session: ReadSession, customer_ids: Sequence[UUID], now: datetime) -> list[dict[str, Any]]:
    """Balances of many customers in one query, for messages."""
    found = await session.execute(
        text(
            """SELECT a.customer_id, a.currency,
              coalesce(sum(l.remaining) FILTER (WHERE NOT l.promotional), 0)::bigint AS balance,
              coalesce(sum(l.remaining) FILTER (WHERE l.promotional), 0)::bigint AS promotional,
              min(l.expires_at) FILTER (WHERE l.promotional) AS promotional_until
            FROM credit_accounts a LEFT JOIN credit_lots l ON l.shop_id = a.shop_id AND l.account_id = a.id
              AND l.remaining > 0 AND (l.expires_at IS NULL OR l.expires_at > :now)
            WHERE a.shop_id = :shop AND a.customer_id = ANY(CAST(:ids AS uuid[])) GROUP BY a.id, a.customer_id,
              a.currency ORDER BY a.id"""
        ),
        {"shop": session.shop_id, "ids": list(customer_ids), "now": now},
    )
    return rows(found)
