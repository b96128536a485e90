"""All SQL of the portal: finding an order by what a stranger says, claims, drafts."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, affected, rows


class Candidate(NamedTuple):
    """An order of that number, with what could prove that it is one's own."""

    order_id: UUID
    number: str
    customer_id: UUID
    locale: str | None
    email: str | None
    postcode: str | None


class Claim(NamedTuple):
    """A claim as it stands."""

    id: UUID
    order_id: UUID | None
    target: UUID | None
    language: str
    code: bytes | None
    tries: int
    expires_at: datetime
    used_at: datetime | None


_CANDIDATES = text(
    "SELECT o.id, o.number, o.customer_id, coalesce(o.locale, c.locale) AS locale, c.email_norm, "
    "o.shipping_address ->> 'postcode' AS postcode FROM orders o "
    "JOIN customers c ON c.shop_id = o.shop_id AND c.id = o.customer_id "
    "WHERE o.shop_id = :shop AND o.number_norm = :number ORDER BY o.id DESC LIMIT 10"
)


async def candidates(session: ReadSession, number: str) -> list[Candidate]:
    """Orders with this (normalised) number, newest first."""
    found = await session.execute(_CANDIDATES, {"shop": session.shop_id, "number": number})
    return [Candidate(*row) for row in found]


async def customer_of(session: ReadSession, order_id: UUID) -> dict[str, Any] | None:
    """Who bought: customer_id, email, locale, timezone, and the order's number."""
    found = await session.execute(
        text(
            "SELECT o.number, o.customer_id, coalesce(o.locale, c.locale) AS locale, c.email, c.timezone FROM orders o "
            "JOIN customers c ON c.shop_id = o.shop_id AND c.id = o.customer_id "
            "WHERE o.shop_id = :shop AND o.id = :order"
        ),
        {"shop": session.shop_id, "order": order_id},
    )
    got = rows(found)
    return got[0] if got else None


async def add_claim(session: WriteSession, values: dict[str, Any]) -> None:
    """Stores a claim: id, key, order_id, target, language, created_at, expires_at."""
    await session.execute(
        text(
            "INSERT INTO portal_claims (shop_id, id, key, order_id, target, language, tries, created_at, expires_at) "
            "VALUES (:shop, :id, :key, :order_id, :target, :language, 0, :created_at, :expires_at)"
        ),
        values | {"shop": session.shop_id},
    )


_CLAIM = "SELECT id, order_id, target, language, code, tries, expires_at, used_at FROM portal_claims "


async def claim_by_key(session: ReadSession, key: bytes, *, lock: bool = False) -> Claim | None:
    """The claim behind the digest of an address; `lock` makes others who try wait."""
    query = f"{_CLAIM} WHERE shop_id = :shop AND key = :key{' FOR UPDATE' if lock else ''}"
    row = (await session.execute(text(query), {"shop": session.shop_id, "key": key})).one_or_none()
    return Claim(*row) if row else None


async def claim(session: ReadSession, claim_id: UUID) -> Claim | None:
    """A claim by its id."""
    query = text(f"{_CLAIM} WHERE shop_id = :shop AND id = :id")
    row = (await session.execute(query, {"shop": session.shop_id, "id": claim_id})).one_or_none()
    return Claim(*row) if row else None


async def set_code(session: WriteSession, claim_id: UUID, code: bytes) -> bool:
    """Gives a claim its code; False where it has one."""
    done = await session.execute(
        text("UPDATE portal_claims SET code = :code WHERE shop_id = :shop AND id = :id AND code IS NULL"),
        {"shop": session.shop_id, "id": claim_id, "code": code},
    )
    return affected(done) == 1


async def count_try(session: WriteSession, claim_id: UUID) -> None:
    """One more wrong code."""
    await session.execute(
        text("UPDATE portal_claims SET tries = tries + 1 WHERE shop_id = :shop AND id = :id"),
        {"shop": session.shop_id, "id": claim_id},
    )


async def use_claim(session: WriteSession, claim_id: UUID, now: datetime) -> bool:
    """Uses a claim up; False where somebody was faster."""
    done = await session.execute(
        text("UPDATE portal_claims SET used_at = :now WHERE shop_id = :shop AND id = :id AND used_at IS NULL"),
        {"shop": session.shop_id, "id": claim_id, "now": now},
    )
    return affected(done) == 1


async def draft(session: ReadSession, order_id: UUID, *, lock: bool = False) -> dict[str, Any] | None:
    """The body of an order's draft; `lock` makes a second confirmation wait."""
    query = "SELECT body FROM portal_drafts WHERE shop_id = :shop AND order_id = :order"
    found = await session.execute(
        text(query + (" FOR UPDATE" if lock else "")), {"shop": session.shop_id, "order": order_id}
    )
    return found.scalar_one_or_none()


async def store_draft(session: WriteSession, order_id: UUID, body: str, now: datetime) -> None:
    """Keeps a draft (`body` is JSON text)."""
    await session.execute(
        text(
            "INSERT INTO portal_drafts (shop_id, order_id, body, updated_at) "
            "VALUES (:shop, :order, CAST(:body AS jsonb), :now) "
            "ON CONFLICT (shop_id, order_id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at"
        ),
        {"shop": session.shop_id, "order": order_id, "body": body, "now": now},
    )


async def drop_draft(session: WriteSession, order_id: UUID) -> None:
    """Forgets a draft."""
    await session.execute(
        text("DELETE FROM portal_drafts WHERE shop_id = :shop AND order_id = :order"),
        {"shop": session.shop_id, "order": order_id},
    )


async def sweep(session: WriteSession, claims_before: datetime, drafts_before: datetime) -> int:
    """Deletes, across shops, claims that ended and drafts that nobody touched before these times."""
    old = await session.execute(text("DELETE FROM portal_claims WHERE expires_at < :time"), {"time": claims_before})
    stale = await session.execute(text("DELETE FROM portal_drafts WHERE updated_at < :time"), {"time": drafts_before})
    return affected(old) + affected(stale)


_TO_SHOW = text(
    "SELECT s.order_id FROM shipments s WHERE s.shop_id = :shop AND s.direction = 'outbound' "
    "AND s.shipped_at IS NOT NULL AND s.status <> 'cancelled' ORDER BY s.delivered_at IS NOT NULL, s.id DESC LIMIT 1"
)


async def order_to_show(session: ReadSession) -> UUID | None:
    """An order whose page has something to show: one under way before one that has arrived; None without parcels."""
    return (await session.execute(_TO_SHOW, {"shop": session.shop_id})).scalar_one_or_none()
