"""Tables of outgoing webhooks. Times of the queue are the database's clock."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, machinery, register_ddl
from comeback.kit.states import Machine


class EndpointState(StrEnum):
    """`live` is told, `off` was paused by a person, `disabled` by us (410, or days of failures)."""

    LIVE = "live"
    OFF = "off"
    DISABLED = "disabled"


DELIVERIES = Machine(
    "delivery",
    {
        "due": {"running", "failed"},
        "running": {"due", "delivered", "failed"},
        "delivered": {"due"},
        "failed": {"due"},
    },
)
"""`delivered` and `failed` become due again only by a replay."""


class Endpoint(ShopRow, Base):
    """One receiver: where, which events, its signing secrets and how it has been doing."""

    __tablename__ = "webhook_endpoints"
    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    events: Mapped[list[str]]
    """Names, `room.*`, or `*`."""
    slots: Mapped[int] = mapped_column(SmallInteger, server_default="2")
    """Calls at the same time."""
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    """Until then each call also carries a signature of the previous secret."""
    state: Mapped[str] = mapped_column(server_default="live")
    problem: Mapped[str | None]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    """Failures in a row."""
    failing_since: Mapped[datetime | None]
    open_until: Mapped[datetime | None]
    """The circuit is open: nothing is sent before."""
    lane: Mapped[int] = mapped_column(Integer, server_default="0")
    """Counts claims; who ends a claim names its number."""
    lane_until: Mapped[datetime | None]
    """One process at a time works for an endpoint; its lease."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (
        CheckConstraint("state IN ('live', 'off', 'disabled')", name="state"),
        CheckConstraint("slots BETWEEN 1 AND 10", name="slots"),
        Index("ix_webhook_endpoints_lane", "lane_until", postgresql_where=text("lane_until IS NOT NULL")),
        {"info": machinery("select", "update")},
    )


class Delivery(ShopRow, Base):
    """One event for one endpoint."""

    __tablename__ = "webhook_deliveries"
    endpoint_id: Mapped[UUID]
    event_id: Mapped[UUID]
    """Also the `webhook-id` that the receiver sees, the same at every attempt."""
    event: Mapped[str]
    body: Mapped[dict[str, Any] | None]
    """Only of test events; everything else is told from the event history."""
    state: Mapped[str] = mapped_column(server_default="due")
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    expires_at: Mapped[datetime]
    """Given up after this."""
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    """Counts claims: the fence."""
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    """Calls made since it was planned or replayed: the place in the schedule."""
    status: Mapped[int | None] = mapped_column(SmallInteger)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("shop_id", "endpoint_id", "event_id"),
        ForeignKeyConstraint(["shop_id", "endpoint_id"], ["webhook_endpoints.shop_id", "webhook_endpoints.id"],
                             ondelete="CASCADE"),
        CheckConstraint(DELIVERIES.check_sql("state"), name="state"),
        Index("ix_webhook_deliveries_due", "shop_id", "endpoint_id", "due_at", postgresql_where=text("state = 'due'")),
        Index("ix_webhook_deliveries_lease", "lease_until", postgresql_where=text("state = 'running'")),
        Index("ix_webhook_deliveries_list", "shop_id", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_done", "done_at", postgresql_where=text("done_at IS NOT NULL")),
        {"info": machinery("select", "update", "delete")},
    )  # fmt: skip


class Attempt(ShopRow, Base):
    """One call: what was asked and what came back. Append-only, kept as long as its delivery."""

    __tablename__ = "webhook_attempts"
    delivery_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    url: Mapped[str]
    headers: Mapped[dict[str, Any]]
    """As sent, without signatures."""
    status: Mapped[int | None] = mapped_column(SmallInteger)
    answer: Mapped[str | None]
    """The first 2 KB."""
    error: Mapped[str | None]
    duration_ms: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "delivery_id"], ["webhook_deliveries.shop_id", "webhook_deliveries.id"],
                             ondelete="CASCADE"),
        Index("ix_webhook_attempts_delivery", "shop_id", "delivery_id", "at"),
        {"info": {"app": ("select",), "machinery": ("select", "insert")}},
    )  # fmt: skip


class Notice(ShopRow, Base):
    """Something a person of the shop should know about an endpoint."""

    __tablename__ = "webhook_notices"
    endpoint_id: Mapped[UUID]
    kind: Mapped[str]
    message: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "endpoint_id"], ["webhook_endpoints.shop_id", "webhook_endpoints.id"],
                             ondelete="CASCADE"),
        CheckConstraint("kind IN ('gone', 'failing')", name="kind"),
        Index("ix_webhook_notices_endpoint", "shop_id", "endpoint_id", "id"),
        {"info": {"app": ("select", "delete"), "machinery": ("select", "insert")}},
    )  # fmt: skip


register_ddl(
    "webhook_deliveries",
    *DELIVERIES.trigger_sql("webhook_deliveries", "state"),
    "ALTER TABLE webhook_deliveries SET (fillfactor = 70)",
    "ALTER TABLE webhook_endpoints SET (fillfactor = 50)",
)
