"""The settings through the API: look, people, keys, domains with a real name server, and the log of it all."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import dns.message
import dns.rcode
import dns.rrset
import httpx
import msgspec
import pytest
from PIL import Image
from sqlalchemy import text

from comeback.app.http import create_app
from comeback.app.wiring import Services
from comeback.core.settings import MailSettings
from comeback.merchants.service import forget_all
from tests.support.desk import PASSWORD, Desk, somebody
from tests.support.world import World

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture(autouse=True)
async def nothing_remembered() -> AsyncIterator[None]:
    forget_all()
    yield
    forget_all()


@pytest.fixture
async def owner(world: World) -> AsyncIterator[Desk]:
    """The shop's only owner."""
    async with somebody(world, "owner") as made:
        yield made


def png(width: int = 900, height: int = 300, kind: str = "PNG") -> bytes:
    """A picture with a text chunk, which a redrawn one has no more."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#2f5d50").save(out, kind, comment=b"canary")
    return out.getvalue()


async def test_the_look_changes_field_by_field(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    answer = await client.patch("/api/v1/shop", json={"brand": {"primary": "#7a1f5c", "radius": 4}})
    assert answer.status_code == 200, answer.text
    told = (await client.get("/api/v1/shop")).json()
    assert (told["brand"]["primary"], told["brand"]["radius"]) == ("#7a1f5c", 4)
    bad = await client.patch(
        "/api/v1/shop", json={"timezone": "Mars/Base", "brand": {"primary": "red;}", "logo_url": "javascript:1"}}
    )
    assert bad.status_code == 422
    assert {e["pointer"] for e in bad.json()["errors"]} == {"/timezone", "/brand/primary", "/brand/logo_url"}
    assert (await client.get("/api/v1/shop")).json()["brand"]["primary"] == "#7a1f5c"
    assert (await anonymous.patch("/api/v1/shop", json={"name": "x"})).status_code == 401


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_logo_is_drawn_anew_and_shown_to_anyone(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, kind: str
) -> None:
    answer = await client.put("/api/v1/shop/logo", content=png(kind=kind))
    assert answer.status_code == 200, answer.text
    path = re.sub(r"^https?://[^/]+", "", answer.json()["url"])
    seen = await anonymous.get(path)
    assert seen.status_code == 200
    assert seen.headers["content-type"] == "image/png"
    assert b"canary" not in seen.content
    with Image.open(io.BytesIO(seen.content)) as picture:
        assert picture.size == (640, 213)


@pytest.mark.parametrize(
    "data", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"x" * 100, b"GIF89a", png()[:200]]
)
async def test_what_is_no_picture_is_refused(client: httpx.AsyncClient, data: bytes) -> None:
    answer = await client.put("/api/v1/shop/logo", content=data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/logo"


async def test_no_other_blob_is_served_as_a_logo(services: Services, shop: UUID, anonymous: httpx.AsyncClient) -> None:
    key = await services.blobs.put(shop, "label.pdf", b"secret", "application/pdf")
    name = key.rsplit("/", 1)[1]
    for path in (name, f"{name.split('-')[0]}.png", "..%2f..%2fx.png"):
        assert (await anonymous.get(f"/media/brand/{shop}/{path}")).status_code == 404


async def test_an_invitation_lets_in_once(owner: Desk) -> None:
    world, browser = owner.world, owner.browser
    asked = {"email": "New.Person@shop.example", "name": "New Person", "role": "agent"}
    made = await browser.post("/api/v1/staff", json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "invited"
    assert (await browser.post("/api/v1/staff", json=asked)).status_code == 409
    await world.drain()
    token = await token_of(world)
    async with httpx.AsyncClient(base_url=world.base_url) as fresh:
        assert (
            await fresh.post("/api/studio/session", json={"email": asked["email"], "password": "!"})
        ).status_code == 401
        told = await fresh.post("/api/studio/invitation/look", json={"token": token})
        assert told.json()["name"] == "New Person"
        weak = await fresh.post("/api/studio/invitation", json={"token": token, "password": "short"})
        assert weak.status_code == 422
        tries = [fresh.post("/api/studio/invitation", json={"token": token, "password": PASSWORD}) for _ in range(2)]
        codes = sorted(answer.status_code for answer in await asyncio.gather(*tries))
        assert codes == [201, 404]
        assert (await fresh.post("/api/studio/invitation/look", json={"token": token})).status_code == 404
    people = {p["email"]: p for p in (await browser.get("/api/v1/staff")).json()["items"]}
    assert people[asked["email"]]["state"] == "active"
    assert (await browser.post(f"/api/v1/staff/{made.json()['id']}/invite")).status_code == 409


async def token_of(world: World) -> str:
    """The token in the invitation mailed last."""
    async with world.services.database.read(world.shop) as session:
        found = await session.execute(
            text("SELECT data->'invitation'->>'url' FROM messages WHERE shop_id = :shop "
                 "AND template = 'staff_invitation' "
                 "AND state = 'accepted' ORDER BY id DESC LIMIT 1"), {"shop": world.shop},
        )  # fmt: skip
        return str(found.scalar_one()).split("#")[1]


async def test_a_new_link_ends_the_old_one(owner: Desk) -> None:
    world, browser = owner.world, owner.browser
    made = (await browser.post("/api/v1/staff", json={"email": "x@shop.example", "name": "X", "role": "viewer"})).json()
    await world.drain()
    first = await token_of(world)
    assert (await browser.post(f"/api/v1/staff/{made['id']}/invite")).status_code == 200
    await world.drain()
    second = await token_of(world)
    async with httpx.AsyncClient(base_url=world.base_url) as fresh:
        codes = [
            (await fresh.post("/api/studio/invitation/look", json={"token": t})).status_code for t in (first, second)
        ]
    assert codes == [404, 200]


async def test_the_last_owner_stays(owner: Desk) -> None:
    browser = owner.browser
    me = next(p for p in (await browser.get("/api/v1/staff")).json()["items"] if p["email"] == owner.email)
    for body in ({"role": "viewer"}, {"active": False}):
        assert (await browser.patch(f"/api/v1/staff/{me['id']}", json=body)).status_code == 409
    assert (await browser.delete(f"/api/v1/staff/{me['id']}")).status_code == 409


async def test_nobody_gives_more_than_they_have(make_client: MakeClient, world: World) -> None:
    weak = await make_client(world.shop, ["settings:read", "settings:write", "staff:write"])
    invited = await weak.post("/api/v1/staff", json={"email": "boss@x.example", "name": "Boss", "role": "owner"})
    assert invited.status_code == 403
    key = await weak.post("/api/v1/api-keys", json={"name": "wide", "scopes": ["refunds:write"]})
    assert key.status_code == 403
    async with somebody(world, "agent") as agent:
        assert (await agent.browser.post("/api/v1/api-keys", json={"name": "a", "scopes": []})).status_code == 403
        person = (await agent.browser.get("/api/v1/staff")).json()["items"][0]
        assert (await agent.browser.patch(f"/api/v1/staff/{person['id']}", json={"role": "owner"})).status_code == 403


async def test_a_key_is_shown_once_and_ends(client: httpx.AsyncClient, app: Any) -> None:
    made = await client.post("/api/v1/api-keys", json={"name": "Till", "scopes": ["orders:read", "settings:read"]})
    plain = made.json()["key"]
    assert plain not in (await client.get("/api/v1/api-keys")).text
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers={"Authorization": f"Bearer {plain}"}
    ) as till:
        assert (await till.get("/api/v1/shop")).status_code == 200
        assert (await client.delete(f"/api/v1/api-keys/{made.json()['view']['id']}")).status_code == 204
        assert (await till.get("/api/v1/shop")).status_code == 401


async def test_another_shop_sees_and_touches_nothing(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient
) -> None:
    key = (await client.post("/api/v1/api-keys", json={"name": "mine", "scopes": ["orders:read"]})).json()["view"]["id"]
    domain = (await client.post("/api/v1/sending-domains", json={"domain": "mine.example"})).json()["id"]
    assert (await other_client.delete(f"/api/v1/api-keys/{key}")).status_code == 404
    assert (await other_client.post(f"/api/v1/sending-domains/{domain}/verify")).status_code == 404
    assert "mine" not in (await other_client.get("/api/v1/api-keys")).text
    assert "mine.example" not in (await other_client.get("/api/v1/sending-domains")).text


class Zone(asyncio.DatagramProtocol):
    """A name server with what is put into `texts`; a name mapped to None gets a server failure."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str] | None] = {}
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        name = query.question[0].name
        found = self.texts.get(name.to_text(omit_final_dot=True), [])
        if found is None:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            parts = [" ".join(f'"{v[i : i + 200]}"' for i in range(0, len(v), 200)) for v in found]
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *parts))
        assert self.transport
        self.transport.sendto(answer.to_wire(), addr)


@pytest.fixture
async def zone() -> AsyncIterator[tuple[Zone, str]]:
    """A name server on loopback, and where it listens."""
    made = Zone()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: made, local_addr=("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    yield made, f"{host}:{port}"
    transport.close()


async def test_a_domain_is_verified_by_its_real_records(
    services: Services, make_client: MakeClient, shop: UUID, zone: tuple[Zone, str]
) -> None:
    known, at = zone
    settings = msgspec.structs.replace(
        services.settings, mail=MailSettings(domain="mail.platform.example", resolver=at)
    )
    key = (await make_client(shop)).headers["Authorization"]
    there = create_app(_with(services, settings))
    transport = httpx.ASGITransport(app=there)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={"Authorization": key}) as client:
        made = (await client.post("/api/v1/sending-domains", json={"domain": "Shop.Example."})).json()
        assert made["domain"] == "shop.example"
        path = f"/api/v1/sending-domains/{made['id']}/verify"
        nothing = (await client.post(path)).json()
        assert {r["state"] for r in nothing["records"]} == {"missing"}
        assert nothing["verified_at"] is None
        records = {r["purpose"]: r for r in made["records"]}
        known.texts[records["dkim_orders"]["host"]] = [records["dkim_orders"]["value"]]
        known.texts[records["dkim_news"]["host"]] = ["v=DKIM1; k=rsa; p=AAAA"]
        known.texts["shop.example"] = ["v=spf1 include:_spf.other.example ~all", "unrelated=1"]
        known.texts["_dmarc.shop.example"] = None
        half = {r["purpose"]: r["state"] for r in (await client.post(path)).json()["records"]}
        assert half == {"dkim_orders": "good", "dkim_news": "wrong", "spf": "wrong", "dmarc": "unanswered"}
        known.texts[records["dkim_news"]["host"]] = [records["dkim_news"]["value"]]
        known.texts["shop.example"] = ["v=spf1 include:mail.platform.example -all"]
        known.texts["_dmarc.shop.example"] = ["v=DMARC1; p=quarantine"]
        whole = (await client.post(path)).json()
        assert {r["state"] for r in whole["records"]} == {"good"}
        assert whole["verified_at"]
        assert (await client.get("/api/v1/sending-domains")).json()["items"][0]["verified_at"]


def _with(services: Services, settings: Any) -> Services:
    return Services(**{**{f: getattr(services, f) for f in Services.__dataclass_fields__}, "settings": settings})


async def test_a_password_change_ends_the_other_sessions(owner: Desk) -> None:
    async with httpx.AsyncClient(
        base_url=owner.world.base_url, headers={"User-Agent": "Firefox/140 (Windows)"}
    ) as other:
        login = await other.post("/api/studio/session", json={"email": owner.email, "password": PASSWORD})
        assert login.status_code == 201
        sessions = await owner.get("profile/sessions")
        assert [s["device"] for s in sessions if not s["current"]] == ["Firefox · Windows"]
        wrong = await owner.browser.post(
            "/api/studio/profile/password", json={"current": "no", "password": "another long one"}
        )
        assert wrong.json()["errors"][0]["pointer"] == "/current"
        good = await owner.browser.post(
            "/api/studio/profile/password", json={"current": PASSWORD, "password": "another long one"}
        )
        assert good.status_code == 200, good.text
        assert (await other.get("/api/studio/session")).status_code == 401
    assert len(await owner.get("profile/sessions")) == 1


async def test_a_session_is_ended_from_afar(owner: Desk) -> None:
    async with httpx.AsyncClient(base_url=owner.world.base_url) as other, somebody(owner.world, "agent") as agent:
        await other.post("/api/studio/session", json={"email": owner.email, "password": PASSWORD})
        far = next(s["id"] for s in await owner.get("profile/sessions") if not s["current"])
        assert (await agent.browser.delete(f"/api/studio/profile/sessions/{far}")).status_code == 404
        assert (await owner.browser.delete(f"/api/studio/profile/sessions/{far}")).status_code == 204
        assert (await other.get("/api/studio/session")).status_code == 401
