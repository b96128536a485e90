"""Malformed orders: each is refused with every bad field named, and nothing in the database changes."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from comeback.core.db import Database
from tests.factories.orders import line_body, order_body

URL = "/api/v1/orders"
TABLES = (
    "orders order_lines order_tenders order_units external_refunds customers consents events outbox "
    "products variants ledger_transactions ledger_entries"
).split()
Body = dict[str, Any]


def with_(path: str, value: Any) -> Callable[[Body], None]:
    """Sets the field at a JSON pointer."""

    def change(body: Body) -> None:
        *way, last = path.strip("/").split("/")
        at: Any = body
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        if isinstance(at, list):
            at[int(last)] = value
        else:
            at[last] = value

    return change


def without(path: str) -> Callable[[Body], None]:
    """Removes the field at a JSON pointer."""

    def change(body: Body) -> None:
        *way, last = path.strip("/").split("/")
        at: Any = body
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        del at[last]

    return change


HUGE = 10**12 + 1
FIELDS: list[tuple[str, Any]] = [
    ("/external_id", ""),
    ("/external_id", 1001),
    ("/external_id", None),
    ("/external_id", "x" * 201),
    ("/external_id", "a\x00b"),
    ("/number", "a\x07b"),
    ("/placed_at", "yesterday"),
    ("/placed_at", "2026-11-01T10:00:00"),
    ("/placed_at", "0001-01-01T00:00:00+14:00"),
    ("/placed_at", 1761991200),
    ("/currency", "euro"),
    ("/currency", "XXX"),
    ("/currency", "eur"),
    ("/currency", 978),
    ("/tax_included", "yes"),
    ("/tax_total", -1),
    ("/tax_total", 10**400),
    ("/customer", None),
    ("/customer/email", "not an address"),
    ("/customer/email", "a@b@c.de"),
    ("/customer/email", "ada@example.com\r\nBcc: all@example.com"),
    ("/customer/locale", "klingon"),
    ("/customer/timezone", "Mars/Olympus"),
    ("/customer/first_name", ["Ada"]),
    ("/shipping_address/country", "Germany"),
    ("/shipping_address/country", "de"),
    ("/shipping_address/city", "Ber\x1blin"),
    ("/lines", []),
    ("/lines", {}),
    ("/lines", "l1"),
    ("/lines/0", 1),
    ("/lines/0/quantity", 0),
    ("/lines/0/quantity", -1),
    ("/lines/0/quantity", 1.5),
    ("/lines/0/quantity", "2"),
    ("/lines/0/quantity", 1_000_001),
    ("/lines/0/quantity", True),
    ("/lines/0/unit_price", -5000),
    ("/lines/0/unit_price", HUGE),
    ("/lines/0/unit_price", 10**400),
    ("/lines/0/unit_price", 49.99),
    ("/lines/0/unit_price", "49.99"),
    ("/lines/0/discount", -1),
    ("/lines/0/discount", 10_001),
    ("/lines/0/tax", -1),
    ("/lines/0/tax", None),
    ("/lines/0/title", ""),
    ("/lines/0/title", "   "),
    ("/lines/0/title", "x" * 501),
    ("/lines/0/weight_grams", -1),
    ("/lines/0/image_url", "javascript:alert(1)"),
    ("/lines/0/surprise", 1),
    ("/lines/1/external_id", "l1"),
    ("/discounts/0/amount", -1),
    ("/discounts/0/amount", 16_001),
    ("/discounts/0/lines", ["none"]),
    ("/discounts/0/lines", []),
    ("/shipping/amount", -1),
    ("/shipping/cheapest_standard", "490"),
    ("/shipping", []),
    ("/tenders/0/kind", "bitcoin"),
    ("/tenders/0/amount", -1),
    ("/tenders/0/amount", HUGE),
    ("/tenders/0/id", ""),
    ("/tenders", {"id": "t1"}),
    ("/refunds/0/tender", "none"),
    ("/refunds/0/amount", 0),
    ("/refunds/0/amount", 10**9),
    ("/refunds/0/lines", ["none"]),
    ("/refunds/0/origin", "heaven"),
    ("/consents/0/channel", "pigeon"),
    ("/consents/0/granted", "true"),
    ("/consents/0/at", "2026-13-01T00:00:00Z"),
    ("/tags/0", "x" * 201),
    ("/tags", "vip"),
    ("/fx_rate", -1),
    ("/fx_rate", "NaN"),
    ("/status", "paid"),
    ("/lines/0/attributes", {"deep": {"er": 1}}),
]


def sound() -> Body:
    """An order with every part, so that each can be broken."""
    return order_body(
        lines=[line_body("l1", 5000, 2), line_body("l2", 6000)],
        discounts=[{"code": "SAVE", "amount": 1000, "lines": None}],
        shipping={"amount": 490, "cheapest_standard": 490, "tax": 0, "method": "standard"},
        consents=[{"channel": "email", "purpose": "marketing", "granted": True, "source": "checkout",
                   "at": "2026-11-01T10:00:00Z"}],
        refunds=[{"id": "r1", "tender": "t1", "amount": 100, "lines": ["l1"], "origin": "goodwill"}],
        tags=["a"],
    )  # fmt: skip


RAW: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("not json", b"hello"),
    ("half", b'{"external_id": "1001", '),
    ("two documents", b"{}{}"),
    ("null", b"null"),
    ("a number", b"7"),
    ("a string", b'"order"'),
    ("an array", b"[]"),
    ("an array of orders", json.dumps([sound()]).encode()),
    ("an empty object", b"{}"),
    ("NaN", json.dumps(sound()).replace("5000", "NaN").encode()),
    ("Infinity", json.dumps(sound()).replace("5000", "-Infinity").encode()),
    ("1e400", json.dumps(sound()).replace("5000", "1e400").encode()),
    ("latin-1", json.dumps(sound(), ensure_ascii=False).replace("Ada", "Ädä").encode("latin-1")),
    ("utf-16", json.dumps(sound()).encode("utf-16")),
    ("byte order mark", b"\xef\xbb\xbf" + json.dumps(sound()).encode()),
    ("overlong utf-8", json.dumps(sound()).encode().replace(b"Ada", b"\xc0\x80")),
    ("lone surrogate", json.dumps(sound()).replace("Ada", "\\ud800").encode()),
    ("deep array", b"[" * 100_000 + b"]" * 100_000),
    ("deep object", b'{"lines":' * 50_000 + b"1" + b"}" * 50_000),
    ("deep attribute", json.dumps(sound()).encode()[:-1] + b',"extra":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ("form", b"external_id=1001&number=1"),
    ("xml", b"<?xml version='1.0'?><order/>"),
    ("gzip magic", b"\x1f\x8b\x08\x00" + b"\x00" * 64),
    ("zero bytes", b"\x00" * 256),
    ("trailing comma", json.dumps(sound()).encode()[:-1] + b",}"),
    ("single quotes", str(sound()).encode()),
    ("comment", b"/* order */ " + json.dumps(sound()).encode()),
]


async def fingerprint(database: Database, shop: UUID) -> str:
    """A hash of every row an order could have touched."""
    parts = " || '/' || ".join(
        f"(SELECT count(*) || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t)"
        for table in TABLES
    )
    async with database.read(shop) as session:
        return str(await session.scalar(text(f"SELECT {parts}")))


async def refused(client: httpx.AsyncClient, database: Database, shop: UUID, content: bytes) -> list[str]:
    """Posts a body that must be refused; answers the pointers named."""
    before = await fingerprint(database, shop)
    answer = await client.post(URL, content=content, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["type"]
    assert await fingerprint(database, shop) == before
    return [error["pointer"] for error in problem.get("errors", [])]


async def test_the_sound_order_is_sound(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, json=sound())
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("path", "value"), FIELDS, ids=lambda v: str(v)[:40].encode("unicode_escape").decode())
async def test_a_bad_field_is_named(
    client: httpx.AsyncClient, database: Database, shop: UUID, path: str, value: Any
) -> None:
    body = sound()
    with_(path, value)(body)
    named = await refused(client, database, shop, json.dumps(body).encode())
    assert any(p == path or p.startswith(f"{path}/") for p in named), named


@pytest.mark.parametrize(
    "path", ["/external_id", "/number", "/placed_at", "/currency", "/customer", "/lines", "/lines/0/title",
             "/lines/0/quantity", "/lines/0/unit_price", "/tenders/0/kind", "/shipping_address/country"]
)  # fmt: skip
async def test_a_missing_field_is_named(client: httpx.AsyncClient, database: Database, shop: UUID, path: str) -> None:
    body = sound()
    without(path)(body)
    assert path in await refused(client, database, shop, json.dumps(body).encode())


@pytest.mark.parametrize("content", [raw for _, raw in RAW], ids=[name for name, _ in RAW])
async def test_a_broken_document_is_refused(
    client: httpx.AsyncClient, database: Database, shop: UUID, content: bytes
) -> None:
    await refused(client, database, shop, content)


async def test_all_bad_types_are_named_at_once(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = sound()
    paths = ["/currency", "/lines/0/quantity", "/lines/1/unit_price", "/tenders/0/amount", "/shipping/tax"]
    for path in paths:
        with_(path, {"not": "this"})(body)
    assert set(await refused(client, database, shop, json.dumps(body).encode())) == set(paths)


async def test_all_bad_values_are_named_at_once(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = sound()
    values = {"/currency": "XXX", "/lines/0/quantity": 0, "/lines/1/unit_price": -1, "/tenders/0/kind": "x",
              "/shipping/tax": -1, "/customer/email": "x", "/shipping_address/country": "XX"}  # fmt: skip
    for path, value in values.items():
        with_(path, value)(body)
    assert set(await refused(client, database, shop, json.dumps(body).encode())) == set(values)


async def test_included_taxes_fit_the_price(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = order_body(lines=[line_body(unit_price=100, tax=101)], tax_included=True,
                      shipping={"amount": 5, "tax": 6})  # fmt: skip
    named = await refused(client, database, shop, json.dumps(body).encode())
    assert set(named) == {"/lines/0/tax", "/shipping/tax"}


async def test_price_times_quantity_is_bounded(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = order_body(lines=[line_body(unit_price=10**12, quantity=10**6)], tenders=[])
    assert await refused(client, database, shop, json.dumps(body).encode()) == ["/lines/0/unit_price"]


async def test_a_duplicate_key_means_its_last_value(client: httpx.AsyncClient) -> None:
    # RFC 8259 §4 leaves it open; what counts is that what is checked is what is stored.
    raw = json.dumps(sound())[:-1] + ', "currency": "XXX"}'
    answer = await client.post(URL, content=raw.encode(), headers={"content-type": "application/json"})
    assert answer.status_code == 422


async def test_a_huge_body_is_refused(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    body = sound() | {"tags": ["x" * 150] * 20_000}
    await refused(client, database, shop, json.dumps(body).encode())


async def test_updates_are_checked_alike(client: httpx.AsyncClient, database: Database, shop: UUID) -> None:
    await client.post(URL, json=sound())
    body = sound()
    with_("/lines/0/quantity", -3)(body)
    assert await refused(client, database, shop, json.dumps(body).encode()) == ["/lines/0/quantity"]
