"""SQL of the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.kit.ids import new_id
from comeback.ledger.rules import Entry

_POST = text(
    """WITH made AS (
  INSERT INTO ledger_transactions (shop_id, id, kind, source_id, order_id, at)
  VALUES (:shop, :id, :kind, :source, :order, :at)
  ON CONFLICT (shop_id, kind, source_id) DO NOTHING RETURNING shop_id, id)
INSERT INTO ledger_entries (shop_id, id, transaction_id, position, account, currency, amount)
SELECT made.shop_id, i.id, made.id, i.position, i.account, i.currency, i.amount FROM made CROSS JOIN
  unnest(CAST(:ids AS uuid[]), CAST(:positions AS int[]), CAST(:accounts AS text[]), CAST(:currencies AS text[]),
    CAST(:amounts AS bigint[])) AS i(id, position, account, currency, amount)
RETURNING id"""
)


async def post(
    session: WriteSession, kind: str, source_id: str, entries: Sequence[Entry], order_id: UUID | None, at: datetime
) -> bool:
    """Adds a transaction unless its fact is posted; False where it is."""
    values = {
        "shop": session.shop_id,
        "id": new_id(),
        "kind": kind,
        "source": source_id,
        "order": order_id,
        "at": at,
        "ids": [new_id() for _ in entries],
        "positions": list(range(len(entries))),
        "accounts": [account for account, _, _ in entries],
        "currencies": [currency for _, currency, _ in entries],
        "amounts": [amount for _, _, amount in entries],
    }
    return bool((await session.execute(_POST, values)).all())


async def entries(
    session: ReadSession, order_id: UUID | None, kind: str | None, source_id: str | None, limit: int
) -> list[dict[str, Any]]:
    """Entries that fit all that is given, oldest first."""
    query = text(
        "SELECT t.id AS transaction_id, t.kind, t.source_id, t.order_id, e.account, e.currency, e.amount, t.at "
        "FROM ledger_transactions t JOIN ledger_entries e ON e.shop_id = t.shop_id AND e.transaction_id = t.id "
        "WHERE t.shop_id = :shop AND (CAST(:order AS uuid) IS NULL OR t.order_id = :order) "
        "AND (CAST(:kind AS text) IS NULL OR t.kind = :kind) "
        "AND (CAST(:source AS text) IS NULL OR t.source_id = :source) ORDER BY t.id, e.position LIMIT :limit"
    )
    values = {"shop": session.shop_id, "order": order_id, "kind": kind, "source": source_id, "limit": limit}
    return rows(await session.execute(query, values))


async def balances(session: ReadSession, accounts: Sequence[str]) -> dict[tuple[str, str], int]:
    """(account, currency) → sum of its entries."""
    query = text(
        "SELECT account, currency, CAST(sum(amount) AS bigint) AS amount FROM ledger_entries "
        "WHERE shop_id = :shop AND account = ANY(CAST(:accounts AS text[])) GROUP BY account, currency"
    )
    found = await session.execute(query, {"shop": session.shop_id, "accounts": list(accounts)})
    return {(r.account, r.currency): r.amount for r in found}
