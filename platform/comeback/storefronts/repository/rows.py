"""SQL of the storefronts room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, affected, rows
from comeback.kit.ids import new_id


def as_json(value: object) -> str:
    """As JSON text, for a jsonb parameter."""
    return msgspec.json.encode(value).decode()


async def lock_record(session: WriteSession, connection: UUID, kind: str, external_id: str) -> dict[str, Any]:
    """The record of an object under lock, made where there is none: deliveries about one object come one by one."""
    values = {"shop": session.shop_id, "id": new_id(), "connection": connection, "kind": kind, "external": external_id}
    await session.execute(
        text(
            "INSERT INTO storefront_objects (shop_id, id, connection_id, kind, external_id, confirmed, seen_at) "
            "VALUES (:shop, :id, :connection, :kind, :external, false, 'epoch') "
            "ON CONFLICT (shop_id, connection_id, kind, external_id) DO NOTHING"
        ),
        values,
    )
    found = await session.execute(
        text(
            "SELECT id, version, local_id, confirmed, problem, data FROM storefront_objects WHERE shop_id = :shop "
            "AND connection_id = :connection AND kind = :kind AND external_id = :external FOR UPDATE"
        ),
        values,
    )
    return rows(found)[0]


async def save_record(
    session: WriteSession,
    record: UUID,
    *,
    version: datetime | None,
    local_id: UUID | None,
    confirmed: bool,
    problem: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """What became of an object."""
    await session.execute(
        text(
            "UPDATE storefront_objects SET version = coalesce(:version, version), "
            "local_id = coalesce(:local, local_id), confirmed = :confirmed, problem = :problem, "
            "data = data || CAST(:data AS jsonb) WHERE shop_id = :shop AND id = :id"
        ),
        {"shop": session.shop_id, "id": record, "version": version, "local": local_id, "confirmed": confirmed,
         "problem": problem, "data": as_json(data or {})},
    )  # fmt: skip


async def asked_after(session: ReadSession, connection: UUID, kind: str, external_id: str, at: datetime) -> bool:
    """Whether the shop was asked for an object after `at`: then what was delivered at that time is known."""
    found = await session.execute(
        text(
            "SELECT 1 FROM storefront_objects WHERE shop_id = :shop AND connection_id = :connection AND kind = :kind "
            "AND external_id = :external AND confirmed AND seen_at > :at"
        ),
        {"shop": session.shop_id, "connection": connection, "kind": kind, "external": external_id, "at": at},
    )
    return found.scalar_one_or_none() is not None


async def note_asked(session: WriteSession, connection: UUID, kind: str, external_id: str, at: datetime) -> None:
    """Remembers when the shop was asked for an object that it has."""
    await session.execute(
        text(
            "UPDATE storefront_objects SET seen_at = greatest(seen_at, :at) WHERE shop_id = :shop "
            "AND connection_id = :connection AND kind = :kind AND external_id = :external AND confirmed"
        ),
        {"shop": session.shop_id, "connection": connection, "kind": kind, "external": external_id, "at": at},
    )


async def database_now(session: ReadSession) -> datetime:
    """The database's clock."""
    return (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()


async def records(
    session: ReadSession, connection: UUID, kind: str, external_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Records by the shop's id."""
    found = await session.execute(
        text(
            "SELECT external_id, id, version, local_id, confirmed, data FROM storefront_objects WHERE shop_id = :shop "
            "AND connection_id = :connection AND kind = :kind AND external_id = ANY(CAST(:ids AS text[]))"
        ),
        {"shop": session.shop_id, "connection": connection, "kind": kind, "ids": list(external_ids)},
    )
    return {r["external_id"]: r for r in rows(found)}


async def record_of(session: ReadSession, kind: str, local_id: UUID) -> dict[str, Any] | None:
    """The shop's object behind a row of ours, where the shop itself confirmed it."""
    found = rows(
        await session.execute(
            text(
                "SELECT o.external_id, o.connection_id, o.data FROM storefront_objects o "
                "JOIN connections c ON c.shop_id = o.shop_id AND c.id = o.connection_id AND c.state <> 'off' "
                "WHERE o.shop_id = :shop AND o.kind = :kind AND o.local_id = :local AND o.confirmed "
                "ORDER BY o.id LIMIT 1"
            ),
            {"shop": session.shop_id, "kind": kind, "local": local_id},
        )
    )
    return found[0] if found else None


async def watermark(session: ReadSession, connection: UUID, kind: str) -> datetime | None:
    """Up to when a kind was read."""
    found = await session.execute(
        text(
            "SELECT watermark FROM storefront_syncs WHERE shop_id = :shop AND connection_id = :connection "
            "AND kind = :kind"
        ),
        {"shop": session.shop_id, "connection": connection, "kind": kind},
    )
    return found.scalar_one_or_none()


async def set_watermark(
    session: WriteSession, connection: UUID, kind: str, at: datetime, *, now: datetime, repaired: int
) -> None:
    """Moves the watermark forward, never back."""
    await session.execute(
        text(
            "INSERT INTO storefront_syncs (shop_id, connection_id, kind, watermark, checked_at, repaired) "
            "VALUES (:shop, :connection, :kind, :at, :now, :repaired) ON CONFLICT (shop_id, connection_id, kind) "
            "DO UPDATE SET watermark = greatest(storefront_syncs.watermark, excluded.watermark), "
            "checked_at = excluded.checked_at, repaired = storefront_syncs.repaired + excluded.repaired"
        ),
        {"shop": session.shop_id, "connection": connection, "kind": kind, "at": at, "now": now, "repaired": repaired},
    )


async def begin_sync(session: WriteSession, connection: UUID, kind: str, at: datetime) -> None:
    """A kind is read from `at` on; where it was read before, from where that ended: a dead key loses no time."""
    await session.execute(
        text(
            "INSERT INTO storefront_syncs (shop_id, connection_id, kind, watermark, checked_at, repaired) "
            "VALUES (:shop, :connection, :kind, :at, :at, 0) ON CONFLICT (shop_id, connection_id, kind) DO NOTHING"
        ),
        {"shop": session.shop_id, "connection": connection, "kind": kind, "at": at},
    )


async def syncs(session: ReadSession) -> list[dict[str, Any]]:
    """How far everything was read."""
    query = "SELECT connection_id, kind, watermark, checked_at, repaired FROM storefront_syncs WHERE shop_id = :shop"
    return rows(await session.execute(text(query + " ORDER BY kind"), {"shop": session.shop_id}))


async def live_storefronts(session: ReadSession) -> list[tuple[UUID, UUID]]:
    """(shop, connection) of everything that was ever read, in all shops; as the machinery."""
    found = await session.execute(text("SELECT DISTINCT shop_id, connection_id FROM storefront_syncs ORDER BY 1, 2"))
    return [(r.shop_id, r.connection_id) for r in found]


async def forget_sync(session: WriteSession, connection: UUID) -> None:
    """A connection that ended is not read any more."""
    query = "DELETE FROM storefront_syncs WHERE shop_id = :shop AND connection_id = :connection"
    await session.execute(text(query), {"shop": session.shop_id, "connection": connection})


async def add_write(session: WriteSession, values: dict[str, Any]) -> UUID | None:
    """Plans a write; None where its cause has one."""
    found = await session.execute(
        text(
            "INSERT INTO storefront_writes (shop_id, id, connection_id, kind, source_id, group_id, order_id, local_id, "
            "task, created_at) VALUES (:shop, :id, :connection, :kind, :source, :group, :order, :local, "
            "CAST(:task AS jsonb), :now) ON CONFLICT (shop_id, connection_id, kind, source_id) DO NOTHING RETURNING id"
        ),
        {"shop": session.shop_id, **values},
    )
    return found.scalar_one_or_none()


async def write(session: ReadSession, write_id: UUID, *, lock: bool = False) -> dict[str, Any] | None:
    """One write."""
    query = (
        "SELECT id, connection_id, kind, source_id, order_id, local_id, task, state, remote_id, sends "
        "FROM storefront_writes WHERE shop_id = :shop AND id = :id" + (" FOR UPDATE" if lock else "")
    )
    found = rows(await session.execute(text(query), {"shop": session.shop_id, "id": write_id}))
    return found[0] if found else None


async def mark_write(
    session: WriteSession,
    write_id: UUID,
    state: str,
    *,
    remote: str | None = None,
    problem: str | None = None,
    sent: bool = False,
    done_at: datetime | None = None,
) -> bool:
    """Moves a write that is not done; False where it is."""
    done = await session.execute(
        text(
            "UPDATE storefront_writes SET state = :state, remote_id = coalesce(:remote, remote_id), "
            "problem = :problem, sends = sends + :sent, done_at = :done "
            "WHERE shop_id = :shop AND id = :id AND state <> 'done'"
        ),
        {"shop": session.shop_id, "id": write_id, "state": state, "remote": remote, "problem": problem,
         "sent": int(sent), "done": done_at},
    )  # fmt: skip
    return affected(done) == 1


async def group_has_write(session: ReadSession, kind: str, group: UUID) -> bool:
    """Whether something of this group was planned."""
    found = await session.execute(
        text("SELECT 1 FROM storefront_writes WHERE shop_id = :shop AND kind = :kind AND group_id = :group LIMIT 1"),
        {"shop": session.shop_id, "kind": kind, "group": group},
    )
    return found.scalar_one_or_none() is not None


async def written_order(session: ReadSession, connection: UUID, remote: str, reference: UUID | None) -> UUID | None:
    """The order of ours behind a replacement that we wrote into the shop, by the shop's id or our reference."""
    found = await session.execute(
        text(
            "SELECT local_id FROM storefront_writes WHERE shop_id = :shop AND connection_id = :connection "
            "AND kind = 'order' AND (remote_id = :remote OR id = :reference) LIMIT 1"
        ),
        {"shop": session.shop_id, "connection": connection, "remote": remote, "reference": reference},
    )
    return found.scalar_one_or_none()


async def writes(session: ReadSession, connection: UUID, before: UUID | None, limit: int) -> list[dict[str, Any]]:
    """What was planned, newest first."""
    found = await session.execute(
        text(
            "SELECT id, kind, state, order_id, remote_id, problem, created_at, done_at FROM storefront_writes "
            "WHERE shop_id = :shop AND connection_id = :connection AND (CAST(:before AS uuid) IS NULL OR id < :before) "
            "ORDER BY id DESC LIMIT :limit"
        ),
        {"shop": session.shop_id, "connection": connection, "before": before, "limit": limit},
    )
    return rows(found)


async def write_counts(session: ReadSession) -> dict[UUID, tuple[int, int]]:
    """Connection → (open, failed) writes."""
    query = (
        "SELECT connection_id, count(*) FILTER (WHERE state IN ('planned', 'sent')) AS open, "
        "count(*) FILTER (WHERE state = 'failed') AS failed FROM storefront_writes WHERE shop_id = :shop GROUP BY 1"
    )
    found = await session.execute(text(query), {"shop": session.shop_id})
    return {r.connection_id: (r.open, r.failed) for r in found}


async def unwritten_coupons(session: ReadSession, connection: UUID, limit: int) -> list[dict[str, Any]]:
    """Unique codes that the connection's shop does not have yet, with what they are worth."""
    found = await session.execute(
        text(
            "SELECT c.id, c.code, c.pool_id, c.expires_at, p.name, p.percent, p.amount, p.currency, p.minimum "
            "FROM coupons c JOIN coupon_pools p ON p.shop_id = c.shop_id AND p.id = c.pool_id "
            "WHERE c.shop_id = :shop AND c.state IN ('reserved', 'confirmed') AND NOT EXISTS (SELECT 1 FROM "
            "storefront_writes w WHERE w.shop_id = c.shop_id AND w.connection_id = :connection AND w.kind = 'codes' "
            "AND w.source_id = c.id::text) ORDER BY c.id LIMIT :limit"
        ),
        {"shop": session.shop_id, "connection": connection, "limit": limit},
    )
    return rows(found)


async def add_install(session: WriteSession, values: dict[str, Any]) -> None:
    """Remembers that a merchant was sent to the shop."""
    await session.execute(
        text(
            "INSERT INTO storefront_installs (shop_id, id, shop_domain, staff_id, staff_name, created_at) "
            "VALUES (:shop, :id, :domain, :staff, :name, :now)"
        ),
        {"shop": session.shop_id, **values},
    )


async def use_install(session: WriteSession, install: UUID, now: datetime, after: datetime) -> dict[str, Any] | None:
    """Uses the way back up; None where it was used or is too old."""
    found = await session.execute(
        text(
            "UPDATE storefront_installs SET used_at = :now WHERE shop_id = :shop AND id = :id AND used_at IS NULL "
            "AND created_at > :after RETURNING shop_domain, staff_id, staff_name"
        ),
        {"shop": session.shop_id, "id": install, "now": now, "after": after},
    )
    made = rows(found)
    return made[0] if made else None


async def add_request(session: WriteSession, values: dict[str, Any]) -> UUID | None:
    """A privacy request; None where it is known."""
    found = await session.execute(
        text(
            "INSERT INTO privacy_requests (shop_id, id, connection_id, kind, external_id, customer, received_at, "
            "due_at) VALUES (:shop, :id, :connection, :kind, :external, :customer, :now, :due) "
            "ON CONFLICT (shop_id, connection_id, kind, external_id) DO NOTHING RETURNING id"
        ),
        {"shop": session.shop_id, **values},
    )
    return found.scalar_one_or_none()


async def request(session: WriteSession, request_id: UUID) -> dict[str, Any] | None:
    """A privacy request under lock."""
    found = await session.execute(
        text(
            "SELECT id, kind, customer, connection_id, state FROM privacy_requests WHERE shop_id = :shop AND id = :id "
            "FOR UPDATE"
        ),
        {"shop": session.shop_id, "id": request_id},
    )
    made = rows(found)
    return made[0] if made else None


async def finish_request(
    session: WriteSession, request_id: UUID, customer: UUID | None, result: dict[str, Any], now: datetime
) -> None:
    """Closes a request; the person's id at the shop goes with it."""
    await session.execute(
        text(
            "UPDATE privacy_requests SET state = 'done', done_at = :now, customer_id = :customer, "
            "result = CAST(:result AS jsonb) WHERE shop_id = :shop AND id = :id"
        ),
        {"shop": session.shop_id, "id": request_id, "customer": customer, "result": as_json(result), "now": now},
    )


async def requests(session: ReadSession, limit: int = 200) -> list[dict[str, Any]]:
    """Privacy requests, newest first."""
    query = (
        "SELECT id, kind, state, customer, received_at, due_at, done_at, result FROM privacy_requests "
        "WHERE shop_id = :shop ORDER BY id DESC LIMIT :limit"
    )
    return rows(await session.execute(text(query), {"shop": session.shop_id, "limit": limit}))


async def people_of(session: ReadSession, connection: UUID) -> list[UUID]:
    """Customers that came by a connection: its own people, and the buyers of its orders."""
    found = await session.execute(
        text(
            "SELECT o.customer_id AS id FROM storefront_objects r JOIN orders o ON o.shop_id = r.shop_id "
            "AND o.id = r.local_id WHERE r.shop_id = :shop AND r.connection_id = :connection AND r.kind = 'order' "
            "UNION SELECT local_id FROM storefront_objects WHERE shop_id = :shop AND connection_id = :connection "
            "AND kind = 'customer' AND local_id IS NOT NULL"
        ),
        {"shop": session.shop_id, "connection": connection},
    )
    return [r.id for r in found]
