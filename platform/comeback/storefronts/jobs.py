"""Entry points of storefronts: webhooks, fetching, sweeping, writing back, privacy."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from comeback.core.db import Database, WriteSession
from comeback.core.effects import EffectJob
from comeback.core.events import load_event
from comeback.core.jobs import JobFn
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.service import hooks, privacy, writing
from comeback.storefronts.service.connecting import SUBSCRIBE
from comeback.storefronts.service.fetching import FetchObject
from comeback.storefronts.service.sending import WriteBackJob
from comeback.storefronts.service.subscribing import Subscribe
from comeback.storefronts.service.sweeping import BACKFILL, EVERY, RECONCILE, Backfill, Reconcile, reconcile_all
from comeback.vendors.storefronts import Storefront

CODES_EVERY = 10.0


class Parts(Protocol):
    """What these jobs need of the process's services."""

    settings: Settings
    database: Database
    vault: Vault
    storefronts: dict[str, Storefront]


def inbox_of(vendor: str) -> JobFn:
    """`inbox.shopify`, `inbox.woocommerce`: works one webhook off."""

    async def run(session: WriteSession, payload: dict[str, Any]) -> None:
        await hooks.receive(session, payload["inbox"], vendor)

    return run


def told(services: Parts) -> dict[str, JobFn]:
    """What is heard from the rooms below."""

    async def refund(session: WriteSession, payload: dict[str, Any]) -> None:
        await writing.on_refund(session, services.vault, await load_event(session, payload["event"]))

    async def exchange(session: WriteSession, payload: dict[str, Any]) -> None:
        await writing.on_exchange(session, services.vault, await load_event(session, payload["event"]))

    async def credit(session: WriteSession, payload: dict[str, Any]) -> None:
        event = await load_event(session, payload["event"])
        await writing.on_credit(session, services.vault, services.settings, event)

    async def note(session: WriteSession, payload: dict[str, Any]) -> None:
        await writing.on_note(session, services.vault, await load_event(session, payload["event"]))

    return {
        "storefronts.on_refund": refund,
        "storefronts.on_exchange": exchange,
        "storefronts.on_credit": credit,
        "storefronts.on_note": note,
    }


def jobs(services: Parts) -> dict[str, JobFn | EffectJob[Any, Any]]:
    """Job name → row job or effect job."""
    shops, vault, settings = services.storefronts, services.vault, services.settings

    async def private(session: WriteSession, payload: dict[str, Any]) -> None:
        await privacy.answer(session, vault, UUID(payload["request"]))

    return {
        "inbox.shopify": inbox_of("shopify"),
        "inbox.woocommerce": inbox_of("woocommerce"),
        hooks.FETCH: FetchObject(shops, vault, settings),
        hooks.ERASE: private,
        RECONCILE: Reconcile(shops, vault),
        BACKFILL: Backfill(shops, vault, settings),
        SUBSCRIBE: Subscribe(shops, vault, settings),
        writing.WRITE: WriteBackJob(shops, vault),
        **told(services),
    }


async def write_codes(services: Parts, only: UUID | None = None) -> int:
    """Plans the coupons that the shops do not know yet, in all shops or one; answers how many."""
    async with services.database.machinery() as session:
        live = await repository.live_storefronts(session)
    planned = 0
    for shop in sorted({shop for shop, _ in live if only in (None, shop)}):
        async with services.database.write(shop) as session:
            planned += await writing.plan_codes(session, services.vault)
    return planned


def ticks(services: Parts) -> dict[str, tuple[float, Callable[[], Awaitable[int]]]]:
    """Name → (seconds, function)."""
    return {
        "storefronts.reconcile": (EVERY, lambda: reconcile_all(services.database)),
        "storefronts.codes": (CODES_EVERY, lambda: write_codes(services)),
    }


def idle_work(services: Parts) -> list[Callable[[UUID | None], Awaitable[int]]]:
    """Work beyond the outbox, for `drain`."""
    return [lambda shop: write_codes(services, shop)]
