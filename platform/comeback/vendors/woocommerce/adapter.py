"""A WooCommerce shop as a Storefront: reading, webhooks, signatures, and the way into `writing`."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from comeback.core.secrets import Secret
from comeback.vendors.storefronts import (
    Access,
    ChangePage,
    Identity,
    ObjectKind,
    ObjectPage,
    StoreObject,
    WriteKind,
    WriteTask,
    Written,
)
from comeback.vendors.woocommerce import reading, writing
from comeback.vendors.woocommerce.client import Refusal, WooClient

TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.restored",
    "customer.created",
    "customer.updated",
)


class WooStorefront:
    """See `Storefront`. `Access.shop` is the shop's base address, `token` and `secret` its pair of REST keys. `local`
    lets plain http on loopback in (the rehearsal)."""

    vendor = "woocommerce"

    def __init__(self, *, local: bool = False, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.client = WooClient(local=local, transport=transport)

    async def identity(self, access: Access) -> Identity:
        """The test call. A key of a shop manager may not see the system's status: its currency is enough then."""
        try:
            found = (await self.client.get(access, "/system_status")).body
        except Refusal as refusal:
            if refusal.status != 403:
                raise
            found = {"settings": {"currency": (await self.client.get(access, "/data/currencies/current")).body["code"]}}
        host = urlsplit(access.shop).netloc
        return Identity(
            shop=access.shop.rstrip("/"),
            name=host,
            currency=str(found["settings"]["currency"]),
            api_version=str((found.get("environment") or {}).get("version") or ""),
        )

    async def fetch(self, access: Access, kind: ObjectKind, object_id: str) -> StoreObject | None:
        """One object, whole."""
        return await reading.fetch(self.client, access, kind, object_id)

    async def product_of_item(self, access: Access, item_id: str) -> StoreObject | None:
        """WooCommerce keeps stock on the product or variation itself and never names an item."""
        return None

    async def changes(
        self, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int = 100
    ) -> ChangePage:
        """Ids and change times only."""
        return await reading.changes(self.client, access, kind, since, cursor, limit)

    async def objects(
        self, access: Access, kind: ObjectKind, since: datetime, cursor: str | None, limit: int = 25
    ) -> ObjectPage:
        """Whole objects by creation."""
        return await reading.objects(self.client, access, kind, since, cursor, limit)

    async def ensure_webhooks(self, access: Access, address: str, secret: Secret, topics: Sequence[str]) -> list[str]:
        """Makes what is missing, wakes what WooCommerce disabled after failures, removes what a lost answer doubled."""
        have: dict[str, int] = {}
        for hook in await self.client.every(access, "/webhooks"):
            if hook.get("delivery_url") != address:
                continue
            if hook["topic"] in have:
                await self.client.delete(access, f"/webhooks/{hook['id']}")
                continue
            have[hook["topic"]] = hook["id"]
            if hook.get("status") != "active":
                await self.client.put(
                    access, f"/webhooks/{hook['id']}", {"status": "active", "secret": secret.reveal()}
                )
        for topic in topics:
            if topic not in have:
                body = {"name": f"Comeback {topic}", "topic": topic, "delivery_url": address, "status": "active"}
                await self.client.post(access, "/webhooks", {**body, "secret": secret.reveal()})
        return list(topics)

    async def drop_webhooks(self, access: Access, address: str) -> None:
        """Deletes the webhooks that lead to `address`."""
        for hook in await self.client.every(access, "/webhooks"):
            if hook.get("delivery_url") == address:
                await self.client.delete(access, f"/webhooks/{hook['id']}")

    async def find_written(self, access: Access, kind: WriteKind, task: WriteTask) -> Written | None:
        """By reference."""
        return await writing.find(self.client, access, task)

    async def write(self, access: Access, kind: WriteKind, task: WriteTask) -> Written:
        """Writes once."""
        return await writing.write(self.client, access, task)

    def verify(self, body: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
        """`X-WC-Webhook-Signature`: base64 of HMAC-SHA256 over the raw body."""
        named = {name.lower(): value for name, value in headers.items()}
        try:
            given = base64.b64decode(named.get("x-wc-webhook-signature", ""), validate=True)
        except (binascii.Error, ValueError):
            return False
        made = [hmac.digest(secret.reveal().encode(), body, "sha256") for secret in secrets]
        fits = [hmac.compare_digest(one, given) for one in made]
        return any(fits)

    async def close(self) -> None:
        """Ends the connections."""
        await self.client.close()
