"""An open pixel is answered and recorded; a click is redirected and recorded.

Floor: a bare Litestar handler that answers the same GIF and records nothing. Peers: the same in FastAPI, and a
handler that inserts each hit through SQLAlchemy's ORM. Ours: the whole application; the signed id is verified, the hit
collected and stored in batches of at most 50 ms. All on granian, one worker, one core, side by side in short slices.
Ratios are of the server's processor time an answer. After each slice of ours every answered hit must be stored.
"""

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from fastapi import FastAPI
from fastapi import Response as FastResponse
from litestar import Litestar, Response, get
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from comeback.app.http import create_app
from comeback.app.wiring import Services, build_services
from comeback.core import logs
from comeback.core.db import NO_SHOP
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ShopIn
from comeback.merchants.service import create_shop
from comeback.messages import service
from comeback.messages.models import HitRow
from comeback.messages.schemas import PlannedMessage
from comeback.messages.sender import addresses
from comeback.messages.tracking.handlers import GIF
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

BENCH = "pixel, click"
CONNECTIONS = 64
MESSAGES = 500
LINKS = 6
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
SHOP = UUID(int=9)


def gif_app() -> Litestar:
    """The floor."""

    @get("/o/{token:str}", media_type="image/gif")
    async def pixel(token: str) -> Response[bytes]:
        return Response(GIF, headers={"Cache-Control": "no-store, private, max-age=0"})

    return Litestar([pixel], logging_config=None, openapi_config=None)


def fastapi_app() -> FastAPI:
    """The same in FastAPI."""
    app = FastAPI(openapi_url=None)

    @app.get("/o/{token}")
    async def pixel(token: str) -> FastResponse:
        return FastResponse(GIF, media_type="image/gif", headers={"Cache-Control": "no-store, private, max-age=0"})

    return app


def orm_app() -> Litestar:
    """An object added and committed a hit."""
    url = os.environ["BENCH_DB"].replace("postgresql://", "postgresql+asyncpg://", 1)
    maker = async_sessionmaker(create_async_engine(url, pool_size=10, max_overflow=0))

    @get("/o/{token:str}", media_type="image/gif")
    async def pixel(token: str) -> Response[bytes]:
        async with maker() as session:
            session.add(
                HitRow(shop_id=SHOP, id=new_id(), message_id=new_id(), kind="open", method="GET", agent=AGENT, ip="",
                       at=datetime.now(UTC))
            )  # fmt: skip
            await session.commit()
        return Response(GIF)

    return Litestar([pixel], logging_config=None, openapi_config=None)


def our_app() -> Any:
    """The whole application."""
    logs.setup("warning")
    return create_app(build_services(settings()))


async def furnish(services: Services) -> tuple[list[str], list[str]]:
    """Messages with links; answers pixel and click paths."""
    shop = new_id()
    async with services.database.write(shop) as session:
        await create_shop(session, ShopIn(slug="bench", name="Bench"))
        planned = [
            PlannedMessage(send_key=str(n), template="shipped", recipient=f"p{n}@example.com") for n in range(MESSAGES)
        ]
        messages = await service.plan(session, planned)
    connection = await asyncpg.connect(os.environ["BENCH_DB"])
    urls = msgspec.json.encode([f"https://shop.example/p{n}" for n in range(LINKS)]).decode()
    await connection.executemany(
        "INSERT INTO links (shop_id, id, urls) VALUES ($1, $2, $3)", [(shop, m, urls) for m in messages]
    )
    await connection.close()
    sign = services.signer
    pixels = [addresses.pixel_url("", sign, shop, m) for m in messages]
    clicks = [f"{addresses.click_prefix('', sign, shop, m)}{n}" for m in messages for n in range(LINKS)]
    for close in services.closers:
        await close()
    return pixels, clicks


def requests(paths: list[str]) -> Callable[[], Iterator[bytes]]:
    """The paths in turn."""
    head = f"Host: bench\r\nUser-Agent: {AGENT}\r\nAccept: image/*\r\nAccept-Language: de\r\n\r\n"
    raw = [f"GET {path} HTTP/1.1\r\n{head}".encode() for path in paths]
    turn = itertools.cycle(raw)
    return lambda: turn


FLOOR, FAST, ORM, OURS, CLICK = (
    "bare Litestar, not recorded",
    "FastAPI, not recorded",
    "Litestar, ORM insert a hit",
    "our pixel, batched",
    "our click, batched",
)
FACTORIES = {FLOOR: "gif_app", FAST: "fastapi_app", ORM: "orm_app", OURS: "our_app", CLICK: "our_app"}
ROLES: dict[str, tuple[Role, float | None]] = {
    FLOOR: ("floor", None), FAST: ("peer", None), ORM: ("peer", None), OURS: ("ours", 0.90), CLICK: ("ours", 0.60),
}  # fmt: skip
SLICES = 3


async def _slice(url: str, stand: Stand, seconds: float, *, recorded: bool) -> tuple[float, float]:
    """One slice; every answer of ours must be in the database a moment later."""
    connection = await asyncpg.connect(url)
    before = await connection.fetchval("SELECT count(*) FROM hits")
    rate, cost = await stand.slice(seconds)
    stored, deadline = 0, time.monotonic() + 2
    while recorded and stored < stand.answers:
        if time.monotonic() > deadline:
            raise RuntimeError(f"answered {stand.answers}, stored {stored}")
        await asyncio.sleep(0.05)
        stored = await connection.fetchval("SELECT count(*) FROM hits") - before
    await connection.close()
    return rate, cost


async def _fill(url: str, rows: int) -> None:
    """Hits of earlier days."""
    connection = await asyncpg.connect(url)
    await connection.execute("TRUNCATE hits")
    await connection.execute(
        "INSERT INTO hits (shop_id, id, message_id, kind, method, agent, ip, at) "
        "SELECT $1, uuidv7(), gen_random_uuid(), 'open', 'GET', 'x', '', now() FROM generate_series(1, $2::int)",
        SHOP,
        rows,
    )
    await connection.close()


async def run(config: Config) -> list[Row]:
    """See the module; then the pixel with 1×, 10× and 100× as many hits stored."""
    url = await fresh_database(config, "pixel")
    os.environ["BENCH_DB"] = url
    try:
        services = build_services(settings())
        async with services.database.read(NO_SHOP):
            pass
        pixels, clicks = await furnish(services)
        async with AsyncExitStack() as stack:
            stands: dict[str, Stand] = {}
            for name, factory in FACTORIES.items():
                served = Served(f"tests.bench.pixel:{factory}", {"BENCH_DB": url})
                asked = requests(clicks if name == CLICK else pixels)
                stands[name] = Stand(await stack.enter_async_context(served), asked, CONNECTIONS)

            def runner(name: str) -> Contestant:
                role, target = ROLES[name]
                recorded = name in (OURS, CLICK)
                measured = partial(_slice, url, stands[name], config.seconds / SLICES, recorded=recorded)
                return Contestant(name, role, measured, target)

            rows = await contest(BENCH, [runner(name) for name in FACTORIES], config.rounds * SLICES)
            rows = [replace(row, note=f"{row.note}, {stands[row.name].note()}") for row in rows]
            return rows + await _scale(url, stands[OURS], config)
    finally:
        await drop_database(config, url)


async def _scale(url: str, ours: Stand, config: Config) -> list[Row]:
    rows: list[Row] = []
    for times in (1, 10, 100):
        stored = int(10_000 * times * min(1.0, config.scale))
        await _fill(url, stored)
        ours.p50, ours.p99 = [], []
        rate, cost = await _slice(url, ours, config.seconds / 2, recorded=True)
        note = f"{cost * 1e3:.3f} ms CPU, {ours.note()}"
        rows.append(Row(BENCH, f"pixel, {stored:,} hits stored", "scale", rate, note=note))
    return rows
