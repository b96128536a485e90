"""A storefront at the sandbox for the tests of its protocols: two Shopify shops, a WooCommerce shop, their desk."""

import base64
import hashlib
import hmac
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from comeback.core.secrets import Secret
from comeback.sandbox.config import Accounts, ShopifyShop, Urls, WooShop
from comeback.vendors.storefronts import Access
from tests.vendors.receiver import Receiver

DOMAIN, OTHER = "demo.myshopify.com", "other.myshopify.com"
TOKEN, OTHER_TOKEN = "shpat_demo", "shpat_other"
API_SECRET = "shpss_secret"
KEY, KEY_SECRET, WOO_SECRET = "ck_demo", "cs_demo", "woo-webhooks"
SHIRT = {
    "title": "Shirt",
    "option_names": ["Size"],
    "variants": [
        {"title": size, "sku": f"A-{size}", "price": 5000, "tax_rate_bp": 1900, "stock": 10, "options": [size]}
        for size in "SM"
    ],
}
ADDRESS = {
    "first_name": "Ada",
    "last_name": "L",
    "address1": "Weg 1",
    "zip": "10115",
    "city": "Berlin",
    "country": "DE",
}


def accounts(receiver: Receiver) -> Accounts:
    """Webhooks of the first Shopify shop and of the WooCommerce shop go to the receiver."""
    return Accounts(
        shopify=[
            ShopifyShop(
                domain=DOMAIN, access_token=TOKEN, api_secret=API_SECRET, webhook_url=f"{receiver.url}/hooks/shopify"
            ),
            ShopifyShop(domain=OTHER, access_token=OTHER_TOKEN, api_secret=API_SECRET),
        ],
        woocommerce=[
            WooShop(
                consumer_key=KEY,
                consumer_secret=KEY_SECRET,
                webhook_url=f"{receiver.url}/hooks/woocommerce",
                webhook_secret=WOO_SECRET,
            )
        ],
    )


def signed(body: bytes, secret: str) -> str:
    """Base64 of HMAC-SHA256, as both systems sign."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass
class Desk:
    """What buyers and packers of one shop do, and its interfaces by hand."""

    http: httpx.AsyncClient
    shop: str
    control: httpx.AsyncClient

    async def __call__(self, path: str, body: dict[str, Any] | None = None, expect: int = 201) -> Any:
        answer = await self.http.post(f"/desk{path}", json={"shop": self.shop} | (body or {}))
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def buy(self, **more: Any) -> dict[str, Any]:
        """Two shirts, ten per cent off, express; paid by hand."""
        known = (await self.http.get("/desk/shops")).json()["items"]
        if not next(it for it in known if it["key"] == self.shop)["orders"]:
            await self("/products", SHIRT)
        body: dict[str, Any] = {
            "email": "ada@example.com",
            "first_name": "Ada",
            "last_name": "L",
            "address": ADDRESS,
            "lines": [{"sku": "A-S", "quantity": 2}],
            "discounts": [{"code": "SAVE10", "percent_bp": 1000}],
            "shipping": {"title": "Express", "price": 1290, "tax_rate_bp": 1900},
            "gateway": "manual",
        }
        return await self("/orders", body | more)

    async def order(self, id_: int) -> dict[str, Any]:
        return (await self.http.get(f"/desk/orders/{id_}", params={"shop": self.shop})).json()

    async def effects(self, name: str) -> list[dict[str, Any]]:
        """What the interfaces really did to this shop."""
        items = (await self.control.get("/storefront/log")).json()["items"]
        return [it for it in items if it["shop"] == self.shop and it["effect"] == name]

    async def fault(self, **change: Any) -> None:
        assert (await self.control.post("/storefront/faults", json=change)).status_code == 201

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, version: str = "2026-04", token: str = TOKEN
    ) -> dict[str, Any]:
        """One GraphQL call; the decoded answer, errors and all."""
        answer = await self.http.post(
            f"/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": token},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def desk_of(urls: Urls, shop: str) -> AsyncGenerator[Desk]:
    """A shop's desk for the length of a block."""
    async with (
        httpx.AsyncClient(base_url=urls.storefront) as http,
        httpx.AsyncClient(base_url=urls.control) as control,
    ):
        yield Desk(http, shop, control)


def shopify_access() -> Access:
    return Access(shop=DOMAIN, token=Secret(TOKEN))


def woo_access(url: str) -> Access:
    return Access(shop=url, token=Secret(KEY), secret=Secret(KEY_SECRET))
