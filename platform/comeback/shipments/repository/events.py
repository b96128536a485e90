"""SQL of carrier events: insert-or-join by dedupe key, read for folding, milestones once, unknown codes counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.shipments.rules.events import CarrierEvent
from comeback.shipments.rules.milestones import Decision

_TYPES = {
    "key": "text",
    "carrier": "text",
    "tracking_number": "text",
    "shipment_id": "uuid",
    "sources": "text",
    "code": "text",
    "status": "text",
    "substatus": "text",
    "reason": "text",
    "occurred_at": "timestamptz",
    "occurred_local": "text",
    "tz_source": "text",
    "received_at": "timestamptz",
    "city": "text",
    "country": "text",
    "text": "text",
    "child_number": "text",
    "provider_id": "text",
    "revokes": "text",
    "physical": "boolean",
    "resolved": "boolean",
    "reversal": "boolean",
    "contradiction": "boolean",
    "unmapped": "boolean",
}
_NAMES = ", ".join(_TYPES)
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _TYPES.items())
_VALUES = ", ".join("string_to_array(e.sources, ',')" if name == "sources" else f"e.{name}" for name in _TYPES)
# Joining a copy keeps the least value of each column (LEAST ignores nulls), so the order of arrival leaves no trace.
_LEAST = (
    "received_at code status substatus reason occurred_at occurred_local tz_source city country text child_number "
    "provider_id"
).split()
_EITHER = "physical resolved reversal contradiction unmapped".split()
_JOIN = ", ".join(
    [f"{name} = LEAST(carrier_events.{name}, excluded.{name})" for name in _LEAST]
    + [f"{name} = carrier_events.{name} OR excluded.{name}" for name in _EITHER]
    + ["sources = ARRAY(SELECT DISTINCT x FROM unnest(carrier_events.sources || excluded.sources) x ORDER BY x)"]
)
_SAME = ", ".join(f"carrier_events.{name}" for name in (*_LEAST, *_EITHER))
_NEW = ", ".join(
    [f"LEAST(carrier_events.{name}, excluded.{name})" for name in _LEAST]
    + [f"carrier_events.{name} OR excluded.{name}" for name in _EITHER]
)
_STORE = text(
    f"""INSERT INTO carrier_events (shop_id, {_NAMES})
    SELECT :shop, {_VALUES} FROM unnest({_ARRAYS}) AS e({_NAMES}) ORDER BY e.key
    ON CONFLICT (shop_id, key) DO UPDATE SET {_JOIN}
    WHERE ({_SAME}) IS DISTINCT FROM ({_NEW}) OR NOT carrier_events.sources @> excluded.sources
    RETURNING key"""
)


async def store(session: WriteSession, events: Sequence[CarrierEvent], shipment_id: UUID | None = None) -> set[str]:
    """Adds events by key, joins copies; answers the keys that are new or changed. `events` have distinct keys."""
    if not events:
        return set()
    values: dict[str, Any] = {name: [getattr(e, name, None) for e in events] for name in _TYPES}
    values["shipment_id"] = [shipment_id] * len(events)
    values["sources"] = [",".join(e.sources) for e in events]
    found = await session.execute(_STORE, values | {"shop": session.shop_id})
    return set(found.scalars())


async def lock_numbers(session: WriteSession, numbers: Sequence[str]) -> None:
    """Serialises work on tracking numbers until commit, so that a parcel and its first event cannot miss each other."""
    await session.execute(
        text(
            "SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(:shop || n, 7301) AS h "
            "FROM unnest(CAST(:numbers AS text[])) n ORDER BY h) q"
        ),
        {"shop": str(session.shop_id), "numbers": list(numbers)},
    )


async def shipments_of_numbers(session: ReadSession, numbers: Sequence[tuple[str, str]]) -> list[UUID]:
    """Parcels that (carrier, number) pairs lead to, in id order."""
    found = await session.execute(
        text(
            "SELECT DISTINCT n.shipment_id FROM shipment_numbers n "
            "JOIN unnest(CAST(:carriers AS text[]), CAST(:numbers AS text[])) AS q(carrier, number) "
            "ON n.tracking_number = q.number AND (n.carrier = q.carrier OR n.kind = 'child') "
            "WHERE n.shop_id = :shop ORDER BY 1"
        ),
        {"shop": session.shop_id, "carriers": [c for c, _ in numbers], "numbers": [n for _, n in numbers]},
    )
    return list(found.scalars())


async def link_number(session: WriteSession, shipment_id: UUID, carrier: str, number: str, kind: str = "own") -> bool:
    """Makes a number lead to a parcel; True where that is new."""
    found = await session.execute(
        text(
            "INSERT INTO shipment_numbers (shop_id, tracking_number, carrier, shipment_id, kind) "
            "VALUES (:shop, :number, :carrier, :shipment, :kind) ON CONFLICT DO NOTHING RETURNING 1"
        ),
        {"shop": session.shop_id, "number": number, "carrier": carrier, "shipment": shipment_id, "kind": kind},
    )
    return found.scalar() is not None


async def link_children(session: WriteSession, shipment_id: UUID, numbers: Sequence[str], carrier: str) -> bool:
    """Makes the numbers a parcel was handed over to lead to it, under any carrier; True where one is new."""
    found = await session.execute(
        text(
            "INSERT INTO shipment_numbers (shop_id, tracking_number, carrier, shipment_id, kind) "
            "SELECT :shop, n.number, :carrier, :shipment, 'child' FROM unnest(CAST(:numbers AS text[])) AS n(number) "
            "ON CONFLICT DO NOTHING RETURNING 1"
        ),
        {"shop": session.shop_id, "numbers": list(numbers), "carrier": carrier, "shipment": shipment_id},
    )
    return bool(found.scalars().all())


async def forget_numbers(session: WriteSession, shipment_id: UUID) -> None:
    """Takes wrong numbers off a parcel, and the milestones they led to; events stay, for the parcel they belong to."""
    for table in ("shipment_numbers", "milestones"):
        await session.execute(
            text(f"DELETE FROM {table} WHERE shop_id = :shop AND shipment_id = :id"),
            {"shop": session.shop_id, "id": shipment_id},
        )


_EVENTS = text(
    f"""SELECT n.shipment_id AS parcel, {", ".join(f"e.{name}" for name in _TYPES if name != "shipment_id")}
    FROM shipment_numbers n JOIN carrier_events e ON e.shop_id = n.shop_id
      AND e.tracking_number = n.tracking_number AND (e.carrier = n.carrier OR n.kind = 'child')
      AND e.shipment_id IS NULL
    WHERE n.shop_id = :shop AND n.shipment_id = ANY(CAST(:ids AS uuid[]))
    UNION ALL
    SELECT e.shipment_id AS parcel, {", ".join(f"e.{name}" for name in _TYPES if name != "shipment_id")}
    FROM carrier_events e WHERE e.shop_id = :shop AND e.shipment_id = ANY(CAST(:ids AS uuid[]))"""
)


async def events_of(session: ReadSession, shipment_ids: Sequence[UUID]) -> dict[UUID, list[CarrierEvent]]:
    """All events by parcel, unordered: the fold orders them."""
    found: dict[UUID, list[CarrierEvent]] = {shipment_id: [] for shipment_id in shipment_ids}
    if shipment_ids:
        result = await session.execute(_EVENTS, {"shop": session.shop_id, "ids": list(shipment_ids)})
        for row in rows(result):
            found[row.pop("parcel")].append(msgspec.convert(row, CarrierEvent))
    return found


async def events_by_number(session: ReadSession, carrier: str, number: str) -> list[CarrierEvent]:
    """Events of one number, whether or not a parcel has it yet."""
    names = ", ".join(name for name in _TYPES if name != "shipment_id")
    found = await session.execute(
        text(
            f"SELECT {names} FROM carrier_events WHERE shop_id = :shop AND tracking_number = :number "
            "AND carrier = :carrier AND shipment_id IS NULL"
        ),
        {"shop": session.shop_id, "number": number, "carrier": carrier},
    )
    return [msgspec.convert(row, CarrierEvent) for row in rows(found)]


async def add_milestones(session: WriteSession, decisions: Sequence[tuple[UUID, Decision]]) -> set[tuple[UUID, str]]:
    """Records new milestones; the key makes each one once. Answers those that were really new."""
    if not decisions:
        return set()
    found = await session.execute(
        text(
            "INSERT INTO milestones (shop_id, shipment_id, name, occurred_at, notified, why) "
            "SELECT :shop, m.* FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:times AS timestamptz[]),"
            " CAST(:told AS boolean[]), CAST(:why AS text[])) AS m ON CONFLICT DO NOTHING RETURNING shipment_id, name"
        ),
        {
            "shop": session.shop_id,
            "ids": [shipment_id for shipment_id, _ in decisions],
            "names": [decision.name.value for _, decision in decisions],
            "times": [decision.occurred_at for _, decision in decisions],
            "told": [decision.notify for _, decision in decisions],
            "why": [decision.why for _, decision in decisions],
        },
    )
    return {(row.shipment_id, row.name) for row in found}


async def milestones_of(session: ReadSession, shipment_ids: Sequence[UUID]) -> dict[UUID, dict[str, Mapping[str, Any]]]:
    """Recorded milestones by parcel and name: notified, why."""
    found: dict[UUID, dict[str, Mapping[str, Any]]] = {shipment_id: {} for shipment_id in shipment_ids}
    if not shipment_ids:
        return found
    result = await session.execute(
        text(
            "SELECT shipment_id, name, occurred_at, notified, why FROM milestones "
            "WHERE shop_id = :shop AND shipment_id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"shop": session.shop_id, "ids": list(shipment_ids)},
    )
    for row in rows(result):
        found[row["shipment_id"]][row["name"]] = row
    return found


async def count_unmapped(session: WriteSession, codes: Mapping[tuple[str, str], int], now: datetime) -> None:
    """Counts codes that no table knows."""
    if not codes:
        return
    await session.execute(
        text(
            "INSERT INTO unmapped_codes AS u (shop_id, carrier, code, events, first_seen_at, last_seen_at) "
            "SELECT :shop, c.carrier, c.code, c.events, :now, :now FROM unnest(CAST(:carriers AS text[]), "
            "CAST(:codes AS text[]), CAST(:counts AS int[])) AS c(carrier, code, events) ORDER BY 2, 3 "
            "ON CONFLICT (shop_id, carrier, code) DO UPDATE SET events = u.events + excluded.events, "
            "last_seen_at = excluded.last_seen_at"
        ),
        {
            "shop": session.shop_id,
            "now": now,
            "carriers": [carrier for carrier, _ in codes],
            "codes": [code for _, code in codes],
            "counts": list(codes.values()),
        },
    )


async def unmapped(session: ReadSession, limit: int = 200) -> list[dict[str, Any]]:
    """Unknown codes, the most frequent first."""
    found = await session.execute(
        text(
            "SELECT carrier, code, events, first_seen_at, last_seen_at FROM unmapped_codes WHERE shop_id = :shop "
            "ORDER BY events DESC, carrier, code LIMIT :limit"
        ),
        {"shop": session.shop_id, "limit": limit},
    )
    return rows(found)
