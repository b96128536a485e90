"""Tables of the portal: mailed codes and the drafts of returns. Both are short-lived."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.db import Base, ShopRow, machinery, personal


class PortalClaim(ShopRow, Base):
    """Someone says that an order is theirs. `order_id` is null where no order fits: such a claim looks and behaves the
    same, but no code ever opens it. `key` is the digest of what stands in the address of the code page."""

    __tablename__ = "portal_claims"
    key: Mapped[bytes] = mapped_column(LargeBinary())
    order_id: Mapped[UUID | None]
    target: Mapped[UUID | None]
    """The return to show after the code; null leads to the choice of items."""
    language: Mapped[str]
    code: Mapped[bytes | None] = mapped_column(LargeBinary())
    """Keyed digest of the mailed code."""
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_portal_claims_key", "shop_id", "key", unique=True),
        Index("ix_portal_claims_expires_at", "shop_id", "expires_at"),
        {"info": machinery("select", "delete")},
    )


class PortalDraft(Base):
    """A return that is being put together: one an order, so that reload, back and a second device find it again."""

    __tablename__ = "portal_drafts"
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(info=personal())
    updated_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"], ondelete="CASCADE"),
        Index("ix_portal_drafts_updated_at", "shop_id", "updated_at"),
        {"info": machinery("select", "delete")},
    )
