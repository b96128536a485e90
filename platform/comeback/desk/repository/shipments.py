"""The parcels: one list by what is to be watched, with a count for each tab."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.desk.repository.filters import MANY, NAME, given, joined

_OPEN = "s.direction = 'outbound' AND s.delivered_at IS NULL"
_TROUBLED = "(s.problem IS NOT NULL OR s.status IN ('attempt_failed', 'expired'))"
_MOVING = "s.status IN ('pending', 'info_received', 'in_transit', 'available_for_pickup')"
_SILENT = "NOT s.history AND coalesce(s.last_event_at, s.shipped_at) < :silent AND s.status <> 'available_for_pickup'"

TABS: dict[str, str] = {
    "on_the_way": f"{_OPEN} AND {_MOVING} AND NOT {_TROUBLED} AND ({_SILENT}) IS NOT TRUE",
    "out_for_delivery": f"{_OPEN} AND s.status = 'out_for_delivery' AND NOT {_TROUBLED}",
    "problem": f"{_OPEN} AND {_TROUBLED} AND s.status IN "
    "('pending', 'info_received', 'in_transit', 'available_for_pickup', 'out_for_delivery', 'attempt_failed', "
    "'expired', 'exception')",
    "stuck": f"{_OPEN} AND {_MOVING} AND NOT {_TROUBLED} AND {_SILENT}",
    "returning": "s.status IN ('returning', 'in_transit', 'out_for_delivery', 'available_for_pickup') "
    "AND (s.direction = 'return' OR s.status = 'returning')",
    "delivered": "s.direction = 'outbound' AND s.delivered_at IS NOT NULL",
}
"""Each parcel is in one tab at most. `:silent` is the moment before which a last scan is too old."""

_ROW = f"""SELECT s.id, s.order_id, s.return_id, s.direction, s.carrier, s.tracking_number, s.status, s.problem,
  s.delay, s.reason, s.label_state, s.eta_from, s.eta_until, s.eta_original_until, s.shipped_at, s.delivered_at,
  coalesce(s.last_event_at, s.shipped_at, s.created_at) AS news_at, o.number, o.customer_id, {NAME} AS customer,
  o.shipping_address->>'city' AS city, o.country
FROM shipments s JOIN orders o ON o.shop_id = s.shop_id AND o.id = s.order_id
JOIN customers p ON p.shop_id = o.shop_id AND p.id = o.customer_id"""


_TO = """EXISTS (SELECT FROM orders f WHERE f.shop_id = s.shop_id AND f.id = s.order_id
  AND f.country = :country)"""


def _filters(carrier: str | None, country: str | None, since: datetime | None) -> list[str]:
    clauses = ["s.carrier = :carrier"] if carrier else []
    clauses += ["s.created_at >= :since"] if since else []
    clauses += [_TO] if country else []
    return clauses


async def page(
    session: ReadSession,
    tab: str,
    *,
    silent: datetime,
    carrier: str | None,
    country: str | None,
    since: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Parcels of a tab, newest first; delivered ones by their delivery."""
    order = "s.delivered_at" if tab == "delivered" else "s.id"
    clauses = [TABS[tab], *_filters(carrier, country, since)]
    if after:
        clauses.append("(s.delivered_at, s.id) < (:at, :id)" if tab == "delivered" else "s.id < :id")
    at, place = after or (None, None)
    values = given({"carrier": carrier, "country": country, "since": since, "id": place})
    values |= {"at": at} if after and tab == "delivered" else {}
    values |= {"silent": silent} if ":silent" in TABS[tab] else {}
    query = f"{_ROW} WHERE s.shop_id = :shop{joined(clauses)} ORDER BY {order} DESC, s.id DESC LIMIT :limit"
    return rows(await session.execute(text(query), values | {"shop": session.shop_id, "limit": limit}))


async def counts(
    session: ReadSession, *, silent: datetime, carrier: str | None, country: str | None, since: datetime | None
) -> dict[str, int]:
    """How many parcels each tab holds under the same filters; counting stops at `MANY`."""
    more = joined(_filters(carrier, country, since))
    parts = [
        f"SELECT '{tab}' AS tab, count(*)::int AS held FROM (SELECT FROM shipments s WHERE s.shop_id = :shop "
        f"AND {clause}{more} LIMIT {MANY}) AS x"
        for tab, clause in TABS.items()
    ]
    values = given({"carrier": carrier, "country": country, "since": since})
    found = await session.execute(text(" UNION ALL ".join(parts)), values | {"shop": session.shop_id, "silent": silent})
    return {row.tab: row.held for row in found}
