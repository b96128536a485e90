"""Tables of returns: policies, cases with their lines, receipts, settlements, exchanges."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, machinery, personal, register_ddl
from comeback.returns.rules.states import CASE, EXCHANGE, GOODS, SETTLEMENT

_CASE_KEY = ["shop_id", "case_id"]
_CASE_REF = ["return_cases.shop_id", "return_cases.id"]


class PolicyVersion(ShopRow, Base):
    """One version of a shop's return policy; published versions never change."""

    __tablename__ = "policies"
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default="draft")
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("shop_id", "version", name="uq_policies_version"),
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint("version > 0", name="version"),
    )


class ReturnCase(ShopRow, Base):
    """A customer's wish to give something back. `quote` is what was promised, `basis` what it was computed from.

    `token` opens the customer's status page; `review` names why a human looks.
    """

    __tablename__ = "return_cases"
    number: Mapped[str]
    order_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str]
    method: Mapped[str]
    policy_version: Mapped[int] = mapped_column(Integer)
    quote: Mapped[dict[str, Any]]
    basis: Mapped[dict[str, Any]]
    review: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    token: Mapped[str]
    currency: Mapped[str]
    refund_total: Mapped[int] = mapped_column(BigInteger)
    credit_total: Mapped[int] = mapped_column(BigInteger)
    declined_reason: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    send_by: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        UniqueConstraint("shop_id", "number", name="uq_return_cases_number"),
        UniqueConstraint("shop_id", "token", name="uq_return_cases_token"),
        Index("ix_return_cases_order", "shop_id", "order_id"),
        Index("ix_return_cases_customer", "shop_id", "customer_id"),
        Index("ix_return_cases_state", "shop_id", "state", "id"),
        Index("ix_return_cases_send_by", "send_by", postgresql_where=text("state = 'approved'")),
        CheckConstraint(CASE.check_sql("state"), name="state"),
        CheckConstraint("kind IN ('return', 'withdrawal', 'claim')", name="kind"),
        CheckConstraint("method IN ('label', 'qr', 'pickup', 'store', 'keep')", name="method"),
        {"info": machinery("select")},
    )


class ReturnLine(ShopRow, Base):
    """Units of one order line in a case; `slots` are the units it holds (M4), `goods_state` where they are."""

    __tablename__ = "return_lines"
    case_id: Mapped[UUID]
    line_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int] = mapped_column(Integer)
    slots: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    reason: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(info=personal())
    resolution: Mapped[str]
    goods_state: Mapped[str] = mapped_column(server_default="expected")
    exchange_variant_id: Mapped[UUID | None]
    __table_args__ = (
        ForeignKeyConstraint(_CASE_KEY, _CASE_REF),
        ForeignKeyConstraint(["shop_id", "line_id"], ["order_lines.shop_id", "order_lines.id"]),
        Index("ix_return_lines_case", "shop_id", "case_id"),
        Index("ix_return_lines_line", "shop_id", "line_id"),
        CheckConstraint("quantity > 0 AND cardinality(slots) = quantity", name="slots"),
        CheckConstraint(GOODS.check_sql("goods_state"), name="goods_state"),
        CheckConstraint("resolution IN ('refund', 'store_credit', 'exchange')", name="resolution"),
    )


class Receipt(ShopRow, Base):
    """Goods that arrived together; `revision` counts how often the finding was revised."""

    __tablename__ = "receipts"
    case_id: Mapped[UUID]
    location: Mapped[str]
    unexpected: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    received_by: Mapped[str]
    received_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(_CASE_KEY, _CASE_REF),
        Index("ix_receipts_case", "shop_id", "case_id"),
    )


class ReceiptLine(ShopRow, Base):
    """A finding about some units. A revision adds rows and sets the older ones aside (`live` false); none is lost."""

    __tablename__ = "receipt_lines"
    receipt_id: Mapped[UUID]
    case_id: Mapped[UUID]
    return_line_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(Integer)
    live: Mapped[bool]
    slots: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    grade: Mapped[str | None]
    disposition: Mapped[str | None]
    deduction_percent: Mapped[int] = mapped_column(Integer, server_default="0")
    deduction_reason: Mapped[str | None]
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    note: Mapped[str | None] = mapped_column(info=personal())
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "receipt_id"], ["receipts.shop_id", "receipts.id"]),
        ForeignKeyConstraint(["shop_id", "return_line_id"], ["return_lines.shop_id", "return_lines.id"]),
        Index("ix_receipt_lines_case", "shop_id", "case_id", postgresql_where=text("live")),
        CheckConstraint("deduction_percent BETWEEN 0 AND 100", name="deduction"),
        CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name="grade"),
        CheckConstraint(
            "disposition IN ('restock', 'refurbish', 'quarantine', 'liquidate', 'donate', 'destroy', "
            "'return_to_customer', 'return_to_vendor')",
            name="disposition",
        ),
    )


class Settlement(ShopRow, Base):
    """What a case is worth for some of its units, by the code of the quote (M16). `units` maps lines to slots."""

    __tablename__ = "settlements"
    case_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    block_reason: Mapped[str | None]
    units: Mapped[dict[str, Any]]
    computed: Mapped[dict[str, Any]]
    expected_total: Mapped[int] = mapped_column(BigInteger)
    refund_total: Mapped[int] = mapped_column(BigInteger)
    credit_total: Mapped[int] = mapped_column(BigInteger)
    bonus_total: Mapped[int] = mapped_column(BigInteger)
    settled_by: Mapped[str]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(_CASE_KEY, _CASE_REF),
        UniqueConstraint("shop_id", "case_id", "sequence", name="uq_settlements_sequence"),
        CheckConstraint(SETTLEMENT.check_sql("state"), name="state"),
        CheckConstraint("refund_total >= 0 AND credit_total >= 0 AND bonus_total >= 0", name="totals"),
    )


class Exchange(ShopRow, Base):
    """A replacement for one return line: reserved stock, later an order of its own."""

    __tablename__ = "exchanges"
    case_id: Mapped[UUID]
    return_line_id: Mapped[UUID]
    variant_id: Mapped[UUID]
    quantity: Mapped[int] = mapped_column(Integer)
    price: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    order_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(_CASE_KEY, _CASE_REF),
        ForeignKeyConstraint(["shop_id", "return_line_id"], ["return_lines.shop_id", "return_lines.id"]),
        ForeignKeyConstraint(["shop_id", "variant_id"], ["variants.shop_id", "variants.id"]),
        UniqueConstraint("shop_id", "return_line_id", name="uq_exchanges_line"),
        Index("ix_exchanges_case", "shop_id", "case_id"),
        CheckConstraint(EXCHANGE.check_sql("state"), name="state"),
        CheckConstraint("quantity > 0 AND price >= 0", name="quantity"),
    )


register_ddl("return_cases_moves", *CASE.trigger_sql("return_cases", "state"))
register_ddl("return_lines_moves", *GOODS.trigger_sql("return_lines", "goods_state"))
register_ddl("settlements_moves", *SETTLEMENT.trigger_sql("settlements", "state"))
register_ddl("exchanges_moves", *EXCHANGE.trigger_sql("exchanges", "state"))
register_ddl(
    "policies_frozen",
    """CREATE OR REPLACE FUNCTION policies_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published policy never changes' USING ERRCODE = '23514', CONSTRAINT = 'policies_frozen';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$""",
    "CREATE TRIGGER policies_frozen BEFORE UPDATE OR DELETE ON policies "
    "FOR EACH ROW EXECUTE FUNCTION policies_frozen()",
)
