"""Thin entry points of flows: an event happened, time has passed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

import structlog

from comeback.core import clock
from comeback.core.db import Database, WriteSession
from comeback.core.events import load_event
from comeback.flows.repository.people import due_shops
from comeback.flows.service.moving import advance_shop, hear

BATCH = 1000
LANES = 2
EVERY = 1.0
log = structlog.get_logger()

HEARD = (
    "order.placed",
    "order.updated",
    "order.cancelled",
    "shipment.shipped",
    "shipment.number_changed",
    "shipment.picked_up",
    "shipment.in_transit",
    "shipment.out_for_delivery",
    "shipment.available_for_pickup",
    "shipment.attempt_failed",
    "shipment.exception",
    "shipment.delivered",
    "shipment.delivery_reversed",
    "shipment.returning",
    "shipment.returned",
    "return_shipment.label_ready",
    "return_shipment.first_scan",
    "return_shipment.delivered",
    "return_shipment.exception",
    "return.requested",
    "return.approved",
    "return.declined",
    "return.label_ready",
    "return.received",
    "return.inspected",
    "return.settled",
    "return.cancelled",
    "return.closed",
    "exchange.reserved",
    "exchange.released",
    "refund.submitted",
    "refund.succeeded",
    "refund.failed",
    "credit.issued",
    "coupon.redeemed",
)
"""Events that may start a flow or end a wait."""


class _Services(Protocol):
    @property
    def database(self) -> Database:
        """The database of this process."""
        ...


async def on_event(session: WriteSession, payload: dict[str, Any]) -> None:
    """An event happened."""
    await hear(session, await load_event(session, payload["event"]))


async def advance_due(database: Database, limit: int = BATCH, shop: UUID | None = None, lanes: int = 1) -> int:
    """Moves on up to `limit` due people of every shop (or one), each batch in its own transaction; answers how many.

    `lanes` transactions run side by side, so that we think while the database writes; where fewer shops have work a
    shop gets several. A shop whose batch fails is logged and left for the next round; it does not hold up the others.
    """
    if shop is None:
        async with database.machinery() as session:
            shops = await due_shops(session, clock.now())
    else:
        shops = [shop]
    turns = [one for one in shops for _ in range(max(1, lanes // len(shops)))]
    free = asyncio.Semaphore(lanes)
    return sum(await asyncio.gather(*(_batch(database, one, limit, free, strict=shop is not None) for one in turns)))


async def _batch(database: Database, shop: UUID, limit: int, free: asyncio.Semaphore, *, strict: bool) -> int:
    async with free:
        try:
            async with database.write(shop) as session:
                return await advance_shop(session, limit)
        except Exception as error:
            if strict:
                raise
            log.warning("flows of a shop did not advance", shop=str(shop), error=type(error).__name__, exc_info=True)
            return 0


async def catch_up(database: Database) -> int:
    """Advances until nobody is due (or nothing moves)."""
    total = 0
    while moved := await advance_due(database, lanes=LANES):
        total += moved
    return total


def jobs(services: object) -> dict[str, Any]:
    """Job name → job."""
    return {"flows.on_event": on_event}


def ticks(services: _Services) -> dict[str, tuple[float, Callable[[], Awaitable[int]]]]:
    """What a worker does every second."""
    return {"flows.advance": (EVERY, lambda: catch_up(services.database))}


def idle_work(services: _Services) -> list[Callable[[UUID | None], Awaitable[int]]]:
    """What drains: people whose time has come."""
    return [lambda shop: advance_due(services.database, BATCH, shop)]
