"""The delivery rows as a queue: planned with the event, claimed a lane an endpoint, every end fenced by its attempt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, affected, rows
from comeback.core.events import load_events
from comeback.kit.ids import new_id

_PLAN = text("""
INSERT INTO webhook_deliveries (shop_id, id, endpoint_id, event_id, event, expires_at)
SELECT e.shop_id, uuidv7(), e.id, v.id, v.name, clock_timestamp() + CAST(:lifetime AS interval)
FROM webhook_endpoints e
CROSS JOIN unnest(CAST(:ids AS uuid[]), CAST(:names AS text[])) WITH ORDINALITY AS v(id, name, n)
WHERE e.shop_id = :shop AND e.state = 'live'
  AND e.events ?| ARRAY['*', v.name, split_part(v.name, '.', 1) || '.*']
ORDER BY v.n
ON CONFLICT (shop_id, endpoint_id, event_id) DO NOTHING
""")


async def plan(session: WriteSession, ids: Sequence[UUID], names: Sequence[str], lifetime: timedelta) -> int:
    """One delivery for each event and each live endpoint that hears of it, in one statement; answers how many."""
    values = {"shop": session.shop_id, "ids": list(ids), "names": list(names), "lifetime": lifetime}
    return affected(await session.execute(_PLAN, values))


_PLAN_ONE = text("""
INSERT INTO webhook_deliveries (shop_id, id, endpoint_id, event_id, event, body, expires_at)
VALUES (:shop, :id, :endpoint, :event_id, :event, CAST(:body AS jsonb), clock_timestamp() + CAST(:lifetime AS interval))
""")


async def plan_body(
    session: WriteSession, endpoint: UUID, event: str, body: dict[str, Any], lifetime: timedelta
) -> UUID:
    """A delivery that carries its own body (a test); answers its id."""
    delivery = new_id()
    values = {"shop": session.shop_id, "id": delivery, "endpoint": endpoint, "event_id": new_id(), "event": event,
              "body": msgspec.json.encode(body).decode(), "lifetime": lifetime}  # fmt: skip
    await session.execute(_PLAN_ONE, values)
    return delivery


class Claimed(msgspec.Struct, frozen=True):
    """One delivery of a lane."""

    id: UUID
    event_id: UUID
    event: str
    body: dict[str, Any] | None
    attempt: int
    tries: int


class Lane(msgspec.Struct, frozen=True):
    """An endpoint that this process works for, with what it claimed. Secrets are still sealed."""

    shop_id: UUID
    endpoint_id: UUID
    lane: int
    url: str
    slots: int
    failures: int
    secret: str
    previous_secret: str | None
    deliveries: list[Claimed]


# Endpoints with due rows are found by stepping through the index, one probe an endpoint, however many rows wait.
# NO KEY UPDATE: a transaction that publishes holds KEY SHARE on the endpoint and must not make it look busy.
_CLAIM = """
WITH RECURSIVE ends AS (
  (SELECT d.shop_id, d.endpoint_id FROM webhook_deliveries d WHERE d.state = 'due' {only}
   ORDER BY d.shop_id, d.endpoint_id LIMIT 1)
  UNION ALL
  SELECT n.shop_id, n.endpoint_id FROM ends e CROSS JOIN LATERAL (
    SELECT d.shop_id, d.endpoint_id FROM webhook_deliveries d
    WHERE d.state = 'due' AND (d.shop_id, d.endpoint_id) > (e.shop_id, e.endpoint_id) {only}
    ORDER BY d.shop_id, d.endpoint_id LIMIT 1) n),
ready AS (
  SELECT e.shop_id, e.id FROM ends n
  JOIN webhook_endpoints e ON e.shop_id = n.shop_id AND e.id = n.endpoint_id
  CROSS JOIN LATERAL (
    SELECT d.due_at FROM webhook_deliveries d
    WHERE d.shop_id = n.shop_id AND d.endpoint_id = n.endpoint_id AND d.state = 'due' ORDER BY d.due_at LIMIT 1) f
  WHERE e.state = 'live' AND f.due_at <= clock_timestamp()
    AND (e.open_until IS NULL OR e.open_until <= clock_timestamp())
    AND (e.lane_until IS NULL OR e.lane_until < clock_timestamp())
  ORDER BY (e.failures > 0), f.due_at LIMIT :lanes
  FOR NO KEY UPDATE OF e SKIP LOCKED),
lanes AS (
  UPDATE webhook_endpoints e SET lane = e.lane + 1, lane_until = clock_timestamp() + make_interval(secs => :lease)
  FROM ready r WHERE e.shop_id = r.shop_id AND e.id = r.id
  RETURNING e.shop_id, e.id, e.lane, e.url, e.slots, e.failures, e.secret,
    CASE WHEN e.previous_until > clock_timestamp() THEN e.previous_secret END AS previous_secret),
picked AS (
  SELECT l.shop_id, d.id FROM lanes l CROSS JOIN LATERAL (
    SELECT d.id FROM webhook_deliveries d
    WHERE d.shop_id = l.shop_id AND d.endpoint_id = l.id AND d.state = 'due' AND d.due_at <= clock_timestamp()
    ORDER BY d.due_at, d.id LIMIT CASE WHEN l.failures >= :probing THEN 1 ELSE :size END
    FOR UPDATE SKIP LOCKED) d),
claimed AS (
  UPDATE webhook_deliveries d SET state = 'running', attempt = d.attempt + 1,
    lease_until = clock_timestamp() + make_interval(secs => :lease)
  FROM picked p WHERE d.shop_id = p.shop_id AND d.id = p.id
  RETURNING d.shop_id, d.endpoint_id, d.id, d.event_id, d.event, d.body, d.attempt, d.tries)
SELECT l.shop_id, l.id AS endpoint_id, l.lane, l.url, l.slots, l.failures, l.secret, l.previous_secret,
  coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'event_id', c.event_id, 'event', c.event, 'body', c.body,
    'attempt', c.attempt, 'tries', c.tries) ORDER BY c.event_id) FILTER (WHERE c.id IS NOT NULL), '[]') AS deliveries
FROM lanes l LEFT JOIN claimed c ON c.shop_id = l.shop_id AND c.endpoint_id = l.id
GROUP BY l.shop_id, l.id, l.lane, l.url, l.slots, l.failures, l.secret, l.previous_secret
"""
_CLAIMS = {one: text(_CLAIM.format(only="AND d.shop_id = :shop" if one else "")) for one in (False, True)}
_SWEEP = """UPDATE webhook_deliveries SET state = 'due', due_at = clock_timestamp(), lease_until = NULL
WHERE state = 'running' AND lease_until < clock_timestamp() {only}"""
_SWEEPS = {one: text(_SWEEP.format(only="AND shop_id = :shop" if one else "")) for one in (False, True)}


async def claim(
    session: WriteSession, *, lanes: int, size: int, probing: int, lease: float, shop: UUID | None = None
) -> list[Lane]:
    """At most `lanes` endpoints with something due, healthy ones first, each with up to `size` deliveries (one where
    `probing` or more calls failed in a row), as the machinery."""
    values: dict[str, Any] = {"lanes": lanes, "size": size, "probing": probing, "lease": lease}
    values |= {} if shop is None else {"shop": shop}
    found = await session.execute(_CLAIMS[shop is not None], values)
    return [msgspec.convert(r, Lane) for r in rows(found)]


async def sweep(session: WriteSession, shop: UUID | None = None) -> int:
    """Deliveries whose process is gone are due again; answers how many."""
    return affected(await session.execute(_SWEEPS[shop is not None], {} if shop is None else {"shop": shop}))


_RENEW = text("""
WITH lanes AS (
  UPDATE webhook_endpoints e SET lane_until = clock_timestamp() + make_interval(secs => :lease)
  FROM unnest(CAST(:shops AS uuid[]), CAST(:endpoints AS uuid[]), CAST(:lanes AS int[])) AS h(shop_id, id, lane)
  WHERE e.shop_id = h.shop_id AND e.id = h.id AND e.lane = h.lane RETURNING e.shop_id, e.id)
UPDATE webhook_deliveries d SET lease_until = clock_timestamp() + make_interval(secs => :lease)
FROM unnest(CAST(:d_shops AS uuid[]), CAST(:d_ids AS uuid[]), CAST(:d_attempts AS int[])) AS h(shop_id, id, attempt)
WHERE d.shop_id = h.shop_id AND d.id = h.id AND d.attempt = h.attempt AND d.state = 'running'
""")


async def renew(
    session: WriteSession, lanes: Sequence[Lane], held: Sequence[tuple[UUID, UUID, int]], lease: float
) -> None:
    """Extends the leases of lanes and of the deliveries (shop, id, attempt) under way."""
    await session.execute(_RENEW, _columns(lanes, held) | {"lease": lease})


_RELEASE = text("""
WITH lanes AS (
  UPDATE webhook_endpoints e SET lane_until = NULL
  FROM unnest(CAST(:shops AS uuid[]), CAST(:endpoints AS uuid[]), CAST(:lanes AS int[])) AS h(shop_id, id, lane)
  WHERE e.shop_id = h.shop_id AND e.id = h.id AND e.lane = h.lane RETURNING e.id)
UPDATE webhook_deliveries d SET state = 'due', lease_until = NULL
FROM unnest(CAST(:d_shops AS uuid[]), CAST(:d_ids AS uuid[]), CAST(:d_attempts AS int[])) AS h(shop_id, id, attempt)
WHERE d.shop_id = h.shop_id AND d.id = h.id AND d.attempt = h.attempt AND d.state = 'running'
""")


async def release(session: WriteSession, ended: Sequence[tuple[Lane, Sequence[Claimed]]]) -> None:
    """Ends lanes; what each did not call is due again."""
    held = [(lane.shop_id, c.id, c.attempt) for lane, unsent in ended for c in unsent]
    await session.execute(_RELEASE, _columns([lane for lane, _ in ended], held))


def _columns(lanes: Sequence[Lane], held: Sequence[tuple[UUID, UUID, int]]) -> dict[str, Any]:
    ordered = sorted(lanes, key=lambda one: (one.shop_id, one.endpoint_id))
    values: dict[str, Any] = {
        "shops": [one.shop_id for one in ordered], "endpoints": [one.endpoint_id for one in ordered],
        "lanes": [one.lane for one in ordered],
    }  # fmt: skip
    return values | {name: [h[n] for h in sorted(held)] for n, name in enumerate(("d_shops", "d_ids", "d_attempts"))}


class Bodied(msgspec.Struct, frozen=True):
    """What an event said, ready to be shown."""

    name: str
    occurred_at: datetime
    subjects: dict[str, UUID | None]
    data: dict[str, Any]


async def told(session: ReadSession, event_ids: Sequence[UUID]) -> dict[UUID, Bodied]:
    """Events of the shop's history by id; those no longer kept are missing."""
    return {
        e.id: Bodied(
            e.name, e.occurred_at,
            {"order_id": e.order_id, "shipment_id": e.shipment_id, "return_id": e.return_id,
             "customer_id": e.customer_id}, e.data,
        )
        for e in await load_events(session, event_ids)
    }  # fmt: skip
