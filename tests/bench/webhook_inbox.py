"""A webhook of 12 KB with an HMAC becomes a durable row and a job, before it is answered.

Floor: one raw asyncpg transaction (one CTE) a request in a bare Litestar handler. Peers: FastAPI (pydantic) that writes
the order with its lines by SQLAlchemy's ORM and commits, which is what one would write without an inbox; the same inbox
row by the ORM in FastAPI and in Litestar (typed decode). Ours: the real route of the real application, with its group
commit.
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

import asyncpg
import msgspec
from litestar import Litestar, Request, post

from comeback.app.http import create_app
from comeback.app.wiring import Services, build_services
from comeback.core import logs
from comeback.core.secrets import Secret
from comeback.core.settings import Settings
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ConnectionIn, ShopIn
from comeback.merchants.service import connect, create_shop
from tests.bench import orders
from tests.bench._inbox_peers import CONNECTION, DECODER, SECRET, SHOP, signed
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

CONNECTIONS = 64
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


def orders_sent(path: str) -> Callable[[], Iterator[bytes]]:
    """Endless signed requests, each an order of 12 KB."""
    key, numbers, run = SECRET.encode(), itertools.count(), secrets.token_hex(3)
    order = msgspec.to_builtins(orders.body(0))
    for line in order["lines"]:
        line["attributes"] |= {"Engraving": "x" * 150}

    def make() -> Iterator[bytes]:
        while True:
            mark = f"{run}{next(numbers)}"
            order["external_id"], order["number"] = mark, f"#{mark}"
            order["customer"] |= {"external_id": f"c{mark}", "email": f"c{mark}@example.com"}
            body = msgspec.json.encode(order)
            signature = hmac.digest(key, body, "sha256").hex()
            head = (
                f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nX-Signature: {signature}\r\n"
            )
            yield f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    return make


# ---- the contestants' servers ----
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
    await connection.execute("DELETE FROM order_tenders; DELETE FROM order_lines; DELETE FROM orders WHERE true")
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
    requests: Callable[[], Iterator[bytes]]
    served: Served
    answers: float = 0.0
    cpu: float = 0.0
    p99: list[float] = field(default_factory=list[float])

    async def measure(self, url: str, seconds: float) -> float:
        """One slice; every answer must stand for a row and a job."""
        await _empty(url)
        before = self.served.cpu_seconds()
        load = await hammer(self.served.port, self.requests, connections=CONNECTIONS, seconds=seconds)
        if load.errors:
            raise RuntimeError(f"{self.factory}: {load.errors} bad answers")
        await _durable(url, load.rate * seconds, self.factory)
        self.cpu += self.served.cpu_seconds() - before
        self.answers += load.rate * seconds
        self.p99.append(load.p99)
        return load.rate

    def cost(self) -> float:
        """Processor seconds of one answer."""
        return self.cpu / self.answers

    def note(self) -> str:
        """Cost of one request, latency and memory."""
        return f"{self.cost() * 1e3:.2f} ms CPU each, p99 {median(self.p99):.0f} ms, {self.served.memory_mb():.0f} MB"


async def _durable(url: str, answered: float, factory: str) -> None:
    """Every answer stands for a row and a job: a server that answers early would win unfairly."""
    connection = await asyncpg.connect(url)
    tables = ("orders", "orders") if factory == "fastapi_order_app" else ("inbox", "outbox")
    stored, jobs = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables]
    await connection.close()
    if stored < answered * 0.9 or jobs < answered * 0.9:
        raise RuntimeError(f"{factory} answered {answered:.0f} but stored {stored} and queued {jobs}")


FLOOR, ORDER, FAST, LITE, OURS = (
    "one asyncpg transaction a request",
    "FastAPI, the order itself by the ORM",
    "SQLAlchemy ORM in FastAPI",
    "SQLAlchemy ORM in Litestar",
    "our route, group commit",
)
FACTORIES = {
    FLOOR: "floor_app", ORDER: "fastapi_order_app", FAST: "fastapi_orm_app", LITE: "litestar_orm_app", OURS: "our_app",
}  # fmt: skip
ROLES: dict[str, Role] = {FLOOR: "floor", ORDER: "peer", FAST: "peer", LITE: "peer", OURS: "ours"}
PEERS = frozenset({ORDER, FAST, LITE})
SLICES = 4
"""Each round is cut into short slices in turn: what else the machine does hits all alike."""


def _home(name: str) -> str:
    return "_inbox_peers" if name in PEERS else "webhook_inbox"


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
            served = await stack.enter_async_context(Served(f"tests.bench.{_home(name)}:{factory}", {"BENCH_DB": url}))
            asked = orders_sent("/hook") if name == ORDER else requests(hook if name == OURS else "/hook")
            runners[name] = Runner(factory, asked, served)
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
        times, same = (runners[name].cost() / runners[OURS].cost() for name in (ORDER, FAST))
        by_clock = ratio_of(contestants[-1], contestants[1])
        rows = [replace(row, note=f"{row.note}, {runners[row.name].note()}") for row in rows]
        note = f"by processor time; {by_clock:.1f}× by the clock; {same:.1f}× where FastAPI stores the same inbox row"
        return [*rows, Row(BENCH, "ours against FastAPI with the ORM", "ours", times, "×", times, 12.0, note)]


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
