"""Entry points of messages: the sending loop, what `drain` runs, pruning; and the trackers of this process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from comeback.core import clock
from comeback.core.db import Database
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.kit.tokens import Signer
from comeback.messages.repository import queue
from comeback.messages.sender.loop import Sender
from comeback.messages.tracking.handlers import KNOWN, Trackers
from comeback.messages.tracking.recorder import Recorder

BODY_DAYS = 30
_SENDERS: WeakKeyDictionary[Database, Sender] = WeakKeyDictionary()


class Services(Protocol):
    """What this room needs of the process's services."""

    settings: Settings
    database: Database
    vault: Vault
    signer: Signer
    closers: list[Callable[[], Awaitable[None]]]


def sender_of(services: Services) -> Sender:
    """The sender of this process."""
    found = _SENDERS.get(services.database)
    if found is None:
        found = Sender(services.database, services.vault, services.signer, services.settings)
        _SENDERS[services.database] = found
        services.closers.insert(0, found.close)
    return found


def idle_work(services: Services) -> list[Callable[[UUID | None], Awaitable[int]]]:
    """Sending, for `drain`. Also readies the pixel and click handlers of this process."""
    recorder = Recorder(services.database, services.settings.secret_key.reveal())
    KNOWN[services.database] = Trackers(services.signer, recorder)
    services.closers.insert(0, recorder.close)

    async def send(shop: UUID | None) -> int:
        return await sender_of(services).run_once(shop=shop)

    return [send]


def loops(services: Services) -> dict[str, Callable[[asyncio.Event], Awaitable[None]]]:
    """The sending loop of a worker."""
    return {"sender": lambda stop: sender_of(services).run_forever(stop)}


def ticks(services: Services) -> dict[str, tuple[float, Callable[[], Awaitable[None]]]]:
    """Once an hour the bodies of mails long done are dropped."""

    async def prune() -> None:
        async with services.database.machinery() as session:
            await queue.prune_bodies(session, clock.now() - timedelta(days=BODY_DAYS))

    return {"messages.prune": (3600.0, prune)}
