"""A Shopify shop as a Storefront: reading, subscriptions, and the way into `writing`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from comeback.core.secrets import Secret
from comeback.vendors.shopify import queries, writing
from comeback.vendors.shopify.client import GraphClient, payload
from comeback.vendors.shopify.signing import verify_webhook
from comeback.vendors.storefronts import (
    Access,
    Changed,
    ChangePage,
    Identity,
    ObjectKind,
    ObjectPage,
    StoreObject,
    WriteKind,
    WriteTask,
    Written,
)

TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/edited",
    "orders/cancelled",
    "orders/delete",
    "fulfillments/create",
    "fulfillments/update",
    "refunds/create",
    "products/create",
    "products/update",
    "products/delete",
    "inventory_levels/update",
    "customers/create",
    "customers/update",
    "app/uninstalled",
)
"""The three privacy topics are subscribed in the app's own configuration, not by the API."""
_TYPES = {"order": "Order", "product": "Product", "customer": "Customer"}
_PLURAL = {"order": "orders", "product": "products", "customer": "customers"}
_ONE = {"order": queries.ORDER, "product": queries.PRODUCT, "customer": queries.CUSTOMER}
_MANY = {"order": queries.ORDERS, "product": queries.PRODUCTS, "customer": queries.CUSTOMERS}
_PARTS = {"order": ("lineItems", "lines"), "product": ("variants", "variants")}


def gid(kind: str, plain: str) -> str:
    """Shopify's global id of a plain one."""
    return plain if plain.startswith("gid://") else f"gid://shopify/{kind}/{plain}"


def plain_id(text: str) -> str:
    """The plain id inside a global one."""
    return text.rsplit("/", 1)[-1].split("?", 1)[0]


def topic_name(topic: str) -> str:
    """`orders/create` as GraphQL's enum has it."""
    return topic.upper().replace("/", "_")


class ShopifyStorefront:
    """See `Storefront`. `version` is the pinned API version, `api_base` replaces the shops' own addresses."""

    vendor = "shopify"

    def __init__(self, version: str, api_base: str | None = None) -> None:
        self.client = GraphClient(version, api_base)

    async def _call(
        self, access: Access, document: str, variables: dict[str, Any], cost: float = 50.0
    ) -> dict[str, Any]:
        return await self.client.call(access.shop, access.token, document, variables, cost=cost)

    async def identity(self, access: Access) -> Identity:
        """The test call."""
        data = await self._call(access, queries.SHOP, {}, 5.0)
        shop = data["shop"]
        granted = (data.get("currentAppInstallation") or {}).get("accessScopes") or []
        return Identity(
            shop=str(shop["myshopifyDomain"]).lower(),
            name=shop["name"],
            currency=shop["currencyCode"],
            scopes=tuple(scope["handle"] for scope in granted),
            api_version=self.client.version,
        )

    async def fetch(self, access: Access, kind: ObjectKind, object_id: str) -> StoreObject | None:
        """One object with all its lines or variants, however many pages they fill."""
        variables: dict[str, Any] = {"id": gid(_TYPES[kind], object_id)}
        node = (await self._call(access, _ONE[kind], variables))[kind]
        if node is None:
            return None
        await self._complete(access, kind, node)
        return _object(kind, node)

    async def _complete(self, access: Access, kind: ObjectKind, node: dict[str, Any]) -> None:
        """Reads the further pages of lines or variants into the node."""
        if kind not in _PARTS:
            return
        name, variable = _PARTS[kind]
        page = node[name]["pageInfo"]
        while page["hasNextPage"]:
            variables = {"id": node["id"], variable: page["endCursor"]}
            more = (await self._call(access, _ONE[kind], variables))[kind][name]
            node[name]["nodes"] += more["nodes"]
            page = more["pageInfo"]

    async def product_of_item(self, access: Access, item_id: str) -> StoreObject | None:
        """The product of an inventory item, with its stock."""
        data = await self._call(access, queries.PRODUCT_OF_ITEM, {"id": gid("InventoryItem", item_id)}, 5.0)
        variant = (data.get("inventoryItem") or {}).get("variant")
        return None if variant is None else await self.fetch(access, "product", variant["product"]["id"])

    async def changes(
        self, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int = 100
    ) -> ChangePage:
        """Ids and change times only."""
        name = _PLURAL[kind]
        variables = {"first": limit, "after": cursor, "query": f"updated_at:>='{_stamp(since)}'"}
        found = (await self._call(access, queries.changed(name), variables))[name]
        items = tuple(Changed(id=plain_id(n["id"]), updated_at=_moment(n["updatedAt"])) for n in found["nodes"])
        return ChangePage(items=items, next=_next(found))

    async def objects(
        self, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int = 25
    ) -> ObjectPage:
        """Whole objects by creation; `total` with the first page of orders."""
        name, query = _PLURAL[kind], f"created_at:>='{_stamp(since)}'"
        variables = {"first": min(limit, 10), "after": cursor, "query": query}
        found = (await self._call(access, _MANY[kind], variables, 300.0))[name]
        for node in found["nodes"]:
            await self._complete(access, kind, node)
        total = None
        if cursor is None and kind == "order":
            counted = await self._call(access, queries.ORDERS_COUNT, {"query": query}, 10.0)
            total = int(counted["ordersCount"]["count"])
        return ObjectPage(items=tuple(_object(kind, n) for n in found["nodes"]), next=_next(found), total=total)

    async def ensure_webhooks(self, access: Access, address: str, secret: Secret, topics: Sequence[str]) -> list[str]:
        """Subscribes what is not subscribed yet. Shopify signs with the app's own secret: `secret` is not sent."""
        have = {s["topic"] for s in await self._subscriptions(access) if s["uri"] == address}
        for topic in topics:
            if topic_name(topic) in have:
                continue
            subscription = {"uri": address, "format": "JSON"}
            variables = {"topic": topic_name(topic), "subscription": subscription}
            payload(await self._call(access, queries.WEBHOOK_CREATE, variables, 10.0), "webhookSubscriptionCreate")
        return list(topics)

    async def drop_webhooks(self, access: Access, address: str) -> None:
        """Deletes the subscriptions that lead to `address`."""
        for subscription in await self._subscriptions(access):
            if subscription["uri"] == address:
                data = await self._call(access, queries.WEBHOOK_DELETE, {"id": subscription["id"]}, 10.0)
                payload(data, "webhookSubscriptionDelete")

    async def _subscriptions(self, access: Access) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = (await self._call(access, queries.WEBHOOKS, {"after": cursor}, 10.0))["webhookSubscriptions"]
            found += page["nodes"]
            cursor = _next(page)
            if cursor is None:
                return found

    async def find_written(self, access: Access, kind: WriteKind, task: WriteTask) -> Written | None:
        """What an earlier call left."""
        return await writing.find(lambda d, v: self._call(access, d, v, 20.0), task)

    async def write(self, access: Access, kind: WriteKind, task: WriteTask) -> Written:
        """Writes once; see `writing`."""
        return await writing.write(lambda d, v: self._call(access, d, v, 20.0), task)

    def verify(self, body: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
        """See `verify_webhook`."""
        return verify_webhook(body, headers, secrets)

    async def close(self) -> None:
        """Ends the connections."""
        await self.client.close()


def _object(kind: ObjectKind, node: dict[str, Any]) -> StoreObject:
    return StoreObject(kind=kind, id=plain_id(node["id"]), updated_at=_moment(node["updatedAt"]), body=node)


def _next(page: dict[str, Any]) -> str | None:
    info = page["pageInfo"]
    return info["endCursor"] if info["hasNextPage"] else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
