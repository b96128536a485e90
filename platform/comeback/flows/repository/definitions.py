"""SQL of flows and their versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows

_FLOW = "f.id, f.family, f.name, f.state, f.live_version, f.created_at, f.updated_at"


async def live(session: ReadSession) -> list[dict[str, Any]]:
    """Live flows with the version that is in force (its definition is asked for once, with `definitions`)."""
    found = await session.execute(
        text(
            """SELECT f.id, v.id AS version_id FROM flows f JOIN flow_versions v
              ON v.shop_id = f.shop_id AND v.flow_id = f.id AND v.version = f.live_version
            WHERE f.shop_id = :shop AND f.state = 'live' ORDER BY f.id"""
        ),
        {"shop": session.shop_id},
    )
    return rows(found)


async def definitions(session: ReadSession, version_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Definitions of versions, with the family of their flow."""
    found = await session.execute(
        text(
            """SELECT v.id, v.version, v.definition, f.family FROM flow_versions v
            JOIN flows f ON f.shop_id = v.shop_id AND f.id = v.flow_id
            WHERE v.shop_id = :shop AND v.id = ANY(CAST(:ids AS uuid[]))"""
        ),
        {"shop": session.shop_id, "ids": list(version_ids)},
    )
    return rows(found)


async def flows(session: ReadSession, flow_id: UUID | None = None) -> list[dict[str, Any]]:
    """All flows of the shop, or one."""
    which = "" if flow_id is None else "AND f.id = :id"
    query = f"SELECT {_FLOW} FROM flows f WHERE f.shop_id = :shop {which} ORDER BY f.family"
    return rows(await session.execute(text(query), {"shop": session.shop_id, "id": flow_id}))


async def versions(session: ReadSession, flow_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The live version and the draft of each flow."""
    found = await session.execute(
        text(
            """SELECT v.id, v.flow_id, v.version, v.definition, v.published_at FROM flow_versions v
            JOIN flows f ON f.shop_id = v.shop_id AND f.id = v.flow_id
            WHERE v.shop_id = :shop AND v.flow_id = ANY(CAST(:ids AS uuid[]))
              AND (v.published_at IS NULL OR v.version = f.live_version)"""
        ),
        {"shop": session.shop_id, "ids": list(flow_ids)},
    )
    return rows(found)


async def add_flow(session: WriteSession, flow_id: UUID, family: str, name: str) -> bool:
    """Adds a flow without versions; False where its family exists."""
    done = await session.execute(
        text(
            "INSERT INTO flows (shop_id, id, family, name) VALUES (:shop, :id, :family, :name) "
            "ON CONFLICT ON CONSTRAINT uq_flows_family DO NOTHING RETURNING id"
        ),
        {"shop": session.shop_id, "id": flow_id, "family": family, "name": name},
    )
    return done.first() is not None


async def rename(session: WriteSession, flow_id: UUID, name: str) -> None:
    """Gives a flow another name."""
    await session.execute(
        text("UPDATE flows SET name = :name, updated_at = clock_timestamp() WHERE shop_id = :shop AND id = :id"),
        {"shop": session.shop_id, "id": flow_id, "name": name},
    )


async def save_draft(session: WriteSession, flow_id: UUID, version_id: UUID, definition: dict[str, Any]) -> None:
    """Changes the open draft, or opens the next version as one."""
    await session.execute(
        text(
            """INSERT INTO flow_versions (shop_id, id, flow_id, version, definition)
            SELECT :shop, :id, :flow, coalesce(max(version), 0) + 1, CAST(:definition AS jsonb)
            FROM flow_versions WHERE shop_id = :shop AND flow_id = :flow
            ON CONFLICT (shop_id, flow_id) WHERE published_at IS NULL DO UPDATE SET definition = excluded.definition"""
        ),
        {
            "shop": session.shop_id,
            "id": version_id,
            "flow": flow_id,
            "definition": msgspec.json.encode(definition).decode(),
        },
    )


async def publish(session: WriteSession, flow_id: UUID, version: int, now: datetime) -> None:
    """Freezes a version and puts it in force."""
    values = {"shop": session.shop_id, "flow": flow_id, "version": version, "now": now}
    await session.execute(
        text(
            "UPDATE flow_versions SET published_at = :now "
            "WHERE shop_id = :shop AND flow_id = :flow AND version = :version AND published_at IS NULL"
        ),
        values,
    )
    await session.execute(
        text(
            "UPDATE flows SET state = 'live', live_version = :version, updated_at = clock_timestamp() "
            "WHERE shop_id = :shop AND id = :flow"
        ),
        values,
    )


async def set_state(session: WriteSession, flow_id: UUID, state: str) -> None:
    """Pauses a flow with everybody in it, or lets all go on."""
    values = {"shop": session.shop_id, "flow": flow_id, "state": state}
    before, after = ("active", "paused") if state == "paused" else ("paused", "active")
    await session.execute(
        text("UPDATE flows SET state = :state, updated_at = clock_timestamp() WHERE shop_id = :shop AND id = :flow"),
        values,
    )
    await session.execute(
        text("UPDATE enrolments SET state = :after WHERE shop_id = :shop AND flow_id = :flow AND state = :before"),
        values | {"before": before, "after": after},
    )


async def numbers(session: ReadSession, flow_id: UUID) -> list[dict[str, Any]]:
    """How many took which way at each node, and how many wait there now (result `here`)."""
    found = await session.execute(
        text(
            """SELECT node, result, count(*) AS people FROM enrolment_steps
              WHERE shop_id = :shop AND flow_id = :flow GROUP BY 1, 2
            UNION ALL SELECT node, 'here', count(*) FROM enrolments
              WHERE shop_id = :shop AND flow_id = :flow AND state IN ('active', 'paused') GROUP BY 1
            ORDER BY 1, 2"""
        ),
        {"shop": session.shop_id, "flow": flow_id},
    )
    return rows(found)


async def steps(
    session: ReadSession, flow_id: UUID, *, result: str | None, order_id: UUID | None, before: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Steps of the newest `limit` people, theirs in the order taken; those who took none yet are shown waiting."""
    found = await session.execute(
        text(
            """SELECT e.id AS enrolment_id, e.entry_key, e.order_id, e.shipment_id, e.return_id, e.customer_id, e.state,
              e.node AS here, e.due_at, e.awaiting, e.entered_at, s.node, s.result, s.why, s.at
            FROM (SELECT * FROM enrolments e WHERE e.shop_id = :shop AND e.flow_id = :flow
              AND (CAST(:before AS uuid) IS NULL OR e.id < :before)
              AND (CAST(:order AS uuid) IS NULL OR e.order_id = :order)
              AND (CAST(:result AS text) IS NULL OR EXISTS (SELECT 1 FROM enrolment_steps s WHERE s.shop_id = :shop
                AND s.flow_id = :flow AND s.enrolment_id = e.id AND s.result = :result))
              ORDER BY e.id DESC LIMIT :limit) e
            LEFT JOIN enrolment_steps s ON s.shop_id = :shop AND s.flow_id = :flow AND s.enrolment_id = e.id
            ORDER BY e.id DESC, s.at"""
        ),
        {
            "shop": session.shop_id,
            "flow": flow_id,
            "result": result,
            "order": order_id,
            "before": before,
            "limit": limit,
        },
    )
    return rows(found)
