"""Who asks, and what they may do.

Every route declares one permission in `opt["permission"]`; start-up fails otherwise. What must be found before the
shop is known (API keys, sessions, page and hook tokens, slugs) lies in one directory table, which the application
role can write but not read: the look-up is a SECURITY DEFINER function that needs the key.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, WriteSession, register_ddl
from comeback.core.db import NO_SHOP, Database

PUBLIC = "public"
"""Anyone (customer pages, hooks, health): the handler proves what it needs itself."""
CUSTOMER = "customer"
"""A customer with a portal session bound to one order."""

PERMISSIONS = frozenset(
    [
        "orders:read",
        "orders:write",
        "products:read",
        "products:write",
        "shipments:read",
        "shipments:write",
        "returns:read",
        "returns:write",
        "returns:decide",
        "refunds:write",
        "credits:read",
        "credits:write",
        "messages:read",
        "messages:write",
        "flows:read",
        "flows:write",
        "customers:read",
        "customers:write",
        "offers:read",
        "offers:write",
        "policies:read",
        "policies:write",
        "settings:read",
        "settings:write",
        "staff:write",
        "tickets:read",
        "tickets:write",
    ]
)


class Principal(msgspec.Struct, frozen=True):
    """Who asks. `id` is the key, staff member or order (customer) behind it."""

    kind: Literal["api_key", "staff", "customer", "public"]
    shop_id: UUID
    id: UUID
    permissions: frozenset[str] = frozenset()
    name: str = ""
    csrf: str = ""

    def may(self, permission: str) -> bool:
        """Whether the permission is held."""
        return permission == PUBLIC or permission in self.permissions


ANYONE = Principal("public", NO_SHOP, NO_SHOP)


class DirectoryEntry(Base):
    """Digest of a token → shop and subject."""

    __tablename__ = "directory"
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(), primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[UUID]
    expires_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_directory_subject", "shop_id", "kind", "subject"),
        {"info": {"app": ("insert", "update", "delete")}},
    )


_SHOP = "shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)"
register_ddl(
    "directory_resolver",
    "DROP POLICY IF EXISTS write ON directory",
    f"CREATE POLICY write ON directory TO comeback_app USING ({_SHOP}) WITH CHECK ({_SHOP})",
    "DROP POLICY IF EXISTS owner ON directory",
    "CREATE POLICY owner ON directory TO comeback_owner USING (true)",
    "GRANT SELECT (kind, key, shop_id, subject) ON directory TO comeback_app",
    """CREATE OR REPLACE FUNCTION resolve(kind text, key bytea) RETURNS TABLE (shop_id uuid, subject uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.shop_id, d.subject FROM directory d
  WHERE d.kind = resolve.kind AND d.key = resolve.key
    AND (d.expires_at IS NULL OR d.expires_at > clock_timestamp())
$$""",
    "REVOKE ALL ON FUNCTION resolve(text, bytea) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION resolve(text, bytea) TO comeback_app, comeback_machinery",
)


async def add_entry(
    session: WriteSession, kind: str, key: bytes, subject: UUID, expires_at: datetime | None = None
) -> None:
    """Makes `key` (a digest) lead to `subject` of this shop; the same entry again only renews its end."""
    await session.execute(
        text(
            "INSERT INTO directory (kind, key, shop_id, subject, expires_at) VALUES (:kind, :key, :shop, :subject, "
            ":expires) ON CONFLICT (kind, key, shop_id) DO UPDATE SET subject = :subject, expires_at = :expires"
        ),
        {"kind": kind, "key": key, "shop": session.shop_id, "subject": subject, "expires": expires_at},
    )


async def drop_entries(session: WriteSession, kind: str, subject: UUID) -> None:
    """Revokes everything of a kind that leads to `subject`."""
    await session.execute(
        text("DELETE FROM directory WHERE shop_id = :shop AND kind = :kind AND subject = :subject"),
        {"shop": session.shop_id, "kind": kind, "subject": subject},
    )


async def resolve(database: Database, kind: str, key: bytes) -> list[tuple[UUID, UUID]]:
    """(shop, subject) pairs behind a digest; empty where unknown or expired."""
    async with database.read(NO_SHOP) as session:
        found = await session.execute(text("SELECT shop_id, subject FROM resolve(:kind, :key)"),
                                      {"kind": kind, "key": key})  # fmt: skip
        return [(r.shop_id, r.subject) for r in found]
