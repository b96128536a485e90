"""The ledger: what it promises is kept by the database itself (R14).

Entries of a transaction sum to zero in each currency when the unit of work commits; nothing is ever changed or
removed; a business fact (`kind`, `source_id`) is posted once.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, register_ddl

_APPEND_ONLY = {"info": {"app": ("select", "insert")}}


class LedgerTransaction(ShopRow, Base):
    """One business fact. `source_id` names it within its kind, so posting twice changes nothing."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (
        UniqueConstraint("shop_id", "kind", "source_id", name="uq_ledger_transactions_source"),
        Index("ix_ledger_transactions_order", "shop_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
        _APPEND_ONLY,
    )
    kind: Mapped[str]
    source_id: Mapped[str]
    order_id: Mapped[UUID | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class LedgerEntry(ShopRow, Base):
    """A signed amount in minor units on an account: debit positive, credit negative."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "transaction_id"], ["ledger_transactions.shop_id", "ledger_transactions.id"]),
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_ledger_entries_transaction", "shop_id", "transaction_id"),
        Index("ix_ledger_entries_account", "shop_id", "account", "currency"),
        _APPEND_ONLY,
    )
    transaction_id: Mapped[UUID]
    position: Mapped[int]
    account: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)


_BALANCE = """CREATE OR REPLACE FUNCTION ledger_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE subject uuid := CASE TG_TABLE_NAME WHEN 'ledger_entries'
  THEN (to_jsonb(NEW) ->> 'transaction_id')::uuid ELSE NEW.id END;
BEGIN
  IF (SELECT count(*) FROM ledger_entries e WHERE e.shop_id = NEW.shop_id AND e.transaction_id = subject) < 2
    OR EXISTS (SELECT FROM ledger_entries e WHERE e.shop_id = NEW.shop_id AND e.transaction_id = subject
      GROUP BY e.currency HAVING sum(e.amount) <> 0) THEN
    RAISE EXCEPTION 'ledger transaction % does not balance', subject
      USING ERRCODE = '23514', CONSTRAINT = 'ledger_balance';
  END IF;
  RETURN NULL;
END $$"""
_FROZEN = """CREATE OR REPLACE FUNCTION ledger_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'ledger_frozen';
END $$"""

register_ddl(
    "ledger_promises",
    _BALANCE,
    _FROZEN,
    *(
        statement
        for table in ("ledger_transactions", "ledger_entries")
        for statement in (
            (
                f"CREATE CONSTRAINT TRIGGER {table}_balance AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION ledger_balance()"
            ),
            (
                f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_frozen()"
            ),
        )
    ),
)
