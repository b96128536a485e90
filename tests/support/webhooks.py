"""What tests of outgoing webhooks do: add receivers, publish, deliver, verify with the independent library."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from standardwebhooks import Webhook

from comeback.app.wiring import Services
from comeback.core.db import Database, rows
from comeback.core.events import publish_all
from comeback.kit.ids import new_id
from comeback.orders.events import OrderPlaced
from comeback.webhooks.jobs import deliverer_of
from tests.support.webhook_receiver import Got

NOW = datetime(2026, 11, 1, 10, tzinfo=UTC)


async def add(client: httpx.AsyncClient, url: str, **values: Any) -> tuple[str, str]:
    """A new endpoint: its id and secret."""
    answer = await client.post("/api/v1/webhooks", json={"url": url} | values)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["secret"].startswith("whsec_")
    return body["endpoint"]["id"], body["secret"]


def placed(number: str = "#1") -> OrderPlaced:
    return OrderPlaced(occurred_at=NOW, order_id=new_id(), customer_id=new_id(), number=number, currency="EUR", total=5)


async def tell(database: Database, shop: UUID, count: int = 1) -> list[UUID]:
    async with database.write(shop) as session:
        return await publish_all(session, [placed(f"#{n}") for n in range(count)])


async def run(database: Database, shop: UUID, services: Services) -> int:
    return await deliverer_of(services).run_once(shop)


async def ask(database: Database, shop: UUID, sql: str, **values: Any) -> list[dict[str, Any]]:
    async with database.read(shop) as session:
        return rows(await session.execute(text(sql), values))


async def make_due(database: Database, shop: UUID) -> None:
    """Time passes: what waits is due, open circuits may be probed."""
    async with database.write(shop) as session:
        await session.execute(text("UPDATE webhook_deliveries SET due_at = clock_timestamp() WHERE state = 'due'"))
        await session.execute(text("UPDATE webhook_endpoints SET open_until = clock_timestamp()"))


def verify(secret: str, got: Got) -> Any:
    """By the independent library."""
    return Webhook(secret).verify(got.body, got.headers)
