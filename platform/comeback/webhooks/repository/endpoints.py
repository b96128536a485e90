"""What people see and change: endpoints, deliveries, attempts, notices."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from comeback.core.db import ReadSession, WriteSession, affected, rows
from comeback.webhooks.models import Endpoint


async def endpoint(session: ReadSession, endpoint_id: UUID, *, lock: bool = False) -> Endpoint | None:
    """One endpoint of the shop; `lock` holds it until the transaction ends."""
    query = select(Endpoint).where(Endpoint.shop_id == session.shop_id, Endpoint.id == endpoint_id)
    return (await session.execute(query.with_for_update(key_share=True) if lock else query)).scalar_one_or_none()


async def endpoints(session: ReadSession) -> list[Endpoint]:
    """All endpoints of the shop, oldest first."""
    query = select(Endpoint).where(Endpoint.shop_id == session.shop_id).order_by(Endpoint.id)
    return list((await session.execute(query)).scalars())


async def count(session: ReadSession) -> int:
    """How many endpoints the shop has."""
    query = select(func.count()).select_from(Endpoint).where(Endpoint.shop_id == session.shop_id)
    return (await session.execute(query)).scalar_one()


async def serialise(session: WriteSession) -> None:
    """Lets one transaction at a time add endpoints to the shop, so that the limit holds."""
    key = f"webhook_endpoints:{session.shop_id}"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


async def delete(session: WriteSession, endpoint_id: UUID) -> int:
    """Deletes an endpoint with its deliveries; answers how many there were."""
    query = text("DELETE FROM webhook_endpoints WHERE shop_id = :shop AND id = :id")
    return affected(await session.execute(query, {"shop": session.shop_id, "id": endpoint_id}))


_COUNTS = text("""
SELECT endpoint_id, count(*) FILTER (WHERE state IN ('due', 'running')) AS waiting,
  count(*) FILTER (WHERE state = 'delivered') AS delivered, count(*) FILTER (WHERE state = 'failed') AS failed
FROM webhook_deliveries WHERE shop_id = :shop AND endpoint_id = ANY(CAST(:ids AS uuid[])) GROUP BY endpoint_id
""")


async def counts(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Deliveries of endpoints by what became of them."""
    found = rows(await session.execute(_COUNTS, {"shop": session.shop_id, "ids": list(ids)}))
    return {r.pop("endpoint_id"): r for r in found}


_NOTICES = text("""
SELECT endpoint_id, id, kind, message, created_at FROM webhook_notices
WHERE shop_id = :shop AND endpoint_id = ANY(CAST(:ids AS uuid[])) ORDER BY id
""")


async def notices(session: ReadSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Notices about endpoints, oldest first."""
    return rows(await session.execute(_NOTICES, {"shop": session.shop_id, "ids": list(ids)}))


async def clear_notices(session: WriteSession, endpoint_id: UUID) -> None:
    """Drops the notices about an endpoint that a person put right."""
    query = text("DELETE FROM webhook_notices WHERE shop_id = :shop AND endpoint_id = :id")
    await session.execute(query, {"shop": session.shop_id, "id": endpoint_id})


_DELIVERY = "id, endpoint_id, event_id, event, state, tries, status, error, due_at, expires_at, created_at, done_at"
_LIST = text(f"""
SELECT {_DELIVERY} FROM webhook_deliveries WHERE shop_id = :shop AND endpoint_id = :endpoint
  AND (CAST(:state AS text) IS NULL OR state = :state) AND (CAST(:before AS uuid) IS NULL OR id < :before)
ORDER BY id DESC LIMIT :limit
""")


async def deliveries(
    session: ReadSession, endpoint_id: UUID, *, state: str | None, before: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Deliveries of an endpoint, newest first."""
    values = {"shop": session.shop_id, "endpoint": endpoint_id, "state": state, "before": before, "limit": limit}
    return rows(await session.execute(_LIST, values))


_ONE = text(f"SELECT {_DELIVERY}, body FROM webhook_deliveries WHERE shop_id = :shop AND id = :id")


async def delivery(session: ReadSession, delivery_id: UUID) -> dict[str, Any] | None:
    """One delivery with the body it carries itself."""
    found = rows(await session.execute(_ONE, {"shop": session.shop_id, "id": delivery_id}))
    return found[0] if found else None


_ATTEMPTS = text("""
SELECT number, at, url, headers, status, answer, error, duration_ms FROM webhook_attempts
WHERE shop_id = :shop AND delivery_id = :id ORDER BY at, id
""")


async def attempts(session: ReadSession, delivery_id: UUID) -> list[dict[str, Any]]:
    """Every call of a delivery, oldest first."""
    return rows(await session.execute(_ATTEMPTS, {"shop": session.shop_id, "id": delivery_id}))


_REPLAY = """
UPDATE webhook_deliveries SET state = 'due', due_at = clock_timestamp(), tries = 0, error = NULL, done_at = NULL,
  expires_at = clock_timestamp() + CAST(:lifetime AS interval)
WHERE shop_id = :shop AND {which}
"""
_REPLAY_ONE = text(_REPLAY.format(which="id = :id AND state <> 'running'"))
_REPLAY_FAILED = text(
    _REPLAY.format(which="endpoint_id = :endpoint AND state = 'failed' AND created_at >= :since")
)  # fmt: skip


async def replay(session: WriteSession, delivery_id: UUID, lifetime: timedelta) -> int:
    """Makes a delivery that is not being sent right now due again, as if new."""
    values = {"shop": session.shop_id, "id": delivery_id, "lifetime": lifetime}
    return affected(await session.execute(_REPLAY_ONE, values))


async def replay_failed(session: WriteSession, endpoint_id: UUID, since: datetime, lifetime: timedelta) -> int:
    """Makes everything that failed since then due again; answers how many."""
    values = {"shop": session.shop_id, "endpoint": endpoint_id, "since": since, "lifetime": lifetime}
    return affected(await session.execute(_REPLAY_FAILED, values))
