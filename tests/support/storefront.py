"""A shop with a Shopify storefront at the sandbox, its webhooks coming in over real HTTP."""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from comeback.core.db import rows
from tests.support.world import World

SECRET = "shopify-tests"
ROOT = Path(__file__).resolve().parents[2]
ADDRESS = {
    "first_name": "Ada",
    "last_name": "L",
    "address1": "Weg 1",
    "zip": "10115",
    "city": "Berlin",
    "country": "DE",
}


def shared_bodies() -> Path:
    """The folder of real bodies; skips where it is not there."""
    folder = Path(os.environ.get("COMEBACK_DATA", ROOT.parent / "shared" / "data")) / "shopify"
    if not folder.is_dir():
        pytest.skip("the folder of real bodies is not here")
    return folder


def sign(body: bytes, secret: str = SECRET) -> str:
    """What Shopify puts into X-Shopify-Hmac-Sha256."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


@dataclass
class Storefront:
    """A furnished shop and its storefront. `domain` is also the key of the sandbox's shop."""

    world: World
    domain: str
    token: str
    id: UUID
    hook: str

    async def desk(self, path: str, body: Any, method: str = "POST") -> Any:
        """What buyers and packers do at the shop."""
        url = f"{self.world.urls.storefront}/desk{path}"
        answer = await self.world.outside.request(method, url, json={"shop": self.domain} | body)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    async def buy(self, **more: Any) -> dict[str, Any]:
        """An order at the till: two shirts with VAT inside, paid."""
        body: dict[str, Any] = {
            "email": f"ada.{self.domain.split('.')[0]}@example.com", "first_name": "Ada", "last_name": "L",
            "address": ADDRESS, "locale": "de",
            "lines": [{"title": "Shirt", "sku": "A-S", "price": 5000, "quantity": 2, "tax_rate_bp": 1900}],
            "shipping": {"price": 490, "tax_rate_bp": 1900},
        }  # fmt: skip
        return await self.desk("/orders", body | more)

    async def order(self, shop_order: int) -> dict[str, Any]:
        """The sandbox's order as the desk shows it."""
        url = f"{self.world.urls.storefront}/desk/orders/{shop_order}"
        answer = await self.world.outside.get(url, params={"shop": self.domain})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ours(self, shop_order: object) -> dict[str, Any] | None:
        """Our order of that number at the shop."""
        found = (await self.world.get("/api/v1/orders", external_id=str(shop_order)))["items"]
        return found[0] if found else None

    async def deliver(self, topic: str, body: Any, **change: str) -> int:
        """One signed delivery; `change` replaces headers. Answers the status."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-Hmac-Sha256": sign(raw),
            "X-Shopify-Webhook-Id": hashlib.sha256(raw).hexdigest()[:20],
            "Content-Type": "application/json",
        } | {name.replace("_", "-"): value for name, value in change.items()}
        answer = await self.world.client.post(self.hook, content=raw, headers=headers)
        return answer.status_code

    async def ask(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of the shop."""
        async with self.world.services.database.read(self.world.shop) as session:
            return rows(await session.execute(text(sql), values))

    async def faults(self, **change: Any) -> None:
        """Misbehaviour of the storefront."""
        await self.world.control("/storefront/faults", change)

    async def well(self) -> None:
        """The end of all misbehaviour."""
        answer = await self.world.outside.delete(f"{self.world.urls.control}/storefront/faults")
        assert answer.status_code < 300


async def open_storefront(world: World, *, ring: bool = True, **shop: Any) -> Storefront:
    """Opens a shop at the sandbox and connects it. `ring` false: it sends no webhooks."""
    domain, token = f"s{world.shop.hex[-14:]}.myshopify.com", f"shpat_{world.shop.hex}"
    known = {"domain": domain, "access_token": token, "api_secret": SECRET} | shop
    await world.control("/config", {"shopify": [known]})
    body = {"shop": domain, "access_token": token, "api_secret": SECRET}
    made = await world.post("/api/v1/connections/shopify", body, expect=200)
    hook = "/hooks/" + made["hook_url"].split("/hooks/")[1]
    # The address in the settings is not the tests' server: the shop gets the right one by hand.
    async with world.services.database.machinery() as session:
        await session.execute(
            text("DELETE FROM outbox WHERE shop_id = :shop AND job = 'storefronts.subscribe'"), {"shop": world.shop}
        )
    if ring:
        await world.control("/config", {"shopify": [known | {"webhook_url": f"{world.base_url}{hook}"}]})
    return Storefront(world, domain, token, UUID(made["id"]), hook)
