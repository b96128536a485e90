"""All SQL of the merchants room."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, update

from comeback.core.db import ReadSession, WriteSession
from comeback.merchants import rules
from comeback.merchants.models import ApiKey, Connection, ConnectionState, SendingDomain, Shop, Staff, StaffSession


class SessionRow(NamedTuple):
    """A log-in with its person and the database's time, which is what its age is measured by."""

    id: UUID
    staff_id: UUID
    created_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None
    name: str
    role: str
    active: bool
    now: datetime
    device: str | None


class KeyRow(NamedTuple):
    """An API key and the database's time."""

    id: UUID
    name: str
    scopes: list[str]
    last_used_at: datetime | None
    revoked_at: datetime | None
    now: datetime


async def shop(session: ReadSession) -> Shop | None:
    return await session.get(Shop, session.shop_id)


async def staff_by_id(session: ReadSession, staff_id: UUID) -> Staff | None:
    return await session.get(Staff, (session.shop_id, staff_id))


async def staff_by_email(session: ReadSession, email_norm: str) -> Staff | None:
    query = select(Staff).where(Staff.shop_id == session.shop_id, Staff.email_norm == email_norm)
    return (await session.execute(query)).scalar_one_or_none()


async def all_staff(session: ReadSession) -> list[Staff]:
    query = select(Staff).where(Staff.shop_id == session.shop_id).order_by(Staff.created_at, Staff.id)
    return list((await session.execute(query)).scalars())


async def lock_owners(session: WriteSession) -> list[UUID]:
    """The owners who can log in, locked in id order, so that two people cannot demote each other at once."""
    query = (
        select(Staff.id)
        .where(
            Staff.shop_id == session.shop_id,
            Staff.role == "owner",
            Staff.active,
            Staff.password_hash != rules.UNSET_PASSWORD,
        )
        .order_by(Staff.id)
        .with_for_update()
    )
    return list((await session.execute(query)).scalars())


async def mark_login(session: WriteSession, staff_id: UUID, new_hash: str | None) -> None:
    values: dict[str, Any] = {"last_login_at": func.clock_timestamp()}
    if new_hash is not None:
        values["password_hash"] = new_hash
    await session.execute(update(Staff).where(Staff.shop_id == session.shop_id, Staff.id == staff_id).values(values))


_SESSION = text(
    "SELECT s.id, s.staff_id, s.created_at, s.last_seen_at, s.revoked_at, p.name, p.role, p.active, "
    "clock_timestamp() AS now, s.device FROM staff_sessions s "
    "JOIN staff p ON p.shop_id = s.shop_id AND p.id = s.staff_id "
    "WHERE s.shop_id = :shop AND s.id = :id AND s.token_digest = :digest"
)


async def session_row(session: ReadSession, session_id: UUID, digest: bytes) -> SessionRow | None:
    found = await session.execute(_SESSION, {"shop": session.shop_id, "id": session_id, "digest": digest})
    row = found.one_or_none()
    return None if row is None else SessionRow(*row)


async def touch_session(session: WriteSession, session_id: UUID) -> None:
    await session.execute(
        update(StaffSession)
        .where(StaffSession.shop_id == session.shop_id, StaffSession.id == session_id)
        .values(last_seen_at=func.clock_timestamp())
    )


async def revoke_session(session: WriteSession, session_id: UUID) -> None:
    await session.execute(
        update(StaffSession)
        .where(
            StaffSession.shop_id == session.shop_id, StaffSession.id == session_id, StaffSession.revoked_at.is_(None)
        )
        .values(revoked_at=func.clock_timestamp())
    )


async def revoke_sessions_of(session: WriteSession, staff_id: UUID) -> None:
    await session.execute(
        update(StaffSession)
        .where(
            StaffSession.shop_id == session.shop_id,
            StaffSession.staff_id == staff_id,
            StaffSession.revoked_at.is_(None),
        )
        .values(revoked_at=func.clock_timestamp())
    )


async def set_first_password(session: WriteSession, staff_id: UUID, hashed: str, unset: str) -> bool:
    """Whether the person had no password until now; two who use one link at once cannot both win."""
    found = await session.execute(
        update(Staff)
        .where(Staff.shop_id == session.shop_id, Staff.id == staff_id, Staff.active, Staff.password_hash == unset)
        .values(password_hash=hashed)
        .returning(Staff.id)
    )
    return found.one_or_none() is not None


async def live_sessions(session: ReadSession, staff_id: UUID) -> list[StaffSession]:
    """Log-ins that are not revoked, the last used first."""
    query = (
        select(StaffSession)
        .where(
            StaffSession.shop_id == session.shop_id,
            StaffSession.staff_id == staff_id,
            StaffSession.revoked_at.is_(None),
        )
        .order_by(StaffSession.last_seen_at.desc(), StaffSession.id)
        .limit(100)
    )
    return list((await session.execute(query)).scalars())


async def staff_session(session: ReadSession, staff_id: UUID, session_id: UUID) -> StaffSession | None:
    found = await session.get(StaffSession, (session.shop_id, session_id))
    return found if found is not None and found.staff_id == staff_id else None


async def database_now(session: ReadSession) -> datetime:
    return (await session.execute(select(func.clock_timestamp()))).scalar_one()


async def sending_domains(session: ReadSession) -> list[SendingDomain]:
    query = (
        select(SendingDomain)
        .where(SendingDomain.shop_id == session.shop_id)
        .order_by(SendingDomain.domain, SendingDomain.stream, SendingDomain.created_at, SendingDomain.id)
    )
    return list((await session.execute(query)).scalars())


async def connections(session: ReadSession) -> list[Connection]:
    query = (
        select(Connection).where(Connection.shop_id == session.shop_id).order_by(Connection.created_at, Connection.id)
    )
    return list((await session.execute(query)).scalars())


async def api_key(session: ReadSession, key_id: UUID, digest: bytes) -> KeyRow | None:
    query = select(
        ApiKey.id, ApiKey.name, ApiKey.scopes, ApiKey.last_used_at, ApiKey.revoked_at, func.clock_timestamp()
    ).where(ApiKey.shop_id == session.shop_id, ApiKey.id == key_id, ApiKey.key_digest == digest)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else KeyRow(*row)


async def api_keys(session: ReadSession) -> list[ApiKey]:
    query = select(ApiKey).where(ApiKey.shop_id == session.shop_id).order_by(ApiKey.created_at, ApiKey.id)
    return list((await session.execute(query)).scalars())


async def touch_key(session: WriteSession, key_id: UUID) -> None:
    await session.execute(
        update(ApiKey)
        .where(ApiKey.shop_id == session.shop_id, ApiKey.id == key_id)
        .values(last_used_at=func.clock_timestamp())
    )


async def revoke_key(session: WriteSession, key_id: UUID) -> bool:
    """Whether the key was live until now."""
    found = await session.execute(
        update(ApiKey)
        .where(ApiKey.shop_id == session.shop_id, ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(ApiKey.id)
    )
    return found.one_or_none() is not None


async def connection(session: ReadSession, kind: str, vendor: str | None) -> Connection | None:
    """The connection of a kind; live ones first, the oldest of them."""
    query = select(Connection).where(Connection.shop_id == session.shop_id, Connection.kind == kind)
    if vendor is not None:
        query = query.where(Connection.vendor == vendor)
    query = query.order_by(Connection.state != ConnectionState.LIVE.value, Connection.created_at, Connection.id)
    return (await session.execute(query.limit(1))).scalar_one_or_none()


async def connection_by_id(session: ReadSession, connection_id: UUID) -> Connection | None:
    return await session.get(Connection, (session.shop_id, connection_id))


async def sending_domain(session: ReadSession, stream: str) -> SendingDomain | None:
    """The newest verified domain of the stream."""
    query = (
        select(SendingDomain)
        .where(
            SendingDomain.shop_id == session.shop_id,
            SendingDomain.stream == stream,
            SendingDomain.verified_at.is_not(None),
        )
        .order_by(SendingDomain.created_at.desc(), SendingDomain.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def count_selectors(session: ReadSession, domain: str, stream: str) -> int:
    query = select(func.count()).where(
        SendingDomain.shop_id == session.shop_id, SendingDomain.domain == domain, SendingDomain.stream == stream
    )
    return (await session.execute(query)).scalar_one()


async def mark_verified(session: WriteSession, domain: str) -> None:
    await session.execute(
        update(SendingDomain)
        .where(
            SendingDomain.shop_id == session.shop_id,
            SendingDomain.domain == domain,
            SendingDomain.verified_at.is_(None),
        )
        .values(verified_at=func.clock_timestamp())
    )
