"""A tracking page is asked for by its token.

Floor: a bare Litestar handler that answers the same bytes. Ours: the whole application; first views (token → database
→ page, the cache switched off) and repeat views (the page is in memory, its nonce is fresh). All on granian, one
worker, one core; each answer is checked to be 200.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from litestar import Litestar, Response, get

from comeback.app.http import create_app
from comeback.app.wiring import Services, build_services
from comeback.core import logs
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ShopIn
from comeback.merchants.service import create_shop
from comeback.orders.service import import_order
from comeback.portal.routes.tracking import CACHE
from comeback.shipments.schemas import ShipmentIn
from comeback.shipments.service import create_shipment, page_token
from tests.bench.harness import (
    Config,
    Contestant,
    Role,
    Row,
    Served,
    contest,
    drop_database,
    fresh_database,
    hammer,
)
from tests.bench.webhook_inbox import settings
from tests.factories.orders import line_body, order_in

BENCH = "tracking page"
CONNECTIONS = 32
ORDERS = 200
BYTES = 20_000
FLOOR, FIRST, REPEAT = "bare Litestar, the same bytes", "our page, first view", "our page, repeat view"


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


async def furnish(services: Services) -> list[str]:
    """Orders of three lines, each with a parcel; answers the paths of their pages."""
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
    for close in services.closers:
        await close()
    return paths


def requests(paths: list[str]) -> Callable[[], Iterator[bytes]]:
    """The paths in turn."""
    turn = itertools.cycle(
        f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\n\r\n".encode() for path in paths
    )
    return lambda: turn


POPULAR = 20
"""Pages that everybody looks at in the measurement of repeat views."""


def measure(url: str, factory: str, paths: list[str], config: Config, notes: dict[str, str], name: str) -> Any:
    async def run_once() -> float:
        async with Served(f"tests.bench.tracking:{factory}", {"BENCH_DB": url}) as served:
            await hammer(served.port, requests(paths), connections=CONNECTIONS, seconds=0.7)
            load = await hammer(served.port, requests(paths), connections=CONNECTIONS, seconds=config.seconds)
            notes[name] = f"p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms, {served.memory_mb():.0f} MB"
        if load.errors:
            raise RuntimeError(f"{factory}: {load.errors} bad answers")
        return load.rate

    return run_once


async def run(config: Config) -> list[Row]:
    """See the module."""
    url = await fresh_database(config, "tracking")
    os.environ["BENCH_DB"] = url
    notes: dict[str, str] = {}
    try:
        paths = await furnish(build_services(settings()))

        def runner(name: str, role: Role, factory: str, target: float | None = None) -> Contestant:
            asked = paths[:POPULAR] if name == REPEAT else paths
            return Contestant(name, role, measure(url, factory, asked, config, notes, name), target)

        runners = [
            runner(FLOOR, "floor", "bare_app"),
            runner(FIRST, "ours", "forgetful_app", 0.07),
            runner(REPEAT, "ours", "our_app", 0.50),
        ]
        rows = await contest(BENCH, runners, config.rounds)
        return [replace(row, note=f"{row.note}, {notes[row.name]}") for row in rows]
    finally:
        await drop_database(config, url)
