"""Records go into their rooms; what a room refuses is named by the row it came from."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from msgspec import Struct

from comeback.catalog.schemas import ProductIn
from comeback.catalog.service import upsert_product
from comeback.core.db import WriteSession
from comeback.core.errors import ComebackError
from comeback.core.settings import Settings
from comeback.imports import repository
from comeback.imports.rules.others import Parcel
from comeback.imports.schemas import Problem
from comeback.orders.schemas import OrderIn
from comeback.orders.service import import_orders
from comeback.shipments.service.create import create_or_find

BATCH = 500
Tick = Callable[[int], Awaitable[None]]


class Counts(Struct):
    """What an import changed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


async def apply_orders(session: WriteSession, orders: Sequence[OrderIn], tick: Tick) -> Counts:
    """Creates and updates orders in batches; the same order again changes nothing."""
    counts = Counts()
    for start in range(0, len(orders), BATCH):
        for done in await import_orders(session, orders[start : start + BATCH]):
            counts.created += done.created
            counts.updated += done.changed
            counts.unchanged += not (done.created or done.changed)
        await tick(start + BATCH)
    return counts


async def apply_products(session: WriteSession, products: Sequence[ProductIn], tick: Tick) -> Counts:
    """Creates and updates products with their variants and stock."""
    counts = Counts()
    for n, product in enumerate(products, 1):
        _, created = await upsert_product(session, product)
        counts.created += created
        counts.updated += not created
        if n % 100 == 0:
            await tick(n)
    return counts


async def apply_parcels(
    session: WriteSession, parcels: Sequence[Parcel], known: dict[str, UUID], settings: Settings,
    problems: list[Problem], tick: Tick,
) -> Counts:  # fmt: skip
    """Registers parcels. One that the shipments room refuses is undone alone and added to `problems`."""
    counts = Counts()
    for n, parcel in enumerate(parcels, 1):
        try:
            async with session.begin_nested():
                _, created = await create_or_find(session, known[parcel.order], parcel.body, settings=settings)
            counts.created += created
            counts.unchanged += not created
        except ComebackError as error:
            problems += refused(error, parcel)
        if n % 50 == 0:
            await tick(n)
    return counts


def refused(error: ComebackError, parcel: Parcel) -> list[Problem]:
    """What a room said against a parcel, at the row it began on."""
    cells = parcel.cells
    if not error.errors:
        return [Problem(cells.row.number, cells.mapping.get("order"), error.detail)]
    fields = {"quantity": "quantity", "line": "line", "lines": "line", "tracking_number": "tracking_number"}
    return [
        Problem(cells.row.number, cells.mapping.get(fields.get(e.pointer.rsplit("/", 1)[-1], "order")),
                f"{error.detail} ({e.message})")
        for e in error.errors
    ]  # fmt: skip


async def orders_known(session: WriteSession, parcels: Sequence[Parcel], problems: list[Problem]) -> dict[str, UUID]:
    """Order names of a file → our ids; unknown ones are added to `problems`."""
    names = {p.order: p.order.strip().lstrip("#").strip().casefold() for p in parcels}
    known = await repository.order_ids(session, names)
    problems += [
        Problem(p.cells.row.number, p.cells.mapping.get("order"), f"There is no order “{p.order[:40]}”.")
        for p in parcels
        if p.order not in known
    ]
    return known
