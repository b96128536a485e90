"""A webhook of 12 KB with an HMAC becomes a durable row and a job, before it is answered.

Floor: one raw asyncpg transaction (one CTE) a request in a bare Litestar handler. Peers: SQLAlchemy's ORM in FastAPI
(pydantic model) and in Litestar (typed decode). Ours: the real route of the real application, group commit included.
"""

import base64
import hashlib
import hmac
import itertools
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from fastapi import FastAPI
from fastapi import Request as FastRequest
from fastapi import Response as FastResponse
from litestar import Litestar, Request, Response, post
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from comeback.app.http import create_app
from comeback.app.wiring import Services, build_services
from comeback.core import logs
from comeback.core.inbox import InboxItem
from comeback.core.outbox import OutboxRow
from comeback.core.secrets import Secret
from comeback.core.settings import Settings
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ConnectionIn, ShopIn
from comeback.merchants.service import connect, create_shop
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
    ratio_of,
)

SECRET = "bench-secret"
CONNECTIONS = 64
SHOP, CONNECTION = UUID(int=7), UUID(int=8)
BENCH = "webhook inbox"


# ---- what is sent ----
def _template() -> tuple[bytes, bytes]:
    events = [
        {"id": f"e{n}", "code": "HUB", "status": "in_transit", "description": "Sorted at the hub of a long name",
         "occurred_at": "2026-11-20T08:00:00Z", "city": "Hannover", "country": "DE"}
        for n in range(77)
    ]  # fmt: skip
    body = msgspec.json.encode({"carrier": "sandbox", "tracking_number": "@@@@@@@@@@@@", "events": events})
    before, _, after = body.partition(b"@@@@@@@@@@@@")
    return before, after


def requests(path: str) -> Callable[[], Iterator[bytes]]:
    """Endless requests with bodies that all differ, signed."""
    before, after = _template()
    key, numbers, run = SECRET.encode(), itertools.count(), secrets.token_hex(3)
    length = len(before) + len(after) + 12
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
        "X-Signature: "
    ).encode()

    def make() -> Iterator[bytes]:
        while True:
            body = before + f"{run}{next(numbers) % 1_000_000:06d}".encode() + after
            yield head + hmac.digest(key, body, "sha256").hex().encode() + b"\r\n\r\n" + body

    return make


# ---- the contestants' servers ----
class Event(msgspec.Struct):
    id: str
    code: str
    status: str
    description: str
    occurred_at: str
    city: str
    country: str


class Hook(msgspec.Struct):
    carrier: str
    tracking_number: str
    events: list[Event]


DECODER = msgspec.json.Decoder(Hook)


def signed(body: bytes, signature: str) -> bool:
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, signature)


_CTE = """WITH new AS (
  INSERT INTO inbox (shop_id, id, connection_id, kind, topic, provider_id, body_hash, body)
  VALUES ($1, $2, $3, 'carrier', 'tracking', $4, $5, $6) ON CONFLICT DO NOTHING RETURNING shop_id, id)
INSERT INTO outbox (shop_id, id, job, payload)
SELECT shop_id, $7, 'inbox.carrier', jsonb_build_object('inbox', id) FROM new"""


def floor_app() -> Litestar:
    """Bare Litestar: verify, decode, one asyncpg statement in a transaction of its own."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(os.environ["BENCH_DB"], min_size=10, max_size=10)
        yield
        await app.state.pool.close()

    @post("/hook", status_code=200)
    async def hook(request: Request[Any, Any, Any]) -> None:
        body = await request.body()
        if not signed(body, request.headers["x-signature"]):
            raise PermissionError
        DECODER.decode(body)
        digest = hashlib.sha256(body).digest()
        await request.app.state.pool.execute(_CTE, SHOP, new_id(), CONNECTION, digest.hex(), digest, body, new_id())

    return Litestar([hook], lifespan=[lifespan], logging_config=None, openapi_config=None)


def _maker() -> async_sessionmaker[Any]:
    url = os.environ["BENCH_DB"].replace("postgresql://", "postgresql+asyncpg://", 1)
    return async_sessionmaker(create_async_engine(url, pool_size=10, max_overflow=0), expire_on_commit=False)


async def _store(maker: async_sessionmaker[Any], body: bytes) -> None:
    digest, inbox_id = hashlib.sha256(body).digest(), new_id()
    async with maker() as session:
        session.add(
            InboxItem(
                shop_id=SHOP, id=inbox_id, connection_id=CONNECTION, kind="carrier", topic="tracking",
                provider_id=digest.hex(), body_hash=digest, body=body,
            )
        )  # fmt: skip
        session.add(OutboxRow(shop_id=SHOP, id=new_id(), job="inbox.carrier", payload={"inbox": str(inbox_id)}))
        await session.commit()


def litestar_orm_app() -> Litestar:
    """SQLAlchemy's ORM in Litestar: a session a request, two objects added, commit."""
    maker = _maker()

    @post("/hook", status_code=200)
    async def hook(request: Request[Any, Any, Any]) -> Response[None]:
        body = await request.body()
        if not signed(body, request.headers["x-signature"]):
            return Response(None, status_code=401)
        DECODER.decode(body)
        await _store(maker, body)
        return Response(None)

    return Litestar([hook], logging_config=None, openapi_config=None)


class FastEvent(BaseModel):
    id: str
    code: str
    status: str
    description: str
    occurred_at: str
    city: str
    country: str


class FastHook(BaseModel):
    carrier: str
    tracking_number: str
    events: list[FastEvent]


def fastapi_orm_app() -> FastAPI:
    """SQLAlchemy's ORM in FastAPI: pydantic, a session a request, two objects added, commit."""
    app, maker = FastAPI(openapi_url=None), _maker()

    @app.post("/hook")
    async def hook(request: FastRequest, data: FastHook) -> FastResponse:
        body = await request.body()
        if not signed(body, request.headers["x-signature"]):
            return FastResponse(status_code=401)
        await _store(maker, body)
        return FastResponse()

    return app


def settings() -> Settings:
    """Settings of the measured application."""
    return Settings(
        database_url=os.environ["BENCH_DB"],
        redis_url="redis://127.0.0.1:1/0",
        secret_key=Secret("bench"),
        kek=Secret(base64.b64encode(hashlib.sha256(b"bench").digest()).decode()),
        local=True,
        blob_dir="/tmp/comeback-bench-blobs",
        db_pool=10,
    )


def our_app() -> Any:
    """The whole application as it is deployed (the doorbell rings nobody)."""
    logs.setup("warning")
    return create_app(build_services(settings()))


# ---- the contest ----
async def _connect(services: Services) -> str:
    shop = new_id()
    async with services.database.write(shop) as session:
        await create_shop(session, ShopIn(slug="bench", name="Bench", timezone="Europe/Berlin"))
        _, token = await connect(
            session, services.vault, ConnectionIn(kind="carrier", vendor="sandbox", credentials={}, secret=SECRET)
        )
    await services.database.close()
    return token


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("TRUNCATE inbox, outbox")
    await connection.close()


async def _fill(url: str, rows: int) -> None:
    """Rows of earlier years: hashes stay for ever, bodies went after their retention."""
    connection = await asyncpg.connect(url)
    await connection.execute("TRUNCATE inbox, outbox")
    await connection.execute(
        "INSERT INTO inbox (shop_id, id, connection_id, kind, topic, provider_id, body_hash) "
        "SELECT $1, gen_random_uuid(), $2, 'carrier', 'tracking', n::text, sha256(n::text::bytea) "
        "FROM generate_series(1, $3) n", SHOP, CONNECTION, rows,
    )  # fmt: skip
    await connection.execute("ANALYZE inbox")
    await connection.close()


@dataclass
class Runner:
    """A server that stays up while the others are measured, and what was seen of it."""

    factory: str
    path: str
    served: Served
    answers: float = 0.0
    cpu: float = 0.0
    p99: list[float] = field(default_factory=list[float])

    async def measure(self, url: str, seconds: float) -> float:
        """One slice; every answer must stand for a row and a job."""
        await _empty(url)
        before = self.served.cpu_seconds()
        load = await hammer(self.served.port, requests(self.path), connections=CONNECTIONS, seconds=seconds)
        if load.errors:
            raise RuntimeError(f"{self.factory}: {load.errors} bad answers")
        await _durable(url, load.rate * seconds, self.factory)
        self.cpu += self.served.cpu_seconds() - before
        self.answers += load.rate * seconds
        self.p99.append(load.p99)
        return load.rate

    def note(self) -> str:
        """Cost of one request, latency and memory."""
        spent = self.cpu / self.answers * 1e3
        return f"{spent:.2f} ms CPU each, p99 {median(self.p99):.0f} ms, {self.served.memory_mb():.0f} MB"


async def _durable(url: str, answered: float, factory: str) -> None:
    """Every answer stands for a row and a job: a server that answers early would win unfairly."""
    connection = await asyncpg.connect(url)
    stored, jobs = await connection.fetchrow("SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM outbox)")
    await connection.close()
    if stored < answered * 0.9 or jobs < answered * 0.9:
        raise RuntimeError(f"{factory} answered {answered:.0f} but stored {stored} and queued {jobs}")


FLOOR, FAST, LITE, OURS = (
    "one asyncpg transaction a request",
    "SQLAlchemy ORM in FastAPI",
    "SQLAlchemy ORM in Litestar",
    "our route, group commit",
)
FACTORIES = {FLOOR: "floor_app", FAST: "fastapi_orm_app", LITE: "litestar_orm_app", OURS: "our_app"}
ROLES: dict[str, Role] = {FLOOR: "floor", FAST: "peer", LITE: "peer", OURS: "ours"}
SLICES = 4
"""Each round is cut into short slices in turn: what else the machine does hits all alike."""


async def run(config: Config) -> list[Row]:
    """See the module."""
    url = await fresh_database(config, "inbox")
    os.environ["BENCH_DB"] = url
    hook = f"/hooks/carrier/{await _connect(build_services(settings()))}"
    try:
        return await _contest(url, hook, config) + await _scale(url, hook, config)
    finally:
        await drop_database(config, url)


async def _contest(url: str, hook: str, config: Config) -> list[Row]:
    async with AsyncExitStack() as stack:
        runners: dict[str, Runner] = {}
        for name, factory in FACTORIES.items():
            served = await stack.enter_async_context(Served(f"tests.bench.webhook_inbox:{factory}", {"BENCH_DB": url}))
            runners[name] = Runner(factory, hook if name == OURS else "/hook", served)
        contestants = [
            Contestant(
                name,
                ROLES[name],
                partial(runner.measure, url, config.seconds / SLICES),
                target=1.2 if name == OURS else None,
            )
            for name, runner in runners.items()
        ]
        rows = await contest(BENCH, contestants, config.rounds * SLICES)
        times = ratio_of(contestants[-1], contestants[1])
        extra = {OURS: f", {times:.1f} × FastAPI (target 12 ×)"}
        return [replace(row, note=f"{row.note}, {runners[row.name].note()}{extra.get(row.name, '')}") for row in rows]


async def _scale(url: str, hook: str, config: Config) -> list[Row]:
    """Cost at 1×, 10× and 100× of what is stored already."""
    rows: list[Row] = []
    base = int(5_000 * config.scale)
    for times in (1, 10, 100):
        await _fill(url, base * times)
        async with Served("tests.bench.webhook_inbox:our_app", {"BENCH_DB": url}) as served:
            await hammer(served.port, requests(hook), connections=CONNECTIONS, seconds=0.7)
            load = await hammer(served.port, requests(hook), connections=CONNECTIONS, seconds=config.seconds)
            note = f"p99 {load.p99:.0f} ms, {served.memory_mb():.0f} MB"
        rows.append(Row(BENCH, f"ours with {base * times:,} rows stored", "scale", load.rate, note=note))
    return rows
