"""What a shop's mails are written on: its brand, names, signing keys and bound templates; remembered for a while."""

import asyncio
import time
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import WriteSession
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.merchants import service as merchants
from comeback.messages.mime.dkim import Key, load_key
from comeback.messages.render.brand import brand_values, shop_values
from comeback.messages.render.compile import Compiled
from comeback.messages.render.render import Bound, bind
from comeback.messages.repository import templates
from comeback.messages.service.publish import pick_locale

KEEP_SECONDS = 10.0
STREAMS = {"service": "orders", "marketing": "news"}


class Sender(msgspec.Struct, frozen=True):
    """Who a mail comes from. `key` is None where the relay signs or the shop has no verified domain."""

    address: str
    domain: str
    key: Key | None
    sending_domain_id: UUID | None


class Stationery:
    """One shop's, at one moment."""

    def __init__(self, shop: Any, senders: dict[str, Sender]) -> None:
        self.name: str = shop.name
        self.locale: str = shop.locale
        self.timezone: str = shop.timezone
        self.brand = brand_values(shop.brand)
        self.shop = shop_values(shop.name, shop.brand)
        self.reply_to: str | None = shop.brand.get("support_email")
        self.tracking: bool = bool(shop.settings.get("individual_tracking", True))
        self.senders = senders
        self.made_at = time.monotonic()
        self._compiled: dict[tuple[str, int | None], tuple[int, dict[str, Compiled]] | None] = {}
        self._bound: dict[tuple[str, int, str], Bound] = {}

    async def template(
        self, session: WriteSession, key: str, version: int | None, locale: str
    ) -> tuple[int, Bound] | None:
        """Version number and bound template; None where the shop has no such template."""
        if (key, version) not in self._compiled:
            found = await templates.published(session, key, version)
            languages = msgspec.convert(found["compiled"], dict[str, Compiled]) if found else {}
            self._compiled[key, version] = (found["version"], languages) if found else None
        known = self._compiled[key, version]
        if known is None:
            return None
        number, languages = known
        compiled = pick_locale(languages, locale, self.locale)
        at = (key, number, compiled.locale)
        if at not in self._bound:
            self._bound[at] = bind(compiled, self.brand, self.shop)
        return number, self._bound[at]


class Cabinet:
    """Remembers each shop's stationery for some seconds, so that a change shows soon and a batch costs little."""

    def __init__(self, settings: Settings, vault: Vault) -> None:
        self.settings, self.vault = settings, vault
        self._known: dict[UUID, Stationery] = {}
        self._keys: dict[UUID, Key] = {}

    async def of(self, session: WriteSession) -> Stationery:
        """The stationery of the session's shop."""
        known = self._known.get(session.shop_id)
        if known is not None and time.monotonic() - known.made_at < KEEP_SECONDS:
            return known
        shop = await merchants.get_shop(session)
        senders = {class_: await self._sender(session, shop.slug, stream) for class_, stream in STREAMS.items()}
        made = self._known[session.shop_id] = Stationery(shop, senders)
        return made

    async def _sender(self, session: WriteSession, slug: str, stream: str) -> Sender:
        found = await merchants.dkim_key(session, self.vault, stream)
        if found is None:
            domain = self.settings.mail.domain
            return Sender(f"{slug}@{domain}" if stream == "orders" else f"{slug}-{stream}@{domain}", domain, None, None)
        key = self._keys.get(found.sending_domain_id)
        if key is None:
            pem = found.private_key.reveal().encode()
            key = await asyncio.to_thread(load_key, found.domain, found.selector, pem)
            self._keys[found.sending_domain_id] = key
        signing = key if self.settings.mail.dkim else None
        return Sender(found.address, found.domain, signing, found.sending_domain_id)
