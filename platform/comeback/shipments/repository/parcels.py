"""SQL of parcels and of what this room reads of orders."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.shipments.rules.folding import Folded


class OrderFacts(msgspec.Struct):
    """What this room needs to know of an order."""

    id: UUID
    number: str
    external_id: str
    customer_id: UUID
    placed_at: datetime
    history: bool
    state: str
    currency: str
    total: int
    locale: str | None
    shipping_address: dict[str, Any] | None


class LineFacts(msgspec.Struct):
    """What this room needs to know of an order line. Amounts in minor units."""

    id: UUID
    order_id: UUID
    external_id: str
    position: int
    title: str
    sku: str | None
    quantity: int
    unit_price: int
    image_url: str | None
    url: str | None
    variant_id: UUID | None
    product_external_id: str | None
    attributes: dict[str, Any]


class Parcel(msgspec.Struct):
    """A row of shipments."""

    id: UUID
    order_id: UUID
    direction: str
    return_id: UUID | None
    carrier: str
    service: str | None
    tracking_number: str | None
    status: str
    substatus: str | None
    reason: str | None
    problem: dict[str, Any] | None
    delay: dict[str, Any] | None
    flags: list[str]
    attempts: int
    why: str
    eta_from: datetime | None
    eta_until: datetime | None
    eta_source: str | None
    eta_original_until: datetime | None
    shipped_at: datetime | None
    first_scan_at: datetime | None
    delivered_at: datetime | None
    last_event_at: datetime | None
    history: bool
    method: str | None
    label_state: str
    label_blob: str | None
    label_qr: str | None
    label_cost: int | None
    label_problem: str | None
    created_at: datetime


_ORDER = ", ".join(OrderFacts.__struct_fields__)
_LINE = ", ".join(LineFacts.__struct_fields__)
_PARCEL = ", ".join(Parcel.__struct_fields__)


async def orders(session: ReadSession, ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, OrderFacts]:
    """Orders by id; locked in id order where asked."""
    found = await session.execute(
        text(
            f"SELECT {_ORDER} FROM orders WHERE shop_id = :shop AND id = ANY(CAST(:ids AS uuid[])) ORDER BY id"
            + (" FOR NO KEY UPDATE" if lock else "")
        ),
        {"shop": session.shop_id, "ids": list(ids)},
    )
    return {row["id"]: OrderFacts(**row) for row in rows(found)}


async def lines(session: ReadSession, order_ids: Sequence[UUID]) -> dict[UUID, list[LineFacts]]:
    """Lines by order, in their order."""
    found = await session.execute(
        text(
            f"SELECT {_LINE} FROM order_lines WHERE shop_id = :shop AND order_id = ANY(CAST(:ids AS uuid[])) "
            "ORDER BY order_id, position"
        ),
        {"shop": session.shop_id, "ids": list(order_ids)},
    )
    by_order: dict[UUID, list[LineFacts]] = {order_id: [] for order_id in order_ids}
    for row in rows(found):
        by_order[row["order_id"]].append(LineFacts(**row))
    return by_order


async def lines_by_id(session: ReadSession, ids: Collection[UUID]) -> dict[UUID, LineFacts]:
    """Lines of any orders: a return parcel may carry pieces of several."""
    found = await session.execute(
        text(f"SELECT {_LINE} FROM order_lines WHERE shop_id = :shop AND id = ANY(CAST(:ids AS uuid[]))"),
        {"shop": session.shop_id, "ids": list(ids)},
    )
    return {row["id"]: LineFacts(**row) for row in rows(found)}


async def returned_units(session: ReadSession, order_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Pieces that customers sent back, by order."""
    found = await session.execute(
        text(
            "SELECT l.order_id, count(*) AS pieces FROM order_units u JOIN order_lines l "
            "ON l.shop_id = u.shop_id AND l.id = u.line_id WHERE u.shop_id = :shop AND u.state = 'returned' "
            "AND l.order_id = ANY(CAST(:ids AS uuid[])) GROUP BY 1"
        ),
        {"shop": session.shop_id, "ids": list(order_ids)},
    )
    return {row.order_id: row.pieces for row in found}


async def insert(session: WriteSession, values: Mapping[str, Any], pieces: Mapping[UUID, int]) -> None:
    """Adds a parcel with its pieces by line."""
    names = ", ".join(values)
    await session.execute(
        text(f"INSERT INTO shipments (shop_id, {names}) VALUES (:shop, {', '.join(f':{n}' for n in values)})"),
        dict(values) | {"shop": session.shop_id},
    )
    await session.execute(
        text(
            "INSERT INTO shipment_lines (shop_id, shipment_id, line_id, quantity) "
            "SELECT :shop, :id, l.* FROM unnest(CAST(:lines AS uuid[]), CAST(:quantities AS int[])) AS l"
        ),
        {
            "shop": session.shop_id,
            "id": values["id"],
            "lines": list(pieces),
            "quantities": list(pieces.values()),
        },
    )


async def parcels(session: ReadSession, ids: Sequence[UUID], *, lock: bool = False) -> list[Parcel]:
    """Parcels by id, in id order; locked in that order where asked."""
    found = await session.execute(
        text(
            f"SELECT {_PARCEL} FROM shipments WHERE shop_id = :shop AND id = ANY(CAST(:ids AS uuid[])) ORDER BY id"
            + (" FOR UPDATE" if lock else "")
        ),
        {"shop": session.shop_id, "ids": list(ids)},
    )
    return [Parcel(**row) for row in rows(found)]


async def parcels_of(
    session: ReadSession, *, order_ids: Sequence[UUID] | None = None, return_ids: Sequence[UUID] | None = None
) -> list[Parcel]:
    """Parcels of orders or of return cases, the oldest first."""
    column = "order_id" if order_ids is not None else "return_id"
    found = await session.execute(
        text(
            f"SELECT {_PARCEL} FROM shipments WHERE shop_id = :shop AND {column} = ANY(CAST(:ids AS uuid[])) "
            "ORDER BY created_at, id"
        ),
        {"shop": session.shop_id, "ids": list(order_ids if order_ids is not None else return_ids or ())},
    )
    return [Parcel(**row) for row in rows(found)]


async def pieces_of(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Pieces by parcel and line."""
    found = await session.execute(
        text(
            "SELECT shipment_id, line_id, quantity FROM shipment_lines "
            "WHERE shop_id = :shop AND shipment_id = ANY(CAST(:ids AS uuid[])) ORDER BY shipment_id, line_id"
        ),
        {"shop": session.shop_id, "ids": list(ids)},
    )
    by_parcel: dict[UUID, dict[UUID, int]] = {shipment_id: {} for shipment_id in ids}
    for row in found:
        by_parcel[row.shipment_id][row.line_id] = row.quantity
    return by_parcel


async def weight_of(session: ReadSession, pieces: Mapping[UUID, int]) -> int:
    """Grams of pieces by line, 0 where nothing is known."""
    found = await session.execute(
        text(
            "SELECT coalesce(sum(coalesce(l.weight_grams, 0) * p.quantity), 0) FROM order_lines l "
            "JOIN unnest(CAST(:ids AS uuid[]), CAST(:quantities AS int[])) AS p(id, quantity) ON p.id = l.id "
            "WHERE l.shop_id = :shop"
        ),
        {"shop": session.shop_id, "ids": list(pieces), "quantities": list(pieces.values())},
    )
    return int(found.scalar_one())


_PROJECT = text(
    """UPDATE shipments SET status = :status, substatus = :substatus, reason = :reason,
      problem = CAST(:problem AS jsonb), delay = CAST(:delay AS jsonb), flags = CAST(:flags AS jsonb),
      attempts = :attempts, why = :why, first_scan_at = :first_scan_at, delivered_at = :delivered_at,
      last_event_at = :last_event_at, updated_at = clock_timestamp()
    WHERE shop_id = :shop AND id = :id"""
)


async def project(session: WriteSession, shipment_id: UUID, folded: Folded) -> None:
    """Writes what the fold says."""
    await session.execute(
        _PROJECT,
        {
            "shop": session.shop_id,
            "id": shipment_id,
            "status": folded.status.value,
            "substatus": folded.substatus,
            "reason": folded.reason,
            "problem": _json(folded.exception),
            "delay": _json(folded.delay),
            "flags": _json(folded.flags),
            "attempts": folded.attempts,
            "why": folded.why,
            "first_scan_at": folded.first_scan_at,
            "delivered_at": folded.delivered_at,
            "last_event_at": folded.last_event_at,
        },
    )


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


async def change(session: WriteSession, shipment_id: UUID, **values: Any) -> None:
    """Writes single columns of a parcel."""
    changes = ", ".join(f"{name} = :{name}" for name in values)
    await session.execute(
        text(f"UPDATE shipments SET {changes}, updated_at = clock_timestamp() WHERE shop_id = :shop AND id = :id"),
        values | {"shop": session.shop_id, "id": shipment_id},
    )


async def add_note(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Adds a note of a person."""
    await session.execute(
        text(
            "INSERT INTO shipment_notes (shop_id, id, shipment_id, author, text, public, created_at) "
            "VALUES (:shop, :id, :shipment_id, :author, :text, :public, :created_at)"
        ),
        dict(values) | {"shop": session.shop_id},
    )


async def notes_of(session: ReadSession, ids: Sequence[UUID], *, public_only: bool = False) -> list[dict[str, Any]]:
    """Notes of parcels, the oldest first."""
    found = await session.execute(
        text(
            "SELECT id, shipment_id, author, text, public, created_at FROM shipment_notes WHERE shop_id = :shop "
            "AND shipment_id = ANY(CAST(:ids AS uuid[])) AND (public OR NOT :public_only) ORDER BY created_at, id"
        ),
        {"shop": session.shop_id, "ids": list(ids), "public_only": public_only},
    )
    return rows(found)
