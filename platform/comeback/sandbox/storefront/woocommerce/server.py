"""WooCommerce's REST v3 over HTTP: keys, routes, and how it goes wrong on demand."""

import base64
import hmac
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from comeback.sandbox.http import Drop, HttpError, Request, Response, Router, answer
from comeback.sandbox.storefront.faults import Faults, StorefrontFault
from comeback.sandbox.storefront.objects import Order, Product, Shop
from comeback.sandbox.storefront.records import Subscription
from comeback.sandbox.storefront.shopify.server import before, mark_unanswered
from comeback.sandbox.storefront.store import Store
from comeback.sandbox.storefront.woocommerce import bodies, lists, writes
from comeback.sandbox.storefront.woocommerce.errors import WooError, missing

ROOT = "/wp-json/wc/v3"
Run: TypeAlias = Callable[[Shop, Request], Response]
_TEXTS = {
    401: ("woocommerce_rest_authentication_error", "Consumer key is invalid."),
    402: ("payment_required", "Payment required."),
    403: ("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
    404: ("rest_no_route", "No route was found matching the URL and request method."),
    423: ("locked", "Locked."),
    429: ("too_many_requests", "Too many requests."),
    502: ("bad_gateway", "Bad gateway."),
}
_CRITICAL = ("internal_server_error", "<p>There has been a critical error on this website.</p>")


class WooApi:
    def __init__(self, store: Store, faults: Faults) -> None:
        self._store, self._faults = store, faults
        self._router: Router[Run] = Router()
        for (method, template), run in self._routes().items():
            self._router.add(method, f"{ROOT}{template}", run)

    def _routes(self) -> dict[tuple[str, str], Run]:
        return {
            ("GET", "/system_status"): self._status,
            ("GET", "/data/currencies/current"): lambda shop, _: answer({"code": shop.currency, "name": shop.currency}),
            ("GET", "/orders"): self._orders,
            ("POST", "/orders"): lambda shop, it: _made(writes.create_order(self._store, shop, _body(it))),
            ("GET", "/orders/{id}"): lambda shop, it: answer(bodies.order(shop, self._order(shop, it))),
            ("PUT", "/orders/{id}"): self._update_order,
            ("GET", "/orders/{id}/refunds"): self._refunds,
            ("POST", "/orders/{id}/refunds"): self._refund,
            ("GET", "/orders/{id}/notes"): self._notes,
            ("POST", "/orders/{id}/notes"): self._note,
            ("GET", "/products"): self._products,
            ("GET", "/products/{id}"): lambda shop, it: answer(bodies.product(shop, self._product(shop, it))),
            ("GET", "/products/{id}/variations"): self._variations,
            ("GET", "/customers"): self._customers,
            ("GET", "/customers/{id}"): self._customer,
            ("GET", "/coupons"): self._coupons,
            ("POST", "/coupons"): lambda shop, it: _made(writes.create_coupon(self._store, shop, _body(it))),
            ("GET", "/coupons/{id}"): self._coupon,
            ("GET", "/webhooks"): self._webhooks,
            ("POST", "/webhooks"): lambda shop, it: _made(writes.create_webhook(self._store, shop, _body(it))),
            ("PUT", "/webhooks/{id}"): self._update_webhook,
            ("DELETE", "/webhooks/{id}"): self._delete_webhook,
        }

    def mine(self, request: Request) -> bool:
        """Whether the path is one of WordPress's."""
        return request.path.startswith("/wp-json")

    async def __call__(self, request: Request) -> Response:
        if request.path.rstrip("/") == "/wp-json":
            return answer({"name": "Shop", "namespaces": ["wc/v3"], "authentication": []})
        try:
            return await self._answer(request)
        except WooError as error:
            return error.response()
        except HttpError as error:
            return _refused(error.status).response()

    async def _answer(self, request: Request) -> Response:
        shop = self._who(request)
        run = self._router.find(request)
        write = request.method in ("POST", "PUT", "DELETE")
        fault = self._faults.take(shop.key, f"{request.method} {request.path}", write=write)
        stopped = await _before(fault)
        if stopped is not None:
            return stopped
        response = run(shop, request)
        if fault is not None and fault.next == "timeout_after_success":
            if write:
                mark_unanswered(self._store, shop)
            raise Drop
        return response

    def _who(self, request: Request) -> Shop:
        """By Basic authentication with the pair of keys. Raises WooError 401."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            raise WooError(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        try:
            key, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
        except ValueError as error:
            raise _refused(401) from error
        shop = self._store.memory.shops.get(key)
        if shop is None or shop.vendor != "woocommerce" or not shop.installed:
            raise _refused(401)
        if not hmac.compare_digest(secret.encode(), shop.secret.encode()):
            raise WooError(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
        return shop

    # ---- reading ----
    def _status(self, shop: Shop, _: Request) -> Response:
        site = shop.site
        return answer(
            {
                "environment": {"home_url": site, "site_url": site, "version": "9.8.5", "wp_version": "6.8"},
                "settings": {
                    "api_enabled": True,
                    "currency": shop.currency,
                    "currency_symbol": shop.currency,
                    "number_of_decimals": 2,
                    "prices_include_tax": shop.taxes_included,
                },
            }
        )

    def _orders(self, shop: Shop, request: Request) -> Response:
        found = lists.orders(shop, request.query)
        lag = self._store.now() - self._faults.index_lag
        found = [it for it in found if not request.query.get("search") or it.created_at <= lag]
        return lists.page(request, found, lambda it: bodies.order(shop, it))

    def _order(self, shop: Shop, request: Request) -> Order:
        order = shop.orders.get(_int(request.params["id"]))
        if order is None:
            raise missing("shop_order")
        return order

    def _refunds(self, shop: Shop, request: Request) -> Response:
        order = self._order(shop, request)
        return lists.page(request, list(reversed(order.refunds)), lambda it: bodies.refund(shop, order, it))

    def _notes(self, shop: Shop, request: Request) -> Response:
        notes = self._order(shop, request).notes
        return answer([bodies.note(shop, it) for it in reversed(notes)])

    def _products(self, shop: Shop, request: Request) -> Response:
        query = request.query
        found = lists.within(shop, query, shop.products.values(), lambda it: it.created_at, lambda it: it.updated_at)
        found = lists.sorted_by(query, found, lambda it: it.created_at, lambda it: it.updated_at)
        return lists.page(request, found, lambda it: bodies.product(shop, it))

    def _product(self, shop: Shop, request: Request) -> Product:
        product = shop.products.get(_int(request.params["id"]))
        if product is None:
            raise missing("product")
        return product

    def _variations(self, shop: Shop, request: Request) -> Response:
        owner = self._product(shop, request)
        found = [] if bodies.simple(owner) else owner.variants
        return lists.page(request, found, lambda it: bodies.variation(shop, owner, it))

    def _customers(self, shop: Shop, request: Request) -> Response:
        query = request.query
        # The real list of customers knows no dates to filter by.
        found = [it for it in shop.customers.values() if query.get("email") in (None, it.email)]
        found = lists.sorted_by(query, found, lambda it: it.created_at, lambda it: it.updated_at)
        return lists.page(request, found, lambda it: bodies.customer(shop, it))

    def _customer(self, shop: Shop, request: Request) -> Response:
        found = shop.customers.get(_int(request.params["id"]))
        if found is None:
            raise WooError(404, "woocommerce_rest_invalid_id", "Invalid resource ID.")
        return answer(bodies.customer(shop, found))

    def _coupons(self, shop: Shop, request: Request) -> Response:
        code = request.query.get("code", "").lower()
        found = [it for it in shop.coupons.values() if not code or code in it.codes]
        return lists.page(request, found, lambda it: bodies.coupon(shop, it))

    def _coupon(self, shop: Shop, request: Request) -> Response:
        found = shop.coupons.get(_int(request.params["id"]))
        if found is None:
            raise missing("shop_coupon")
        return answer(bodies.coupon(shop, found))

    # ---- writing ----
    def _update_order(self, shop: Shop, request: Request) -> Response:
        return answer(writes.update_order(self._store, shop, self._order(shop, request), _body(request)))

    def _refund(self, shop: Shop, request: Request) -> Response:
        return _made(writes.create_refund(self._store, shop, self._order(shop, request), _body(request)))

    def _note(self, shop: Shop, request: Request) -> Response:
        return _made(writes.create_note(self._store, shop, self._order(shop, request), _body(request)))

    # ---- webhooks ----
    def _webhooks(self, shop: Shop, request: Request) -> Response:
        state = request.query.get("status", "all")
        found = [it for it in shop.subscriptions.values() if not it.fixed and state in ("all", it.status)]
        return lists.page(request, found, lambda it: bodies.webhook(shop, it))

    def _webhook(self, shop: Shop, request: Request) -> Subscription:
        found = shop.subscriptions.get(_int(request.params["id"]))
        if found is None or found.fixed:
            raise missing("shop_webhook")
        return found

    def _update_webhook(self, shop: Shop, request: Request) -> Response:
        return answer(writes.update_webhook(self._store, shop, self._webhook(shop, request), _body(request)))

    def _delete_webhook(self, shop: Shop, request: Request) -> Response:
        found = self._webhook(shop, request)
        if request.query.get("force") != "true":
            raise WooError(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
        del shop.subscriptions[found.id]
        self._store.touch()
        return answer(bodies.webhook(shop, found))


def _made(body: dict[str, Any]) -> Response:
    return answer(body, 201)


def _body(request: Request) -> dict[str, Any]:
    try:
        return msgspec.json.decode(request.body or b"{}", type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise WooError(400, "rest_invalid_json", "Invalid JSON body passed.") from error


def _int(text: str) -> int:
    if not text.isdigit():
        raise _refused(404)
    return int(text)


def _refused(status: int) -> WooError:
    code, message = _TEXTS.get(status, _CRITICAL)
    return WooError(status, code, message)


async def _before(fault: StorefrontFault | None) -> Response | None:
    """As Shopify's, in WordPress's words."""
    if fault is not None and fault.next == "throttle":
        response = _refused(429).response()
        response.headers["Retry-After"] = str(max(1, round(fault.seconds)))
        return response
    if fault is not None and fault.next == "user_error":
        return WooError(400, "woocommerce_rest_refused", fault.message).response()
    stopped = await before(fault)
    return None if stopped is None else _refused(stopped.status).response()
