"""Entry points of returns: what refunds and parcels mean for cases, and cases whose goods never left."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from comeback.core import clock
from comeback.core.db import Database, WriteSession
from comeback.core.events import load_event, publish
from comeback.core.jobs import JobFn
from comeback.core.outbox import enqueue
from comeback.core.settings import Settings
from comeback.messages.schemas import BlockProvider
from comeback.returns import repository
from comeback.returns.events import ReturnLabelReady
from comeback.returns.service import deciding
from comeback.returns.service.blocks import block_providers
from comeback.returns.service.loading import find, lock, move
from comeback.returns.service.settling import follow

EXPIRE_EVERY = 300.0


class Needs(Protocol):
    """What the jobs of this room take from the process's services."""

    settings: Settings
    database: Database


async def on_refund(session: WriteSession, payload: dict[str, Any]) -> None:
    """A refund of a case moved: its settlement follows, the case closes when all is paid."""
    event = await load_event(session, payload["event"])
    if event.return_id is not None:
        await follow(session, await lock(session, event.return_id))


async def on_label(session: WriteSession, payload: dict[str, Any]) -> None:
    """The label of a case can be fetched."""
    event = await load_event(session, payload["event"])
    if event.return_id is not None:
        await publish(session, ReturnLabelReady(**deciding.about(await find(session, event.return_id))))


async def on_parcel(session: WriteSession, payload: dict[str, Any]) -> None:
    """Goods are moving: the case is open and does not expire any more."""
    event = await load_event(session, payload["event"])
    if event.return_id is None:
        return
    case = await lock(session, event.return_id)
    if case.state == "approved":
        move(case, "open")
        await session.flush()


async def expire(session: WriteSession, payload: dict[str, Any]) -> None:
    """Ends an approved case whose goods never left."""
    await deciding.expire(session, UUID(payload["return"]))


async def due_expiries(database: Database, limit: int = 500) -> int:
    """Enqueues the end of every case whose goods never left, in all shops; answers how many."""
    async with database.machinery() as session:
        due = await repository.due_expiries(session, clock.now() - deciding.EXPIRY_GRACE, limit)
    for shop in {shop for shop, _ in due}:
        async with database.write(shop) as session:
            for case in [c for s, c in due if s == shop]:
                await enqueue(session, "returns.expire", {"return": str(case)}, key=str(case))
    return len(due)


def jobs(_services: Needs) -> dict[str, JobFn]:
    """Job name → function."""
    return {
        "returns.on_refund": on_refund,
        "returns.on_label": on_label,
        "returns.on_parcel": on_parcel,
        "returns.expire": expire,
    }


def ticks(services: Needs) -> dict[str, tuple[float, Callable[[], Awaitable[int]]]]:
    """Name → (seconds, function)."""
    return {"returns.expire": (EXPIRE_EVERY, lambda: due_expiries(services.database))}


def blocks(services: Needs) -> dict[str, BlockProvider]:
    """Blocks of mails that this room fills: `return` and `refund`."""
    return block_providers(services.settings)
