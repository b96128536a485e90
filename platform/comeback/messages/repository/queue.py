"""The message rows as a queue: plan, claim, renew, and every move of a claimed row, fenced by its attempt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import WriteSession, affected
from comeback.core.driver import Statement

_PLAN = text("""
INSERT INTO messages (shop_id, id, send_key, class, channel, template, locale, recipient, customer_id, order_id,
  shipment_id, return_id, subjects, data, origin, next_at, state, why)
SELECT CAST(:shop AS uuid), m.* FROM unnest(CAST(:id AS uuid[]), CAST(:send_key AS text[]), CAST(:class_ AS text[]),
  CAST(:channel AS text[]), CAST(:template AS text[]), CAST(:locale AS text[]), CAST(:recipient AS text[]),
  CAST(:customer_id AS uuid[]), CAST(:order_id AS uuid[]), CAST(:shipment_id AS uuid[]), CAST(:return_id AS uuid[]),
  CAST(:subjects AS jsonb[]), CAST(:data AS jsonb[]), CAST(:origin AS jsonb[]), CAST(:next_at AS timestamptz[]),
  CAST(:state AS text[]), CAST(:why AS text[])) AS m
ON CONFLICT (shop_id, send_key) DO NOTHING
""")
_KEYS = text("SELECT send_key, id FROM messages WHERE shop_id = :shop AND send_key = ANY(:keys)")


async def insert_planned(session: WriteSession, columns: dict[str, list[Any]]) -> dict[str, UUID]:
    """Insert-or-ignore of planned messages; answers send key → id, of rows old and new."""
    await session.execute(_PLAN, columns | {"shop": session.shop_id})
    found = await session.execute(_KEYS, {"shop": session.shop_id, "keys": columns["send_key"]})
    return {row.send_key: row.id for row in found}


class Claimed(msgspec.Struct, frozen=True):
    """A message this sender holds. `mime`: bytes frozen by an earlier attempt."""

    shop_id: UUID
    id: UUID
    send_key: str
    class_: str
    template: str
    version: int | None
    locale: str
    recipient: str
    customer_id: UUID | None
    subjects: dict[str, UUID]
    data: dict[str, Any]
    context: dict[str, Any] | None
    attempt: int
    tries: int
    created_at: datetime
    next_at: datetime
    mime_date: datetime | None
    mime: bytes | None
    offers: bool
    resent: bool = False


_COLUMNS = """m.shop_id, m.id, m.send_key, m.class AS class_, m.template, m.version, m.locale, m.recipient,
  m.customer_id, m.subjects, m.data, m.context, m.attempt, m.tries, m.created_at, m.next_at, m.mime_date, m.offers,
  m.resent"""
_CLAIM = f"""
WITH due AS (
  {{source}}
  FOR UPDATE SKIP LOCKED),
claimed AS (
  UPDATE messages m SET state = 'claimed', attempt = m.attempt + 1, why = NULL, {{mark}}
    lease_until = clock_timestamp() + make_interval(secs => :lease)
  FROM due WHERE m.shop_id = due.shop_id AND m.id = due.id
  RETURNING {_COLUMNS})
SELECT c.*, b.mime FROM claimed c LEFT JOIN message_bodies b ON b.shop_id = c.shop_id AND b.id = c.id
ORDER BY c.shop_id, c.template, c.id
"""
_DUE = """SELECT shop_id, id FROM messages WHERE state IN ('planned', 'deferred') AND channel = 'email'
  AND next_at <= :now {only} ORDER BY class DESC, next_at LIMIT :limit"""
_STALE = """SELECT shop_id, id FROM messages WHERE state IN ('claimed', 'rendered')
  AND lease_until < clock_timestamp() {only} ORDER BY lease_until LIMIT :limit"""
_LOST = """SELECT shop_id, id FROM messages WHERE state = 'unknown' AND class = 'service' AND NOT resent
  AND handed_at < :before {only} ORDER BY handed_at LIMIT :limit"""


def _claims(source: str, mark: str = "") -> dict[bool, Statement]:
    """The statement for all shops (False) and for one (True)."""
    return {
        one: Statement(_CLAIM.format(source=source.format(only="AND shop_id = :shop" if one else ""), mark=mark))
        for one in (False, True)
    }


_BY = {"due": _claims(_DUE), "stale": _claims(_STALE), "lost": _claims(_LOST, "resent = true,")}


async def claim(
    session: WriteSession, what: str, *, lease: float, limit: int, now: datetime, resend_after: timedelta,
    shop: UUID | None = None,
) -> list[Claimed]:  # fmt: skip
    """Claims rows that are `due`, `stale` (their sender died before the body), or `lost` (unknown, to be repeated)."""
    values: dict[str, Any] = {"lease": lease, "limit": limit}
    values |= {"now": now} if what == "due" else {}
    values |= {"before": now - resend_after} if what == "lost" else {}
    values |= {"shop": shop} if shop is not None else {}
    found = await _BY[what][shop is not None].fetch(session, values)
    return [msgspec.convert(dict(row), Claimed) for row in found]


_UNKNOWN = """UPDATE messages SET state = 'unknown', why = 'the sender stopped during the hand-over', lease_until = NULL
WHERE state = 'handing_over' AND lease_until < clock_timestamp() {only}"""
_SWEEP = {one: text(_UNKNOWN.format(only="AND shop_id = :shop" if one else "")) for one in (False, True)}


async def sweep(session: WriteSession, shop: UUID | None = None) -> int:
    """Hand-overs whose sender is gone become `unknown`; answers how many."""
    values = {} if shop is None else {"shop": shop}
    return affected(await session.execute(_SWEEP[shop is not None], values))


_RENEW = text("""UPDATE messages m SET lease_until = clock_timestamp() + make_interval(secs => :lease)
FROM unnest(CAST(:shops AS uuid[]), CAST(:ids AS uuid[]), CAST(:attempts AS int[])) AS h(shop_id, id, attempt)
WHERE m.shop_id = h.shop_id AND m.id = h.id AND m.attempt = h.attempt
  AND m.state IN ('claimed', 'rendered', 'handing_over')""")


async def renew(session: WriteSession, held: Sequence[tuple[UUID, UUID, int]], lease: float) -> None:
    """Extends the leases of rows under way: (shop, id, attempt)."""
    shops, ids, attempts = ([h[n] for h in held] for n in range(3))
    await session.execute(_RENEW, {"shops": shops, "ids": ids, "attempts": attempts, "lease": lease})


_FENCE = """FROM unnest(CAST(:ids AS uuid[]), CAST(:attempts AS int[]) {arrays}) AS v(id, attempt {names})
WHERE m.shop_id = :shop AND m.id = v.id AND m.attempt = v.attempt"""


def _move(change: str, states: str, **arrays: str) -> Statement:
    kinds = "".join(f", CAST(:{name} AS {kind}[])" for name, kind in arrays.items())
    names = "".join(f", {name}" for name in arrays)
    fence = _FENCE.format(arrays=kinds, names=names)
    return Statement(f"UPDATE messages m SET {change} {fence} AND m.state IN ({states}) RETURNING m.id")


MOVES = {
    "rendered": _move(
        "state = 'rendered', version = v.version, subject = v.subject, message_id = v.message_id, why = NULL, "
        "mime_date = v.mime_date, sending_domain_id = v.domain, content_hash = v.hash, context = v.context, "
        "offers = v.offers",
        "'claimed'", version="int", subject="text", message_id="text", mime_date="timestamptz", domain="uuid",
        hash="bytea", context="jsonb", offers="boolean",
    ),
    "unknown": _move("state = 'unknown', why = v.why, reply = v.reply, lease_until = NULL", "'handing_over'",
                     why="text", reply="text"),
    "failed": _move("state = 'failed', why = v.why, reply = v.reply, lease_until = NULL",
                    "'claimed', 'rendered', 'handing_over'", why="text", reply="text"),
    "deferred": _move(
        "state = 'deferred', why = v.why, reply = v.reply, next_at = v.next_at, tries = m.tries + 1, "
        "lease_until = NULL",
        "'rendered', 'handing_over'", why="text", reply="text", next_at="timestamptz",
    ),
    "again": _move(
        "state = CASE m.state WHEN 'handing_over' THEN 'deferred' ELSE 'planned' END, why = v.why, "
        "next_at = v.next_at, lease_until = NULL",
        "'claimed', 'rendered', 'handing_over'", why="text", next_at="timestamptz",
    ),
    "blocked": _move("state = 'blocked', why = v.why, lease_until = NULL", "'claimed', 'rendered'", why="text"),
    "cancelled": _move("state = 'cancelled', why = v.why, lease_until = NULL", "'claimed', 'rendered'", why="text"),
}  # fmt: skip


async def move(session: WriteSession, to: str, columns: dict[str, list[Any]]) -> set[UUID]:
    """Moves claimed rows of the session's shop on; answers the ids that were still ours and in a fitting state."""
    if not columns["ids"]:
        return set()
    found = await MOVES[to].fetch(session, columns | {"shop": session.shop_id})
    return {row[0] for row in found}


_EXCHANGE = Statement("""
WITH taken AS (
  UPDATE messages m SET state = 'accepted', accepted_at = :at, reply = v.reply, why = NULL, lease_until = NULL
  FROM unnest(CAST(:ids AS uuid[]), CAST(:attempts AS int[]), CAST(:replies AS text[])) AS v(id, attempt, reply)
  WHERE m.shop_id = :shop AND m.id = v.id AND m.attempt = v.attempt AND m.state IN ('handing_over', 'unknown')
  RETURNING m.id),
leaving AS (
  UPDATE messages m SET state = 'handing_over', handed_at = :at
  FROM unnest(CAST(:next_ids AS uuid[]), CAST(:next_attempts AS int[])) AS v(id, attempt)
  WHERE m.shop_id = :shop AND m.id = v.id AND m.attempt = v.attempt AND m.state = 'rendered'
  RETURNING m.id)
SELECT id FROM taken UNION ALL SELECT id FROM leaving""")
"""The commonest moves of a round of the connections, in one statement: some are accepted, others may leave."""


async def exchange(
    session: WriteSession, accepted: Sequence[tuple[UUID, int, str]], leaving: Sequence[tuple[UUID, int]], at: datetime
) -> set[UUID]:
    """Records accepted mails (id, attempt, reply) and lets others go (id, attempt); answers the ids that moved."""
    if not accepted and not leaving:
        return set()
    values = {
        "shop": session.shop_id, "at": at, "ids": [a[0] for a in accepted], "attempts": [a[1] for a in accepted],
        "replies": [a[2] for a in accepted], "next_ids": [n[0] for n in leaving],
        "next_attempts": [n[1] for n in leaving],
    }  # fmt: skip
    return {row[0] for row in await _EXCHANGE.fetch(session, values)}


_AGAIN_RENDERED = _move("state = 'rendered', why = NULL", "'claimed'")


async def mark_rendered(session: WriteSession, held: Sequence[tuple[UUID, int]]) -> set[UUID]:
    """Rows whose frozen bytes go out again: `rendered` without touching what was fixed."""
    if not held:
        return set()
    columns = {"ids": [h[0] for h in held], "attempts": [h[1] for h in held], "shop": session.shop_id}
    return {row[0] for row in await _AGAIN_RENDERED.fetch(session, columns)}


# Row by row, yet in one flight: an array of bodies would be copied several times as a whole on both sides.
_BODY = Statement("""INSERT INTO message_bodies (shop_id, id, mime) VALUES (:shop, :id, :mime)
ON CONFLICT (shop_id, id) DO UPDATE SET mime = excluded.mime""")
_LINKS = Statement("""INSERT INTO links (shop_id, id, urls)
SELECT CAST(:shop AS uuid), l.* FROM unnest(CAST(:ids AS uuid[]), CAST(:urls AS jsonb[])) AS l
ON CONFLICT (shop_id, id) DO UPDATE SET urls = excluded.urls""")


async def freeze(session: WriteSession, bodies: dict[UUID, bytes], links: dict[UUID, list[str]]) -> None:
    """Stores the bytes of service mails and where click addresses lead."""
    if bodies:
        await _BODY.each(session, [(session.shop_id, i, mime) for i, mime in bodies.items()])
    if links:
        urls = [msgspec.json.encode(u).decode() for u in links.values()]
        values = {"shop": session.shop_id, "ids": list(links), "urls": urls}
        await _LINKS.fetch(session, values)


async def thaw(session: WriteSession, ids: Sequence[UUID]) -> None:
    """Forgets frozen bytes, so that the next attempt renders anew (consent changed)."""
    for table in ("message_bodies", "links"):
        await session.execute(
            text(f"DELETE FROM {table} WHERE shop_id = :shop AND id = ANY(:ids)"),
            {"shop": session.shop_id, "ids": list(ids)},
        )
    await session.execute(
        text("UPDATE messages SET context = NULL WHERE shop_id = :shop AND id = ANY(:ids)"),
        {"shop": session.shop_id, "ids": list(ids)},
    )


class Cancelled(msgspec.Struct, frozen=True):
    """A message that was cancelled before it was under way. `offers`: a coupon may be reserved for it."""

    id: UUID
    send_key: str
    order_id: UUID | None
    customer_id: UUID | None
    offers: bool


async def cancel_planned(session: WriteSession, where: str, value: UUID, why: str) -> list[Cancelled]:
    """Cancels what is not under way yet of an order, return, shipment or customer."""
    columns = {"order": "order_id", "return": "return_id", "shipment": "shipment_id", "customer": "customer_id"}
    done = await session.execute(
        text(
            f"UPDATE messages SET state = 'cancelled', why = :why WHERE shop_id = :shop AND {columns[where]} = :value "
            "AND state IN ('planned', 'deferred') RETURNING id, send_key, order_id, customer_id, offers"
        ),
        {"shop": session.shop_id, "value": value, "why": why},
    )
    return [Cancelled(*row) for row in done]


async def prune_bodies(session: WriteSession, before: datetime, limit: int = 2_000) -> int:
    """Drops frozen bytes of mails long done; hash and metadata stay."""
    query = text(
        "DELETE FROM message_bodies WHERE (shop_id, id) IN (SELECT b.shop_id, b.id FROM message_bodies b "
        "JOIN messages m USING (shop_id, id) WHERE b.created_at < :before "
        "AND m.state IN ('accepted', 'failed', 'cancelled', 'blocked') LIMIT :limit)"
    )
    return affected(await session.execute(query, {"before": before, "limit": limit}))
