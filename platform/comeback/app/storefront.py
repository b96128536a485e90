"""The demo shop's storefronts in a running local stack: a Shopify and a WooCommerce shop at the stand-in, connected."""

import asyncio
import contextlib

import httpx
import msgspec

from comeback.app.seeds.shops import DemoShop
from comeback.app.wiring import Services
from comeback.core.access import PERMISSIONS, Principal
from comeback.core.secrets import Secret
from comeback.kit.tokens import derive_token
from comeback.merchants.service import connection, hook_token
from comeback.sandbox.config import ShopifyShop, WooShop
from comeback.storefronts.schemas import WooIn, WriteBack
from comeback.storefronts.service.connecting import by_woo_key, hook_address, open_shopify
from comeback.vendors.errors import ProviderError
from comeback.vendors.storefronts import Access, Identity

KIND = "storefront"
CONNECTED_SLUG = "casa-lume"
FRESH_DOMAIN = "fresh-start.myshopify.com"
"""A second shop without our app, to try the installation with."""
TRIES = 50


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The demo shop's keys at its two shop systems; the same at every start of a folder."""

    domain: str
    token: str
    api_secret: str
    consumer_key: str
    consumer_secret: str


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses that the shop systems call, and what they sign with."""

    shopify: str
    shopify_secret: str
    woocommerce: str | None = None
    woocommerce_secret: str | None = None


def keys(slug: str, secret_key: str) -> Keys:
    """Derived from the folder's own secret, so nothing more has to be kept."""

    def made(name: str) -> str:
        return derive_token(secret_key, slug, name)[:32]

    return Keys(
        domain=f"{slug}.myshopify.com",
        token=f"shpat_{made('token')}",
        api_secret=f"shpss_{made('secret')}",
        consumer_key=f"ck_{made('key')}",
        consumer_secret=f"cs_{made('woo')}",
    )


def stand_ins(known: Keys, *, app_url: str | None = None) -> tuple[list[ShopifyShop], list[WooShop]]:
    """What the stand-in is told of the shops."""
    shopify = ShopifyShop(
        domain=known.domain, name="Casa Lume", access_token=known.token, api_secret=known.api_secret, app_url=app_url
    )
    fresh = ShopifyShop(domain=FRESH_DOMAIN, name="Fresh Start", api_secret=known.api_secret)
    woo = WooShop(consumer_key=known.consumer_key, consumer_secret=known.consumer_secret, name="Casa Lume Outlet")
    return [shopify, fresh], [woo]


async def connect_storefronts(
    services: Services, shop: DemoShop, known: Keys, storefront_url: str, control_url: str
) -> Hooks:
    """Connects what is not connected yet, once the stand-in answers; what it is told is told at every start."""
    who = Principal("staff", shop.shop_id, shop.shop_id, PERMISSIONS, "Demo")
    hook = await _shopify(services, shop, known, who)
    shopify, woo = stand_ins(known, app_url=hook)
    await _tell(control_url, {"shopify": msgspec.to_builtins(shopify), "woocommerce": msgspec.to_builtins(woo)})
    found = await _woocommerce(services, shop, known, storefront_url, who)
    return Hooks(shopify=hook, shopify_secret=known.api_secret, woocommerce=found[0], woocommerce_secret=found[1])


async def _tell(control_url: str, accounts: dict[str, object]) -> None:
    async with httpx.AsyncClient(base_url=control_url, timeout=5) as client:
        for _ in range(TRIES):
            with contextlib.suppress(httpx.TransportError):
                (await client.post("/config", json=accounts)).raise_for_status()
                return
            await asyncio.sleep(0.2)


async def _shopify(services: Services, shop: DemoShop, known: Keys, who: Principal) -> str:
    database, vault, settings = services.database, services.vault, services.settings
    async with database.read(shop.shop_id) as read:
        row = await connection(read, KIND, "shopify")
        if row is not None:
            return hook_address(settings, "shopify", await hook_token(read, vault, row))
    access = Access(shop=known.domain, token=Secret(known.token))
    identity = Identity(shop=known.domain, name="Casa Lume", currency="EUR")
    await open_shopify(database, vault, access, identity, known.api_secret, WriteBack(), who)
    return await _shopify(services, shop, known, who)


async def _woocommerce(
    services: Services, shop: DemoShop, known: Keys, storefront_url: str, who: Principal
) -> tuple[str | None, str | None]:
    """A stand-in that does not answer leaves the shop without it; the next start tries again."""
    database, vault, settings = services.database, services.vault, services.settings
    async with database.read(shop.shop_id) as read:
        row = await connection(read, KIND, "woocommerce")
        if row is not None and row.options.get("shop") == storefront_url:
            secret = await vault.open(read, "connections", "secret", row.id, row.secret)
            return hook_address(settings, "woocommerce", await hook_token(read, vault, row)), secret.decode()
    body = WooIn(shop=storefront_url, consumer_key=known.consumer_key, consumer_secret=known.consumer_secret)
    try:
        await by_woo_key(database, vault, services.storefronts["woocommerce"], body, who)
    except ProviderError:
        return None, None
    return await _woocommerce(services, shop, known, storefront_url, who)
