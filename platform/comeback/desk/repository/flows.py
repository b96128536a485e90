"""What flows did: people in them, mails they sent, and what people did with those mails."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.messages.rules.hits import AGENTS, BURST_LINKS, BURST_MS, PROXIES, TOO_FAST_MS

_PEOPLE = """SELECT flow_id,
  count(*) FILTER (WHERE entered_at >= :since)::int AS entered,
  count(*) FILTER (WHERE state IN ('active', 'paused'))::int AS inside,
  count(*) FILTER (WHERE state = 'done' AND entered_at >= :since)::int AS finished,
  count(*) FILTER (WHERE state = 'failed' AND entered_at >= :since)::int AS failed
FROM enrolments WHERE shop_id = :shop{more} GROUP BY flow_id"""

_STEPS = """SELECT node, result, count(*)::int AS people FROM enrolment_steps
WHERE shop_id = :shop AND flow_id = :flow AND at >= :since GROUP BY 1, 2
UNION ALL SELECT node, 'here', count(*)::int FROM enrolments
WHERE shop_id = :shop AND flow_id = :flow AND state IN ('active', 'paused') GROUP BY 1"""


# The rule of messages.rules.hits in SQL, for counting many mails at once; a test holds the two together. `many` only
# spares the comparison of every click with every other: who followed too few links at all cannot have swept.
def _pattern(source: str) -> str:
    return source.replace("\\b", "\\y")


_MAILS = """WITH mine AS (
  SELECT m.id, m.origin->>'flow' AS family, m.origin->>'node' AS node FROM messages m
  WHERE m.shop_id = :shop AND m.state = 'accepted' AND m.origin IS NOT NULL
    AND m.created_at > clock_timestamp() - make_interval(days => :days){more}),
heard AS MATERIALIZED (
  SELECT h.message_id, h.kind, h.link, h.ip, h.at, h.agent,
    h.method = 'HEAD' OR coalesce(h.delay_ms < :fast, false) AS odd
  FROM hits h JOIN mine ON mine.id = h.message_id WHERE h.shop_id = :shop AND h.kind IN ('open', 'click')),
agents AS MATERIALIZED (
  SELECT agent, agent = '' OR (agent !~* :proxies AND agent ~* :agents) AS robot
  FROM (SELECT DISTINCT agent FROM heard) x),
raw AS (SELECT heard.*, heard.odd OR agents.robot AS machine FROM heard JOIN agents USING (agent)),
many AS MATERIALIZED (
  SELECT message_id, ip FROM heard WHERE kind = 'click' AND ip <> ''
  GROUP BY 1, 2 HAVING count(DISTINCT coalesce(link, -1)) >= :links),
swept AS (
  SELECT DISTINCT x.message_id, x.ip FROM (
    SELECT a.message_id, a.ip FROM many JOIN heard a USING (message_id, ip)
    JOIN heard b ON b.message_id = a.message_id AND b.ip = a.ip
      AND b.kind = 'click' AND b.at BETWEEN a.at AND a.at + make_interval(secs => :burst)
    WHERE a.kind = 'click' AND a.ip <> ''
    GROUP BY a.message_id, a.ip, a.at, a.link HAVING count(DISTINCT coalesce(b.link, -1)) >= :links) x),
people AS (
  SELECT raw.message_id, bool_or(raw.kind = 'open') AS opened, bool_or(raw.kind = 'click') AS clicked FROM raw
  LEFT JOIN swept ON swept.message_id = raw.message_id AND swept.ip = raw.ip
  WHERE NOT raw.machine AND swept.ip IS NULL GROUP BY raw.message_id)
SELECT mine.family, mine.node, count(*)::int AS sent,
  count(*) FILTER (WHERE people.opened)::int AS opened, count(*) FILTER (WHERE people.clicked)::int AS clicked
FROM mine LEFT JOIN people ON people.message_id = mine.id GROUP BY 1, 2"""


async def people(session: ReadSession, since: datetime, flow_id: UUID | None = None) -> dict[UUID, dict[str, Any]]:
    """By flow: entered, finished and failed since a moment, and how many are inside now."""
    query = _PEOPLE.format(more=" AND flow_id = :flow" if flow_id else "")
    values = {"shop": session.shop_id, "since": since} | ({"flow": flow_id} if flow_id else {})
    return {row["flow_id"]: row for row in rows(await session.execute(text(query), values))}


async def steps(session: ReadSession, flow_id: UUID, since: datetime) -> list[dict[str, Any]]:
    """By node: how many took which way since a moment; `here` counts those who wait there now."""
    values = {"shop": session.shop_id, "flow": flow_id, "since": since}
    return rows(await session.execute(text(_STEPS), values))


async def mails(session: ReadSession, days: int, family: str | None = None) -> list[dict[str, Any]]:
    """By family and node: mails sent in the last days, and how many of them people opened or clicked."""
    query = _MAILS.format(more=" AND m.origin->>'flow' = :family" if family else "")
    values: dict[str, Any] = {
        "shop": session.shop_id,
        "days": days,
        "fast": TOO_FAST_MS,
        "proxies": _pattern(PROXIES.pattern),
        "agents": _pattern(AGENTS.pattern),
        "burst": BURST_MS / 1000,
        "links": BURST_LINKS,
    }
    values |= {"family": family} if family else {}
    return rows(await session.execute(text(query), values))
