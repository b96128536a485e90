"""All SQL of customers; every statement handles a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows


@dataclass(slots=True)
class Person:
    """One row to be written: normalised address beside the given one."""

    n: int
    id: UUID
    external_id: str | None
    email: str | None
    email_norm: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    locale: str | None
    timezone: str | None


_FIELDS = ("external_id", "email", "email_norm", "first_name", "last_name", "phone", "locale", "timezone")
_PEOPLE = "unnest(CAST(:id AS uuid[]), " + ", ".join(f"CAST(:{f} AS text[])" for f in _FIELDS) + ")"

_FIND = text(
    """SELECT i.n, coalesce(e.id, x.id) AS id
    FROM unnest(CAST(:n AS int[]), CAST(:external_id AS text[]), CAST(:email_norm AS text[]))
      AS i(n, external_id, email_norm)
    LEFT JOIN customers e ON e.shop_id = :shop AND e.email_norm = i.email_norm
    LEFT JOIN customers x ON x.shop_id = :shop AND x.external_id = i.external_id"""
)
_INSERT = text(
    f"""INSERT INTO customers (shop_id, id, {", ".join(_FIELDS)})
    SELECT :shop, i.* FROM {_PEOPLE} AS i(id, {", ".join(_FIELDS)})
    ORDER BY i.email_norm, i.external_id, i.id ON CONFLICT DO NOTHING"""
)
_CHANGED = ("external_id", "email", "email_norm", "first_name", "last_name", "phone", "locale", "timezone")
# An external id or address that another row holds, or an earlier position of the batch takes, is left where it is.
_UPDATE = text(
    f"""WITH given AS (
      SELECT DISTINCT ON (q.id) q.* FROM {_PEOPLE} WITH ORDINALITY AS q(id, {", ".join(_FIELDS)}, n)
      ORDER BY q.id, q.n DESC),
    free AS (
      SELECT g.id, g.first_name, g.last_name, g.phone, g.locale, g.timezone,
        CASE WHEN x.id IS NULL AND row_number() OVER (PARTITION BY g.external_id ORDER BY g.n) = 1
          THEN g.external_id END AS external_id,
        CASE WHEN row_number() OVER (PARTITION BY g.email_norm ORDER BY g.n) = 1 THEN g.email END AS email,
        CASE WHEN row_number() OVER (PARTITION BY g.email_norm ORDER BY g.n) = 1 THEN g.email_norm END AS email_norm
      FROM given g LEFT JOIN customers x
        ON x.shop_id = :shop AND x.external_id = g.external_id AND x.id <> g.id),
    news AS (
      SELECT c.id, coalesce(c.external_id, f.external_id) AS external_id,
        {", ".join(f"coalesce(f.{f}, c.{f}) AS {f}" for f in _CHANGED[1:])}
      FROM customers c JOIN free f ON f.id = c.id
      WHERE c.shop_id = :shop AND ((c.external_id IS NULL AND f.external_id IS NOT NULL)
        OR {" OR ".join(f"f.{f} <> c.{f} OR (c.{f} IS NULL AND f.{f} IS NOT NULL)" for f in _CHANGED[1:])})
      ORDER BY c.id FOR NO KEY UPDATE OF c)
    UPDATE customers c SET {", ".join(f"{f} = n.{f}" for f in _CHANGED)}, updated_at = clock_timestamp()
    FROM news n WHERE c.shop_id = :shop AND c.id = n.id"""
)


def _columns(people: Sequence[Person]) -> dict[str, list[Any]]:
    return {f: [getattr(p, f) for p in people] for f in ("id", *_FIELDS)}


async def find(session: ReadSession, people: Sequence[Person]) -> dict[int, UUID]:
    """Position → id of those who are known; the address is the identity, the external id comes second."""
    found = await session.execute(
        _FIND,
        {
            "shop": session.shop_id,
            "n": [p.n for p in people],
            "external_id": [p.external_id for p in people],
            "email_norm": [p.email_norm for p in people],
        },
    )
    return {r.n: r.id for r in found if r.id is not None}


async def insert(session: WriteSession, people: Sequence[Person]) -> None:
    """Adds those who are not there yet; a concurrent twin is left to `find`."""
    await session.execute(_INSERT, {"shop": session.shop_id, **_columns(people)})


async def update(session: WriteSession, people: Sequence[Person]) -> None:
    """Writes what is new about known people; unchanged rows are neither locked nor written.

    `people` are in the order they were given; of one person's several rows the last counts.
    """
    await session.execute(_UPDATE, {"shop": session.shop_id, **_columns(people)})


async def get(session: ReadSession, customer_id: UUID) -> dict[str, Any] | None:
    """One customer's row."""
    found = await session.execute(
        text("SELECT * FROM customers WHERE shop_id = :shop AND id = :id"), {"shop": session.shop_id, "id": customer_id}
    )
    return next(iter(rows(found)), None)


@dataclass(frozen=True, slots=True)
class Contact:
    """What a message needs of a person."""

    id: UUID
    email: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    locale: str | None
    timezone: str | None


_CONTACTS = text(
    "SELECT c.id, c.email, c.first_name, c.last_name, c.phone, c.locale, c.timezone "
    "FROM unnest(CAST(:ids AS uuid[])) AS i(id) JOIN customers c ON c.shop_id = :shop AND c.id = i.id"
)


async def contacts(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """How to reach each person."""
    found = await session.execute(_CONTACTS, {"shop": session.shop_id, "ids": list(ids)})
    return {r[0]: Contact(*r) for r in found}


async def by_email(session: ReadSession, email_norm: str) -> UUID | None:
    """Who is known under a normalised address."""
    return await session.scalar(
        text("SELECT id FROM customers WHERE shop_id = :shop AND email_norm = :email"),
        {"shop": session.shop_id, "email": email_norm},
    )


async def add_consents(session: WriteSession, columns: dict[str, list[Any]]) -> int:
    """Appends statements; one that is already on record (same instant, source and answer) is ignored."""
    done = await session.execute(
        text(
            """INSERT INTO consents
              (shop_id, id, customer_id, channel, purpose, granted, basis, source, wording, proof, at)
            SELECT :shop, i.id, i.customer_id, i.channel, i.purpose, i.granted, i.basis, i.source, i.wording,
              CAST(i.proof AS jsonb), i.at
            FROM unnest(CAST(:id AS uuid[]), CAST(:customer_id AS uuid[]), CAST(:channel AS text[]),
              CAST(:purpose AS text[]), CAST(:granted AS bool[]), CAST(:basis AS text[]), CAST(:source AS text[]),
              CAST(:wording AS text[]), CAST(:proof AS text[]), CAST(:at AS timestamptz[]))
              AS i(id, customer_id, channel, purpose, granted, basis, source, wording, proof, at)
            ON CONFLICT ON CONSTRAINT uq_consents_statement DO NOTHING RETURNING id"""
        ),
        {"shop": session.shop_id, **columns},
    )
    return len(done.all())


async def latest_consents(
    session: ReadSession, ids: Sequence[UUID], channel: str, purpose: str
) -> list[dict[str, Any]]:
    """The statement that holds for each person; `rules.fold` in SQL."""
    found = await session.execute(
        text(
            """SELECT c.* FROM unnest(CAST(:ids AS uuid[])) AS i(id) CROSS JOIN LATERAL (
              SELECT customer_id, channel, purpose, granted, at, basis, source FROM consents
              WHERE shop_id = :shop AND customer_id = i.id AND channel = :channel AND purpose = :purpose
              ORDER BY at DESC, granted, source COLLATE "C" DESC, basis COLLATE "C" DESC LIMIT 1) c"""
        ),
        {"shop": session.shop_id, "ids": list(ids), "channel": channel, "purpose": purpose},
    )
    return rows(found)


async def consents_of(session: ReadSession, customer_id: UUID) -> list[dict[str, Any]]:
    """The ledger of one person, newest first."""
    found = await session.execute(
        text(
            "SELECT channel, purpose, granted, at, basis, source FROM consents "
            "WHERE shop_id = :shop AND customer_id = :id ORDER BY at DESC, id DESC"
        ),
        {"shop": session.shop_id, "id": customer_id},
    )
    return rows(found)


async def pepper(session: ReadSession) -> bytes | None:
    """The shop's key of address hashes, where one was made."""
    return await session.scalar(
        text("SELECT pepper FROM address_peppers WHERE shop_id = :shop"), {"shop": session.shop_id}
    )


async def make_pepper(session: WriteSession, fresh: bytes) -> None:
    """Stores `fresh` unless another transaction was first."""
    await session.execute(
        text("INSERT INTO address_peppers (shop_id, pepper) VALUES (:shop, :pepper) ON CONFLICT DO NOTHING"),
        {"shop": session.shop_id, "pepper": fresh},
    )


async def add_suppression(session: WriteSession, values: dict[str, Any]) -> None:
    """Adds or renews one suppression: the later end and instant win."""
    await session.execute(
        text(
            """INSERT INTO suppressions (shop_id, id, channel, address_hash, reason, topic, at, until)
            VALUES (:shop, :id, :channel, :address_hash, :reason, :topic, :at, :until)
            ON CONFLICT ON CONSTRAINT uq_suppressions_address
            DO UPDATE SET at = greatest(suppressions.at, excluded.at), until = excluded.until
            WHERE suppressions.at < excluded.at"""
        ),
        {"shop": session.shop_id, **values},
    )


async def suppressions(session: ReadSession, channel: str, hashes: Sequence[bytes]) -> list[dict[str, Any]]:
    """All suppressions of the hashed addresses, ended ones too (the rule knows the time)."""
    found = await session.execute(
        text(
            "SELECT id, channel, address_hash, reason, topic, at, until FROM suppressions "
            "WHERE shop_id = :shop AND channel = :channel AND address_hash = ANY(CAST(:hashes AS bytea[]))"
        ),
        {"shop": session.shop_id, "channel": channel, "hashes": list(hashes)},
    )
    return rows(found)


_STANDING = text("""
SELECT 'pepper' AS kind, NULL::uuid AS customer_id, NULL AS channel, NULL AS purpose, NULL::bool AS granted,
  NULL::timestamptz AS at, NULL AS basis, NULL AS source, pepper AS hash, NULL AS topic, NULL::timestamptz AS until
FROM address_peppers WHERE shop_id = :shop
UNION ALL SELECT 'block', NULL, channel, NULL, NULL, at, NULL, reason, address_hash, topic, until FROM suppressions
WHERE shop_id = :shop AND channel = :channel AND address_hash = ANY(CAST(:hashes AS bytea[]))
UNION ALL SELECT 'said', c.customer_id, c.channel, c.purpose, c.granted, c.at, c.basis, c.source, NULL, NULL, NULL
FROM unnest(CAST(:ids AS uuid[])) AS i(id) CROSS JOIN LATERAL (
  SELECT customer_id, channel, purpose, granted, at, basis, source FROM consents
  WHERE shop_id = :shop AND customer_id = i.id AND channel = :channel AND purpose = 'marketing'
  ORDER BY at DESC, granted, source COLLATE "C" DESC, basis COLLATE "C" DESC LIMIT 1) c
""")


async def standing(
    session: ReadSession, channel: str, ids: Sequence[UUID], hashes: Sequence[bytes]
) -> tuple[bytes | None, list[dict[str, Any]], list[dict[str, Any]]]:
    """The shop's pepper, the suppressions of hashed addresses and what people said of marketing: one round trip."""
    values = {"shop": session.shop_id, "channel": channel, "ids": list(ids), "hashes": list(hashes)}
    found = rows(await session.execute(_STANDING, values))
    key = next((r["hash"] for r in found if r["kind"] == "pepper"), None)
    return key, [r for r in found if r["kind"] == "block"], [r for r in found if r["kind"] == "said"]


async def list_suppressions(session: ReadSession, before: UUID | None, limit: int) -> list[dict[str, Any]]:
    """A page of suppressions, newest first."""
    found = await session.execute(
        text(
            "SELECT id, channel, address_hash, reason, topic, at, until FROM suppressions WHERE shop_id = :shop "
            "AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
        ),
        {"shop": session.shop_id, "before": before, "limit": limit},
    )
    return rows(found)


async def by_external_id(session: ReadSession, external_id: str) -> UUID | None:
    """Who is known under the shop's id."""
    query = text("SELECT id FROM customers WHERE shop_id = :shop AND external_id = :external")
    found = await session.execute(query, {"shop": session.shop_id, "external": external_id})
    return found.scalar_one_or_none()
