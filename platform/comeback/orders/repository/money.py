"""SQL under lock: units, reserves, refunds, holds. Locks are taken on orders in id order, then on tenders (M6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.engine import CursorResult

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.kit.ids import new_id
from comeback.orders.models import Order, OrderTender


async def lock(session: WriteSession, order_ids: Sequence[UUID]) -> list[Order]:
    """Locks orders in id order, then their tenders in id order; answers the orders as they are now."""
    orders = (
        select(Order)
        .where(Order.shop_id == session.shop_id, Order.id.in_(order_ids))
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = list((await session.scalars(orders)).all())
    tenders = (
        select(OrderTender)
        .where(OrderTender.shop_id == session.shop_id, OrderTender.order_id.in_([o.id for o in found]))
        .order_by(OrderTender.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    (await session.scalars(tenders)).all()
    return found


async def line_order(session: ReadSession, line_id: UUID) -> UUID | None:
    """The order of a line."""
    query = text("SELECT order_id FROM order_lines WHERE shop_id = :shop AND id = :line")
    return await session.scalar(query, {"shop": session.shop_id, "line": line_id})


async def take_lowest(session: WriteSession, line_id: UUID, quantity: int, return_id: UUID) -> list[int]:
    """Takes the lowest free slots for a case; fewer where there are not so many. The order must be locked."""
    query = text(
        "INSERT INTO order_units (shop_id, line_id, slot, state, return_id) "
        "SELECT l.shop_id, l.id, s.slot, 'returning', CAST(:return_id AS uuid) FROM order_lines l "
        "CROSS JOIN LATERAL (SELECT s AS slot FROM generate_series(1, l.quantity) s WHERE NOT EXISTS "
        "(SELECT FROM order_units u WHERE u.shop_id = l.shop_id AND u.line_id = l.id AND u.slot = s) "
        "ORDER BY s LIMIT :quantity) s "
        "WHERE l.shop_id = :shop AND l.id = :line ON CONFLICT DO NOTHING RETURNING slot"
    )
    values = {"shop": session.shop_id, "line": line_id, "quantity": quantity, "return_id": return_id}
    return sorted((await session.execute(query, values)).scalars())


async def give_elsewhere(session: WriteSession, units: dict[UUID, list[int]]) -> None:
    """Marks units as given back elsewhere: no case can take them."""
    pairs = [(line, slot) for line, slots in units.items() for slot in slots]
    if not pairs:
        return
    query = text(
        "INSERT INTO order_units (shop_id, line_id, slot, state) "
        "SELECT CAST(:shop AS uuid), i.line, i.slot, 'refunded' "
        "FROM unnest(CAST(:lines AS uuid[]), CAST(:slots AS int[])) AS i(line, slot)"
    )
    values = {"shop": session.shop_id, "lines": [p[0] for p in pairs], "slots": [p[1] for p in pairs]}
    await session.execute(query, values)


_OF_CASE = (
    "shop_id = :shop AND return_id = :return_id AND (CAST(:line AS uuid) IS NULL OR line_id = :line) "
    "AND (CAST(:slots AS int[]) IS NULL OR slot = ANY(CAST(:slots AS int[])))"
)


async def free(session: WriteSession, return_id: UUID, line_id: UUID | None, slots: Sequence[int] | None) -> int:
    """Gives units that a case is still waiting for back; answers how many."""
    query = text(f"DELETE FROM order_units WHERE {_OF_CASE} AND state = 'returning'")
    return _changed(await session.execute(query, _case(session, return_id, line_id, slots)))


async def mark(
    session: WriteSession, return_id: UUID, line_id: UUID | None, slots: Sequence[int] | None, state: str
) -> int:
    """Sets what became of a case's units; answers how many there are."""
    query = text(f"UPDATE order_units SET state = :state, changed_at = clock_timestamp() WHERE {_OF_CASE}")
    return _changed(await session.execute(query, _case(session, return_id, line_id, slots) | {"state": state}))


def _case(session: ReadSession, return_id: UUID, line_id: UUID | None, slots: Sequence[int] | None) -> dict[str, Any]:
    return {
        "shop": session.shop_id,
        "return_id": return_id,
        "line": line_id,
        "slots": None if slots is None else list(slots),
    }


def _changed(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


async def change_order(session: WriteSession, order_id: UUID, deltas: dict[str, int], guard: str) -> bool:
    """Adds to money columns of an order in one conditional statement; False where `guard` does not hold."""
    change = ", ".join(f"{name} = {name} + :{name}" for name in deltas)
    query = text(
        f"UPDATE orders SET {change}, updated_at = clock_timestamp() WHERE shop_id = :shop AND id = :id AND {guard}"
    )
    values = {"shop": session.shop_id, "id": order_id, **deltas}
    return _changed(await session.execute(query, values)) == 1


async def change_each(
    session: WriteSession, table: str, order_id: UUID, amounts: dict[UUID, int], change: str, guard: str
) -> bool:
    """Changes money columns of several tenders or lines of an order; False where `guard` fails for any of them.

    In `change` and `guard` the row is `t` and its amount `i.amount`.
    """
    if not amounts:
        return True
    query = text(
        f"UPDATE {table} t SET {change} FROM (SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:amounts AS bigint[])) "
        "AS u(id, amount) ORDER BY id) i "
        f"WHERE t.shop_id = :shop AND t.order_id = :order AND t.id = i.id AND {guard}"
    )
    values = {
        "shop": session.shop_id, "order": order_id, "ids": list(amounts), "amounts": list(amounts.values()),
    }  # fmt: skip
    return _changed(await session.execute(query, values)) == len(amounts)


async def set_disputed(session: WriteSession, provider_ref: str, disputed: bool) -> list[UUID]:
    """Marks the tenders behind a provider's reference; answers their ids."""
    query = text(
        "UPDATE order_tenders SET disputed = :disputed WHERE shop_id = :shop AND provider_ref = :ref RETURNING id"
    )
    values = {"shop": session.shop_id, "ref": provider_ref, "disputed": disputed}
    return list((await session.execute(query, values)).scalars())


async def cancel(session: WriteSession, order_id: UUID, at: datetime) -> bool:
    """Cancels an order of which nothing has left and no unit is taken; False where that does not hold."""
    query = text(
        "UPDATE orders o SET state = 'cancelled', cancelled_at = :at, updated_at = clock_timestamp() "
        "WHERE o.shop_id = :shop AND o.id = :id AND o.state = 'placed' AND o.fulfilment = 'unfulfilled' "
        "AND NOT EXISTS (SELECT FROM order_units u JOIN order_lines l ON l.shop_id = u.shop_id AND l.id = u.line_id "
        "WHERE l.shop_id = :shop AND l.order_id = :id AND u.return_id IS NOT NULL)"
    )
    return _changed(await session.execute(query, {"shop": session.shop_id, "id": order_id, "at": at})) == 1


async def set_fulfilment(session: WriteSession, order_id: UUID, fulfilment: str) -> None:
    """How much of the order has left."""
    query = text(
        "UPDATE orders SET fulfilment = :fulfilment, updated_at = clock_timestamp() "
        "WHERE shop_id = :shop AND id = :id AND fulfilment <> :fulfilment"
    )
    await session.execute(query, {"shop": session.shop_id, "id": order_id, "fulfilment": fulfilment})


async def hold(session: WriteSession, order_id: UUID, reason: str, source_id: str, until: datetime | None) -> None:
    """Adds or renews a hold."""
    query = text(
        "INSERT INTO order_holds (shop_id, id, order_id, reason, source_id, until) "
        "VALUES (:shop, :id, :order, :reason, :source, :until) "
        "ON CONFLICT (shop_id, order_id, reason, source_id) DO UPDATE SET until = excluded.until"
    )
    values = {
        "shop": session.shop_id, "id": new_id(), "order": order_id, "reason": reason, "source": source_id,
        "until": until,
    }  # fmt: skip
    await session.execute(query, values)


async def release(session: WriteSession, order_id: UUID, reason: str, source_id: str) -> None:
    """Ends a hold."""
    query = text(
        "DELETE FROM order_holds "
        "WHERE shop_id = :shop AND order_id = :order AND reason = :reason AND source_id = :source"
    )
    values = {"shop": session.shop_id, "order": order_id, "reason": reason, "source": source_id}
    await session.execute(query, values)


async def holds(session: ReadSession, order_ids: Sequence[UUID], now: datetime) -> list[dict[str, Any]]:
    """Holds that last: order_id, reason, source_id, until."""
    query = text(
        "SELECT order_id, reason, source_id, until FROM order_holds WHERE shop_id = :shop "
        "AND order_id = ANY(CAST(:ids AS uuid[])) AND (until IS NULL OR until > :now) ORDER BY created_at"
    )
    values = {"shop": session.shop_id, "ids": list(order_ids), "now": now}
    return rows(await session.execute(query, values))
