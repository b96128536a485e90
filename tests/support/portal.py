"""A furnished shop with a catalogue, orders with parcels, and a customer with a browser and a mailbox."""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from comeback.merchants.schemas import Brand
from comeback.merchants.service import connection, get_shop, hook_token, set_brand
from comeback.portal.routes.tracking import CACHE
from tests.conftest import MakeWorld
from tests.factories.orders import line_body, order_body
from tests.factories.products import product_body
from tests.support.world import CARRIER_SECRET, World

BRAND = Brand(
    primary="#c26a43", primary_dark="#8f4526", radius=14, support_email="hallo@casa.example",
    support_hours="Mo–Fr 9–17 Uhr", address="Casa Lume GmbH, Lindenallee 4, 04109 Leipzig",
)  # fmt: skip


@dataclass
class Customer:
    """Somebody who bought; `browser` has no credentials of the shop."""

    world: World
    browser: httpx.AsyncClient
    slug: str
    hook: str

    async def order(self, key: str, lines: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
        """An order of two shirts and a candle, placed five days ago, paid by card at the provider."""
        placed = {"placed_at": (datetime.now(UTC) - timedelta(days=5)).isoformat()}
        body = order_body(key, lines or shirts(), **(placed | fields))
        tender = body["tenders"][0]
        await self.world.pay(tender["provider_ref"], tender["amount"])
        return await self.world.post("/api/v1/orders", body, 201)

    async def ship(self, order: dict[str, Any], number: str, *events: tuple[str, float, str], **fields: Any) -> str:
        """A parcel with events (status, hours ago, city); answers the path of the order's page."""
        sent = {"carrier": "sandbox", "service": "standard", "tracking_number": number}
        shipped = {"shipped_at": ago(90)}
        made = await self.world.post(f"/api/v1/orders/{order['id']}/shipments", sent | shipped | fields, 201)
        if events:
            await self.tell(number, *events)
        await self.world.drain()
        CACHE.clear()
        return urlsplit(made["tracking_url"]).path

    async def tell(self, number: str, *events: tuple[str, float, str]) -> None:
        """The carrier reports."""
        told = [
            {"id": f"{number}-{i}-{hours}", "code" if what.isupper() else "status": what, "description": what,
             "occurred_at": ago(hours), "city": city, "country": "DE"}
            for i, (what, hours, city) in enumerate(events)
        ]  # fmt: skip
        body = {"carrier": "sandbox", "tracking_number": number, "events": told}
        raw = msgspec.json.encode(body)
        sign = hmac.new(CARRIER_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        answer = await self.browser.post(f"/hooks/carrier/{self.hook}", content=raw, headers={"X-Signature": sign})
        assert answer.status_code == 200, answer.text

    async def delivered(self, key: str, **fields: Any) -> dict[str, Any]:
        """An order that arrived yesterday; its page is under `page`."""
        order = await self.order(key, **fields)
        page = await self.ship(order, f"SB{key}", ("in_transit", 60, "Leipzig"), ("delivered", 20, "Berlin"))
        return order | {"page": page}

    async def code(self, address: str) -> str:
        """The code that was mailed last."""
        await self.world.drain()
        texts = [str(m.get_body(("plain",)).get_content()) for m in await self.world.mails(address)]  # type: ignore[union-attr]
        found = [m.group(1) for t in texts if (m := re.search(r"\b([2-9A-HJ-NP-Z]{3} [2-9A-HJ-NP-Z]{3})\b", t))]
        assert found, texts
        return found[-1]

    async def claim(self, number: str, proof: str) -> str:
        """Asks for a code; answers the path of the page that wants it."""
        answer = await self.browser.post(f"/{self.slug}/returns?lang=en", data={"number": number, "proof": proof})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def enter(self, key: str) -> None:
        """Into the portal with the mailed code of the order `key`."""
        address = f"ada.{key}@example.com"
        where = await self.claim(f"#{key}", address)
        answer = await self.browser.post(where, data={"code": await self.code(address)})
        assert answer.status_code == 303, answer.text

    async def answer(self, step: str, fields: dict[str, Any]) -> httpx.Response:
        """Fills in a screen of the wizard as a form without script would."""
        page = await self.browser.get(f"/{self.slug}/returns/new/{step}?lang=en")
        assert page.status_code == 200, (page.status_code, page.headers.get("location"))
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        return await self.browser.post(f"/{self.slug}/returns/new/{step}?lang=en", data=hidden | fields)

    async def lines(self) -> list[str]:
        """Ids of the lines that can be chosen."""
        page = await self.browser.get(f"/{self.slug}/returns/new/items?lang=en")
        return re.findall(r'name="line" value="([^"]+)"', page.text)


def ago(hours: float) -> str:
    """A moment before now, RFC 3339."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def variants() -> list[dict[str, Any]]:
    """Sizes at the price that the shirt was sold for, and one that is dearer."""
    return [
        {"external_id": f"p1-{size}", "sku": f"p1-{size}", "title": f"Shirt / {size}", "price": price,
         "tax_rate_bp": 800, "options": {"Size": size}, "stock": [{"location": "main", "quantity": 3}]}
        for size, price in (("S", 5000), ("M", 5000), ("L", 4500), ("XL", 9000))
    ]  # fmt: skip


def shirts() -> list[dict[str, Any]]:
    """Two shirts of size S and a candle that stays sold."""
    return [
        line_body("l1", 5000, 2, tax=800, title="Linen shirt", product_id="p1", variant_id="p1-S",
                  attributes={"Size": "S"}),
        line_body("l2", 1650, 1, title="Beeswax candle", final_sale=True),
    ]  # fmt: skip


@pytest.fixture
async def customer(make_world: MakeWorld) -> AsyncIterator[Customer]:
    """A customer of a branded shop."""
    world = await make_world(name="Casa Lume", locale="en", country="DE", currency="EUR")
    await world.post("/api/v1/products", product_body("p1", variants()))
    async with world.services.database.write(world.shop) as session:
        shop = await set_brand(session, None, BRAND)
        row = await connection(session, "carrier")
        assert row is not None
        hook = await hook_token(session, world.services.vault, row)
        slug = (await get_shop(session)).slug
    del shop
    CACHE.clear()
    async with httpx.AsyncClient(base_url=world.base_url, timeout=30) as browser:
        yield Customer(world, browser, slug, hook)
