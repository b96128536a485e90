"""Ways to more power than was given: other people's mails, stored answers, accounts of those above, foreign shops."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, get_args
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text

from comeback.app.wiring import Services
from comeback.merchants.schemas import StaffIn
from comeback.merchants.service import create_staff, forget_all
from tests.integration.merchants.test_settings import token_of as invitation_token
from tests.support.desk import PASSWORD, somebody
from tests.support.world import World

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
SHOWING = {"secret", "password"}
"""Fields of answers that open a door."""


@pytest.fixture(autouse=True)
async def nothing_remembered() -> AsyncIterator[None]:
    forget_all()
    yield
    forget_all()


async def invite(world: World, browser: httpx.AsyncClient, email: str, role: str = "owner") -> dict[str, Any]:
    """An invitation that has arrived."""
    made = await browser.post("/api/v1/staff", json={"email": email, "name": "New", "role": role})
    assert made.status_code == 201, made.text
    await world.drain()
    return dict(made.json())


async def test_nobody_at_the_desk_reads_an_invitation(world: World) -> None:
    """A viewer who could read the mail to a new owner would be that owner."""
    async with somebody(world, "owner") as owner, somebody(world, "viewer") as viewer:
        await invite(world, owner.browser, "boss@shop.example")
        token = await invitation_token(world)
        for person in (viewer, owner):
            listed = await person.browser.get("/api/v1/messages")
            mail = next(m for m in listed.json()["items"] if m["template"] == "staff_invitation")
            assert mail["subject"] is None
            detail = await person.browser.get(f"/api/studio/messages/{mail['id']}")
            assert detail.json()["message"]["has_html"] is False
            raw = await person.browser.get(f"/api/v1/messages/{mail['id']}/raw")
            html = await person.browser.get(f"/api/studio/messages/{mail['id']}/html")
            assert (raw.status_code, html.status_code) == (404, 404), (raw.text, html.text)
            assert not any(token in answer.text for answer in (listed, detail, raw, html))


async def test_an_invited_owner_is_no_owner_yet(world: World) -> None:
    """The invitation may run out: until it is taken the shop would have nobody."""
    async with somebody(world, "owner") as owner:
        await invite(world, owner.browser, "next@shop.example")
        people = (await owner.browser.get("/api/v1/staff")).json()["items"]
        me = next(p for p in people if p["email"] == owner.email)
        assert (await owner.browser.delete(f"/api/v1/staff/{me['id']}")).status_code == 409
        other = next(p for p in people if p["email"] == "next@shop.example")
        assert (await owner.browser.delete(f"/api/v1/staff/{other['id']}")).status_code == 204


async def test_a_weak_key_touches_nobody_above_it(make_client: MakeClient, world: World) -> None:
    weak = await make_client(world.shop, ["settings:read", "settings:write", "staff:write"])
    async with somebody(world, "owner"), somebody(world, "owner") as second:
        people = (await weak.get("/api/v1/staff")).json()["items"]
        path = f"/api/v1/staff/{next(p['id'] for p in people if p['email'] == second.email)}"
        for body in ({"active": False}, {"active": True}):
            assert (await weak.patch(path, json=body)).status_code == 403
        assert (await weak.delete(path)).status_code == 403
        assert (await second.browser.get("/api/studio/session")).status_code == 200


async def test_invitations_of_strangers_lock_nobody_out(
    world: World, make_shop: Callable[..., Awaitable[UUID]], make_client: MakeClient, services: Services
) -> None:
    """An address is tried in a few shops only: shops that merely invited it must not use them up."""
    email = "wanted@shop.example"
    for _ in range(6):
        stranger = await make_client(await make_shop())
        asked = {"email": email, "name": "W", "role": "viewer"}
        assert (await stranger.post("/api/v1/staff", json=asked)).status_code == 201
    async with services.database.write(world.shop) as session:
        await create_staff(session, None, StaffIn(email=email, name="W", password=PASSWORD, role="viewer"))
    async with httpx.AsyncClient(base_url=world.base_url) as browser:
        answer = await browser.post("/api/studio/session", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        assert answer.json()["shop"]["id"] == str(world.shop)


async def test_an_invitation_leads_into_the_shop_that_sent_it(
    world: World, services: Services, other_shop: UUID
) -> None:
    """Also a person who works elsewhere with the same password."""
    email = "both@shop.example"
    async with services.database.write(other_shop) as session:
        await create_staff(session, None, StaffIn(email=email, name="B", password=PASSWORD, role="viewer"))
    async with somebody(world, "owner") as owner:
        await invite(world, owner.browser, email, "agent")
    body = {"token": await invitation_token(world), "password": PASSWORD}
    async with httpx.AsyncClient(base_url=world.base_url) as fresh:
        came = await fresh.post("/api/studio/invitation", json=body)
        assert came.status_code == 201, came.text
        assert came.json()["shop"]["id"] == str(world.shop)


async def test_a_stored_answer_shows_no_secret(client: httpx.AsyncClient, services: Services, shop: UUID) -> None:
    headers = {"Idempotency-Key": "once"}
    asked: dict[str, Any] = {"name": "Till", "scopes": ["orders:read"]}
    first, again = [await client.post("/api/v1/api-keys", json=asked, headers=headers) for _ in range(2)]
    assert first.status_code == again.status_code == 201, again.text
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    headers = {"Idempotency-Key": "twice"}
    asked = {"url": "https://hooks.example.com/in", "events": ["*"]}
    made = await client.post("/api/v1/webhooks", json=asked, headers=headers)
    assert made.status_code == 201, made.text
    async with services.database.read(shop) as session:
        found = await session.execute(text("SELECT body FROM idempotency_keys WHERE shop_id = :s"), {"s": shop})
        bodies = b"\n".join(found.scalars())
    assert first.json()["key"].encode() not in bodies
    assert made.json()["secret"].encode() not in bodies
    assert bodies.count(b"v1.") == 2


def showing(kind: Any, seen: set[Any]) -> bool:
    """Whether an answer of this type has a field that opens a door."""
    if kind in seen:
        return False
    seen.add(kind)
    parts = list(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if SHOWING & set(kind.__struct_fields__):
            return True
        parts += [field.type for field in msgspec.structs.fields(kind)]
    return any(showing(part, seen) for part in parts)


def test_every_route_that_shows_a_secret_says_so(app: Any) -> None:
    while not isinstance(app, Litestar):
        app = app.app
    found = [h for route in app.routes for h in getattr(route, "route_handlers", ()) if "POST" in h.http_methods]
    handlers = {h.operation_id: h for h in found}
    wanted = {name for name, h in handlers.items() if showing(h.parsed_fn_signature.return_type.annotation, set())}
    assert wanted >= {"createWebhook", "rotateWebhookSecret"}
    wanted.add("createApiKey")
    assert {name for name in wanted if not handlers[name].opt.get("secret")} == set()
