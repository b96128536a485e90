"""Two shops live the same story side by side; nothing of one is ever seen at the other (R26, threat 27)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from comeback.app.http import create_app
from comeback.app.wiring import Services, build_services
from comeback.core.access import CUSTOMER, PERMISSIONS, PUBLIC
from comeback.core.db import NO_SHOP
from comeback.core.settings import Settings
from comeback.orders.models import Order
from tests.conftest import MakeClient, MakeWorld
from tests.faults.stories import Story
from tests.support.invariants import assert_green
from tests.support.processes import Forge, until
from tests.support.routes import Route, routes_of
from tests.support.snapshot import changed, snapshot
from tests.support.tenant import Tenant

QUERIES = {"listLedger": ("order", "orders"), "getCredits": ("customer", "customers"),
           "getRecommendations": ("customer", "customers"), "studioSearch": ("q", "orders"),
           "lookUp": ("q", "orders")}  # fmt: skip
"""Lists that are asked about something: parameter, kind of id."""

NOT_FOR_KEYS = {"studioSession", "studioSessions", "studioEndSession"}
"""Asked with a session cookie only."""


@pytest.fixture
async def pair(make_world: MakeWorld) -> tuple[Tenant, Tenant]:
    return Tenant(await make_world()), Tenant(await make_world())


async def live(one: Tenant, other: Tenant) -> None:
    """Both at once, step by step."""
    for step in Tenant.story():
        await asyncio.gather(getattr(one, step)(), getattr(other, step)())
        await one.world.drain()


def leaks(content: bytes | str, of: Tenant) -> list[str]:
    """Which secrets of a shop are in an answer."""
    seen = (content if isinstance(content, str) else content.decode("utf-8", "replace")).lower()
    return [secret for secret in of.secrets if secret.lower() in seen]


async def walk(client: httpx.AsyncClient, app: Any, mine: Tenant, other: Tenant) -> tuple[list[str], int]:
    """Every GET route with my ids and with the other's; what went wrong, and how many answers were seen."""
    wrong: list[str] = []
    looked = 0
    own, foreign = await mine.ids(), await other.ids()
    for route in [r for r in routes_of(app) if r.method == "GET" and r.permission != PUBLIC]:
        for ids, is_mine in ((own, True), (foreign, False)):
            answers = [await client.get(url) for url in _urls(route, ids)]
            looked += len(answers)
            wrong += [f"{a.url} has {leaks(a.content, other)}" for a in answers if leaks(a.content, other)]
            wrong += [f"{a.url} answers {a.status_code}" for a in answers if a.status_code >= 500]
            if route.names_rows and not is_mine:
                wrong += [f"{a.url} answers {a.status_code}" for a in answers if a.status_code not in (404, 422)]
            if is_mine and route.operation not in NOT_FOR_KEYS and all(a.status_code >= 400 for a in answers):
                wrong.append(f"{route.path} never answers: {sorted({a.status_code for a in answers})}")
    return wrong, looked


def _urls(route: Route, ids: dict[str, str]) -> list[str]:
    if route.parameters:
        return [route.at(value) for value in ids.values()]
    if route.operation in QUERIES:
        name, kind = QUERIES[route.operation]
        return [f"{route.path}?{name}={ids[kind]}"]
    return [route.path]


async def test_nothing_of_one_shop_is_seen_at_the_other(
    pair: tuple[Tenant, Tenant], app: Any, anonymous: httpx.AsyncClient
) -> None:
    one, other = pair
    await live(one, other)
    for mine, foreign in ((one, other), (other, one)):
        wrong, looked = await walk(mine.world.client, app, mine, foreign)
        assert not wrong, "\n".join(wrong)
        assert looked > 100
        mails = await mine.world.mails(mine.email)
        assert len(mails) >= 3
        for mail in mails:
            parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
            whole = "\n".join([*parts, *(f"{name}: {value}" for name, value in mail.items())])
            assert mine.word in whole and not leaks(whole, foreign)
        await assert_green(mine.world.services.database, mine.world.shop)
    pages = [f"/{await _slug(one)}/track", f"/{await _slug(one)}/returns"]
    for path in pages:
        answer = await anonymous.get(path)
        assert answer.status_code == 200 and not leaks(answer.content, other)


async def _slug(tenant: Tenant) -> str:
    async with tenant.world.services.database.read(tenant.world.shop) as session:
        return str((await session.execute(text("SELECT slug FROM shops"))).scalar_one())


@asynccontextmanager
async def second(settings: Settings, **changes: Any) -> AsyncIterator[Services]:
    """The services of another process, with other settings."""
    made = build_services(msgspec.structs.replace(settings, **changes))
    try:
        yield made
    finally:
        for close in made.closers:
            await close()


async def test_without_the_query_filter_row_security_still_holds(
    pair: tuple[Tenant, Tenant], settings: Settings
) -> None:
    one, other = pair
    await live(one, other)
    async with second(settings, query_filter=False) as services:
        async with services.database.read(one.world.shop) as session:
            found = (await session.execute(select(Order))).scalars().all()
            assert {str(o.id) for o in found} == {one.order["id"]}
        async with services.database.read(NO_SHOP) as session:
            assert not (await session.execute(select(Order))).scalars().all()
        app = create_app(services)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = dict(one.world.client.headers)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            wrong, _ = await walk(client, app, one, other)
    assert not wrong, "\n".join(wrong)


async def test_a_pooled_connection_forgets_its_shop_after_an_error(
    pair: tuple[Tenant, Tenant], settings: Settings
) -> None:
    one, other = pair
    await one.sell()
    async with second(settings, db_pool=1, query_filter=False) as services:
        database = services.database
        for _ in range(3):
            with suppress(DBAPIError):
                async with database.write(one.world.shop) as session:
                    await session.execute(text("SELECT 1/0"))
            async with database.engine.connect() as connection:
                row = (await connection.execute(text("SELECT current_user, current_setting('app.shop', true)"))).one()
                assert row[0] == "postgres" and not row[1]
            async with database.read(other.world.shop) as session:
                assert (await session.execute(text("SELECT count(*) FROM orders"))).scalar_one() == 0
            with suppress(DBAPIError, asyncio.CancelledError):
                async with database.write(one.world.shop) as session:
                    assert (await session.execute(text("SELECT count(*) FROM orders"))).scalar_one() == 1
                    raise asyncio.CancelledError
            async with database.read(NO_SHOP) as session:
                assert (await session.execute(text("SELECT count(*) FROM orders"))).scalar_one() == 0


async def test_a_row_of_another_shop_cannot_be_written(pair: tuple[Tenant, Tenant]) -> None:
    one, other = pair
    await asyncio.gather(one.sell(), other.sell())
    database = one.world.services.database
    tries = (
        "UPDATE orders SET tags = '[]' WHERE id = :id",
        "DELETE FROM order_holds WHERE order_id = :id",
        "UPDATE order_tenders SET reserved = 1 WHERE order_id = :id",
    )
    for sql in tries:
        async with database.write(one.world.shop) as session:
            done = await session.execute(text(sql), {"id": other.order["id"]})
            assert done.rowcount == 0  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.write(one.world.shop) as session:
            values = {"shop": other.world.shop, "id": other.order["id"]}
            await session.execute(
                text("INSERT INTO order_holds (shop_id, id, order_id, reason, source_id) "
                     "VALUES (:shop, :id, :id, 'x', 'x')"), values,
            )  # fmt: skip
    with pytest.raises(DBAPIError, match="foreign key"):
        async with database.write(one.world.shop) as session:
            values = {"shop": one.world.shop, "id": other.order["id"]}
            await session.execute(
                text("INSERT INTO order_holds (shop_id, id, order_id, reason, source_id) "
                     "VALUES (:shop, :id, :id, 'x', 'x')"), values,
            )  # fmt: skip


async def test_every_route_refuses_who_may_not(
    pair: tuple[Tenant, Tenant], app: Any, anonymous: httpx.AsyncClient, make_client: MakeClient, settings: Settings
) -> None:
    """Route × {no credentials, a key without the scope, the other shop's key}: refused, and no row changed."""
    one, other = pair
    await live(one, other)
    ids = await one.ids()
    shops = [one.world.shop, other.world.shop]
    guarded = [r for r in routes_of(app) if r.permission in PERMISSIONS]
    keys = {p: await make_client(one.world.shop, sorted(PERMISSIONS - {p})) for p in {r.permission for r in guarded}}
    await one.world.drain()
    without = {"api_keys", "idempotency_keys"}
    before = await snapshot(settings, shops, without)
    wrong: list[str] = []
    for route in guarded:
        urls = [route.at(value) for value in ids.values()] if route.parameters else [route.path]
        strange = {400, 404, 405, 422, 429} | ({401} if route.operation in NOT_FOR_KEYS else set[int]())
        for who, client, allowed, tried in (
            ("nobody", anonymous, {401}, urls[:1]),
            ("without the scope", keys[route.permission], {403}, urls[:1]),
            ("the other shop", other.world.client, strange, urls if route.names_rows else []),
        ):
            for url in tried:
                answer = await client.request(route.method, url, json=None if route.method == "GET" else {})
                if answer.status_code not in allowed:
                    wrong.append(f"{who}: {route.method} {url} answers {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert changed(before, await snapshot(settings, shops, without)) == set()


async def test_pages_of_a_customer_need_their_session(
    pair: tuple[Tenant, Tenant], app: Any, anonymous: httpx.AsyncClient, settings: Settings
) -> None:
    """Without the cookie of a mailed code no page of an order opens, for nobody and for no key of any shop."""
    one, other = pair
    await live(one, other)
    shops = [one.world.shop, other.world.shop]
    before = await snapshot(settings, shops)
    pages = [route for route in routes_of(app, "/") if route.permission == CUSTOMER]
    assert len(pages) >= 4
    for route in pages:
        for tenant in pair:
            url = route._replace(path=route.path.replace("{slug}", await _slug(tenant))).at(one.case["id"])
            for client in (anonymous, one.world.client, other.world.client):
                answer = await client.request(route.method, url)
                assert answer.status_code in (401, 403, 404) or answer.is_redirect, (route.method, url)
                assert not leaks(answer.content, one), url
    assert changed(before, await snapshot(settings, shops)) == set()


async def test_neither_logs_nor_redis_hold_what_a_customer_typed(
    pair: tuple[Tenant, Tenant], forge: Forge, redis_url: str, process_log: Path
) -> None:
    """Both stories with a real worker; everything said to Redis is overheard, everything logged is read."""
    one, other = pair
    heard: list[str] = []
    async with Redis.from_url(redis_url) as redis, redis.monitor() as monitor:

        async def listen() -> None:
            # One by one: what was heard counts even though the listening is cancelled.
            async for command in monitor.listen():
                heard.append(str(command["command"]))  # noqa: PERF401

        ear = asyncio.create_task(listen())
        await forge.spawn()
        for step in Tenant.story():
            await asyncio.gather(getattr(one, step)(), getattr(other, step)())
            for tenant in pair:
                await until(Story(tenant.world).settled, 30, f"{step} by the worker", 0.3)
        ear.cancel()
    assert len(await one.world.mails(one.email)) >= 3
    assert len(heard) > 10
    logged = process_log.read_text()
    for tenant in pair:
        assert not leaks("\n".join(heard), tenant)
        assert not leaks(logged, tenant)
        await assert_green(tenant.world.services.database, tenant.world.shop)
