"""The outbox: rows that are the queue.

State of a row: `due → running → done`, back to `due` with a later time after a failure, `dead` after the last
attempt (never deleted; an operator requeues it). A claim takes a lease by the database clock and counts an attempt;
every write that ends a claim says `WHERE attempt = :mine`, so a worker that slept past its lease changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, ReadSession, ShopRow, WriteSession, affected, machinery, rows
from comeback.kit.ids import new_id

MAX_ATTEMPTS = 12


class OutboxRow(ShopRow, Base):
    """One piece of work: a job name and the ids it needs."""

    __tablename__ = "outbox"
    job: Mapped[str]
    payload: Mapped[dict[str, Any]]
    key: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="due")
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    done_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('due', 'running', 'done', 'dead')", name="state"),
        Index("ix_outbox_due", "due_at", postgresql_where=text("state = 'due'")),
        Index("ix_outbox_lease", "lease_until", postgresql_where=text("state = 'running'")),
        Index("ix_outbox_done", "done_at", postgresql_where=text("state = 'done'")),
        Index(
            "uq_outbox_key",
            "shop_id",
            "job",
            "key",
            unique=True,
            postgresql_where=text("key IS NOT NULL AND state = 'due'"),
        ),
        {"info": machinery("select", "insert", "update", "delete")},
    )


class Job(msgspec.Struct, frozen=True):
    """Work to enqueue: `key` makes it one among rows not yet begun, `delay` counts by the database clock."""

    name: str
    payload: dict[str, Any]
    key: str | None = None
    delay: timedelta = timedelta()


class Claimed(msgspec.Struct, frozen=True):
    """A row this process holds until its lease ends."""

    shop_id: UUID
    id: UUID
    job: str
    payload: dict[str, Any]
    attempt: int


_INSERT = text(
    "INSERT INTO outbox (shop_id, id, job, payload, key, due_at) "
    "SELECT CAST(:shop AS uuid), j.id, j.job, j.payload, j.key, clock_timestamp() + j.delay "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:jobs AS text[]), CAST(:payloads AS jsonb[]), CAST(:keys AS text[]), "
    "CAST(:delays AS interval[])) AS j(id, job, payload, key, delay) "
    "ON CONFLICT (shop_id, job, key) WHERE key IS NOT NULL AND state = 'due' DO NOTHING RETURNING id"
)


async def enqueue_all(session: WriteSession, jobs: Sequence[Job]) -> None:
    """Adds work in the caller's transaction and remembers to ring for it."""
    if not jobs:
        return
    values = {
        "shop": session.shop_id,
        "ids": [new_id() for _ in jobs],
        "jobs": [j.name for j in jobs],
        "payloads": [msgspec.json.encode(j.payload).decode() for j in jobs],
        "keys": [j.key for j in jobs],
        "delays": [j.delay for j in jobs],
    }
    made = (await session.execute(_INSERT, values)).scalars().all()
    if not any(j.delay for j in jobs):
        session.ring(*made)


async def enqueue(
    session: WriteSession, job: str, payload: dict[str, Any], *, key: str | None = None, delay: timedelta | None = None
) -> None:
    """Adds one piece of work; see `Job`."""
    await enqueue_all(session, [Job(job, payload, key, delay or timedelta())])


_CLAIM = """
WITH due AS (
  SELECT shop_id, id FROM outbox
  WHERE ((state = 'due' AND due_at <= clock_timestamp()) OR (state = 'running' AND lease_until < clock_timestamp()))
    {only}
  ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
UPDATE outbox o SET state = 'running', attempt = o.attempt + 1, key = NULL,
  lease_until = clock_timestamp() + make_interval(secs => :lease)
FROM due WHERE o.shop_id = due.shop_id AND o.id = due.id
RETURNING o.shop_id, o.id, o.job, o.payload, o.attempt
"""
_BY_IDS = text(_CLAIM.format(only="AND id = ANY(:ids)"))
_BY_SHOP = text(_CLAIM.format(only="AND shop_id = :shop"))
_ANY = text(_CLAIM.format(only=""))


async def claim(
    session: WriteSession,
    *,
    lease: float,
    limit: int = 100,
    ids: Sequence[UUID] | None = None,
    shop: UUID | None = None,
) -> list[Claimed]:
    """Claims due rows (and rows whose lease ran out), as the machinery."""
    values: dict[str, Any] = {"lease": lease, "limit": limit}
    if ids is not None:
        found = await session.execute(_BY_IDS, values | {"ids": list(ids)})
    elif shop is not None:
        found = await session.execute(_BY_SHOP, values | {"shop": shop})
    else:
        found = await session.execute(_ANY, values)
    return sorted((Claimed(**r) for r in rows(found)), key=lambda c: c.id)


class LostLease(Exception):
    """Another worker holds the row now: this one's work must not be written."""


_MINE = "WHERE shop_id = :shop AND id = :id AND attempt = :attempt AND state = 'running'"


async def _end(session: WriteSession, claimed: Claimed, change: str, **values: Any) -> None:
    done = await session.execute(
        text(f"UPDATE outbox SET lease_until = NULL, {change} {_MINE}"),
        values | {"shop": claimed.shop_id, "id": claimed.id, "attempt": claimed.attempt},
    )
    if affected(done) != 1:
        raise LostLease(f"{claimed.job} {claimed.id} attempt {claimed.attempt}")


async def complete(session: WriteSession, claimed: Claimed) -> None:
    """Marks the row done; raises LostLease where it is no longer ours."""
    await _end(session, claimed, "state = 'done', done_at = clock_timestamp(), last_error = NULL")


async def put_off(session: WriteSession, claimed: Claimed, error: str, delay: float, *, dead: bool = False) -> None:
    """Makes the row due again in `delay` seconds, or dead; raises LostLease where it is no longer ours."""
    state = "dead" if dead else "due"
    change = "state = :state, due_at = clock_timestamp() + make_interval(secs => :delay), last_error = :error"
    await _end(session, claimed, change, state=state, delay=delay, error=error[:500])


async def renew(session: WriteSession, claimed: Claimed, lease: float) -> bool:
    """Extends the lease while work goes on; False where it was lost."""
    done = await session.execute(
        text(f"UPDATE outbox SET lease_until = clock_timestamp() + make_interval(secs => :lease) {_MINE}"),
        {"lease": lease, "shop": claimed.shop_id, "id": claimed.id, "attempt": claimed.attempt},
    )
    return affected(done) == 1


async def hold(session: WriteSession, claimed: Claimed, lease: float) -> None:
    """Renews the lease in the unit of work that decides a call; raises LostLease where another has the row, so that
    who slept past the lease reaches nothing outside."""
    if not await renew(session, claimed, lease):
        raise LostLease(f"{claimed.job} {claimed.id} attempt {claimed.attempt}")


async def unfinished(session: ReadSession, job: str, name: str, values: Sequence[str]) -> set[str]:
    """Which of `values` a row of the shop that still waits or runs carries under payload key `name`."""
    query = text(
        "SELECT payload ->> :name FROM outbox WHERE shop_id = :shop AND job = :job AND state IN ('due', 'running') "
        "AND payload ->> :name = ANY(CAST(:values AS text[]))"
    )
    given = {"shop": session.shop_id, "job": job, "name": name, "values": list(values)}
    return set((await session.execute(query, given)).scalars())


async def prune(session: WriteSession, keep: timedelta = timedelta(days=7), limit: int = 5000) -> int:
    """Deletes done rows older than `keep`; dead rows stay for the operator."""
    query = text(
        "DELETE FROM outbox WHERE (shop_id, id) IN (SELECT shop_id, id FROM outbox WHERE state = 'done' "
        "AND done_at < clock_timestamp() - CAST(:keep AS interval) LIMIT :limit)"
    )
    return affected(await session.execute(query, {"keep": keep, "limit": limit}))
