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


IN_TROUBLE = (
    "direction = 'outbound' AND delivered_at IS NULL AND (problem IS NOT NULL OR delay IS NOT NULL "
    "OR status IN ('attempt_failed', 'returning', 'returned', 'expired'))"
)
"""Parcels whose customer waits longer than promised, or for nothing."""


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
        Index("ix_shipments_carrier", "shop_id", "carrier", "id"),
        Index(
            "ix_shipments_delivered",
            "shop_id",
            "delivered_at",
            "id",
            postgresql_where=text("direction = 'outbound' AND delivered_at IS NOT NULL"),
        ),
        Index("ix_shipments_trouble", "shop_id", "order_id", postgresql_where=text(IN_TROUBLE)),
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

_EVENT = (
    "e.key, e.received_at, e.carrier, e.tracking_number, e.sources, e.code, e.status, e.substatus, e.reason, "
    "e.occurred_at, e.occurred_local, e.tz_source, e.city, e.country, e.text, e.child_number, e.provider_id, "
    "e.physical, e.resolved, e.reversal, e.contradiction, e.unmapped, e.revokes"
)
_LINE = (
    "l.id, l.order_id, l.external_id, l.position, l.title, l.sku, l.quantity, l.unit_price, l.image_url, l.url, "
    "l.variant_id, l.product_external_id, l.attributes"
)
_PAGE = f"""CREATE OR REPLACE FUNCTION order_page(page bytea) RETURNS json LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE shop uuid; subject uuid;
BEGIN
  PERFORM set_config('role', 'comeback_app', true);
  SELECT r.shop_id, r.subject INTO shop, subject FROM resolve('page', page) r LIMIT 1;
  IF shop IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('app.shop', shop::text, true);
  RETURN (SELECT json_build_object(
    'shop_id', shop,
    'order', json_build_object('id', o.id, 'number', o.number, 'external_id', o.external_id,
      'customer_id', o.customer_id, 'placed_at', o.placed_at, 'history', o.history, 'state', o.state,
      'currency', o.currency, 'total', o.total, 'locale', o.locale, 'shipping_address', o.shipping_address),
    'person', (SELECT to_json(r) FROM (
      SELECT c.id, c.email, c.first_name, c.last_name, c.phone, c.locale, c.timezone
      FROM customers c WHERE c.shop_id = shop AND c.id = o.customer_id) r),
    'agreed', EXISTS (SELECT FROM consents c WHERE c.shop_id = shop AND c.customer_id = o.customer_id
      AND c.channel = 'email' AND c.purpose = 'marketing' AND c.granted),
    'lines', (SELECT json_agg(r ORDER BY r.position) FROM (
      SELECT {_LINE} FROM order_lines l WHERE l.shop_id = shop AND l.order_id = o.id) r),
    'carried', (SELECT json_agg(r) FROM (
      SELECT {_LINE} FROM shipments s JOIN shipment_lines p ON p.shop_id = shop AND p.shipment_id = s.id
        JOIN order_lines l ON l.shop_id = shop AND l.id = p.line_id
      WHERE s.shop_id = shop AND s.order_id = o.id AND l.order_id <> o.id) r),
    'returned', (SELECT count(*) FROM order_lines l JOIN order_units u ON u.shop_id = shop AND u.line_id = l.id
      WHERE l.shop_id = shop AND l.order_id = o.id AND u.state = 'returned'),
    'parcels', (SELECT json_agg(r ORDER BY r.created_at, r.id) FROM (
      SELECT s.id, s.order_id, s.direction, s.return_id, s.carrier, s.service, s.tracking_number, s.status,
        s.substatus, s.reason, s.problem, s.delay, s.flags, s.attempts, s.why, s.eta_from, s.eta_until, s.eta_source,
        s.eta_original_until, s.shipped_at, s.first_scan_at, s.delivered_at, s.last_event_at, s.history, s.method,
        s.label_state, s.label_blob, s.label_qr, s.label_cost, s.label_problem, s.created_at,
        (SELECT json_agg(json_build_array(p.line_id, p.quantity) ORDER BY p.line_id) FROM shipment_lines p
          WHERE p.shop_id = shop AND p.shipment_id = s.id) AS pieces,
        (SELECT json_agg(e) FROM (
          SELECT {_EVENT} FROM shipment_numbers n JOIN carrier_events e
            ON e.shop_id = shop AND e.tracking_number = n.tracking_number
            AND (e.carrier = n.carrier OR n.kind = 'child') AND e.shipment_id IS NULL
          WHERE n.shop_id = shop AND n.shipment_id = s.id
          UNION ALL
          SELECT {_EVENT} FROM carrier_events e WHERE e.shop_id = shop AND e.shipment_id = s.id) e) AS events,
        (SELECT json_agg(t ORDER BY t.created_at, t.id) FROM (
          SELECT t.id, t.shipment_id, t.author, t.text, t.public, t.created_at FROM shipment_notes t
          WHERE t.shop_id = shop AND t.shipment_id = s.id AND t.public) t) AS notes
      FROM shipments s WHERE s.shop_id = shop AND s.order_id = o.id) r))
    FROM orders o WHERE o.shop_id = shop AND o.id = subject);
END $$"""
# All that the customer's page shows, in one round trip: the key is a page token's digest, row security as everywhere.
# Everything is found by key, so one plan serves all; made anew for each call it would cost three times the reading.
register_ddl("shipments_order_page", _PAGE)
