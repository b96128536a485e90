"""Tables of the shipments room. The status of a parcel is a projection: the fold over its events is the truth."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, personal, register_ddl
from comeback.kit.states import Machine
from comeback.shipments.rules.vocabulary import Direction, LabelState, Milestone, Status

LABEL = Machine(
    "label of a parcel",
    {
        LabelState.NONE: frozenset(),
        LabelState.PENDING: {LabelState.READY, LabelState.FAILED, LabelState.VOIDED},
        LabelState.FAILED: {LabelState.PENDING, LabelState.VOIDED},
        LabelState.READY: {LabelState.VOIDED},
    },
)


def _one_of(column: str, kind: type[StrEnum], *, nullable: bool = False) -> CheckConstraint:
    values = ", ".join(f"'{member.value}'" for member in kind)
    check = f"{column} IN ({values})"
    return CheckConstraint(f"{column} IS NULL OR {check}" if nullable else check, name=column)


class Shipment(ShopRow, Base):
    """One parcel, to the customer or back. `return_id` names the return case it belongs to, in the room above."""

    __tablename__ = "shipments"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"]),
        _one_of("direction", Direction),
        _one_of("status", Status),
        _one_of("label_state", LabelState),
        CheckConstraint("(direction = 'return') = (return_id IS NOT NULL)", name="return_id"),
        Index("ix_shipments_order", "shop_id", "order_id"),
        Index("ix_shipments_return", "shop_id", "return_id", postgresql_where=text("return_id IS NOT NULL")),
        Index("ix_shipments_number", "shop_id", "tracking_number"),
        Index("ix_shipments_status", "shop_id", "status", "last_event_at"),
    )

    order_id: Mapped[UUID]
    direction: Mapped[str] = mapped_column(server_default=Direction.OUTBOUND.value)
    return_id: Mapped[UUID | None]
    carrier: Mapped[str]
    service: Mapped[str | None]
    tracking_number: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=Status.PENDING.value)
    substatus: Mapped[str | None]
    reason: Mapped[str | None]
    problem: Mapped[dict[str, Any] | None]
    """The open exception, laid over the status: reason, since."""
    delay: Mapped[dict[str, Any] | None]
    flags: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    attempts: Mapped[int] = mapped_column(server_default="0")
    why: Mapped[str] = mapped_column(server_default="No event of the carrier is known yet.")
    eta_from: Mapped[datetime | None]
    eta_until: Mapped[datetime | None]
    eta_source: Mapped[str | None]
    eta_original_until: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    first_scan_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    last_event_at: Mapped[datetime | None]
    history: Mapped[bool] = mapped_column(server_default=text("false"))
    method: Mapped[str | None]
    """How a return parcel starts: label, qr, pickup, store."""
    label_state: Mapped[str] = mapped_column(server_default=LabelState.NONE.value)
    label_blob: Mapped[str | None]
    label_qr: Mapped[str | None]
    label_cost: Mapped[int | None]
    """Minor units of the shop's account at the carrier."""
    label_problem: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ShipmentLine(Base):
    """Pieces of an order line in a parcel."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "shipment_id"], ["shipments.shop_id", "shipments.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["shop_id", "line_id"], ["order_lines.shop_id", "order_lines.id"]),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_shipment_lines_line", "shop_id", "line_id"),
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    shipment_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    quantity: Mapped[int]


class ShipmentNumber(Base):
    """Which numbers lead to which parcel: its own, the child after a hand-over. One number may carry two orders."""

    __tablename__ = "shipment_numbers"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "shipment_id"], ["shipments.shop_id", "shipments.id"], ondelete="CASCADE"),
        CheckConstraint("kind IN ('own', 'child')", name="kind"),
        Index("ix_shipment_numbers_shipment", "shop_id", "shipment_id"),
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    tracking_number: Mapped[str] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(primary_key=True)
    shipment_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(server_default="own")


class CarrierEventRow(Base):
    """One event by its dedupe key. It belongs to a number; events of unknown numbers wait here for their parcel.

    Only what a person entered (source `agent`) names a shipment. Copies never add a row: each column keeps the least
    value known, so the row is the same whatever came first.
    """

    __tablename__ = "carrier_events"
    __table_args__ = (
        _one_of("status", Status, nullable=True),
        ForeignKeyConstraint(["shop_id", "shipment_id"], ["shipments.shop_id", "shipments.id"], ondelete="CASCADE"),
        Index("ix_carrier_events_number", "shop_id", "tracking_number", "carrier"),
        Index("ix_carrier_events_shipment", "shop_id", "shipment_id", postgresql_where=text("shipment_id IS NOT NULL")),
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    carrier: Mapped[str]
    tracking_number: Mapped[str]
    shipment_id: Mapped[UUID | None]
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text))
    code: Mapped[str | None]
    status: Mapped[str | None]
    substatus: Mapped[str | None]
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    occurred_local: Mapped[str | None]
    tz_source: Mapped[str | None]
    received_at: Mapped[datetime]
    """Business time at which the first copy came in; what an undated event counts by."""
    city: Mapped[str | None]
    country: Mapped[str | None]
    text: Mapped[str | None] = mapped_column(info=personal())
    """The carrier's words; they can name who took the parcel."""
    child_number: Mapped[str | None]
    provider_id: Mapped[str | None]
    revokes: Mapped[str | None]
    physical: Mapped[bool]
    resolved: Mapped[bool]
    reversal: Mapped[bool]
    contradiction: Mapped[bool]
    unmapped: Mapped[bool]


class MilestoneRow(Base):
    """A milestone, once per parcel; `notified` says whether it was told, `why` says why or why not."""

    __tablename__ = "milestones"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "shipment_id"], ["shipments.shop_id", "shipments.id"], ondelete="CASCADE"),
        _one_of("name", Milestone),
        {"info": {"app": ("select", "insert", "delete")}},
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    shipment_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    notified: Mapped[bool]
    why: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ShipmentNote(ShopRow, Base):
    """A person's note on a parcel's timeline; public ones are shown to the customer."""

    __tablename__ = "shipment_notes"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "shipment_id"], ["shipments.shop_id", "shipments.id"], ondelete="CASCADE"),
        Index("ix_shipment_notes_shipment", "shop_id", "shipment_id"),
    )
    shipment_id: Mapped[UUID]
    author: Mapped[str] = mapped_column(info=personal())
    text: Mapped[str] = mapped_column(info=personal())
    public: Mapped[bool]
    created_at: Mapped[datetime]


class UnmappedCode(Base):
    """A carrier's code that no table knows, for a person to look at (E3.4)."""

    __tablename__ = "unmapped_codes"
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    events: Mapped[int]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


register_ddl("shipments_label_moves", *LABEL.trigger_sql("shipments", "label_state"))
