"""The edge: problems, permissions, idempotency, one transaction a request."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy import text

from comeback.app.http import Undeclared, create_app
from comeback.app.wiring import Services
from comeback.core.access import PERMISSIONS, Principal
from comeback.core.db import WriteSession
from comeback.core.errors import Conflict
from comeback.core.outbox import enqueue
from comeback.merchants.service import create_api_key


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    amount: int
    mode: str = "ok"


@post("/api/v1/things", opt={"permission": "orders:write"}, operation_id="makeThing")
async def make_thing(
    data: JSONBody[Thing], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    await enqueue(session, "thing", {"name": data.name})
    if data.mode == "slow":
        await asyncio.sleep(0.1)
    if data.mode == "fail":
        raise Conflict("no")
    if data.mode == "bug":
        raise ZeroDivisionError("secret text")
    if data.mode == "late":
        await session.execute(
            text(
                "INSERT INTO ledger_transactions (shop_id, id, kind, source_id) VALUES "
                "(gen_random_uuid(), gen_random_uuid(), 'x', 'y')"
            )
        )
    count = await session.execute(text("SELECT count(*) FROM outbox WHERE job = 'thing'"))
    return {"who": principal.kind, "count": count.scalar_one()}


@pytest.fixture
async def things(services: Services, shop: UUID) -> Any:
    async with services.database.write(shop) as session:
        _, plain = await create_api_key(session, "t", sorted(PERMISSIONS - {"staff:write"}))
    app = create_app(services, extra=(make_thing,))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers={"Authorization": f"Bearer {plain}"}
    ) as client:
        yield client


async def test_every_bad_field_is_named(things: httpx.AsyncClient) -> None:
    answer = await things.post("/api/v1/things", json={"amount": "x", "other": 1})
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"
    assert {e["pointer"] for e in answer.json()["errors"]} == {"/name", "/amount", "/other"}
    for body in (b"{", b"\xff\xfe", b"[" * 100_000, b"", b"NaN"):
        bad = await things.post("/api/v1/things", content=body, headers={"content-type": "application/json"})
        assert 400 <= bad.status_code < 500, (body[:10], bad.text)
    assert (await things.post("/api/v1/things", content=b"x" * 3_000_000)).status_code == 413


async def test_errors_roll_back_and_say_nothing_inside(things: httpx.AsyncClient) -> None:
    for mode, status in (("fail", 409), ("bug", 500)):
        answer = await things.post("/api/v1/things", json={"name": "a", "amount": 1, "mode": mode})
        assert answer.status_code == status and "secret" not in answer.text
    answer = await things.post("/api/v1/things", json={"name": "a", "amount": 1})
    assert answer.json() == {"who": "api_key", "count": 1}


async def test_idempotency_key(things: httpx.AsyncClient) -> None:
    body = {"name": "a", "amount": 1, "mode": "slow"}
    headers = {"Idempotency-Key": "k1"}
    answers = await asyncio.gather(*(things.post("/api/v1/things", json=body, headers=headers) for _ in range(5)))
    assert {a.status_code for a in answers} == {201} and {a.text for a in answers} == {answers[0].text}
    assert sum("idempotent-replayed" in a.headers for a in answers) == 4
    other = await things.post("/api/v1/things", json=body | {"amount": 2}, headers=headers)
    assert other.status_code == 422 and "idempotency" in other.json()["type"]
    fresh = await things.post("/api/v1/things", json=body)
    assert fresh.json()["count"] == 2


async def test_a_key_too_long_is_refused_not_cut(things: httpx.AsyncClient) -> None:
    """Two long keys that begin alike are two keys: cut short, the second request would get the first one's answer."""
    body = {"name": "a", "amount": 1}
    longest = {"Idempotency-Key": "k" * 200}
    assert (await things.post("/api/v1/things", json=body, headers=longest)).status_code == 201
    for key in ("k" * 201, "k" * 200 + "other"):
        answer = await things.post("/api/v1/things", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 422
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/headers/Idempotency-Key"]


async def test_who_may(things: httpx.AsyncClient, services: Services, shop: UUID, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/health/ready")).status_code == 200
    async with services.database.write(shop) as session:
        _, narrow = await create_api_key(session, "narrow", ["orders:read"])
    for header, status in (
        ({}, 401),
        ({"Authorization": "Bearer cb_wrong"}, 401),
        ({"Authorization": f"Bearer {narrow}"}, 403),
    ):
        things.headers.pop("Authorization", None)
        answer = await things.post("/api/v1/things", json={"name": "a", "amount": 1}, headers=header)
        assert answer.status_code == status, answer.text


async def test_a_route_without_permission_stops_the_start(services: Services) -> None:
    @post("/api/v1/open", operation_id="open")
    async def open_route() -> None: ...

    with pytest.raises(Undeclared):
        create_app(services, extra=(open_route,))
