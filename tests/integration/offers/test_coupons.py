"""Coupons on the database: one per message, exactly as many as there are, whatever races."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.core.clock import clock
from comeback.core.db import Database, WriteSession
from comeback.offers.errors import BadPool, CouponNotFound, CouponNotRedeemable, PoolNameTaken
from comeback.offers.schemas import PoolIn, RedeemIn
from comeback.offers.service.coupons import (
    CouponRequest,
    confirm_coupons,
    create_pool,
    get_coupon,
    redeem_coupon,
    release_coupons,
    reserve_coupons,
)

TEN = PoolIn(name="Thanks", percent=10, minimum=5000, currency="EUR", in_offers=True)


def wanted(pool: UUID, *keys: str, timezone: str = "Europe/Berlin") -> list[CouponRequest]:
    return [CouponRequest(k, pool, None, timezone) for k in keys]


async def test_a_retry_gives_the_same_code(session: WriteSession) -> None:
    pool = await create_pool(session, TEN)
    first = await reserve_coupons(session, wanted(pool.id, "a", "b"))
    again = await reserve_coupons(session, wanted(pool.id, "b", "a", "c"))
    assert again["a"] == first["a"] and again["b"] == first["b"]
    assert len({c.code for c in again.values()}) == 3
    assert await session.scalar(text("SELECT count(*) FROM coupons")) == 3


async def test_the_last_day_is_the_customers(session: WriteSession) -> None:
    clock.set(datetime.now(UTC), datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    pool = await create_pool(session, PoolIn(name="x", percent=5, valid_days=1))
    there = {
        z: (await reserve_coupons(session, wanted(pool.id, z, timezone=z)))[z]
        for z in ("Europe/Berlin", "America/New_York")
    }
    assert [str(c.last_day) for c in there.values()] == ["2026-11-03", "2026-11-02"]
    shown = await get_coupon(session, there["America/New_York"].code)
    assert shown.expires_at == datetime(2026, 11, 3, 5, tzinfo=UTC)


async def test_life_of_a_coupon(session: WriteSession) -> None:
    pool = await create_pool(session, TEN)
    made = await reserve_coupons(session, wanted(pool.id, "a", "b", "c"))
    assert [await confirm_coupons(session, ["a", "b"]), await confirm_coupons(session, ["a", "b"])] == [2, 0]
    assert [await release_coupons(session, ["b"]), await release_coupons(session, ["b"])] == [1, 0]
    assert (await get_coupon(session, made["b"].code.lower().replace("-", " "))).why == "it was withdrawn"
    assert "b" not in await reserve_coupons(session, wanted(pool.id, "b"))
    used = await redeem_coupon(session, made["a"].code, RedeemIn(order="1001"))
    assert (used.state, used.redeemable, used.why) == ("redeemed", False, "it is used up")
    assert await redeem_coupon(session, made["a"].code, RedeemIn(order="1001")) == used
    assert await release_coupons(session, ["a"]) == 0
    # A message whose answer never came may have arrived: its coupon counts.
    assert (await redeem_coupon(session, made["c"].code, RedeemIn(order="1002"))).used == 1
    for code, order, why in ((made["a"].code, "1003", "used up"), (made["b"].code, "1003", "withdrawn")):
        with pytest.raises(CouponNotRedeemable, match=why):
            async with session.begin_nested():
                await redeem_coupon(session, code, RedeemIn(order=order))
    assert await session.scalar(text("SELECT count(*) FROM coupon_redemptions")) == 2
    names = (await session.execute(text("SELECT name FROM events"))).scalars().all()
    assert names == ["coupon.redeemed", "coupon.redeemed"]


async def test_an_expired_coupon_is_refused(session: WriteSession) -> None:
    pool = await create_pool(session, TEN)
    code = (await reserve_coupons(session, wanted(pool.id, "a")))["a"].code
    clock.advance(timedelta(days=32))
    with pytest.raises(CouponNotRedeemable, match="expired"):
        await redeem_coupon(session, code, RedeemIn(order="1"))


async def test_the_database_refuses_impossible_moves(session: WriteSession) -> None:
    pool = await create_pool(session, TEN)
    await reserve_coupons(session, wanted(pool.id, "a"))
    await release_coupons(session, ["a"])
    for change in ("state = 'confirmed'", "used = 2"):
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text(f"UPDATE coupons SET {change}"))


async def test_a_limited_pool_runs_dry_and_takes_back(session: WriteSession) -> None:
    pool = await create_pool(session, PoolIn(name="few", amount=500, currency="EUR", maximum=2))
    assert len(await reserve_coupons(session, wanted(pool.id, "a", "b", "c"))) == 2
    assert await release_coupons(session, ["a", "b", "c"]) == 2
    assert len(await reserve_coupons(session, wanted(pool.id, "d", "e", "f"))) == 2


async def test_bad_pools(session: WriteSession) -> None:
    bad: list[dict[str, Any]] = [
        {},
        {"percent": 5, "amount": 5, "currency": "EUR"},
        {"amount": 5},
        {"percent": 5, "minimum": 5},
        {"percent": 5, "code": "%"},
        {"percent": 5, "code": "SAVE", "in_offers": True},
    ]
    for fields in bad:
        with pytest.raises(BadPool):
            await create_pool(session, PoolIn(name="x", **fields))
    await create_pool(session, PoolIn(name="x", percent=5, code="SAVE5"))
    with pytest.raises(PoolNameTaken):
        await create_pool(session, PoolIn(name="x", percent=5))
    with pytest.raises(CouponNotFound):
        await get_coupon(session, "SAVE10")


async def redeem(database: Database, shop: UUID, code: str, order: str, customer: UUID | None = None) -> bool:
    try:
        async with database.write(shop) as session:
            await redeem_coupon(session, code, RedeemIn(order=order, customer_id=customer))
    except CouponNotRedeemable:
        return False
    return True


ROUNDS, RIVALS = 20, 50


async def test_a_race_for_a_shared_code_is_exact(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        for n in range(ROUNDS):
            await create_pool(session, PoolIn(name=f"r{n}", percent=5, code=f"RACE{n}", maximum=n % 7 + 1))
    for n in range(ROUNDS):
        won = await asyncio.gather(*(redeem(database, shop, f"race{n}", f"{n}-{i}") for i in range(RIVALS)))
        assert sum(won) == n % 7 + 1
    async with database.read(shop) as session:
        assert await session.scalar(text("SELECT count(*) FROM coupons WHERE state <> 'redeemed'")) == 0
        wrong = text(
            "SELECT count(*) FROM coupons c WHERE used <> uses OR used <> "
            "(SELECT count(*) FROM coupon_redemptions r WHERE r.shop_id = c.shop_id AND r.coupon_id = c.id)"
        )
        assert await session.scalar(wrong) == 0


async def test_a_race_of_one_order_counts_once(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        await create_pool(session, PoolIn(name="r", percent=5, code="ONCE", maximum=9))
    assert all(await asyncio.gather(*(redeem(database, shop, "once", "same") for _ in range(20))))
    async with database.read(shop) as session:
        assert (await get_coupon(session, "once")).used == 1


async def test_a_race_of_one_customer_keeps_to_the_limit(database: Database, shop: UUID) -> None:
    person = UUID(int=7)
    async with database.write(shop) as session:
        await create_pool(session, PoolIn(name="r", percent=5, code="TWICE", per_customer=2))
    won = await asyncio.gather(*(redeem(database, shop, "twice", f"o{i}", person) for i in range(20)))
    assert sum(won) == 2
    assert await redeem(database, shop, "twice", "other", UUID(int=8))


async def test_concurrent_renders_of_a_limited_pool_are_exact(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        pool = await create_pool(session, PoolIn(name="few", percent=5, maximum=30))

    async def render(n: int) -> dict[str, Any]:
        async with database.write(shop) as session:
            return dict(await reserve_coupons(session, wanted(pool.id, *(f"m{(n * 5 + i) % 60}" for i in range(10)))))

    answers = await asyncio.gather(*(render(n) for n in range(12)))
    codes: dict[str, set[str]] = {}
    for answer in answers:
        for key, coupon in answer.items():
            codes.setdefault(key, set()).add(coupon.code)
    assert all(len(c) == 1 for c in codes.values())
    async with database.read(shop) as session:
        counts = text("SELECT (SELECT issued FROM coupon_pools), (SELECT count(*) FROM coupons)")
        assert tuple((await session.execute(counts)).one()) == (30, 30)


async def test_api(client: httpx.AsyncClient, other_client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    made = await client.post("/api/v1/coupons", json={"name": "Save", "percent": 10, "code": "save 10", "maximum": 1})
    assert made.status_code == 201 and made.json()["code"] == "SAVE10", made.text
    assert (await client.get("/api/v1/coupons/Save10")).json()["redeemable"] is True
    for name, value in (("name", ""), ("percent", 0), ("percent", 101), ("amount", -5), ("currency", "eur"), ("x", 1)):
        bad = await client.post("/api/v1/coupons", json={"name": "n", "percent": 5, name: value})
        assert 400 <= bad.status_code < 500 and bad.json()["errors"][0]["pointer"] == f"/{name}", bad.text
    used = await client.post("/api/v1/coupons/SAVE10/redeem", json={"order": "1"})
    assert (used.status_code, used.json()["used"]) == (200, 1)
    assert (await client.post("/api/v1/coupons/SAVE10/redeem", json={"order": "1"})).status_code == 200
    late = await client.post("/api/v1/coupons/SAVE10/redeem", json={"order": "2"})
    assert (late.status_code, late.json()["detail"]) == (409, "it is used up")
    for code in ("SAVE10", "nope", "PREVIEW-XXXX"):
        assert (await other_client.get(f"/api/v1/coupons/{code}")).status_code == 404
    async with database.read(shop) as session:
        assert await session.scalar(text("SELECT count(*) FROM coupon_redemptions")) == 1
