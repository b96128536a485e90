"""Shopify's interfaces over HTTP: who calls, what they may, what they spend, and how it goes wrong on demand."""

import asyncio
import hmac
import re
import time
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from comeback.sandbox.http import Drop, Request, Response, answer
from comeback.sandbox.storefront.faults import Faults, StorefrontFault
from comeback.sandbox.storefront.objects import Shop
from comeback.sandbox.storefront.shopify import bodies, engine, oauth, shelf
from comeback.sandbox.storefront.shopify.calls import Call
from comeback.sandbox.storefront.shopify.cost import MAX_COST, Bucket, bucket
from comeback.sandbox.storefront.shopify.engine import Body, Parsed
from comeback.sandbox.storefront.shopify.names import local, served
from comeback.sandbox.storefront.shopify.search import matcher, order_facts
from comeback.sandbox.storefront.shopify.views import Views
from comeback.sandbox.storefront.store import Store, new_uuid

DOMAIN = ".myshopify.com"
_API = re.compile(r"^/admin/api/(?P<version>[\w-]+)/(?P<rest>.+)\.json$")
_BUSY = "This request is currently in progress, please try again."
STATUS_TEXTS = {
    401: "[API] Invalid API key or access token (unrecognized login or wrong password)",
    402: "Unavailable Shop",
    403: "[API] This action requires merchant approval for a scope.",
    404: "Not Found",
    423: "Unavailable Shop",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class ShopifyApi:
    def __init__(self, store: Store, faults: Faults) -> None:
        self._store, self._faults = store, faults
        self._buckets: dict[str, Bucket] = {}
        self._in_flight: set[str] = set()

    def mine(self, request: Request) -> bool:
        """Whether the path is one of Shopify's; the shop's domain may lead it (`/demo.myshopify.com/admin/…`)."""
        path = request.path
        first, _, rest = path.lstrip("/").partition("/")
        if first.endswith(DOMAIN) or first in self._store.memory.shops:
            path = f"/{rest}"
        return path.startswith("/admin/")

    async def __call__(self, request: Request) -> Response:
        request_id = new_uuid()
        response = await self._answer(request)
        response.headers.setdefault("X-Request-Id", request_id)
        return response

    async def _answer(self, request: Request) -> Response:
        domain, path = self._split(request)
        if path == "/admin/oauth/access_token" and request.method == "POST":
            return oauth.exchange(self._store, request)
        if path == "/admin/oauth/authorize":
            return oauth.authorize(self._store, self._installing(domain or request.query.get("shop")), request)
        match = _API.match(path)
        if match is None:
            return _plain(404)
        shop = self._who(request, domain)
        if shop is None:
            return _plain(401)
        version = served(match["version"])
        if match["rest"] == "graphql":
            response = await self._graphql(request, shop, version)
        else:
            response = await self._rest(request, shop, match["rest"])
        response.headers["X-Shopify-API-Version"] = version
        return response

    def _split(self, request: Request) -> tuple[str | None, str]:
        first, _, rest = request.path.lstrip("/").partition("/")
        if first.endswith(DOMAIN) or first in self._store.memory.shops:
            return first, f"/{rest}"
        host = request.headers.get("host", "").partition(":")[0]
        return (host if host.endswith(DOMAIN) else None), request.path

    def _installing(self, key: str | None) -> Shop:
        """The addressed shop; behind one address for all shops, the first that has not installed the app yet."""
        if key is not None:
            return self._store.shop(key)
        shops = [shop for shop in self._store.memory.shops.values() if shop.vendor == "shopify"]
        fresh = [shop for shop in shops if not shop.installed]
        return (fresh or shops or [self._store.shop(None)])[0]

    def _who(self, request: Request, domain: str | None) -> Shop | None:
        """The shop whose token this is, and no other than the one addressed."""
        token = request.headers.get("x-shopify-access-token", "")
        for shop in self._store.memory.shops.values():
            if shop.vendor != "shopify" or not shop.token or domain not in (None, shop.key):
                continue
            if shop.installed and hmac.compare_digest(shop.token.encode(), token.encode()):
                return shop
        return None

    # ---- GraphQL ----
    async def _graphql(self, request: Request, shop: Shop, version: str) -> Response:
        if request.method != "POST":
            return _plain(404)
        body = request.json(Body)
        try:
            parsed = engine.prepare(body, version)
        except GraphQLError as error:
            code = "parseError" if isinstance(error, GraphQLSyntaxError) else "argumentLiteralsIncompatible"
            shown = engine.error_node(error)
            return answer({"errors": [{"extensions": {"code": code}, **shown}]})
        fault = self._faults.take(shop.key, " ".join(parsed.fields), write=parsed.is_write)
        call = self._call(shop, version, parsed, fault)
        missing = engine.missing_scope(call, parsed)
        if missing is not None:
            return answer({"errors": [_denied(*missing)], "data": None})
        if parsed.cost > MAX_COST:
            return answer({"errors": [_too_dear(parsed.cost)]})
        points = self._bucket(shop)
        if (fault and fault.next == "throttle") or not points.take(parsed.cost, time.monotonic()):
            return answer(_throttled(parsed, points))
        return await self._run(call, parsed, body, fault, points)

    def _call(self, shop: Shop, version: str, parsed: Parsed, fault: StorefrontFault | None) -> Call:
        return Call(
            store=self._store,
            shop=shop,
            views=Views(self._store, shop),
            version=version,
            hidden_after=self._store.now() - self._faults.index_lag,
            keys=parsed.keys,
            fault=fault.next if fault else None,
            message=fault.message if fault else "",
        )

    def _bucket(self, shop: Shop) -> Bucket:
        return self._buckets.setdefault(shop.key, bucket(shop.plan, time.monotonic()))

    async def _run(
        self, call: Call, parsed: Parsed, body: Body, fault: StorefrontFault | None, points: Bucket
    ) -> Response:
        """The fault armed for it, the work, and only then the answer or the reset."""
        if self._in_flight & set(parsed.keys.values()):
            busy = {"field": None, "message": _BUSY, "code": "IDEMPOTENCY_CONCURRENT_REQUEST"}
            return answer({"data": {name: {"userErrors": [busy]} for name in parsed.fields}})
        self._in_flight.update(parsed.keys.values())
        try:
            refused = await before(fault)
            if refused is not None:
                return refused
            result = engine.run(call, parsed, body)
        finally:
            self._in_flight.difference_update(parsed.keys.values())
        if fault is not None and fault.next == "timeout_after_success":
            mark_unanswered(self._store, call.shop)
            raise Drop
        shown: dict[str, Any] = {"data": result.data}
        if result.errors:
            shown["errors"] = [engine.error_node(error) for error in result.errors]
        shown["extensions"] = _cost(parsed.cost, parsed.cost, points)
        return answer(shown)

    # ---- REST ----
    async def _rest(self, request: Request, shop: Shop, rest: str) -> Response:
        """The legacy resources, reading only: shop, orders, products, customers, locations."""
        fault = self._faults.take(shop.key, f"{request.method} {rest}", write=request.method != "GET")
        if fault is not None and fault.next == "throttle":
            waiting = {"Retry-After": f"{fault.seconds:.1f}", "X-Shopify-Shop-Api-Call-Limit": "40/40"}
            text = "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
            return answer({"errors": text}, 429, waiting)
        refused = await before(fault)
        if refused is not None:
            return refused
        if request.method != "GET":
            return _plain(404)
        found = self._resource(shop, rest, request.query)
        if fault is not None and fault.next == "timeout_after_success":
            raise Drop
        if found is None:
            return _plain(404)
        return answer(found, headers={"X-Shopify-Shop-Api-Call-Limit": "1/40"})

    def _resource(self, shop: Shop, rest: str, query: dict[str, str]) -> dict[str, Any] | None:
        kind, _, text = rest.partition("/")
        if kind == "shop":
            return {"shop": _shop_body(shop)}
        if kind == "locations":
            return {"locations": [{"id": place.id, "name": place.name, "active": True} for place in shop.places]}
        if text:
            return _one(shop, kind, text)
        limit = min(int(query["limit"]) if query.get("limit", "").isdigit() else 50, 250)
        since = int(query["since_id"]) if query.get("since_id", "").isdigit() else 0
        if kind == "orders":
            after = matcher(f"updated_at:>='{query['updated_at_min']}'" if "updated_at_min" in query else None)
            orders = sorted((it for it in shop.orders.values() if it.id > since), key=lambda it: it.id)
            return {"orders": [bodies.order(shop, it) for it in orders if after(order_facts(it))][:limit]}
        if kind == "products":
            return {"products": [shelf.product(shop, it) for it in shop.products.values() if it.id > since][:limit]}
        if kind == "customers":
            return {"customers": [bodies.customer(shop, it) for it in shop.customers.values() if it.id > since][:limit]}
        return None


def _one(shop: Shop, kind: str, text: str) -> dict[str, Any] | None:
    if not text.isdigit():
        return None
    id_ = int(text)
    if kind == "orders" and id_ in shop.orders:
        return {"order": bodies.order(shop, shop.orders[id_])}
    if kind == "products" and id_ in shop.products:
        return {"product": shelf.product(shop, shop.products[id_])}
    if kind == "customers" and id_ in shop.customers:
        return {"customer": bodies.customer(shop, shop.customers[id_])}
    return None


def _shop_body(shop: Shop) -> dict[str, Any]:
    return {
        "id": shop.id,
        "name": shop.name,
        "email": shop.email,
        "domain": shop.key,
        "myshopify_domain": shop.key,
        "currency": shop.currency,
        "country_code": shop.country,
        "iana_timezone": shop.timezone,
        "primary_locale": shop.locale,
        "taxes_included": shop.taxes_included,
        "plan_name": shop.plan,
        "created_at": local(shop, 0),
    }


def _plain(status: int) -> Response:
    return answer({"errors": STATUS_TEXTS.get(status, "Error")}, status)


async def before(fault: StorefrontFault | None) -> Response | None:
    """What keeps the work from being done: the answer to give instead, or a reset. A stall only waits."""
    if fault is None:
        return None
    if fault.next == "stall":
        await asyncio.sleep(fault.seconds)
    elif fault.next == "timeout_before":
        raise Drop
    elif fault.next is not None and fault.next.isdigit():
        return _plain(int(fault.next))
    return None


def mark_unanswered(store: Store, shop: Shop) -> None:
    """The last effect's answer is cut off; the oracle sees it."""
    if store.memory.log and store.memory.log[-1].shop == shop.key:
        store.memory.log[-1].answered = False


def _denied(name: str, scope: str) -> dict[str, Any]:
    message = f"Access denied for {name} field. Required access: `{scope}` access scope."
    return {
        "message": message,
        "path": [name],
        "extensions": {
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": f"`{scope}` access scope.",
        },
    }


def _too_dear(cost: int) -> dict[str, Any]:
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit ({MAX_COST}).",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": cost,
            "maxCost": MAX_COST,
            "documentation": "https://shopify.dev/api/usage/rate-limits",
        },
    }


def _cost(asked: int, actual: int | None, points: Bucket) -> dict[str, Any]:
    return {
        "cost": {"requestedQueryCost": asked, "actualQueryCost": actual, "throttleStatus": points.status()},
    }


def _throttled(parsed: Parsed, points: Bucket) -> dict[str, Any]:
    error = {
        "message": "Throttled",
        "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
    }
    return {"errors": [error], "extensions": _cost(parsed.cost, None, points)}
