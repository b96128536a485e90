"""The storefront over HTTP: Shopify's and WooCommerce's interfaces, the desk, the oracle's log and the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from comeback.sandbox.clock import SandboxClock
from comeback.sandbox.config import ShopifyShop, WooShop
from comeback.sandbox.hooks import HookSender
from comeback.sandbox.http import HttpError, Request, Response, answer
from comeback.sandbox.storefront.couriers import Courier
from comeback.sandbox.storefront.desk import ShopDesk
from comeback.sandbox.storefront.faults import Faults
from comeback.sandbox.storefront.objects import Memory, Shop
from comeback.sandbox.storefront.overview import overview
from comeback.sandbox.storefront.records import Subscription
from comeback.sandbox.storefront.shopify import topics as shopify
from comeback.sandbox.storefront.shopify.server import ShopifyApi
from comeback.sandbox.storefront.store import Store
from comeback.sandbox.storefront.woocommerce import webhooks as woocommerce
from comeback.sandbox.storefront.woocommerce.server import WooApi

PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HERE = Path(__file__).parent
_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}


class StorefrontSandbox:
    def __init__(
        self, clock: SandboxClock, hooks: HookSender, memory: Memory, touch: Callable[[], None], seed: int = 1
    ) -> None:
        self.memory = memory
        self.faults = Faults(hooks.faults, seed)
        self.store = Store(clock, memory, touch)
        self.courier = Courier(self.store, hooks, self.faults)
        self.store.send = self.courier.send
        self.store.speakers = {"shopify": shopify.outgoing, "woocommerce": woocommerce.outgoing}
        self.desk = ShopDesk(self.store)
        self._shopify = ShopifyApi(self.store, self.faults)
        self._home = ""
        self._woo = WooApi(self.store, self.faults)

    def configure_shopify(self, wanted: ShopifyShop) -> Shop:
        """Opens the shop, or changes how it is reached. With a `webhook_url` every topic is sent there, by
        subscriptions that outlast failures; privacy requests and the uninstall always go to `app_url` or there."""
        shop = self.store.open("shopify", wanted.domain, wanted.api_secret)
        shop.token, shop.secret, shop.scopes = wanted.access_token, wanted.api_secret, list(wanted.scopes)
        shop.installed = bool(wanted.access_token)
        self._describe(shop, wanted)
        shop.app_url = wanted.app_url or wanted.webhook_url
        self._fix(shop, wanted.webhook_url, [*shopify.TOPICS, *shopify.COMPLIANCE])
        return shop

    def configure_woo(self, wanted: WooShop) -> Shop:
        """Opens the shop, or changes how it is reached. With a `webhook_url` every topic is sent there."""
        shop = self.store.open("woocommerce", wanted.consumer_key, wanted.consumer_secret)
        shop.secret = wanted.consumer_secret
        self._describe(shop, wanted)
        self._fix(shop, wanted.webhook_url, list(woocommerce.TOPICS), wanted.webhook_secret)
        return shop

    def _describe(self, shop: Shop, wanted: ShopifyShop | WooShop) -> None:
        shop.name, shop.currency, shop.plan = wanted.name or shop.name, wanted.currency, wanted.plan
        shop.taxes_included, shop.timezone, shop.country = wanted.taxes_included, wanted.timezone, wanted.country
        shop.locale, shop.url = wanted.locale, wanted.url or shop.url
        shop.home = self._home
        self.store.touch()

    def _fix(self, shop: Shop, url: str | None, topics: list[str], secret: str | None = None) -> None:
        """Replaces the subscriptions that come from the configuration."""
        shop.subscriptions = {id_: it for id_, it in shop.subscriptions.items() if not it.fixed}
        now = self.store.now()
        for topic in topics if url else ():
            made = Subscription(
                id=self.store.next_id(shop),
                topic=topic,
                url=url or "",
                secret=secret or shop.secret,
                name=topic,
                fixed=True,
                created_at=now,
                updated_at=now,
            )
            shop.subscriptions[made.id] = made
        self.store.touch()

    def listens_at(self, url: str) -> None:
        """Tells the shops where they are reached, and sends again what the last process could not deliver."""
        self._home = url
        for shop in self.memory.shops.values():
            shop.home = url
        self.courier.resume()

    async def __call__(self, request: Request) -> Response:
        if self._shopify.mine(request):
            return await self._shopify(request)
        if self._woo.mine(request):
            return await self._woo(request)
        if request.path.startswith("/desk/"):
            return await self.desk.paths(request)
        return self._own(request)

    def _own(self, request: Request) -> Response:
        if request.path in _FILES and request.method in ("GET", "HEAD"):
            name, type_ = _FILES[request.path]
            return Response(200, (_HERE / name).read_bytes(), type_, {"Content-Security-Policy": PAGE_CSP})
        if request.path == "/overview":
            return answer(self.overview(request.query.get("shop")))
        if request.path == "/_sandbox/log":
            return answer({"items": self.memory.log})
        raise HttpError(404, "No such path.")

    def overview(self, key: str | None) -> dict[str, Any]:
        """What the page shows of one shop, by default of the first."""
        return overview(self.memory, key)
