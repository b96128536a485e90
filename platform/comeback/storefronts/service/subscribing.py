"""`storefronts.subscribe`: makes the shop call us, or ends that."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import WriteSession
from comeback.core.secrets import Secret, Vault
from comeback.core.settings import Settings
from comeback.merchants import service as merchants
from comeback.merchants.service.connections import TABLE
from comeback.storefronts.service.connecting import hook_address
from comeback.storefronts.service.fetching import failed
from comeback.storefronts.service.links import Link, find_row, open_link
from comeback.vendors.errors import ProviderRefused
from comeback.vendors.shopify.adapter import TOPICS as SHOPIFY_TOPICS
from comeback.vendors.storefronts import Storefront
from comeback.vendors.woocommerce.adapter import TOPICS as WOO_TOPICS


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """Where the shop is to call, with what secret."""

    link: Link
    address: str
    secret: Secret
    drop: bool


class Subscribe:
    """Repeating it changes nothing: what is there already is left alone."""

    name = "storefronts.subscribe"

    def __init__(self, storefronts: Mapping[str, Storefront], vault: Vault, settings: Settings) -> None:
        self.storefronts, self.vault, self.settings = storefronts, vault, settings

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Ring | None:
        """Also for a connection that is off, where the calls are to end."""
        drop = bool(payload.get("drop"))
        link = await open_link(session, self.vault, UUID(payload["connection"]), even_off=drop)
        if link is None or link.vendor not in self.storefronts:
            return None
        row = await find_row(session, link.id)
        token = await merchants.hook_token(session, self.vault, row)
        secret = await self.vault.open(session, TABLE, "secret", row.id, row.secret)
        address = hook_address(self.settings, link.vendor, token)
        return Ring(link=link, address=address, secret=Secret(secret.decode()), drop=drop)

    async def call(self, task: Ring) -> list[str]:
        """The topics that are subscribed now."""
        shop = self.storefronts[task.link.vendor]
        if task.drop:
            await shop.drop_webhooks(task.link.access, task.address)
            return []
        topics = SHOPIFY_TOPICS if task.link.vendor == "shopify" else WOO_TOPICS
        return await shop.ensure_webhooks(task.link.access, task.address, task.secret, topics)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: Ring, outcome: list[str] | Exception
    ) -> None:
        """A refusal at the end of a connection (a key that was taken back) changes nothing any more."""
        if isinstance(outcome, ProviderRefused) and task.drop:
            return
        if isinstance(outcome, Exception):
            await failed(session, task.link, outcome)
