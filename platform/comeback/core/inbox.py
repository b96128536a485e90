"""The inbox: a webhook is durable before it is answered, and worked on later by a job.

Once per connection on the provider's id *and* on the body's hash, kept for ever; the body goes after its retention.
Inserts of concurrent requests are group-committed; answers are matched by key, since ignored rows return nothing.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, ReadSession, ShopRow, machinery, register_ddl, rows
from comeback.core.batching import Batcher
from comeback.core.db import Database
from comeback.core.metrics import INBOX
from comeback.kit.ids import new_id


class InboxItem(ShopRow, Base):
    """One delivery. `body` is the raw bytes as received (retention 30 days), the hashes stay."""

    __tablename__ = "inbox"
    connection_id: Mapped[UUID]
    kind: Mapped[str]
    topic: Mapped[str]
    provider_id: Mapped[str]
    body_hash: Mapped[bytes]
    body: Mapped[bytes | None]
    received_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (
        Index("uq_inbox_provider", "shop_id", "connection_id", "topic", "provider_id", unique=True),
        Index("uq_inbox_body", "shop_id", "connection_id", "topic", "body_hash", unique=True),
        {"info": machinery("select", "insert", "update")},
    )


register_ddl("inbox_storage", "ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL")


class Delivery(msgspec.Struct, frozen=True):
    """A verified delivery. `provider_id` is the provider's own id of it, or "" where it has none."""

    shop_id: UUID
    connection_id: UUID
    kind: str
    topic: str
    provider_id: str
    body: bytes


class InboxRow(msgspec.Struct):
    """What a job reads back."""

    id: UUID
    connection_id: UUID
    kind: str
    topic: str
    body: bytes | None
    received_at: datetime


_ACCEPT = """
WITH d AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[],
    $8::bytea[], $9::uuid[]) AS d(shop_id, id, connection_id, kind, topic, provider_id, body_hash, body, job_id)),
new AS (
  INSERT INTO inbox (shop_id, id, connection_id, kind, topic, provider_id, body_hash, body)
  SELECT shop_id, id, connection_id, kind, topic, provider_id, body_hash, body FROM d
  ON CONFLICT DO NOTHING RETURNING shop_id, id)
INSERT INTO outbox (shop_id, id, job, payload)
SELECT d.shop_id, d.job_id, 'inbox.' || d.kind, jsonb_build_object('inbox', d.id) FROM d JOIN new USING (shop_id, id)
RETURNING id
"""


class Inbox:
    """Accepts verified deliveries; one per process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batcher: Batcher[Delivery, bool] = Batcher(self._flush, max_size=200)

    async def accept(self, delivery: Delivery) -> bool:
        """Returns when the delivery is durable; True where it was new."""
        new = await self._batcher.submit(delivery)
        INBOX.labels(delivery.kind, "new" if new else "seen").inc()
        return new

    async def _flush(self, batch: Sequence[Delivery]) -> list[bool]:
        hashes = [hashlib.sha256(d.body).digest() for d in batch]
        jobs = [new_id() for _ in batch]
        columns = (
            [d.shop_id for d in batch],
            [new_id() for _ in batch],
            [d.connection_id for d in batch],
            [d.kind for d in batch],
            [d.topic for d in batch],
            [d.provider_id or f"sha256:{h.hex()}" for d, h in zip(batch, hashes, strict=True)],
            hashes,
            [d.body for d in batch],
            jobs,
        )
        async with self._database.machinery() as session:
            raw = await (await session.connection()).get_raw_connection()
            found = {r["id"] for r in await raw.driver_connection.fetch(_ACCEPT, *columns)}  # type: ignore[union-attr]
            session.ring(*(j for j in jobs if j in found))
        return [j in found for j in jobs]

    async def close(self) -> None:
        """Waits for what was accepted to be durable."""
        await self._batcher.close()


async def load_inbox(session: ReadSession, inbox_id: UUID | str) -> InboxRow:
    """One delivery of the shop."""
    query = text(
        "SELECT id, connection_id, kind, topic, body, received_at FROM inbox WHERE shop_id = :shop AND id = :id"
    )
    found = await session.execute(query, {"shop": session.shop_id, "id": UUID(str(inbox_id))})
    return InboxRow(**rows(found)[0])
