"""Idempotency-Key: the first answer of a POST is stored in its own transaction and given again.

The key row is inserted before the work, so a concurrent request with the same key waits on the unique index until
the first commits, then reads its answer. Same key with another body: 422. An answer that shows a secret (a route with
`opt={"secret": True}`) is stored sealed.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, WriteSession, affected, machinery
from comeback.core.errors import FieldError, Invalid, Replay
from comeback.core.secrets import Vault


class IdempotencyKey(Base):
    """One answered POST."""

    __tablename__ = "idempotency_keys"
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int | None]
    body: Mapped[bytes | None]
    media_type: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    __table_args__ = (Index("ix_idempotency_keys_created", "created_at"), {"info": machinery("select", "delete")})


class KeyReused(Invalid):
    """The key came before with another request (422)."""

    slug, title = "idempotency-key-reused", "This Idempotency-Key was used with another request"


MAX_KEY = 200


def checked(key: str) -> str:
    """The key as it came. Raises Invalid (422) for one over 200 characters: cut short, two keys could become one."""
    if len(key) > MAX_KEY:
        raise Invalid(errors=[FieldError("/headers/Idempotency-Key", f"is longer than {MAX_KEY} characters")])
    return key


def request_hash(method: str, path: str, principal: UUID, body: bytes) -> bytes:
    """What makes two requests the same."""
    head = f"{method}\n{path}\n{principal}\n".encode()
    return hashlib.sha256(head + body).digest()


def _row(key: str) -> UUID:
    """What a sealed answer is bound to: rows have no id beside their key."""
    return UUID(bytes=hashlib.sha256(key.encode()).digest()[:16])


async def begin(session: WriteSession, key: str, digest: bytes, vault: Vault | None = None) -> None:
    """Takes the key, or raises Replay with the first answer, or KeyReused. `vault` opens what was stored sealed."""
    made = await session.execute(
        text(
            "INSERT INTO idempotency_keys (shop_id, key, request_hash) VALUES (:shop, :key, :hash) "
            "ON CONFLICT DO NOTHING"
        ),
        {"shop": session.shop_id, "key": key, "hash": digest},
    )
    if affected(made) == 1:
        return
    query = text(
        "SELECT request_hash, status, body, media_type FROM idempotency_keys WHERE shop_id = :shop AND key = :key"
    )
    row = (await session.execute(query, {"shop": session.shop_id, "key": key})).one()
    if row.request_hash != digest:
        raise KeyReused("Use a new key for a new request.")
    body: bytes = row.body
    if vault is not None:
        body = await vault.open(session, IdempotencyKey.__tablename__, "body", _row(key), body.decode())
    raise Replay(row.status, body, row.media_type)


async def finish(
    session: WriteSession, key: str, status: int, body: bytes, media_type: str, vault: Vault | None = None
) -> None:
    """Stores the answer beside the effect, in the same transaction; sealed where `vault` is given."""
    if vault is not None:
        body = (await vault.seal(session, IdempotencyKey.__tablename__, "body", _row(key), body)).encode()
    await session.execute(
        text(
            "UPDATE idempotency_keys SET status = :status, body = :body, media_type = :media "
            "WHERE shop_id = :shop AND key = :key"
        ),
        {"shop": session.shop_id, "key": key, "status": status, "body": body, "media": media_type},
    )
