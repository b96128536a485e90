"""The numbers of the first page, and the piles of waiting work with their oldest few."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.desk.repository.filters import NAME
from comeback.desk.repository.returns import WAITS_FOR

_UNDER_WAY = """s.shop_id = :shop AND s.direction = 'outbound' AND s.shipped_at <= m.at
  AND (s.delivered_at IS NULL OR s.delivered_at > m.at)
  AND s.status NOT IN ('cancelled', 'returned', 'expired')"""

_NUMBERS = f"""SELECT m.at,
  (SELECT count(*) FROM shipments s WHERE {_UNDER_WAY})::int AS in_transit,
  (SELECT count(*) FROM shipments s WHERE {_UNDER_WAY}
     AND coalesce(s.eta_original_until, s.eta_until) < m.at)::int AS delayed,
  (SELECT count(*) FROM return_cases c WHERE c.shop_id = :shop AND c.requested_at <= m.at
     AND coalesce(c.closed_at, CASE WHEN c.state = 'declined' THEN c.decided_at END, 'infinity') > m.at)::int
     AS open_returns,
  (SELECT coalesce(sum(t.credit_total + coalesce((t.computed->>'carried_total')::bigint, 0)), 0)
     FROM settlements t JOIN return_cases c ON c.shop_id = t.shop_id AND c.id = t.case_id
     WHERE t.shop_id = :shop AND c.currency = :currency AND t.created_at > m.at - interval '30 days'
       AND t.created_at <= m.at)::bigint AS retained
FROM unnest(CAST(:moments AS timestamptz[])) AS m(at)"""

_RETURNS = f"""WITH waiting AS (
  SELECT c.id, c.number, c.customer_id, c.requested_at, {WAITS_FOR} AS status FROM return_cases c
  WHERE c.shop_id = :shop AND (c.state IN ('requested', 'needs_review', 'approved', 'open')
    OR EXISTS (SELECT FROM refunds r WHERE r.shop_id = c.shop_id AND r.return_id = c.id
      AND r.state IN ('failed', 'requires_action')))),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY status ORDER BY requested_at, id) AS place,
    count(*) OVER (PARTITION BY status)::int AS pile
  FROM waiting
  WHERE status IN ('requested', 'needs_review', 'arrived', 'to_inspect', 'to_settle', 'refund_trouble'))
SELECT r.status AS kind, r.pile AS count, r.number AS label, r.requested_at AS since, r.id AS return_id,
  coalesce(nullif(trim(concat_ws(' ', p.first_name, p.last_name)), ''), p.email, '') AS customer,
  (SELECT string_agg(x.title, ', ' ORDER BY l.position) FROM return_lines l
     JOIN order_lines x ON x.shop_id = l.shop_id AND x.id = l.line_id
     WHERE l.shop_id = :shop AND l.case_id = r.id) AS detail
FROM ranked r JOIN customers p ON p.shop_id = :shop AND p.id = r.customer_id
WHERE r.place <= :few ORDER BY r.status, r.place"""

# Trouble the carrier told, or silence: no scan for two days of a parcel that moves.
_PARCELS = """WITH stuck AS (
  SELECT s.id, s.order_id, s.carrier, s.tracking_number, s.problem, s.status,
    CASE WHEN s.status = 'attempt_failed' THEN s.status ELSE 'silent' END AS trouble,
    coalesce((s.problem->>'since')::timestamptz, s.last_event_at, s.shipped_at) AS since
  FROM shipments s
  WHERE s.shop_id = :shop AND s.direction = 'outbound' AND NOT s.history AND s.delivered_at IS NULL
    AND s.status NOT IN ('cancelled', 'returned', 'expired', 'delivered')
    AND (s.problem IS NOT NULL OR s.status = 'attempt_failed' OR s.last_event_at < CAST(:silent AS timestamptz)))
SELECT s.*, o.number, count(*) OVER ()::int AS count FROM stuck s
JOIN orders o ON o.shop_id = :shop AND o.id = s.order_id ORDER BY s.since LIMIT :few"""

_MESSAGES = """SELECT m.id, m.order_id, m.subject, m.template, m.why, m.created_at AS since, o.number,
  count(*) OVER ()::int AS count
FROM messages m LEFT JOIN orders o ON o.shop_id = m.shop_id AND o.id = m.order_id
WHERE m.shop_id = :shop AND m.state IN ('failed', 'unknown') AND m.created_at > clock_timestamp() - interval '7 days'
ORDER BY m.created_at DESC LIMIT :few"""

_TICKETS = f"""SELECT t.id, t.subject, t.last_at AS since, o.number AS order_number, {NAME} AS customer,
  count(*) OVER ()::int AS count
FROM tickets t JOIN customers p ON p.shop_id = t.shop_id AND p.id = t.customer_id
LEFT JOIN orders o ON o.shop_id = t.shop_id AND o.id = t.order_id
WHERE t.shop_id = :shop AND t.state = 'open' ORDER BY t.last_at, t.id LIMIT :few"""


async def numbers(session: ReadSession, moments: list[datetime], currency: str) -> list[dict[str, Any]]:
    """in_transit, delayed, open_returns and retained (minor units of `currency`, 30 days) at each moment."""
    values = {"shop": session.shop_id, "moments": moments, "currency": currency}
    found = rows(await session.execute(text(_NUMBERS), values))
    return sorted(found, key=lambda row: moments.index(row["at"]))


async def waiting_returns(session: ReadSession, few: int) -> list[dict[str, Any]]:
    """The oldest few of each pile of returns: kind, count of the pile, label, customer, detail, since, return_id."""
    return rows(await session.execute(text(_RETURNS), {"shop": session.shop_id, "few": few}))


async def stuck_parcels(session: ReadSession, silent_since: datetime, few: int) -> list[dict[str, Any]]:
    """Parcels in trouble or without a scan since `silent_since`, the longest waiting first."""
    values = {"shop": session.shop_id, "few": few, "silent": silent_since}
    return rows(await session.execute(text(_PARCELS), values))


async def failed_messages(session: ReadSession, few: int) -> list[dict[str, Any]]:
    """Messages of the last seven days that did not reach the mail server, newest first."""
    return rows(await session.execute(text(_MESSAGES), {"shop": session.shop_id, "few": few}))


async def open_tickets(session: ReadSession, few: int) -> list[dict[str, Any]]:
    """Tickets that wait for an answer, the longest first."""
    return rows(await session.execute(text(_TICKETS), {"shop": session.shop_id, "few": few}))
