"""Reading what no webhook told: reconciliation by change time, and back-fill by creation. Both go page by page.

Reconciliation asks for ids and change times only, which is cheap; what is newer than what we know is fetched. It looks
back over the watermark, since a shop's change times may become visible late.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock, progress
from comeback.core.db import Database, WriteSession
from comeback.core.outbox import Job, enqueue, enqueue_all
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.service.fetching import failed, known_versions, take
from comeback.storefronts.service.hooks import FETCH
from comeback.storefronts.service.links import Link, open_link
from comeback.vendors.errors import ProviderRefused
from comeback.vendors.storefronts import ChangePage, ObjectKind, ObjectPage, Storefront

RECONCILE, BACKFILL = "storefronts.reconcile", "storefronts.backfill"
EVERY = 600.0
"""Seconds between two reconciliations of a connection."""
OVERLAP = timedelta(minutes=15)
KINDS: tuple[ObjectKind, ...] = ("product", "customer", "order")
PAGE, FULL_PAGE = 100, 25
KEEP_ALIVE = timedelta(milliseconds=1)


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """A page to read."""

    link: Link
    kind: ObjectKind
    since: datetime
    cursor: str | None


def _kind(name: str) -> ObjectKind:
    return next(kind for kind in KINDS if kind == name)


class Reconcile:
    """One page of changes of one kind; the next page is a row of its own, so a crash loses one page at most."""

    name = "storefronts.reconcile"

    def __init__(self, storefronts: Mapping[str, Storefront], vault: Vault) -> None:
        self.storefronts, self.vault = storefronts, vault

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Sweep | None:
        """From the watermark, less the overlap."""
        connection, kind = UUID(payload["connection"]), _kind(payload["kind"])
        link = await open_link(session, self.vault, connection)
        mark = await repository.watermark(session, connection, kind)
        if link is None or mark is None or link.vendor not in self.storefronts:
            return None
        since = datetime.fromisoformat(payload["since"]) if payload.get("since") else mark - OVERLAP
        return Sweep(link=link, kind=kind, since=since, cursor=payload.get("cursor"))

    async def call(self, task: Sweep) -> ChangePage:
        """Ids and change times."""
        shop = self.storefronts[task.link.vendor]
        return await shop.changes(task.link.access, task.kind, task.since, task.cursor, PAGE)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: Sweep, outcome: ChangePage | Exception
    ) -> None:
        """Fetches what is news, and moves the watermark to the last change that was seen."""
        if isinstance(outcome, Exception):
            await failed(session, task.link, outcome)
            return
        known = await known_versions(session, task.link, task.kind, [item.id for item in outcome.items])
        news = [i for i in outcome.items if i.id not in known or not _same(known[i.id], i.updated_at)]
        await enqueue_all(session, [_fetch(task, item.id, payload) for item in news])
        latest = max((item.updated_at for item in outcome.items), default=task.since)
        await repository.set_watermark(session, task.link.id, task.kind, latest, now=clock.now(), repaired=len(news))
        await self._count(session, payload, len(news), last=outcome.next is None)
        if outcome.next is not None:
            more = payload | {"cursor": outcome.next, "since": task.since.isoformat()}
            more.pop("attempt", None)
            await enqueue(session, RECONCILE, more)

    async def _count(self, session: WriteSession, payload: dict[str, Any], news: int, *, last: bool) -> None:
        """The task of a reconciliation that a person began: its length is what was missing, kind by kind."""
        if payload.get("task"):
            await progress.grow(session, UUID(payload["task"]), news, closing=last and payload.get("last", False))


def _same(known: tuple[datetime | None, bool], updated_at: datetime) -> bool:
    version, confirmed = known
    return confirmed and version is not None and version >= updated_at


def _fetch(task: Sweep, object_id: str, payload: dict[str, Any]) -> Job:
    found: dict[str, Any] = {"connection": str(task.link.id), "kind": task.kind, "id": object_id}
    if payload.get("task"):
        found["task"] = payload["task"]
    return Job(FETCH, found)


class Backfill:
    """One page of whole objects, taken in as history: nobody is written to."""

    name = "storefronts.backfill"

    def __init__(self, storefronts: Mapping[str, Storefront], vault: Vault, settings: Settings) -> None:
        self.storefronts, self.vault, self.settings = storefronts, vault, settings

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Sweep | None:
        """The page that the cursor names."""
        link = await open_link(session, self.vault, UUID(payload["connection"]))
        if link is None or link.vendor not in self.storefronts:
            await progress.finish(session, UUID(payload["task"]), "failed", {"problem": "the connection is off"})
            return None
        since = datetime.fromisoformat(payload["since"])
        return Sweep(link=link, kind=_kind(payload["kinds"][0]), since=since, cursor=payload.get("cursor"))

    async def call(self, task: Sweep) -> ObjectPage:
        """Whole objects, oldest first."""
        shop = self.storefronts[task.link.vendor]
        return await shop.objects(task.link.access, task.kind, task.since, task.cursor, FULL_PAGE)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: Sweep, outcome: ObjectPage | Exception
    ) -> None:
        """Takes the page in; the next page, or the next kind, is a row of its own."""
        task_id = UUID(payload["task"])
        if isinstance(outcome, ProviderRefused):
            await progress.finish(session, task_id, "failed", {"problem": outcome.detail or outcome.code})
            return
        if isinstance(outcome, Exception):
            await failed(session, task.link, outcome)
            return
        for found in outcome.items:
            await take(session, self.settings, task.link, found, quiet=True)
        done = int(payload.get("done", 0)) + len(outcome.items)
        total = payload.get("total") or 0
        total = total + outcome.total if outcome.total is not None else total
        await progress.step(session, task_id, done, max(total, done) or None)
        await self._next(session, payload, outcome.next, done, total)

    @staticmethod
    async def _next(session: WriteSession, payload: dict[str, Any], cursor: str | None, done: int, total: int) -> None:
        kinds = payload["kinds"] if cursor is not None else payload["kinds"][1:]
        if not kinds:
            await progress.step(session, UUID(payload["task"]), done, done)
            await progress.finish(session, UUID(payload["task"]), "done", {"taken": done})
            return
        more = {k: payload[k] for k in ("connection", "task", "since")}
        await enqueue(session, BACKFILL, more | {"kinds": kinds, "cursor": cursor, "done": done, "total": total})


async def begin_backfill(session: WriteSession, connection: UUID, since: datetime, kinds: list[ObjectKind]) -> UUID:
    """Starts a back-fill; answers its task."""
    task = await progress.start(session, "storefront.backfill")
    ordered = [kind for kind in KINDS if kind in kinds]
    payload = {"connection": str(connection), "task": str(task), "since": since.isoformat(), "kinds": ordered}
    await enqueue(session, BACKFILL, payload)
    return task


async def begin_reconcile(session: WriteSession, connection: UUID, task: UUID | None = None) -> None:
    """A look at every kind, products first: orders refer to them."""
    for kind in KINDS:
        payload: dict[str, Any] = {"connection": str(connection), "kind": kind}
        if task is None:
            await enqueue(session, RECONCILE, payload, key=f"{connection}:{kind}")
        else:
            await enqueue(session, RECONCILE, payload | {"task": str(task), "last": kind == KINDS[-1]})


async def reconcile_task(session: WriteSession, connection: UUID) -> UUID:
    """A reconciliation that a person watches; its total is what was missing."""
    task = await progress.start(session, "storefront.reconcile", 0)
    await begin_reconcile(session, connection, task)
    return task


async def reconcile_all(database: Database) -> int:
    """The tick: every connection of every shop; answers how many."""
    async with database.machinery() as session:
        live = await repository.live_storefronts(session)
    for shop, connection in live:
        async with database.write(shop) as session:
            await begin_reconcile(session, connection)
    return len(live)
