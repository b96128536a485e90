"""A tracking page is asked for by its token.

Floor: a bare Litestar handler that answers as many bytes. Ours: the whole application; first views (token → database
→ page, the cache switched off) and repeat views (the page is in memory, its nonce is fresh). All on granian, one
worker, one core, side by side in short slices; each answer is checked to be 200. Ratios are of the server's processor
time an answer. Orders have three lines, a parcel and six events of the carrier.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
from litestar import Litestar, Response, get

from comeback.app.http import create_app
from comeback.app.wiring import Services, build_services
from comeback.core import clock, logs
from comeback.core.db import Database
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ShopIn
from comeback.merchants.service import create_shop
from comeback.orders.service import import_order, import_orders
from comeback.portal.routes.tracking import CACHE
from comeback.shipments.schemas import ShipmentIn
from comeback.shipments.service import create_shipment, page_token
from tests.bench.harness import (
    Config,
    Contestant,
    Role,
    Row,
    Served,
    Stand,
    contest,
    drop_database,
    fresh_database,
)
from tests.bench.webhook_inbox import settings
from tests.factories.orders import line_body, order_in

BENCH = "tracking page"
CONNECTIONS = 32
ORDERS = 200
POPULAR = 20
"""Pages that everybody looks at in the measurement of repeat views."""
SLICES = 4
BYTES = 20_000
FLOOR, FIRST, REPEAT = "bare Litestar, the same bytes", "our page, first view", "our page, repeat view"
FACTORIES = {FLOOR: "bare_app", FIRST: "forgetful_app", REPEAT: "our_app"}
ROLES: dict[str, tuple[Role, float | None]] = {FLOOR: ("floor", None), FIRST: ("ours", 0.07), REPEAT: ("ours", 0.50)}


def bare_app() -> Litestar:
    """The floor."""
    body = b"x" * BYTES

    @get("/t/{token:str}", media_type="text/html")
    async def page(token: str) -> Response[bytes]:
        return Response(body, headers={"Cache-Control": "private", "Referrer-Policy": "no-referrer"})

    return Litestar([page], logging_config=None, openapi_config=None)


def our_app() -> Any:
    """The whole application."""
    logs.setup("warning")
    return create_app(build_services(settings()))


def forgetful_app() -> Any:
    """The whole application, with no page kept."""
    CACHE.get = lambda _key: None  # type: ignore[method-assign]
    return our_app()


_EVENTS = """INSERT INTO carrier_events (shop_id, key, carrier, tracking_number, sources, code, status, occurred_at,
    received_at, city, country, text, physical, resolved, reversal, contradiction, unmapped)
  SELECT n.shop_id, n.tracking_number || e, n.carrier, n.tracking_number, '{sandbox}', 'HUB', 'in_transit',
    $2::timestamptz + e * interval '2 hours', $2, 'Halle', 'DE', 'Sorted at the hub', true, false, false, false, false
  FROM shipment_numbers n CROSS JOIN generate_series(1, 6) e WHERE n.shop_id = $1 ON CONFLICT DO NOTHING"""
_PARCELS = """WITH bare AS (SELECT o.id, o.external_id FROM orders o WHERE o.shop_id = $1
    AND NOT EXISTS (SELECT FROM shipments s WHERE s.shop_id = $1 AND s.order_id = o.id)),
  made AS (INSERT INTO shipments (shop_id, id, order_id, carrier, tracking_number)
    SELECT $1, gen_random_uuid(), id, 'sandbox', 'F' || external_id FROM bare RETURNING id, order_id, tracking_number),
  carried AS (INSERT INTO shipment_lines (shop_id, shipment_id, line_id, quantity)
    SELECT $1, m.id, l.id, 1 FROM made m JOIN order_lines l ON l.shop_id = $1 AND l.order_id = m.order_id)
  INSERT INTO shipment_numbers (shop_id, tracking_number, carrier, shipment_id)
  SELECT $1, tracking_number, 'sandbox', id FROM made"""


async def furnish(services: Services) -> tuple[UUID, list[str]]:
    """Orders of three lines, each with a parcel under way; answers the shop and the paths of their pages."""
    shop = new_id()
    paths: list[str] = []
    async with services.database.write(shop) as session:
        await create_shop(session, ShopIn(slug="bench", name="Bench"))
        for n in range(ORDERS):
            lines = [line_body(f"l{i}", 1000 + i) for i in range(3)]
            order, _ = await import_order(session, order_in(str(n), lines))
            parcel = ShipmentIn(carrier="sandbox", tracking_number=f"B{n}")
            await create_shipment(session, order.id, parcel, settings=services.settings)
            paths.append(f"/t/{page_token(services.settings, shop, order.id)}")
    await _tell(shop)
    return shop, paths


async def _tell(shop: UUID, *statements: str) -> None:
    connection = await asyncpg.connect(os.environ["BENCH_DB"])
    for statement in statements:
        await connection.execute(statement, shop)
    await connection.execute(_EVENTS, shop, clock.now() - timedelta(days=1))
    await connection.execute("ANALYZE")
    await connection.close()


async def fill(database: Database, shop: UUID, wanted: int) -> None:
    """More orders, each with a parcel and its events, until the shop has `wanted`."""
    async with database.read(shop) as session:
        raw = await (await session.connection()).get_raw_connection()
        have = await raw.driver_connection.fetchval("SELECT count(*) FROM orders")  # type: ignore[union-attr]
    for start in range(have, wanted, 500):
        async with database.write(shop) as session:
            await import_orders(session, [order_in(f"f{n}") for n in range(start, min(start + 500, wanted))])
    await _tell(shop, _PARCELS)


def requests(paths: list[str]) -> Callable[[], Iterator[bytes]]:
    """The paths in turn."""
    turn = itertools.cycle(
        f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\n\r\n".encode() for path in paths
    )
    return lambda: turn


async def run(config: Config) -> list[Row]:
    """See the module; then first views with 1×, 10× and 100× as many orders stored."""
    url = await fresh_database(config, "tracking")
    os.environ["BENCH_DB"] = url
    services = build_services(settings())
    try:
        shop, paths = await furnish(services)
        async with AsyncExitStack() as stack:
            stands: dict[str, Stand] = {}
            for name, factory in FACTORIES.items():
                served = Served(f"tests.bench.tracking:{factory}", {"BENCH_DB": url})
                asked = requests(paths[:POPULAR] if name == REPEAT else paths)
                stands[name] = Stand(await stack.enter_async_context(served), asked, CONNECTIONS)
            runners = [
                Contestant(name, ROLES[name][0], partial(stand.slice, config.seconds / SLICES), ROLES[name][1])
                for name, stand in stands.items()
            ]
            rows = await contest(BENCH, runners, config.rounds * SLICES)
            rows = [replace(row, note=f"{row.note}, {stands[row.name].note()}") for row in rows]
            return rows + await _scale(services.database, shop, stands[FIRST], config)
    finally:
        for close in services.closers:
            await close()
        await drop_database(config, url)


async def _scale(database: Database, shop: UUID, first: Stand, config: Config) -> list[Row]:
    rows: list[Row] = []
    for times in (1, 10, 100):
        wanted = int(ORDERS * times * min(1.0, config.scale))
        await fill(database, shop, wanted)
        first.p50, first.p99 = [], []
        await first.slice(config.seconds / SLICES)
        rate, cost = await first.slice(config.seconds)
        note = f"{cost * 1e3:.3f} ms CPU, {first.note()}"
        rows.append(Row(BENCH, f"first view, {max(ORDERS, wanted):,} orders stored", "scale", rate, note=note))
    return rows
