"""Events: what happened, told upwards through the outbox and kept in a history.

`publish` writes one row of history and one outbox row for each job that subscribed, in the caller's transaction:
an event is neither lost nor told twice. The history is range-partitioned by its time-ordered id.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, ReadSession, ShopRow, WriteSession, rows
from comeback.core.outbox import Job, enqueue_all
from comeback.core.partitions import partitioned
from comeback.kit.ids import new_id

SUBJECTS = ("order_id", "shipment_id", "return_id", "customer_id")
_SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events. Subclasses set `name` (past tense, `room.happened`) and add fields."""

    name: ClassVar[str]
    occurred_at: datetime
    order_id: UUID | None = None
    shipment_id: UUID | None = None
    return_id: UUID | None = None
    customer_id: UUID | None = None


Listener = Callable[[WriteSession, Sequence[UUID], Sequence[Event]], Awaitable[None]]
_LISTENERS: list[Listener] = []


class EventRecord(ShopRow, Base):
    """The history; append-only."""

    __tablename__ = "events"
    name: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    order_id: Mapped[UUID | None]
    shipment_id: Mapped[UUID | None]
    return_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    __table_args__ = (
        Index("ix_events_order", "shop_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
        Index("ix_events_return", "shop_id", "return_id", postgresql_where=text("return_id IS NOT NULL")),
        Index("ix_events_customer", "shop_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
        {"postgresql_partition_by": "RANGE (id)", "info": {"app": ("select", "insert")}},
    )


class EventRow(msgspec.Struct, kw_only=True):
    """One event as read back; `data` holds the fields beyond the subjects."""

    id: UUID
    name: str
    occurred_at: datetime
    order_id: UUID | None
    shipment_id: UUID | None
    return_id: UUID | None
    customer_id: UUID | None
    data: dict[str, Any]


def subscribe(table: Mapping[str, Sequence[str]]) -> None:
    """Sets who is told of what: event name → job names. Called once, by the wiring."""
    _SUBSCRIPTIONS.clear()
    _SUBSCRIPTIONS.update({name: tuple(jobs) for name, jobs in table.items()})


def listen(*listeners: Listener) -> None:
    """Sets who hears of all events at once, in the transaction that publishes them (outgoing webhooks). Called once,
    by the wiring. A listener costs every publish a statement and a failure of it fails the publish: keep it small."""
    _LISTENERS[:] = listeners


_INSERT = text(
    "INSERT INTO events (shop_id, id, name, occurred_at, order_id, shipment_id, return_id, customer_id, data) "
    "SELECT CAST(:shop AS uuid), e.* FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), "
    "CAST(:times AS timestamptz[]), CAST(:order_id AS uuid[]), CAST(:shipment_id AS uuid[]), "
    "CAST(:return_id AS uuid[]), CAST(:customer_id AS uuid[]), CAST(:data AS jsonb[])) AS e"
)


async def publish_all(session: WriteSession, events: Sequence[Event]) -> list[UUID]:
    """Writes the events and the jobs that wait for them; answers the events' ids in order."""
    if not events:
        return []
    ids = [new_id() for _ in events]
    values: dict[str, Any] = {name: [getattr(e, name) for e in events] for name in SUBJECTS}
    values |= {"shop": session.shop_id, "ids": ids, "names": [e.name for e in events]}
    values |= {"times": [e.occurred_at for e in events], "data": [_data(e) for e in events]}
    await session.execute(_INSERT, values)
    jobs = [
        Job(job, {"event": str(i)}) for i, e in zip(ids, events, strict=True) for job in _SUBSCRIPTIONS.get(e.name, ())
    ]
    await enqueue_all(session, jobs)
    for listener in _LISTENERS:
        await listener(session, ids, events)
    return ids


async def publish(session: WriteSession, event: Event) -> UUID:
    """Writes one event; see `publish_all`."""
    return (await publish_all(session, [event]))[0]


def _data(event: Event) -> str:
    fields = msgspec.to_builtins(event)
    rest = {k: v for k, v in fields.items() if k not in SUBJECTS and k != "occurred_at"}
    return msgspec.json.encode(rest).decode()


_COLUMNS = "id, name, occurred_at, order_id, shipment_id, return_id, customer_id, data"


async def load_event(session: ReadSession, event_id: UUID | str) -> EventRow:
    """One event of the shop; raises NoResultFound where there is none."""
    found = await load_events(session, [UUID(str(event_id))])
    return found[0]


async def load_events(session: ReadSession, event_ids: Sequence[UUID]) -> list[EventRow]:
    """Events by id, oldest first."""
    query = text(f"SELECT {_COLUMNS} FROM events WHERE shop_id = :shop AND id = ANY(:ids) ORDER BY id")
    found = await session.execute(query, {"shop": session.shop_id, "ids": list(event_ids)})
    return [EventRow(**r) for r in rows(found)]  # type: ignore[arg-type]


async def events_of(
    session: ReadSession,
    *,
    order_id: UUID | None = None,
    return_id: UUID | None = None,
    customer_id: UUID | None = None,
    limit: int = 500,
) -> list[EventRow]:
    """The history of one subject, oldest first by `occurred_at`."""
    given = {"order_id": order_id, "return_id": return_id, "customer_id": customer_id}
    where = " AND ".join(f"{name} = :{name}" for name, value in given.items() if value is not None)
    query = text(
        f"SELECT {_COLUMNS} FROM events WHERE shop_id = :shop AND {where or 'false'} "
        "ORDER BY occurred_at, id LIMIT :limit"
    )
    found = await session.execute(query, given | {"shop": session.shop_id, "limit": limit})
    return [EventRow(**r) for r in rows(found)]  # type: ignore[arg-type]


partitioned("events")
