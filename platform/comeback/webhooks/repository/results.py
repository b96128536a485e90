"""What came of calls: many at a time, across shops, fenced by the attempt; the health of endpoints with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import WriteSession, affected, rows
from comeback.kit.ids import new_id


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One call and what follows from it. `delay` (seconds) counts where it is `due` again."""

    shop_id: UUID
    endpoint_id: UUID
    delivery_id: UUID
    attempt: int
    number: int
    ok: bool
    gone: bool
    state: str
    delay: float
    at: datetime
    url: str
    headers: dict[str, str]
    status: int | None
    answer: str | None
    error: str | None
    duration_ms: int


_RECORD = text("""
WITH v AS (
  SELECT * FROM unnest(CAST(:shop_id AS uuid[]), CAST(:delivery_id AS uuid[]), CAST(:attempt AS int[]),
    CAST(:log_id AS uuid[]), CAST(:number AS int[]), CAST(:state AS text[]), CAST(:delay AS float8[]),
    CAST(:at AS timestamptz[]), CAST(:url AS text[]), CAST(:headers AS jsonb[]), CAST(:status AS int[]),
    CAST(:answer AS text[]), CAST(:error AS text[]), CAST(:duration_ms AS int[]))
  AS v(shop_id, delivery_id, attempt, log_id, number, state, delay, at, url, headers, status, answer, error,
    duration_ms)),
done AS (
  UPDATE webhook_deliveries d SET
    state = CASE WHEN v.state = 'due' AND clock_timestamp() + make_interval(secs => v.delay) > d.expires_at
      THEN 'failed' ELSE v.state END,
    due_at = clock_timestamp() + make_interval(secs => v.delay), tries = d.tries + 1, status = v.status,
    error = v.error, lease_until = NULL, done_at = CASE WHEN v.state = 'due' THEN NULL ELSE clock_timestamp() END
  FROM v WHERE d.shop_id = v.shop_id AND d.id = v.delivery_id AND d.attempt = v.attempt AND d.state = 'running'
  RETURNING d.shop_id, d.id)
INSERT INTO webhook_attempts (shop_id, id, delivery_id, number, at, url, headers, status, answer, error, duration_ms)
SELECT v.shop_id, v.log_id, v.delivery_id, v.number, v.at, v.url, v.headers, v.status, v.answer, v.error, v.duration_ms
FROM v JOIN done ON done.shop_id = v.shop_id AND done.id = v.delivery_id
""")
_COLUMNS = ("shop_id", "delivery_id", "attempt", "number", "state", "delay", "at", "url", "status", "answer", "error",
            "duration_ms")  # fmt: skip


async def record(session: WriteSession, results: Sequence[Result]) -> None:
    """Writes results and their log rows; those whose lease another holds by now change nothing."""
    values: dict[str, Any] = {name: [getattr(r, name) for r in results] for name in _COLUMNS}
    values["log_id"] = [new_id() for _ in results]
    values["headers"] = [msgspec.json.encode(r.headers).decode() for r in results]
    await session.execute(_RECORD, values)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one endpoint, told together: whether one succeeded, and how many failed since the last success."""

    shop_id: UUID
    endpoint_id: UUID
    ok: bool
    fails: int
    gone: bool


_HEALTH = text("""
WITH v AS (
  SELECT * FROM unnest(CAST(:shop_id AS uuid[]), CAST(:endpoint_id AS uuid[]), CAST(:ok AS boolean[]),
    CAST(:fails AS int[]), CAST(:gone AS boolean[])) AS v(shop_id, id, ok, fails, gone)),
old AS (
  SELECT e.shop_id, e.id, v.gone, CASE WHEN v.ok THEN v.fails ELSE e.failures + v.fails END AS failures,
    CASE WHEN v.fails = 0 THEN NULL WHEN v.ok THEN clock_timestamp()
      ELSE coalesce(e.failing_since, clock_timestamp()) END AS since
  FROM webhook_endpoints e JOIN v ON e.shop_id = v.shop_id AND e.id = v.id AND (v.fails > 0 OR e.failures > 0)
  ORDER BY e.shop_id, e.id FOR NO KEY UPDATE OF e),
now AS (
  UPDATE webhook_endpoints e SET failures = o.failures, failing_since = o.since,
    open_until = CASE WHEN o.failures >= :open_after THEN clock_timestamp() + make_interval(secs => least(
      CAST(:open_seconds AS float8) * power(2, least(o.failures - :open_after, 16)), CAST(:open_max AS float8))
      * (0.9 + 0.2 * random())) END,
    state = CASE WHEN e.state = 'live' AND (o.gone OR o.since < clock_timestamp() - CAST(:patience AS interval))
      THEN 'disabled' ELSE e.state END,
    problem = CASE WHEN o.gone THEN CAST(:gone_text AS text)
      WHEN o.since < clock_timestamp() - CAST(:patience AS interval) THEN CAST(:failing_text AS text)
      ELSE e.problem END
  FROM old o WHERE e.shop_id = o.shop_id AND e.id = o.id
  RETURNING e.shop_id, e.id, e.failures, e.open_until IS NOT NULL AS open, e.state, e.problem, o.gone,
    e.state = 'disabled' AND (o.gone OR o.since < clock_timestamp() - CAST(:patience AS interval)) AS ended),
told AS (
  INSERT INTO webhook_notices (shop_id, id, endpoint_id, kind, message)
  SELECT shop_id, uuidv7(), id, CASE WHEN gone THEN 'gone' ELSE 'failing' END, problem FROM now WHERE ended)
SELECT shop_id, id, failures, open, state FROM now
""")


class Standing(msgspec.Struct, frozen=True):
    """How an endpoint stands after its calls."""

    failures: int
    open: bool
    state: str


async def note_health(
    session: WriteSession, health: Sequence[Health], limits: dict[str, Any]
) -> dict[tuple[UUID, UUID], Standing]:
    """Counts failures in a row, opens and closes circuits, switches off what is gone or failed for days (with a
    notice); answers (shop, endpoint) → standing of those that are not simply well."""
    columns = ("shop_id", "endpoint_id", "ok", "fails", "gone")
    values: dict[str, Any] = {name: [getattr(h, name) for h in health] for name in columns}
    found = await session.execute(_HEALTH, values | limits)
    return {(r["shop_id"], r["id"]): Standing(r["failures"], r["open"], r["state"]) for r in rows(found)}


_EXPIRE = text("""
UPDATE webhook_deliveries SET state = 'failed', done_at = clock_timestamp(), error = coalesce(error, 'never sent')
WHERE state = 'due' AND expires_at < clock_timestamp()
""")
_PRUNE = text("""
DELETE FROM webhook_deliveries WHERE (shop_id, id) IN (
  SELECT shop_id, id FROM webhook_deliveries WHERE done_at < clock_timestamp() - interval '30 days' LIMIT 5000)
""")


async def tidy(session: WriteSession) -> int:
    """Gives up what is too old (its endpoint was off), deletes what ended a month ago; answers how many ended."""
    ended = affected(await session.execute(_EXPIRE))
    await session.execute(_PRUNE)
    return ended
