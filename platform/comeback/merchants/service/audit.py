"""The audit log: one row in the transaction that changes money, rights or settings."""

from typing import Any
from uuid import UUID

from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.merchants.models import AuditEntry


async def audit(
    session: WriteSession,
    actor: Principal | None,
    action: str,
    subject: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Writes down who did what to which row; `actor` None is the system itself. `data` holds ids and amounts, never
    personal data."""
    session.add(
        AuditEntry(
            shop_id=session.shop_id,
            actor_kind=actor.kind if actor else "system",
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else "Comeback",
            action=action,
            subject=subject,
            data=data or {},
        )
    )
    await session.flush()
