"""Training, recommendations and the offer block on the database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from comeback.catalog.schemas import ProductIn
from comeback.catalog.service import upsert_product
from comeback.core.clock import clock
from comeback.core.db import Database, WriteSession
from comeback.core.jobs import Runner
from comeback.customers.service import unsubscribe
from comeback.kit.ids import new_id
from comeback.messages.schemas import BlockRequest
from comeback.offers.schemas import PoolIn
from comeback.offers.service.blocks import offer_blocks
from comeback.offers.service.coupons import confirm_coupons, create_pool, get_coupon, release_coupons
from comeback.offers.service.recommend import Wish, recommend, recommend_all
from comeback.offers.service.training import start_training
from comeback.orders.service import import_orders
from tests.factories.orders import line_body, order_in
from tests.factories.products import product_in

YES = [{"channel": "email", "purpose": "marketing", "granted": True, "source": "shop", "at": "2026-01-01T00:00:00Z"}]
BASKETS = [("tea", "cup")] * 6 + [("tea", "pot")] * 3 + [("shoe", "lace")] * 8 + [("shoe", "tea")]


def product(name: str, quantity: int | None, **fields: Any) -> ProductIn:
    """A product of one variant; None: nobody counts its stock."""
    stock = None if quantity is None else [{"quantity": quantity}]
    usual = {"title": name, "url": f"https://shop.example/{name}"}
    return product_in(name, [{"external_id": f"v-{name}", "price": 1000, "stock": stock}], **(usual | fields))


async def products(session: WriteSession, **stock: int | None) -> None:
    """Products by name and stock."""
    for name, quantity in stock.items():
        await upsert_product(session, product(name, quantity))


async def order(session: WriteSession, name: str, *bought: str, **fields: Any) -> tuple[UUID, UUID]:
    """An order of a customer of that name: (order, customer)."""
    lines = [line_body(p, product_id=p, variant_id=f"v-{p}") for p in bought]
    body = order_in(new_id().hex, lines, customer={"email": f"{name}@example.com"}, **fields)
    (made,) = await import_orders(session, [body])
    found = await session.execute(text("SELECT id, customer_id FROM orders WHERE id = :id"), {"id": made.order_id})
    row = found.one()
    return row.id, row.customer_id


@pytest.fixture
async def trained(database: Database, shop: UUID, runner: Runner) -> UUID:
    """A shop that has learned what goes together."""
    async with database.write(shop) as session:
        await products(session, tea=5, cup=5, pot=None, shoe=1, lace=9)
        for n, basket in enumerate(BASKETS):
            await order(session, f"p{n}", *basket)
        task = await start_training(session)
    await runner.run_due(200, shop=shop)
    async with database.read(shop) as session:
        row = (await session.execute(text("SELECT state, done, result FROM tasks WHERE id = :id"), {"id": task})).one()
        assert tuple(row) == ("done", 3, {"products": 5, "purchases": 36})
    return shop


async def names(session: WriteSession, *seeds: str, customer: UUID | None = None, n: int = 2) -> list[str]:
    return [p.product_id for p in await recommend(session, customer, seeds, n)]


async def test_what_goes_together_then_what_sells(database: Database, trained: UUID) -> None:
    async with database.write(trained) as session:
        found = await recommend(session, None, ["cup"], 2)
        assert [(p.product_id, p.basis) for p in found] == [("tea", "bought_together"), ("shoe", "popular")]
        assert (found[0].title, found[0].price, found[0].currency) == ("tea", 1000, "EUR")
        assert (await names(session, "shoe"))[0] == "lace"


async def test_never_what_is_owned_sold_out_or_inactive(database: Database, trained: UUID) -> None:
    async with database.write(trained) as session:
        _, ada = await order(session, "ada", "cup")
        assert await names(session, customer=ada, n=9) == ["tea", "shoe", "lace", "pot"]
        await order(session, "ada", "tea")
        assert "tea" not in await names(session, "cup", customer=ada, n=9)
        await products(session, shoe=0)
        await upsert_product(session, product("lace", 5, active=False))
        assert await names(session, customer=ada, n=9) == ["pot"]
        await products(session, pot=0)
        assert await names(session, customer=ada, n=9) == []


async def test_a_batch_costs_as_many_statements_as_one(database: Database, trained: UUID) -> None:
    async with database.write(trained) as session:
        made = [await order(session, f"q{n}", "cup" if n % 2 else "lace") for n in range(20)]
        asked = [Wish(new_id(), customer, number) for number, customer in made]
        batch = await recommend_all(session, asked)
        for wish in asked:
            assert batch[wish.key] == (await recommend_all(session, [wish]))[wish.key]


async def test_before_anything_was_learned_what_sells_is_shown(session: WriteSession) -> None:
    await products(session, tea=5, cup=5)
    assert await names(session, "x") == []
    await order(session, "ada", "tea", "cup")
    await order(session, "bob", "tea")
    assert await names(session, "x") == ["tea", "cup"]


def request(order_id: UUID, customer: UUID | None, key: str, **fields: Any) -> BlockRequest:
    return BlockRequest(
        **({"message_id": new_id(), "locale": "en", "class_": "service"} | fields),
        send_key=key, subjects={"order": order_id}, customer_id=customer,
    )  # fmt: skip


TEN = PoolIn(name="Thanks", percent=10, minimum=5000, currency="EUR", valid_days=14, in_offers=True)


async def test_offers_only_with_consent(database: Database, trained: UUID) -> None:
    """G13: without consent no products are chosen and no coupon exists; the basis is on record."""
    clock.set(datetime.now(UTC), datetime.now(UTC) + timedelta(seconds=1))
    async with database.write(trained) as session:
        await create_pool(session, TEN)
        one, ada = await order(session, "ada", "cup", consents=YES)
        two, bob = await order(session, "bob", "cup")
        asked = [request(one, ada, "k1"), request(two, bob, "k2"), request(one, None, "k3")]
        blocks = await offer_blocks(session, asked)
        with_, without, nobody = (blocks[r.message_id] for r in asked)
        assert (with_["show"], with_["basis"]) == (True, "consent: shop")
        assert with_["products"][0]["title"] == "tea" and with_["products"][0]["price"] == 1000
        coupon = with_["coupon"]
        assert (coupon["label"], coupon["minimum"], coupon["currency"]) == ("10\u00a0%", 5000, "EUR")
        assert without == {"show": False, "basis": "no consent"} and nobody["basis"] == "no customer"
        assert await session.scalar(text("SELECT count(*) FROM coupons")) == 1
        await unsubscribe(session, ada)
        after = await offer_blocks(session, [asked[0]])
        assert after[asked[0].message_id] == {"show": False, "basis": "unsubscribed"}


async def test_every_message_has_a_code_of_its_own(database: Database, trained: UUID) -> None:
    """G18: retried three times the same code; a bounce takes it back, and no other mail's with it."""
    async with database.write(trained) as session:
        await create_pool(session, TEN)
        one, ada = await order(session, "ada", "cup", consents=YES)

    async def codes(*keys: str) -> list[str]:
        async with database.write(trained) as session:
            asked = [request(one, ada, key) for key in keys]
            blocks = await offer_blocks(session, asked)
            return [blocks[r.message_id]["coupon"]["code"] for r in asked]

    first, second = await codes("k1", "k2")
    assert first != second
    for _ in range(3):
        assert await codes("k2", "k1") == [second, first]
    async with database.write(trained) as session:
        assert await confirm_coupons(session, ["k1", "k2"]) == 2
    (third,) = await codes("k3")
    assert third not in (first, second)
    async with database.write(trained) as session:
        assert await session.scalar(text("SELECT count(*) FROM coupons")) == 3
        assert await release_coupons(session, ["k1"]) == 1
        assert [(await get_coupon(session, code)).redeemable for code in (first, second, third)] == [False, True, True]


async def test_nothing_to_show_hides_the_block(session: WriteSession) -> None:
    """G19."""
    one, ada = await order(session, "ada", "cup", consents=YES)
    asked = request(one, ada, "k")
    block = (await offer_blocks(session, [asked]))[asked.message_id]
    assert (block["show"], block["why"]) == (False, "nothing to show")


async def test_showing_offers_has_the_model_trained_once_a_day(database: Database, shop: UUID, runner: Runner) -> None:
    async with database.write(shop) as session:
        await products(session, tea=5, cup=5)
        one, ada = await order(session, "ada", "cup", consents=YES)
        await order(session, "bob", "cup", "tea")

    async def show() -> int:
        async with database.write(shop) as session:
            await offer_blocks(session, [request(one, ada, "k")])
        async with database.read(shop) as session:
            return await session.scalar(text("SELECT count(*) FROM outbox WHERE job = 'offers.train'")) or 0

    assert [await show(), await show()] == [1, 1]
    await runner.run_due(200, shop=shop)
    assert await show() == 1
    clock.advance(timedelta(days=2))
    assert await show() == 2
    await runner.run_due(200, shop=shop)
    async with database.read(shop) as session:
        assert await session.scalar(text("SELECT count(*) FROM recommendation_models")) == 1


async def test_api(client: httpx.AsyncClient, other_client: httpx.AsyncClient, trained: UUID) -> None:
    asked = await client.get("/api/v1/recommendations", params={"product": "cup"})
    assert asked.status_code == 200, asked.text
    assert [p["product_id"] for p in asked.json()["items"]] == ["tea", "shoe", "lace"]
    both = await client.get("/api/v1/recommendations", params=[("product", "cup"), ("product", "shoe"), ("limit", "1")])
    assert len(both.json()["items"]) == 1
    assert (await other_client.get("/api/v1/recommendations", params={"product": "cup"})).json()["items"] == []
    assert (await client.get("/api/v1/recommendations", params={"customer": "x"})).status_code == 400
    task = (await client.post("/api/v1/recommendations/train")).json()["task"]
    assert (await client.get(f"/api/v1/tasks/{task}")).json()["kind"] == "offers.train"
