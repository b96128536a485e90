"""An open pixel is answered and recorded; a click is redirected and recorded.

Floor: a bare Litestar handler that answers the same GIF and records nothing. Peers: the same in FastAPI, and a
handler that inserts each hit through SQLAlchemy's ORM. Ours: the whole application; the signed id is verified, the hit
collected and stored in batches of at most 50 ms. All on granian, one worker, one core. After each measurement of ours
every answered hit must be in the database.
"""

import asyncio
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
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
    contest,
    drop_database,
    fresh_database,
    hammer,
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


def measure(url: str, factory: str, paths: list[str], config: Config, notes: dict[str, str], name: str) -> Any:
    async def run_once() -> float:
        connection = await asyncpg.connect(url)
        await connection.execute("TRUNCATE hits")
        async with Served(f"tests.bench.pixel:{factory}", {"BENCH_DB": url}) as served:
            await hammer(served.port, requests(paths), connections=CONNECTIONS, seconds=0.7)
            load = await hammer(served.port, requests(paths), connections=CONNECTIONS, seconds=config.seconds)
            notes[name] = f"p50 {load.p50:.0f} ms, p99 {load.p99:.0f} ms, {served.memory_mb():.0f} MB"
        if load.errors:
            raise RuntimeError(f"{factory}: {load.errors} bad answers")
        if factory == "our_app":
            stored = await connection.fetchval("SELECT count(*) FROM hits")
            if stored < load.rate * config.seconds:
                raise RuntimeError(f"answered {load.rate * config.seconds:.0f}, stored {stored}")
            notes[name] += f", {stored:,} stored"
        await connection.close()
        return load.rate

    return run_once


FLOOR, FAST, ORM, OURS, CLICK = (
    "bare Litestar, not recorded",
    "FastAPI, not recorded",
    "Litestar, ORM insert a hit",
    "our pixel, batched",
    "our click, batched",
)


async def run(config: Config) -> list[Row]:
    """See the module."""
    url = await fresh_database(config, "pixel")
    os.environ["BENCH_DB"] = url
    notes: dict[str, str] = {}
    try:
        services = build_services(settings())
        async with services.database.read(NO_SHOP):
            pass
        pixels, clicks = await furnish(services)

        def runner(name: str, role: Role, factory: str, paths: list[str], target: float | None = None) -> Contestant:
            return Contestant(name, role, measure(url, factory, paths, config, notes, name), target)

        runners = [
            runner(FLOOR, "floor", "gif_app", pixels), runner(FAST, "peer", "fastapi_app", pixels),
            runner(ORM, "peer", "orm_app", pixels), runner(OURS, "ours", "our_app", pixels, 0.90),
            runner(CLICK, "ours", "our_app", clicks, 0.60),
        ]  # fmt: skip
        rows = await contest(BENCH, runners, config.rounds)
        return [replace(row, note=f"{row.note}, {notes[row.name]}") for row in rows]
    finally:
        await drop_database(config, url)
        await asyncio.sleep(0)
