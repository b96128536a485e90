"""Returns as the inbox needs them: what each one waits for, in the words of the desk."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows

_UNGRADED = """(SELECT coalesce(sum(cardinality(f.slots)), 0) FROM receipt_lines f
  WHERE f.shop_id = c.shop_id AND f.case_id = c.id AND f.live AND f.grade IS NULL)"""
_GRADED = """(SELECT coalesce(sum(cardinality(f.slots)), 0) FROM receipt_lines f
  WHERE f.shop_id = c.shop_id AND f.case_id = c.id AND f.live AND f.grade IS NOT NULL)"""
_SETTLED = """(SELECT coalesce(sum(jsonb_array_length(u.value)), 0) FROM settlements s, jsonb_each(s.units) u
  WHERE s.shop_id = c.shop_id AND s.case_id = c.id)"""
_UNITS = """(SELECT coalesce(sum(l.quantity), 0) FROM return_lines l
  WHERE l.shop_id = c.shop_id AND l.case_id = c.id)"""
_PARCEL = """EXISTS (SELECT FROM shipments p WHERE p.shop_id = c.shop_id AND p.return_id = c.id
  AND p.direction = 'return' AND {})"""
# The last attempt of a decision on a tender counts: a failed one that was tried again is history.
_REFUND = """EXISTS (SELECT FROM refunds r WHERE r.shop_id = c.shop_id AND r.return_id = c.id AND r.state IN ({})
  AND NOT EXISTS (SELECT FROM refunds n WHERE n.shop_id = r.shop_id AND n.source_id = r.source_id
    AND n.tender_id = r.tender_id AND n.attempt > r.attempt))"""

WAITS_FOR = f"""CASE
  WHEN c.state IN ('requested', 'needs_review', 'declined', 'canceled', 'expired') THEN c.state
  WHEN {_REFUND.format("'failed', 'requires_action'")} THEN 'refund_trouble'
  WHEN {_UNGRADED} > 0 THEN 'to_inspect'
  WHEN c.state <> 'closed' AND {_GRADED} > {_SETTLED} THEN 'to_settle'
  WHEN {_REFUND.format("'created', 'sent', 'pending', 'unknown'")} THEN 'refunding'
  WHEN c.state = 'closed' THEN 'settled'
  WHEN c.received_at IS NULL AND {_PARCEL.format("p.status = 'delivered'")} THEN 'arrived'
  WHEN {_PARCEL.format("p.first_scan_at IS NOT NULL")} THEN 'in_transit'
  ELSE 'approved' END"""
"""The status of a return `c` in one word."""


class Standing(NamedTuple):
    """Where a return stands, and what the customer was promised in money, credit and exchange together."""

    status: str
    promised: int


async def standings(session: ReadSession, case_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """The standing of each return."""
    query = text(
        f"SELECT c.id, {WAITS_FOR} AS status, c.refund_total + c.credit_total "
        "+ coalesce((c.quote->>'carried_total')::bigint, 0) AS promised "
        "FROM return_cases c WHERE c.shop_id = :shop AND c.id = ANY(:ids)"
    )
    found = await session.execute(query, {"shop": session.shop_id, "ids": list(case_ids)})
    return {row.id: Standing(row.status, row.promised) for row in found}


async def units(session: ReadSession, case_id: UUID) -> dict[str, int]:
    """How many units of a return are `expected` and `ungraded` (here, not yet looked at)."""
    query = text(
        f"SELECT ({_UNITS} - {_UNGRADED} - {_GRADED})::int AS expected, {_UNGRADED}::int AS ungraded "
        "FROM return_cases c WHERE c.shop_id = :shop AND c.id = :id"
    )
    return rows(await session.execute(query, {"shop": session.shop_id, "id": case_id}))[0]
