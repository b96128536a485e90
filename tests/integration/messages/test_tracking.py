"""Pixel, clicks and unsubscribe, through the whole application."""

import asyncio
import re
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from comeback.app.wiring import Services
from comeback.core.db import Database
from comeback.customers import service as customers
from comeback.kit.languages import LANGUAGES
from comeback.messages.sender.loop import Sender
from comeback.messages.tracking.handlers import KNOWN
from tests.integration.messages.conftest import Person, PlanOne
from tests.integration.messages.smtp import SmtpServer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sent(sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne, ready: UUID) -> dict[str, Any]:
    """A mail with offers that was accepted, and the addresses in it."""
    customer = await person(consent=True)
    message = await plan_one(customer)
    await sender.run_once()
    html = str(server.taken[0].parsed.get_body(("html",)).get_content())
    return {
        "message": message, "customer": customer, "pixel": re.search(r'src="[^"]*(/o/[^"]+)"', html).group(1),
        "clicks": sorted(set(re.findall(r'href="[^"]*(/c/[^"]+)"', html))),
        "unsubscribe": re.search(r'href="[^"]*(/u/[^"]+)"', html).group(1),
    }  # fmt: skip


async def hits(services: Services, shop: UUID) -> list[tuple[str, int | None]]:
    await KNOWN[services.database].recorder.close()
    async with services.database.read(shop) as session:
        found = await session.execute(text("SELECT kind, link FROM hits WHERE shop_id = :s ORDER BY id"), {"s": shop})
        return [(r.kind, r.link) for r in found]


async def test_pixel(anonymous: httpx.AsyncClient, services: Services, ready: UUID, sent: dict[str, Any]) -> None:
    agent = {"User-Agent": "Mozilla/5.0 (iPhone) Mail"}
    for _ in range(2):
        answer = await anonymous.get(sent["pixel"], headers=agent)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
        assert "set-cookie" not in answer.headers
        assert answer.content.startswith(b"GIF89a")
    assert (await anonymous.head(sent["pixel"])).status_code == 200
    for bad in ("/o/nonsense.gif", "/o/.gif", "/o/", sent["pixel"].replace(".gif", "x.gif"), sent["pixel"][:-4]):
        assert (await anonymous.get(bad)).content.startswith(b"GIF89a")
    assert await hits(services, ready) == [("open", None), ("open", None)]
    async with services.database.read(ready) as session:
        found = (await session.execute(text("SELECT * FROM hits WHERE shop_id = :s LIMIT 1"), {"s": ready})).mappings()
        one = dict(found.one())
    assert one["delay_ms"] >= 0
    assert one["agent"] == agent["User-Agent"]
    assert "127.0.0.1" not in one["ip"]


async def test_clicks(
    anonymous: httpx.AsyncClient, client: httpx.AsyncClient, services: Services, ready: UUID, sent: dict[str, Any]
) -> None:
    first = sent["clicks"][0]
    answer = await anonymous.get(first + "?r=https://evil.example&x=1", headers={"User-Agent": "Firefox"})
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://shop.example/")
    assert (await anonymous.head(first)).status_code == 302
    middle = len(first) // 2
    flipped = first[:middle] + ("A" if first[middle] != "A" else "B") + first[middle + 1 :]
    for bad in (flipped, first.split(".")[0], first.rpartition(".")[0] + ".99", first.rpartition(".")[0] + ".-1",
                "/c/", "/c/https://evil.example", first.replace("/c/", "/c/x")):  # fmt: skip
        assert (await anonymous.get(bad)).status_code == 404, bad
    assert (await anonymous.get(sent["pixel"].replace("/o/", "/c/").replace(".gif", ".0"))).status_code == 404
    number = int(first.rpartition(".")[2])
    assert await hits(services, ready) == [("click", number)]
    listed = (await client.get("/api/v1/messages", params={"customer": str(sent["customer"])})).json()
    assert listed["items"][0]["id"] == str(sent["message"])
    counted = listed["items"][0]["clicks"]
    assert sum(counted.values()) == 1


async def test_a_scanner_that_follows_everything_changes_nothing(
    anonymous: httpx.AsyncClient, database: Database, services: Services, client: httpx.AsyncClient, ready: UUID,
    sent: dict[str, Any],
) -> None:  # fmt: skip
    tables = ("messages", "links", "consents", "suppressions", "customers", "message_bodies", "outbox")
    before = await digest(database, ready, tables)
    for _ in range(2):
        for path in (*sent["clicks"], sent["unsubscribe"], sent["pixel"]):
            assert (await anonymous.get(path, headers={"User-Agent": "Mozilla/5.0"})).status_code in (200, 302)
            await anonymous.head(path)
    await KNOWN[services.database].recorder.close()
    assert await digest(database, ready, tables) == before
    async with database.read(ready) as session:
        assert (await customers.may_market(session, [sent["customer"]]))[sent["customer"]]
    (shown,) = (await client.get("/api/v1/messages")).json()["items"]
    assert shown["clicks"]["human"] == 0
    assert shown["clicks"]["machine"] == 2 * len(sent["clicks"])


async def digest(database: Database, shop: UUID, tables: tuple[str, ...]) -> list[str]:
    async with database.read(shop) as session:
        return [
            (
                await session.execute(
                    text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t "
                         "WHERE shop_id = :s"), {"s": shop},
                )
            ).scalar_one()
            for name in tables
        ]  # fmt: skip


async def test_one_click_unsubscribe(
    anonymous: httpx.AsyncClient, database: Database, ready: UUID, sent: dict[str, Any], sender: Sender,
    server: SmtpServer, plan_one: PlanOne,
) -> None:  # fmt: skip
    page = await anonymous.get(sent["unsubscribe"])
    assert page.status_code == 200
    assert '<form method="post">' in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    bodies: list[dict[str, Any]] = [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b"", "headers": {"Content-Type": "text/plain"}},
        {"content": b'{"customer": "other"}', "headers": {"Content-Type": "application/json"}},
    ]
    for body in bodies:
        answer = await anonymous.post(sent["unsubscribe"], **body)
        assert answer.status_code == 200
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers
    async with database.read(ready) as session:
        assert not (await customers.may_market(session, [sent["customer"]]))[sent["customer"]]
    for path in ("/u/nonsense", sent["unsubscribe"][:-3] + "abc"):
        assert (await anonymous.get(path)).status_code == 404
        assert (await anonymous.post(path)).status_code == 404
    await plan_one(sent["customer"], entry="next")
    await sender.run_once()
    assert len(server.taken) == 2
    assert server.taken[1].parsed["List-Unsubscribe"] is None
    assert "PREVIEW-7QX4" not in server.taken[1].raw.decode()


async def test_hits_come_in_batches(
    anonymous: httpx.AsyncClient, services: Services, ready: UUID, sent: dict[str, Any]
) -> None:
    await asyncio.gather(*(anonymous.get(sent["pixel"]) for _ in range(200)))
    assert len(await hits(services, ready)) == 200


async def test_another_shop_sees_nothing(
    other_client: httpx.AsyncClient, client: httpx.AsyncClient, sent: dict[str, Any]
) -> None:
    assert (await other_client.get("/api/v1/messages")).json()["items"] == []
    assert (await other_client.get(f"/api/v1/messages/{sent['message']}/raw")).status_code == 404
    raw = await client.get(f"/api/v1/messages/{sent['message']}/raw")
    assert raw.headers["content-type"].startswith("message/rfc822")
    assert raw.content.startswith(b"DKIM-Signature:")


async def test_templates_and_previews(client: httpx.AsyncClient, ready: UUID) -> None:
    listed = (await client.get("/api/v1/templates")).json()["items"]
    assert {t["key"] for t in listed} >= {"shipped", "delivered", "return_approved", "refund_on_its_way"}
    assert all(set(t["locales"]) == set(LANGUAGES) for t in listed)
    answer = await client.post("/api/v1/templates/shipped/preview", json={"locale": "de"})
    assert answer.status_code == 200
    assert answer.json()["subject"] == "Ihre Bestellung #1001 ist unterwegs"
    assert "PREVIEW-7QX4" in answer.json()["html"]
    bad = await client.post("/api/v1/templates/shipped/preview", json={"data": {"shipment": {}}})
    assert bad.status_code == 422
    assert (await client.post("/api/v1/templates/nothing/preview", json={})).status_code == 404
