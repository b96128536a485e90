"""Entry points of webhooks: the delivering loop, what `drain` runs, upkeep."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from comeback.core.db import Database
from comeback.core.egress import Egress
from comeback.core.secrets import Vault
from comeback.webhooks.delivery.loop import Deliverer
from comeback.webhooks.repository import results

_DELIVERERS: WeakKeyDictionary[Database, Deliverer] = WeakKeyDictionary()


class Services(Protocol):
    """What this room needs of the process's services."""

    database: Database
    vault: Vault
    egress: Egress
    closers: list[Callable[[], Awaitable[None]]]


def deliverer_of(services: Services) -> Deliverer:
    """The deliverer of this process."""
    found = _DELIVERERS.get(services.database)
    if found is None:
        found = Deliverer(services.database, services.vault, services.egress)
        _DELIVERERS[services.database] = found
        services.closers.insert(0, found.close)
    return found


def idle_work(services: Services) -> list[Callable[[UUID | None], Awaitable[int]]]:
    """Delivering, for `drain`."""

    async def deliver(shop: UUID | None) -> int:
        return await deliverer_of(services).run_once(shop)

    return [deliver]


def loops(services: Services) -> dict[str, Callable[[asyncio.Event], Awaitable[None]]]:
    """The delivering loop of a worker."""
    return {"webhooks": lambda stop: deliverer_of(services).run_forever(stop)}


def ticks(services: Services) -> dict[str, tuple[float, Callable[[], Awaitable[None]]]]:
    """Every ten minutes what is too old is given up, and what ended a month ago is dropped."""

    async def tidy() -> None:
        async with services.database.machinery() as session:
            await results.tidy(session)

    return {"webhooks.tidy": (600.0, tidy)}
