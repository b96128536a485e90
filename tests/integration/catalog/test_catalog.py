"""Products come in; stock is promised, consumed and put back exactly once, also by many at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.catalog import service
from comeback.catalog.errors import OutOfStock, ReservationGone
from comeback.core.clock import clock
from comeback.core.db import Database, WriteSession
from comeback.core.jobs import Runner
from tests.factories.products import product_body, product_in

HOUR = timedelta(hours=1)


async def variant(session: WriteSession, quantity: int = 3) -> UUID:
    stock = [{"location": "main", "quantity": quantity}]
    await service.upsert_product(session, product_in(variants=[{"external_id": "v1", "price": 5000, "stock": stock}]))
    return (await service.variants_by_external(session, ["v1"]))["v1"]["id"]


async def stock_of(client: httpx.AsyncClient, name: str) -> list[tuple[str, int, int, int]]:
    items = (await client.get("/api/v1/stock", params={"variant": name})).json()["items"]
    return [(i["location"], i["sellable"], i["quarantine"], i["reserved"]) for i in items]


async def test_upsert_through_the_api(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/products", json=product_body(categories=["shirts"]))
    assert made.status_code == 201, made.text
    assert [v["available"] for v in made.json()["variants"]] == [3, 3]
    again = await client.post("/api/v1/products", json=product_body(title="Better shirt"))
    assert (again.status_code, again.json()["id"], again.json()["title"]) == (200, made.json()["id"], "Better shirt")
    listed = (await client.get("/api/v1/products", params={"external_id": "p1"})).json()["items"]
    assert listed == [again.json()]
    assert await stock_of(client, "p1-S") == [("main", 3, 0, 0)]
    assert len((await client.get("/api/v1/stock")).json()["items"]) == 2


async def test_a_variant_that_is_not_named_any_more_is_inactive(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/products", json=product_body())
    body = product_body()
    left = (await client.post("/api/v1/products", json=body | {"variants": body["variants"][:1]})).json()
    assert [(v["external_id"], v["active"]) for v in left["variants"]] == [("p1-S", True), ("p1-M", False)]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"external_id": ""}, "/external_id"),
        ({"title": "a\x00b"}, "/title"),
        ({"currency": "EURO"}, "/currency"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"variants": []}, "/variants"),
        ({"surprise": 1}, "/surprise"),
        ({"variants": [{"external_id": "v", "price": -1}]}, "/variants/0/price"),
        ({"variants": [{"external_id": "v", "price": 1, "tax_rate_bp": 20000}]}, "/variants/0/tax_rate_bp"),
        ({"variants": [{"external_id": "v", "price": 1}] * 2}, "/variants/1/external_id"),
        ({"variants": [{"external_id": "v", "price": 1, "stock": [{"quantity": -1}]}]}, "/variants/0/stock/0/quantity"),
        ({"variants": [{"external_id": "v", "price": 1, "stock": [{"quantity": 1, "state": "x"}]}]},
         "/variants/0/stock/0/state"),
    ],
)  # fmt: skip
async def test_bad_products(client: httpx.AsyncClient, change: dict[str, Any], pointer: str) -> None:
    answer = await client.post("/api/v1/products", json=product_body() | change)
    assert answer.status_code == 422
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]
    assert (await client.get("/api/v1/products")).json()["items"] == []


async def test_reserve_release_consume(session: WriteSession) -> None:
    v = await variant(session)
    first = await service.reserve(session, v, 2, "x1", HOUR)
    assert await service.reserve(session, v, 2, "x1", HOUR) == first
    assert await service.available(session, [v]) == {v: 1}
    with pytest.raises(OutOfStock):
        await service.reserve(session, v, 2, "x2", HOUR)
    assert await service.release_reservation(session, "x1")
    assert not await service.release_reservation(session, "x1")
    with pytest.raises(ReservationGone):
        await service.consume_reservation(session, "x1")
    await service.reserve(session, v, 3, "x1", HOUR)
    for _ in range(2):
        await service.consume_reservation(session, "x1")
    assert await service.available(session, [v]) == {v: 0}
    with pytest.raises(OutOfStock):
        await service.reserve(session, v, 1, "x3", HOUR)


async def test_a_promise_ends_with_its_time(session: WriteSession) -> None:
    v = await variant(session, 1)
    await service.reserve(session, v, 1, "x1", HOUR)
    clock.advance(timedelta(hours=2))
    assert await service.available(session, [v]) == {v: 1}
    await service.reserve(session, v, 1, "x2", HOUR)
    with pytest.raises(ReservationGone):
        await service.consume_reservation(session, "x1")
    clock.advance(timedelta(hours=2))
    assert await service.release_expired(session) == 1
    assert await service.release_expired(session) == 0


async def test_the_end_of_a_promise_is_planned(database: Database, shop: UUID, runner: Runner) -> None:
    async with database.write(shop) as session:
        v = await variant(session, 1)
        await service.reserve(session, v, 1, "x1", timedelta())
    assert await runner.run_due(shop=shop) == 1
    async with database.read(shop) as session:
        assert (await service.stock_view(session, "v1", None)).items[0].reserved == 0


async def test_the_last_ones_go_to_exactly_as_many(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        v = await variant(session, 5)

    async def one(n: int) -> bool:
        try:
            async with database.write(shop) as session:
                await service.reserve(session, v, 1, f"x{n}", HOUR)
        except OutOfStock:
            return False
        return True

    assert sum(await asyncio.gather(*(one(n) for n in range(24)))) == 5
    async with database.read(shop) as session:
        reserved = await session.scalar(text("SELECT sum(reserved) FROM stock"))
        open_ = await session.scalar(text("SELECT sum(quantity) FROM reservations WHERE state = 'open'"))
        assert (reserved, open_) == (5, 5)


async def test_twenty_at_once_restock_once(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        v = await variant(session, 0)

    async def one() -> bool:
        async with database.write(shop) as session:
            return await service.restock(session, v, 2, "main", "sellable", "unit-1")

    assert sum(await asyncio.gather(*(one() for _ in range(20)))) == 1
    async with database.read(shop) as session:
        assert await service.available(session, [v]) == {v: 2}


async def test_quarantine_is_a_place_of_its_own(session: WriteSession) -> None:
    v = await variant(session, 0)
    await service.restock(session, v, 1, "returns", "quarantine", "u1")
    assert await service.available(session, [v]) == {v: 0}
    for new in (True, False):
        assert await service.move(session, v, 1, "returns", "quarantine", "sellable", "u1:fixed") is new
    assert await service.available(session, [v]) == {v: 1}
    with pytest.raises(OutOfStock):
        await service.move(session, v, 1, "returns", "quarantine", None, "u1:gone")


async def test_reserved_units_do_not_move_away(session: WriteSession) -> None:
    v = await variant(session, 1)
    await service.reserve(session, v, 1, "x1", HOUR)
    with pytest.raises(OutOfStock):
        await service.move(session, v, 1, "main", "sellable", "quarantine", "m1")


async def test_a_lower_count_than_promised_is_never_negative(session: WriteSession) -> None:
    v = await variant(session, 2)
    await service.reserve(session, v, 2, "x1", HOUR)
    await variant(session, 1)
    assert await service.available(session, [v]) == {v: 0}
    await service.consume_reservation(session, "x1")
    assert await service.available(session, [v]) == {v: 0}


async def test_moves_are_append_only_and_sum_to_the_stock(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        v = await variant(session, 3)
        await service.restock(session, v, 2, "main", "sellable", "r1")
        await variant(session, 4)
    async with database.read(shop) as session:
        assert await session.scalar(text("SELECT sum(quantity) FROM stock_moves")) == 4
    for statement in ("UPDATE stock_moves SET id = id", "DELETE FROM stock_moves"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.write(shop) as session:
                await session.execute(text(statement))
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.engine.begin() as connection:
                await connection.execute(text(statement))


async def test_siblings(session: WriteSession) -> None:
    await service.upsert_product(session, product_in())
    found = await service.variants_by_external(session, ["p1-S"])
    assert [v["external_id"] for v in await service.siblings(session, found["p1-S"]["id"])] == ["p1-S", "p1-M"]
