"""Tables of store credit: one account a customer and currency, lots in it, entries that never change."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, register_ddl


class EntryKind(StrEnum):
    """What an entry did to its lot."""

    ISSUE = "issue"
    REDEEM = "redeem"
    EXPIRE = "expire"


class CreditAccount(ShopRow, Base):
    """Balances in minor units; promotional credit is kept apart and never becomes cash (M13)."""

    __tablename__ = "credit_accounts"
    customer_id: Mapped[UUID]
    currency: Mapped[str]
    balance: Mapped[int] = mapped_column(BigInteger, server_default="0")
    promotional: Mapped[int] = mapped_column(BigInteger, server_default="0")
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        UniqueConstraint("shop_id", "customer_id", "currency", name="uq_credit_accounts_customer"),
        CheckConstraint("balance >= 0", name="balance"),
        CheckConstraint("promotional >= 0", name="promotional"),
    )


class CreditLot(ShopRow, Base):
    """One portion of credit: where it came from, what is left, until when."""

    __tablename__ = "credit_lots"
    account_id: Mapped[UUID]
    promotional: Mapped[bool]
    amount: Mapped[int] = mapped_column(BigInteger)
    remaining: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None]
    source_kind: Mapped[str]
    source_id: Mapped[str]
    order_id: Mapped[UUID | None]
    issued_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "account_id"], ["credit_accounts.shop_id", "credit_accounts.id"]),
        UniqueConstraint("shop_id", "source_kind", "source_id", "promotional", name="uq_credit_lots_source"),
        CheckConstraint("amount > 0 AND remaining BETWEEN 0 AND amount", name="remaining"),
        Index("ix_credit_lots_account", "shop_id", "account_id", postgresql_where=text("remaining > 0")),
    )


class CreditEntry(ShopRow, Base):
    """One change of a lot; append-only. `amount` is positive for issue, negative otherwise."""

    __tablename__ = "credit_entries"
    account_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    source_kind: Mapped[str]
    source_id: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "account_id"], ["credit_accounts.shop_id", "credit_accounts.id"]),
        ForeignKeyConstraint(["shop_id", "lot_id"], ["credit_lots.shop_id", "credit_lots.id"]),
        UniqueConstraint("shop_id", "kind", "source_kind", "source_id", "lot_id", name="uq_credit_entries_source"),
        Index("ix_credit_entries_account", "shop_id", "account_id", "id"),
        CheckConstraint("kind IN ('issue', 'redeem', 'expire')", name="kind"),
        CheckConstraint("(kind = 'issue') = (amount > 0) AND amount <> 0", name="amount"),
        {"info": {"app": ("select", "insert")}},
    )


register_ddl(
    "credit_entries_append_only",
    """CREATE OR REPLACE FUNCTION credit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'credit entries are append-only' USING ERRCODE = '23514';
END $$""",
    "DROP TRIGGER IF EXISTS credit_entries_refuse ON credit_entries",
    "CREATE TRIGGER credit_entries_refuse BEFORE UPDATE OR DELETE ON credit_entries "
    "FOR EACH ROW EXECUTE FUNCTION credit_entries_refuse()",
)
