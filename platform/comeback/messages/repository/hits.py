"""Raw hits in, destinations out; both in batches across shops."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import WriteSession, rows

_HITS = text("""
INSERT INTO hits (shop_id, id, message_id, kind, link, method, agent, ip, at, delay_ms)
SELECT m.shop_id, h.id, m.id, h.kind, h.link, h.method, h.agent, h.ip, h.at,
  CAST(least(greatest(EXTRACT(EPOCH FROM h.at - m.accepted_at) * 1000, -2000000000), 2000000000) AS int)
FROM unnest(CAST(:ids AS uuid[]), CAST(:shops AS uuid[]), CAST(:messages AS uuid[]), CAST(:kinds AS text[]),
  CAST(:links AS smallint[]), CAST(:methods AS text[]), CAST(:agents AS text[]), CAST(:ips AS text[]),
  CAST(:at AS timestamptz[])) AS h(id, shop_id, message_id, kind, link, method, agent, ip, at)
JOIN messages m ON m.shop_id = h.shop_id AND m.id = h.message_id
""")
_URLS = text("""
SELECT l.shop_id, l.id, l.urls FROM links l
JOIN unnest(CAST(:shops AS uuid[]), CAST(:ids AS uuid[])) AS w(shop_id, id) ON l.shop_id = w.shop_id AND l.id = w.id
""")


async def add(session: WriteSession, columns: dict[str, list[Any]]) -> None:
    """Adds hits of messages that exist; their delay is counted from the acceptance."""
    await session.execute(_HITS, columns)


async def urls(session: WriteSession, wanted: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], list[str]]:
    """Destinations by (shop, message)."""
    values = {"shops": [w[0] for w in wanted], "ids": [w[1] for w in wanted]}
    return {(r["shop_id"], r["id"]): r["urls"] for r in rows(await session.execute(_URLS, values))}
