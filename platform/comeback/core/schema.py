"""The whole schema from the models, in one go: what a migrated database must equal (tests compare the two)."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from comeback.core import access, clock, events, idempotency, inbox, outbox, partitions, progress, secrets
from comeback.core.base import Base
from comeback.core.db import OWNER
from comeback.core.tenancy import install_statements, role_statements

MECHANISMS = (access, clock, events, idempotency, inbox, outbox, progress, secrets)
"""The modules of this floor that have tables; importing them is what registers those."""


async def ensure_roles(connection: AsyncConnection) -> None:
    """Creates the three roles where they are missing; one process at a time, since roles are cluster-wide."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(7300118)"))
    for statement in role_statements():
        await connection.execute(text(statement))


async def create_all(connection: AsyncConnection) -> None:
    """Creates every table of the models that were imported, with security, triggers and partitions."""
    await ensure_roles(connection)
    await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
    await connection.run_sync(Base.metadata.create_all)
    for statement in install_statements(Base.metadata):
        await connection.execute(text(statement))
    for statement in partitions.statements(datetime.now(UTC)):
        await connection.execute(text(statement))
    await connection.execute(text("RESET ROLE"))
