"""The table of imports; the file itself lies in the blobs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, personal


class FileImport(ShopRow, Base):
    """One file and what became of it. `problems` holds the first of `problem_count`: row, column, message."""

    __tablename__ = "imports"
    kind: Mapped[str]
    filename: Mapped[str]
    blob: Mapped[str]
    task_id: Mapped[UUID]
    dry_run: Mapped[bool]
    state: Mapped[str] = mapped_column(server_default="waiting")
    source: Mapped[str | None]
    """Whose export it looks like: shopify, woocommerce, comeback; None where none."""
    columns: Mapped[list[str]] = mapped_column(server_default="[]")
    given: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Mapping that a person gave: field → column."""
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Mapping in use: the guess, overruled by what was given."""
    rows: Mapped[int] = mapped_column(Integer, server_default="0")
    records: Mapped[int] = mapped_column(Integer, server_default="0")
    created: Mapped[int] = mapped_column(Integer, server_default="0")
    updated: Mapped[int] = mapped_column(Integer, server_default="0")
    unchanged: Mapped[int] = mapped_column(Integer, server_default="0")
    problem_count: Mapped[int] = mapped_column(Integer, server_default="0")
    problems: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]", info=personal())
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("kind IN ('orders', 'shipments', 'products')", name="kind"),
        CheckConstraint("state IN ('waiting', 'checked', 'done', 'failed')", name="state"),
        Index("ix_imports_list", "shop_id", "id"),
    )
