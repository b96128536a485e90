"""SQL of enrolments and steps. Every statement takes a batch; nothing here runs per person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows


@dataclass(slots=True)
class Person:
    """Someone in a flow: `due_at` is None for one who has just come to `node`."""

    id: UUID
    flow_id: UUID
    version_id: UUID
    entry_key: str
    node: str
    due_at: datetime | None
    awaiting: str | None
    order_id: UUID | None
    shipment_id: UUID | None
    return_id: UUID | None
    customer_id: UUID | None
    context: dict[str, Any]

    def subjects(self) -> dict[str, UUID]:
        """The ids it is about, as events name them."""
        named = (
            ("order_id", self.order_id),
            ("shipment_id", self.shipment_id),
            ("return_id", self.return_id),
            ("customer_id", self.customer_id),
        )
        return {name: value for name, value in named if value is not None}


_COLUMNS = (
    "id, flow_id, version_id, entry_key, node, due_at, awaiting, order_id, shipment_id, return_id, customer_id, context"
)
_LOCK = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:all, 0))")
_LOCK_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:one, 0))")
_WAITING = text(
    f"SELECT {_COLUMNS} FROM enrolments WHERE shop_id = :shop AND state = 'active' AND order_id = :order "
    "ORDER BY id FOR UPDATE"
)
_CLAIM = text(
    f"SELECT {_COLUMNS} FROM enrolments WHERE shop_id = :shop AND state = 'active' AND due_at <= :now "
    "ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED"
)
_ENTER = text(
    """INSERT INTO enrolments (shop_id, id, flow_id, version_id, entry_key, state, node, due_at, awaiting,
      order_id, shipment_id, return_id, customer_id, context, entered_at)
    SELECT CAST(:shop AS uuid), e.*, CAST(:now AS timestamptz) FROM unnest(CAST(:id AS uuid[]),
      CAST(:flow_id AS uuid[]), CAST(:version_id AS uuid[]), CAST(:entry_key AS text[]), CAST(:state AS text[]),
      CAST(:node AS text[]),
      CAST(:due_at AS timestamptz[]), CAST(:awaiting AS text[]), CAST(:order_id AS uuid[]),
      CAST(:shipment_id AS uuid[]), CAST(:return_id AS uuid[]), CAST(:customer_id AS uuid[]),
      CAST(:context AS jsonb[])) AS e
    ON CONFLICT ON CONSTRAINT uq_enrolments_entry DO NOTHING RETURNING id"""
)
# People who take the same way are sent as one slice of ids: most batches are a handful of slices, and encoding one
# array element costs as much as the rest of a step.
_MOVE = text(
    """UPDATE enrolments e SET state = m.state, node = m.node, due_at = m.due_at, awaiting = m.awaiting
    FROM unnest(CAST(:first AS int[]), CAST(:last AS int[]), CAST(:state AS text[]), CAST(:node AS text[]),
      CAST(:due_at AS timestamptz[]), CAST(:awaiting AS text[])) AS m(first, last, state, node, due_at, awaiting)
    CROSS JOIN LATERAL unnest((CAST(:ids AS uuid[]))[m.first:m.last]) AS i(id)
    WHERE e.shop_id = :shop AND e.id = i.id"""
)
_STEPS = text(
    """INSERT INTO enrolment_steps (shop_id, flow_id, enrolment_id, node, result, why, at)
    SELECT CAST(:shop AS uuid), s.flow_id, i.id, s.node, s.result, s.why, CAST(:now AS timestamptz)
    FROM unnest(CAST(:first AS int[]), CAST(:last AS int[]), CAST(:flow_id AS uuid[]), CAST(:node AS text[]),
      CAST(:result AS text[]), CAST(:why AS text[])) AS s(first, last, flow_id, node, result, why)
    CROSS JOIN LATERAL unnest((CAST(:ids AS uuid[]))[s.first:s.last]) AS i(id)
    ON CONFLICT DO NOTHING"""
)
_HISTORY = text(
    """SELECT e.name, e.occurred_at, e.order_id, e.shipment_id, e.return_id, e.customer_id
    FROM unnest(CAST(:orders AS uuid[])) AS i(id) JOIN events e ON e.shop_id = :shop AND e.order_id = i.id
    WHERE e.name = ANY(CAST(:names AS text[]))"""
)
# One probe a shop that has people on their way, however many they are.
_DUE_SHOPS = text(
    """WITH RECURSIVE s AS (
      (SELECT shop_id FROM enrolments WHERE state = 'active' ORDER BY shop_id LIMIT 1)
      UNION ALL SELECT (SELECT e.shop_id FROM enrolments e WHERE e.state = 'active' AND e.shop_id > s.shop_id
        ORDER BY e.shop_id LIMIT 1) FROM s WHERE s.shop_id IS NOT NULL)
    SELECT shop_id FROM s WHERE EXISTS (SELECT 1 FROM enrolments e
      WHERE e.shop_id = s.shop_id AND e.state = 'active' AND e.due_at <= :now)"""
)


async def lock_subject(session: WriteSession, subject: str) -> None:
    """One event of an order at a time, and none while flows of the shop are published or paused.

    Without it a person who is just entering a wait, and the event they wait for, could miss each other: each
    transaction would read before the other's commit.
    """
    await session.execute(_LOCK, {"all": f"flows:{session.shop_id}"})
    await session.execute(_LOCK_ONE, {"one": f"flows:{session.shop_id}:{subject}"})


async def lock_flows(session: WriteSession) -> None:
    """Nobody enters a flow of the shop until this transaction ends."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:all, 0))"), {"all": f"flows:{session.shop_id}"}
    )


async def waiting(session: WriteSession, order_id: UUID) -> list[Person]:
    """People on their way with an order, locked; waits for one that is being moved on right now."""
    return [Person(*r) for r in await session.execute(_WAITING, {"shop": session.shop_id, "order": order_id})]


async def claim_due(session: WriteSession, now: datetime, limit: int) -> list[Person]:
    """People whose time has come, locked until the commit; those another transaction holds are left to it."""
    found = await session.execute(_CLAIM, {"shop": session.shop_id, "now": now, "limit": limit})
    return [Person(*r) for r in found]


async def enter(session: WriteSession, columns: dict[str, list[Any]], now: datetime) -> set[UUID]:
    """Adds people where their entry key is new to the flow; answers who came in."""
    context = [msgspec.json.encode(c).decode() for c in columns["context"]]
    values = {**columns, "context": context, "shop": session.shop_id, "now": now}
    return set((await session.execute(_ENTER, values)).scalars())


async def move(session: WriteSession, places: Mapping[tuple[Any, ...], list[UUID]]) -> None:
    """Puts people where they are now: (state, node, due_at, awaiting) → enrolments."""
    await session.execute(_MOVE, {"shop": session.shop_id} | _slices(places, ("state", "node", "due_at", "awaiting")))


async def add_steps(session: WriteSession, taken: Mapping[tuple[Any, ...], list[UUID]], now: datetime) -> None:
    """Writes down (flow, node, result, why) → enrolments; a node that was done before stays as it was."""
    values = {"shop": session.shop_id, "now": now}
    await session.execute(_STEPS, values | _slices(taken, ("flow_id", "node", "result", "why")))


def _slices(groups: Mapping[tuple[Any, ...], list[UUID]], names: Sequence[str]) -> dict[str, list[Any]]:
    columns = dict(zip(names, (list(c) for c in zip(*groups, strict=True)), strict=True))
    last = list(accumulate(len(ids) for ids in groups.values()))
    first = [1, *(n + 1 for n in last[:-1])]
    return columns | {"first": first, "last": last, "ids": [i for ids in groups.values() for i in ids]}


async def history(session: ReadSession, orders: Sequence[UUID], names: Sequence[str]) -> list[dict[str, Any]]:
    """Events of those names that happened to the orders."""
    values = {"shop": session.shop_id, "orders": list(orders), "names": list(names)}
    return rows(await session.execute(_HISTORY, values))


async def due_shops(session: WriteSession, now: datetime) -> list[UUID]:
    """Shops with someone whose time has come; asked across shops."""
    return list((await session.execute(_DUE_SHOPS, {"now": now})).scalars())


async def customers_of(session: ReadSession, orders: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who placed each order."""
    found = await session.execute(
        text("SELECT id, customer_id FROM orders WHERE shop_id = :shop AND id = ANY(CAST(:ids AS uuid[]))"),
        {"shop": session.shop_id, "ids": list(orders)},
    )
    return {r.id: r.customer_id for r in found}
