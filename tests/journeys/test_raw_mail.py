"""A mail as it arrives: its form, its signature, its offer by consent, and the way out of marketing (G10, G13, G22)."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import dkim
import httpx
import pytest
from sqlalchemy import text

from comeback.core.clock import clock
from tests.factories.orders import line_body, order_body
from tests.factories.products import product_body
from tests.support.invariants import assert_green
from tests.support.world import World


async def shelves(world: World) -> None:
    """Six articles that people bought together before, and a pool of coupons for offers."""
    for n in range(6):
        variant = {"external_id": f"v{n}", "sku": f"v{n}", "title": f"Thing {n}", "price": 2000, "tax_rate_bp": 1900,
                   "stock": [{"location": "main", "quantity": 9}]}  # fmt: skip
        own_page = {} if n == 5 else {"url": f"https://shop.example/p{n}", "title": f"Thing {n}"}
        await world.post("/api/v1/products", product_body(f"p{n}", [variant], **own_page))
    for n in range(12):
        lines = [line_body(f"l{k}", product_id=f"p{k}", variant_id=f"v{k}") for k in (n % 6, (n + 1) % 6, (n + 2) % 6)]
        past = (datetime.now(UTC) - timedelta(days=60)).isoformat()
        await world.post("/api/v1/orders", order_body(f"past{n}", lines, history=True, placed_at=past), 201)
    await world.post("/api/v1/recommendations/train")
    await world.post("/api/v1/coupons", {"name": "Thanks", "percent": 10, "in_offers": True}, 201)
    await world.drain()


async def deliver(world: World, key: str, granted: bool) -> None:
    """An order of two of the articles, delivered."""
    at = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    consent = {"channel": "email", "purpose": "marketing", "granted": granted, "source": "checkout", "at": at}
    body = order_body(
        key, [line_body("l0", product_id="p0", variant_id="v0")], consents=[consent], customer=person(granted)
    )
    order = await world.post("/api/v1/orders", body, 201)
    number = f"SB{key}{world.shop.hex[-6:]}".upper()
    parcel = {"carrier": "sandbox", "tracking_number": number}
    shipment = await world.post(f"/api/v1/orders/{order['id']}/shipments", parcel, 201)
    await world.control("/carrier/parcels", {"account": world.carrier_key, "tracking_number": number})
    while (await world.get(f"/api/v1/shipments/{shipment['id']}"))["status"] != "delivered":
        await world.control(f"/carrier/parcels/{number}/advance", {"events": 1})
        await world.drain()


def person(granted: bool) -> dict[str, Any]:
    """Somebody who agreed, or somebody who did not."""
    name = "yes" if granted else "no"
    return {"external_id": name, "email": f"{name}@example.com", "first_name": "Ada", "locale": "en"}


async def key_of(world: World) -> Any:
    """The DNS that a verifier would ask."""
    async with world.services.database.read(world.shop) as session:
        found = await session.execute(text("SELECT selector, domain, public_key FROM sending_domains"))
        records = {f"{r.selector}._domainkey.{r.domain}.".encode(): r.public_key for r in found}
    return lambda name, timeout=5: f"v=DKIM1; k=rsa; p={records[name]}".encode()


async def test_the_mail_as_it_arrives(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # The verifier refuses signatures of the future, and other journeys may have moved business time on.
    monkeypatch.setattr(dkim, "time", SimpleNamespace(time=lambda: clock.now().timestamp()))
    await shelves(world)
    for key, granted in ((f"A{world.shop.hex[-4:]}", True), (f"B{world.shop.hex[-4:]}", False)):
        await deliver(world, key, granted)
    dns = await key_of(world)
    offered, plain = await mails(world, "yes"), await mails(world, "no")
    for raw, mail in (*offered, *plain):
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert dkim.verify(raw, dnsfunc=dns)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert all(mail["List-Unsubscribe"] is None for _, mail in plain)
    with_offer = [(raw, mail) for raw, mail in offered if mail["List-Unsubscribe"]]
    assert with_offer, "nobody was offered anything"
    raw, mail = with_offer[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    signed = re.search(rb"h=([^;]+);", raw.replace(b"\r\n ", b"").replace(b"\r\n\t", b""))
    assert signed is not None and b"list-unsubscribe-post" in signed.group(1).lower()
    await leave(world, re.findall(r"<(https?://[^>]+)>", mail["List-Unsubscribe"])[0])
    await assert_green(world.services.database, world.shop)


async def leave(world: World, address: str) -> None:
    """One click: no cookie, no redirect, repeatable; the next parcel is told, without an offer."""
    before = {mail["Message-ID"] for _, mail in await mails(world, "yes")}
    async with httpx.AsyncClient(base_url=world.base_url) as mailer:
        for _ in range(2):
            answer = await mailer.post(urlsplit(address).path, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200 and "location" not in answer.headers and not mailer.cookies
    key = f"C{world.shop.hex[-4:]}"
    at = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    body = order_body(key, [line_body("l0", product_id="p1", variant_id="v1")], customer=person(True), placed_at=at)
    order = await world.post("/api/v1/orders", body, 201)
    parcel = {"carrier": "sandbox", "tracking_number": f"SB{key}{world.shop.hex[-6:]}".upper()}
    await world.post(f"/api/v1/orders/{order['id']}/shipments", parcel, 201)
    await world.drain()
    (new,) = (mail for _, mail in await mails(world, "yes") if mail["Message-ID"] not in before)
    assert new["List-Unsubscribe"] is None


async def mails(world: World, who: str) -> list[tuple[bytes, Any]]:
    """(raw, parsed) mails of this shop to a person, oldest first."""
    found = await world.get("/api/v1/messages", limit=100)
    mine = {m["message_id"] for m in found["items"] if m["message_id"]}
    kept = []
    for mail in await world.mails(f"{who}@example.com"):
        if str(mail["Message-ID"]).strip("<>") in {m.strip("<>") for m in mine}:
            raw = await world.outside.get(
                f"{world.base_url}/api/v1/messages/{mail['X-Message-Ref']}/raw", headers=dict(world.client.headers)
            )
            kept.append((raw.content, mail))
    return kept
