"""Tables of flows: families, frozen versions, enrolments, and the steps people took."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, machinery, register_ddl
from comeback.kit.states import Machine


class FlowState(StrEnum):
    """A draft was never live; a paused flow lets nobody in and moves nobody on."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"


class EnrolmentState(StrEnum):
    """Active people wait for a time or an event; failed ones met a definition that could not be evaluated."""

    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


FLOW_MACHINE: Final = Machine(
    "flow",
    {
        FlowState.DRAFT: {FlowState.LIVE},
        FlowState.LIVE: {FlowState.PAUSED},
        FlowState.PAUSED: {FlowState.LIVE},
    },
)
ENROLMENT_MACHINE: Final = Machine(
    "enrolment",
    {
        EnrolmentState.ACTIVE: {EnrolmentState.PAUSED, EnrolmentState.DONE, EnrolmentState.FAILED},
        EnrolmentState.PAUSED: {EnrolmentState.ACTIVE},
        EnrolmentState.DONE: set(),
        EnrolmentState.FAILED: set(),
    },
)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(v)) for v in values)})"


class Flow(ShopRow, Base):
    """A flow through all its versions. `family` is part of every send key, so no version sends a step again."""

    __tablename__ = "flows"
    __table_args__ = (
        UniqueConstraint("shop_id", "family", name="uq_flows_family"),
        CheckConstraint(_one_of("state", FlowState), name="state"),
        CheckConstraint("state = 'draft' OR live_version IS NOT NULL", name="live"),
    )
    family: Mapped[str]
    name: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=FlowState.DRAFT)
    live_version: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class FlowVersion(ShopRow, Base):
    """One version of a definition. Published ones never change; at most one draft is open."""

    __tablename__ = "flow_versions"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "flow_id"], ["flows.shop_id", "flows.id"]),
        UniqueConstraint("shop_id", "flow_id", "version", name="uq_flow_versions_version"),
        Index(
            "uq_flow_versions_draft", "shop_id", "flow_id", unique=True, postgresql_where=text("published_at IS NULL")
        ),
        {"info": {"app": ("select", "insert", "update")}},
    )
    flow_id: Mapped[UUID]
    version: Mapped[int]
    definition: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]


class Enrolment(ShopRow, Base):
    """One person in one flow, on the version under which they entered, once per entry key for ever."""

    __tablename__ = "enrolments"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "flow_id"], ["flows.shop_id", "flows.id"]),
        ForeignKeyConstraint(["shop_id", "version_id"], ["flow_versions.shop_id", "flow_versions.id"]),
        UniqueConstraint("shop_id", "flow_id", "entry_key", name="uq_enrolments_entry"),
        CheckConstraint(_one_of("state", EnrolmentState), name="state"),
        CheckConstraint("state NOT IN ('active', 'paused') OR (node IS NOT NULL AND due_at IS NOT NULL)", name="due"),
        Index("ix_enrolments_due", "shop_id", "due_at", postgresql_where=text("state = 'active'")),
        Index("ix_enrolments_order", "shop_id", "order_id", postgresql_where=text("state = 'active'")),
        {"info": machinery("select")},
    )
    flow_id: Mapped[UUID]
    version_id: Mapped[UUID]
    entry_key: Mapped[str]
    state: Mapped[str]
    node: Mapped[str | None]
    due_at: Mapped[datetime | None]
    awaiting: Mapped[str | None]
    order_id: Mapped[UUID | None]
    shipment_id: Mapped[UUID | None]
    return_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    context: Mapped[dict[str, Any]]
    entered_at: Mapped[datetime]


class EnrolmentStep(Base):
    """A node that was run for a person: what came of it and why; append-only, once per node."""

    __tablename__ = "enrolment_steps"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "enrolment_id"], ["enrolments.shop_id", "enrolments.id"]),
        {"info": {"app": ("select", "insert")}},
    )
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    flow_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(primary_key=True)
    result: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]


register_ddl("flows_moves", *FLOW_MACHINE.trigger_sql("flows", "state"))
register_ddl("enrolments_moves", *ENROLMENT_MACHINE.trigger_sql("enrolments", "state"))
register_ddl(
    "flow_versions_frozen",
    """CREATE OR REPLACE FUNCTION flow_versions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published version never changes' USING ERRCODE = '23514', CONSTRAINT = 'flow_versions_frozen';
END $$""",
    "CREATE TRIGGER flow_versions_frozen BEFORE UPDATE ON flow_versions FOR EACH ROW "
    "WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION flow_versions_frozen()",
)
