"""A shop with templates, an order, and ways to say what happened."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from comeback.core import clock
from comeback.core.db import Database
from comeback.core.events import Event, publish
from comeback.flows.jobs import on_event
from comeback.flows.schemas import FlowIn
from comeback.flows.service.admin import create_flow, publish_flow
from comeback.kit.ids import new_id
from comeback.messages.service import install_default_templates
from comeback.orders.service import import_orders
from comeback.shipments.events import Delivered, OutForDelivery, Shipped
from tests.factories.orders import order_in

PARCEL_EVENTS: dict[str, type[Event]] = {"shipped": Shipped, "out": OutForDelivery, "delivered": Delivered}


class Rig:
    """Drives flows of one shop through the database, each act in its own transaction."""

    def __init__(self, database: Database, shop: UUID) -> None:
        self.database, self.shop = database, shop

    async def orders(self, count: int = 1, **fields: Any) -> list[UUID]:
        """Orders of as many customers."""
        async with self.database.write(self.shop) as session:
            made = await import_orders(session, [order_in(f"{new_id().hex[-9:]}", **fields) for _ in range(count)])
        return [m.order_id for m in made]

    async def flow(self, definition: dict[str, Any], family: str = "test") -> UUID:
        """A published flow."""
        async with self.database.write(self.shop) as session:
            await install_default_templates(session)
            made = await create_flow(session, FlowIn(name=family, family=family, definition=definition))
            await publish_flow(session, made.id)
        return made.id

    async def publish(self, event: Event) -> str:
        """An event, not heard yet."""
        async with self.database.write(self.shop) as session:
            return str(await publish(session, event))

    async def hear(self, event_id: str) -> None:
        """The job of an event."""
        async with self.database.write(self.shop) as session:
            await on_event(session, {"event": event_id})

    async def happen(self, event: Event) -> str:
        """An event, and its job."""
        event_id = await self.publish(event)
        await self.hear(event_id)
        return event_id

    def parcel(self, name: str, order: UUID, shipment: UUID, at: datetime | None = None, **more: Any) -> Event:
        """An event of a parcel."""
        return PARCEL_EVENTS[name](occurred_at=at or clock.now(), order_id=order, shipment_id=shipment, **more)

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        async with self.database.read(self.shop) as session:
            return [tuple(r) for r in await session.execute(text(query), values)]

    async def steps(self) -> list[tuple[str, str, str]]:
        """(node, result, why) of all steps."""
        return await self.rows("SELECT node, result, why FROM enrolment_steps ORDER BY enrolment_id, at, node")

    async def mails(self) -> list[str]:
        """Templates of all planned messages."""
        return [r[0] for r in await self.rows("SELECT template FROM messages ORDER BY id")]


@pytest.fixture
def rig(database: Database, shop: UUID) -> Rig:
    """Flows of `shop`."""
    return Rig(database, shop)
