"""What the ledger promises, tried against the database itself."""

import asyncio
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.core.db import Database, WriteSession
from comeback.kit.ids import new_id
from comeback.ledger.errors import Unbalanced
from comeback.ledger.service import account_balances, entries, post

SALE = [("sales", "EUR", -1000), ("cash", "EUR", 1190), ("tax", "EUR", -190)]


async def test_a_fact_is_posted_once(session: WriteSession) -> None:
    order = new_id()
    assert await post(session, "sale", "s1", SALE, order_id=order)
    assert not await post(session, "sale", "s1", SALE, order_id=order)
    assert await post(session, "other", "s1", SALE)
    found = await entries(session, order_id=order)
    assert [(e.account, e.currency, e.amount) for e in found] == SALE
    assert await account_balances(session, ["cash", "none"]) == {("cash", "EUR"): 2380}


@pytest.mark.parametrize(
    "bad",
    [
        [],
        [("a", "EUR", 5)],
        [("a", "EUR", 5), ("b", "EUR", -4)],
        [("a", "EUR", 5), ("b", "USD", -5)],
    ],
)
async def test_the_service_refuses_what_does_not_balance(
    session: WriteSession, bad: list[tuple[str, str, int]]
) -> None:
    with pytest.raises(Unbalanced):
        await post(session, "sale", "s1", bad)


async def test_zeros_are_not_posted(session: WriteSession) -> None:
    assert not await post(session, "sale", "s1", [("a", "EUR", 0), ("b", "EUR", 0)])
    assert await post(session, "sale", "s2", [*SALE, ("c", "EUR", 0)])
    assert len(await entries(session, source_id="s2")) == 3


async def test_the_database_refuses_it_too(database: Database, shop: UUID) -> None:
    for amounts in ((5, -4), (5,), ()):
        with pytest.raises(DBAPIError) as refused:
            async with database.write(shop) as session:
                key = new_id()
                await session.execute(
                    text("INSERT INTO ledger_transactions (shop_id, id, kind, source_id, at) "
                         "VALUES (:shop, :id, 'x', :source, now())"),
                    {"shop": shop, "id": key, "source": str(key)},
                )  # fmt: skip
                for n, amount in enumerate(amounts):
                    await session.execute(
                        text("INSERT INTO ledger_entries (shop_id, id, transaction_id, position, account, currency, "
                             "amount) VALUES (:shop, :id, :of, :n, 'a', 'EUR', :amount)"),
                        {"shop": shop, "id": new_id(), "of": key, "n": n, "amount": amount},
                    )  # fmt: skip
        assert "does not balance" in str(refused.value)


@pytest.mark.parametrize("table", ["ledger_transactions", "ledger_entries"])
async def test_nothing_is_changed_or_removed(database: Database, shop: UUID, table: str) -> None:
    async with database.write(shop) as session:
        await post(session, "sale", "s1", SALE)
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.write(shop) as session:
                await session.execute(text(statement))
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.engine.begin() as connection:
                await connection.execute(text(statement))


async def test_twenty_at_once_post_once(database: Database, shop: UUID) -> None:
    async def one() -> bool:
        async with database.write(shop) as session:
            return await post(session, "sale", "same", SALE)

    assert sum(await asyncio.gather(*(one() for _ in range(20)))) == 1


async def test_through_the_api(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    order = new_id()
    async with database.write(shop) as session:
        await post(session, "sale", "s1", SALE, order_id=order)
    answer = (await client.get("/api/v1/ledger", params={"order": str(order)})).json()
    assert [(e["account"], e["amount"]) for e in answer["items"]] == [("sales", -1000), ("cash", 1190), ("tax", -190)]
    assert (await client.get("/api/v1/ledger", params={"order": "none"})).json()["items"] == []
