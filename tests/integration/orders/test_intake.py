"""Orders come in through the API: once, whole, and told once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from comeback.core.db import Database
from comeback.core.events import events_of
from comeback.orders.errors import BadOrder
from comeback.orders.schemas import OrderIn
from comeback.orders.service import import_orders
from tests.factories.orders import line_body, order_body, order_in

URL = "/api/v1/orders"


async def told(database: Database, shop: UUID, order_id: str) -> list[str]:
    async with database.read(shop) as session:
        return [e.name for e in await events_of(session, order_id=UUID(order_id))]


async def test_the_example_of_the_contract(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = order_body(
        lines=[line_body(quantity=2, discount=0, tax=800, final_sale=False, category="shirts", weight_grams=300,
                         image_url=None, url=None)],
        discounts=[{"code": "SAVE10", "amount": 1000, "lines": None}],
        consents=[{"channel": "email", "purpose": "marketing", "granted": True, "source": "checkout",
                   "at": "2026-11-01T10:00:00Z"}],
        shipping={"amount": 1290, "cheapest_standard": 490, "tax": 0, "method": "express"},
        tax_total=None,
    )  # fmt: skip
    assert body["tenders"][0]["amount"] == 11090
    made = await client.post(URL, json=body)
    assert made.status_code == 201, made.text
    order = made.json()
    assert order["refundable"] == {"order": 11090, "shipping": 1290, "tenders": {"t1": 11090}, "lines": {"l1": 9800}}
    assert order["customer"]["email"] == body["customer"]["email"]
    assert (order["total"], order["captured"], order["state"]) == (11090, 11090, "placed")
    assert (await client.get(f"{URL}/{order['id']}")).json() == order
    again = await client.post(URL, json=body)
    assert again.status_code == 200
    assert again.json() == order
    assert await told(database, shop, order["id"]) == ["order.placed"]


@pytest.mark.parametrize(
    "query",
    [
        {"number": "1001"},
        {"number": "#1001"},
        {"external_id": "1001"},
        {"email": "ADA.1001@example.com"},
        {"number": "#1001", "email": "ada.1001@example.com"},
    ],
)
async def test_look_up(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    made = (await client.post(URL, json=order_body())).json()
    await client.post(URL, json=order_body("1002"))
    found = (await client.get(URL, params=query)).json()
    assert [o["id"] for o in found["items"]] == [made["id"]]
    assert found["next"] is None


async def test_what_is_not_there(client: httpx.AsyncClient) -> None:
    for path in ("none", "0198a1b2-0000-7000-8000-000000000000"):
        assert (await client.get(f"{URL}/{path}")).status_code == 404
        assert (await client.post(f"{URL}/{path}/cancel")).status_code == 404
    for query in ({"number": "none"}, {"email": "no\x00body"}, {"email": "x"}, {"cursor": "nonsense"}):
        assert (await client.get(URL, params=query)).json() == {"items": [], "next": None}


async def test_pages(client: httpx.AsyncClient) -> None:
    for n in range(52):
        assert (await client.post(URL, json=order_body(str(n)))).status_code == 201
    first = (await client.get(URL)).json()
    rest = (await client.get(URL, params={"cursor": first["next"]})).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [50, 2, None]
    assert [o["external_id"] for o in first["items"] + rest["items"]] == [str(n) for n in reversed(range(52))]


async def test_twenty_at_once_make_one(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = order_body()
    answers = await asyncio.gather(*(client.post(URL, json=body) for _ in range(20)))
    assert sorted(a.status_code for a in answers) == [200] * 19 + [201]
    assert len({a.json()["id"] for a in answers}) == 1
    assert await told(database, shop, answers[0].json()["id"]) == ["order.placed"]
    async with database.read(shop) as session:
        counts = await session.execute(text(
            "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM order_lines), "
            "(SELECT count(*) FROM order_tenders), (SELECT count(*) FROM customers)"))  # fmt: skip
        assert tuple(counts.one()) == (1, 1, 1, 1)


async def test_twenty_different_updates_at_once_end_in_one_of_them(
    client: httpx.AsyncClient, database: Database, shop: UUID
) -> None:
    order = (await client.post(URL, json=order_body())).json()
    bodies = [order_body(tags=[f"t{n}"]) | {"placed_at": "2026-11-01T00:00:00Z"} for n in range(20)]
    answers = await asyncio.gather(*(client.post(URL, json=body) for body in bodies))
    assert {a.status_code for a in answers} == {200}
    assert (await told(database, shop, order["id"])).count("order.updated") == 20


@pytest.mark.parametrize("fields", [{"history": True},
                                    {"placed_at": (datetime.now(UTC) - timedelta(days=31)).isoformat()}])  # fmt: skip
async def test_history_tells_nobody(
    client: httpx.AsyncClient, database: Database, shop: UUID, fields: dict[str, Any]
) -> None:
    order = (await client.post(URL, json=order_body(**fields))).json()
    assert order["history"] is True
    updated = await client.post(URL, json=order_body(**fields, tags=["x"]))
    assert updated.json()["tags"] == ["x"]
    assert await told(database, shop, order["id"]) == []


async def test_an_update_removes_a_line(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    first = order_body(lines=[line_body("a", 1000, 2), line_body("b", 500)])
    order = (await client.post(URL, json=first)).json()
    second = first | {"lines": [line_body("a", 1000, 1), line_body("c", 700, title="New")], "tags": ["changed"]}
    answer = await client.post(URL, json=second)
    assert answer.status_code == 200
    now = answer.json()
    assert now["id"] == order["id"]
    assert now["refundable"] == {"order": 1000, "shipping": 0, "tenders": {"t1": 1000},
                                 "lines": {"a": 1000, "b": 0, "c": 700}}  # fmt: skip
    assert (now["refunded"], now["unallocated"], now["review"], now["tags"]) == (1500, 0, [], ["changed"])
    assert [line["units"] for line in now["lines"]] == [{"refunded": 1}, {"refunded": 1}, {}]
    assert (await client.post(URL, json=second)).json() == now
    assert await told(database, shop, order["id"]) == ["order.placed", "order.updated"]


async def test_what_is_frozen_goes_to_review(client: httpx.AsyncClient) -> None:
    first = order_body(lines=[line_body("a", 1000)])
    await client.post(URL, json=first)
    now = (await client.post(URL, json=first | {"lines": [line_body("a", 900)]})).json()
    assert now["lines"][0]["unit_price"] == 1000
    assert "line a" in now["review"][0]
    assert (await client.post(URL, json=first)).json()["review"] == []


async def test_refunds_that_come_with_the_order(client: httpx.AsyncClient) -> None:
    body = order_body(
        lines=[line_body("a", 2500, 2)],
        refunds=[{"id": "r1", "tender": "t1", "amount": 2000, "origin": "goodwill", "lines": None}],
    )
    now = (await client.post(URL, json=body)).json()
    assert (now["refunded"], now["unallocated"], now["refundable"]["order"]) == (2000, 2000, 3000)
    body["refunds"].append({"id": "r2", "tender": "t1", "amount": 2500, "lines": [{"line": "a", "quantity": 1}]})
    now = (await client.post(URL, json=body)).json()
    assert (now["refunded"], now["unallocated"]) == (4500, 2000)
    assert now["refundable"] == {"order": 500, "shipping": 0, "tenders": {"t1": 500}, "lines": {"a": 500}}
    assert (await client.post(URL, json=body)).json()["refunded"] == 4500


async def test_cancel(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    order = (await client.post(URL, json=order_body())).json()
    for _ in range(2):
        answer = await client.post(f"{URL}/{order['id']}/cancel")
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "cancelled"
    assert await told(database, shop, order["id"]) == ["order.placed", "order.cancelled"]


async def test_the_same_idempotency_key_gives_the_first_answer(client: httpx.AsyncClient) -> None:
    body, key = order_body(), {"Idempotency-Key": "k1"}
    first = await client.post(URL, json=body, headers=key)
    again = await client.post(URL, json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (await client.post(URL, json=order_body(tags=["x"]), headers=key)).status_code == 422


async def test_shops_do_not_see_each_other(client: httpx.AsyncClient, other_client: httpx.AsyncClient) -> None:
    order = (await client.post(URL, json=order_body())).json()
    assert (await other_client.get(f"{URL}/{order['id']}")).status_code == 404
    assert (await other_client.get(URL)).json()["items"] == []
    twin = await other_client.post(URL, json=order_body())
    assert (twin.status_code, twin.json()["id"] == order["id"]) == (201, False)


async def test_batches_that_meet_in_the_same_orders_do_not_deadlock(database: Database, shop: UUID) -> None:
    bodies = [order_in(str(n), placed_at="2026-11-20T10:00:00Z") for n in range(40)]

    async def one(batch: list[OrderIn]) -> int:
        async with database.write(shop) as session:
            return sum(done.created for done in await import_orders(session, batch))

    made = await asyncio.gather(*(one(bodies if n % 2 else bodies[::-1]) for n in range(8)))
    assert sum(made) == 40
    async with database.read(shop) as session:
        assert await session.scalar(text("SELECT count(*) FROM events WHERE name = 'order.placed'")) == 40


async def test_a_batch_with_a_bad_order_changes_nothing(database: Database, shop: UUID) -> None:
    with pytest.raises(BadOrder) as refused:
        async with database.write(shop) as session:
            await import_orders(session, [order_in("1"), order_in("2", currency="XXX")])
    assert [e.pointer for e in refused.value.errors] == ["/1/currency"]
    async with database.read(shop) as session:
        assert await session.scalar(text("SELECT count(*) FROM orders")) == 0
