"""What the pictures of the first page show."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from comeback.core.db import ReadSession, rows

_PARCELS = """WITH shown AS (
  SELECT CAST(d AS date) AS day FROM unnest(CAST(:days AS text[])) AS d),
sent AS (
  SELECT CAST(s.shipped_at AT TIME ZONE :zone AS date) AS day, count(*) AS n FROM shipments s
  WHERE s.shop_id = :shop AND s.direction = 'outbound' AND s.shipped_at >= CAST(:since AS timestamptz)
  GROUP BY 1),
arrived AS (
  SELECT CAST(s.delivered_at AT TIME ZONE :zone AS date) AS day, count(*) AS n FROM shipments s
  WHERE s.shop_id = :shop AND s.direction = 'outbound' AND s.delivered_at >= CAST(:since AS timestamptz)
  GROUP BY 1),
mailed AS (
  SELECT CAST(m.accepted_at AT TIME ZONE :zone AS date) AS day, count(*) AS n FROM messages m
  WHERE m.shop_id = :shop AND m.channel = 'email' AND m.state = 'accepted'
    AND m.accepted_at >= CAST(:since AS timestamptz)
  GROUP BY 1)
SELECT to_char(d.day, 'YYYY-MM-DD') AS day, coalesce(s.n, 0)::int AS shipped, coalesce(a.n, 0)::int AS delivered,
  coalesce(m.n, 0)::int AS mails
FROM shown d LEFT JOIN sent s USING (day) LEFT JOIN arrived a USING (day) LEFT JOIN mailed m USING (day)
ORDER BY d.day"""

_HITS = """SELECT h.message_id, to_char(CAST(m.accepted_at AT TIME ZONE :zone AS date), 'YYYY-MM-DD') AS day,
  h.kind, h.link, h.method, h.agent, h.ip, h.delay_ms, CAST(EXTRACT(EPOCH FROM h.at) * 1000 AS bigint) AS at_ms
FROM hits h JOIN messages m ON m.shop_id = h.shop_id AND m.id = h.message_id
WHERE h.shop_id = :shop AND m.accepted_at >= CAST(:since AS timestamptz) AND h.kind IN ('open', 'click')
ORDER BY h.id DESC LIMIT :most"""

_REASONS = """SELECT l.reason, sum(l.quantity)::int AS pieces FROM return_lines l
JOIN return_cases c ON c.shop_id = l.shop_id AND c.id = l.case_id
WHERE l.shop_id = :shop AND c.requested_at >= CAST(:since AS timestamptz)
GROUP BY l.reason ORDER BY pieces DESC, l.reason NULLS LAST LIMIT 8"""

_CARRIERS = """SELECT s.carrier, count(*)::int AS delivered,
  count(*) FILTER (WHERE s.delivered_at < coalesce(s.eta_original_until, s.eta_until) + interval '1 minute')::int
    AS on_time,
  CAST(EXTRACT(EPOCH FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY s.delivered_at - s.shipped_at)) / 3600 AS int)
    AS median_hours
FROM shipments s
WHERE s.shop_id = :shop AND s.direction = 'outbound' AND s.delivered_at >= CAST(:since AS timestamptz)
  AND coalesce(s.eta_original_until, s.eta_until) IS NOT NULL
GROUP BY s.carrier ORDER BY delivered DESC, s.carrier LIMIT 12"""

MOST_HITS = 20_000
"""Newer hits are enough for a picture; a shop of a million mails must not wait for it."""


async def days(session: ReadSession, wanted: list[str], since: datetime, zone: str) -> list[dict[str, Any]]:
    """Each of the days (YYYY-MM-DD, of `zone`) with shipped, delivered and mails."""
    values = {"shop": session.shop_id, "days": wanted, "since": since, "zone": zone}
    return rows(await session.execute(text(_PARCELS), values))


async def hits(session: ReadSession, since: datetime, zone: str) -> list[dict[str, Any]]:
    """Raw opens and clicks of the mails accepted since then, with the day of the mail."""
    values = {"shop": session.shop_id, "since": since, "zone": zone, "most": MOST_HITS}
    return rows(await session.execute(text(_HITS), values))


async def reasons(session: ReadSession, since: datetime) -> list[dict[str, Any]]:
    """Pieces by reason, the most first."""
    return rows(await session.execute(text(_REASONS), {"shop": session.shop_id, "since": since}))


async def carriers(session: ReadSession, since: datetime) -> list[dict[str, Any]]:
    """Deliveries with a promise by carrier, the most first."""
    return rows(await session.execute(text(_CARRIERS), {"shop": session.shop_id, "since": since}))
