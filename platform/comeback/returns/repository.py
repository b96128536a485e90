"""All SQL of returns. Reads of a case are a fixed number of statements; lists are set-based."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text

from comeback.catalog.models import Variant
from comeback.core.db import ReadSession, WriteSession, rows
from comeback.returns.models import (
    Exchange,
    PolicyVersion,
    Receipt,
    ReceiptLine,
    ReturnCase,
    ReturnLine,
    Settlement,
)


async def case(session: ReadSession, case_id: UUID, *, lock: bool = False) -> ReturnCase | None:
    """One case, read anew; locked after its order."""
    query = select(ReturnCase).where(ReturnCase.shop_id == session.shop_id, ReturnCase.id == case_id)
    if lock:
        query = query.with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def case_by_token(session: ReadSession, token: str) -> ReturnCase | None:
    """The case behind a status page."""
    query = select(ReturnCase).where(ReturnCase.shop_id == session.shop_id, ReturnCase.token == token)
    return await session.scalar(query)


async def cases(session: ReadSession, ids: Sequence[UUID]) -> list[ReturnCase]:
    """Cases by id, oldest first."""
    query = select(ReturnCase).where(ReturnCase.shop_id == session.shop_id, ReturnCase.id.in_(list(ids)))
    return list(await session.scalars(query.order_by(ReturnCase.id)))


async def cases_of_order(session: ReadSession, order_id: UUID) -> list[ReturnCase]:
    """Cases of an order, oldest first."""
    query = select(ReturnCase).where(ReturnCase.shop_id == session.shop_id, ReturnCase.order_id == order_id)
    return list(await session.scalars(query.order_by(ReturnCase.id)))


async def lines(session: ReadSession, case_ids: Sequence[UUID]) -> list[ReturnLine]:
    """Lines of cases, in their order."""
    query = select(ReturnLine).where(ReturnLine.shop_id == session.shop_id, ReturnLine.case_id.in_(list(case_ids)))
    query = query.order_by(ReturnLine.case_id, ReturnLine.position).execution_options(populate_existing=True)
    return list(await session.scalars(query))


async def receipts(session: ReadSession, case_id: UUID) -> list[Receipt]:
    """Receipts of a case, oldest first."""
    query = select(Receipt).where(Receipt.shop_id == session.shop_id, Receipt.case_id == case_id)
    return list(await session.scalars(query.order_by(Receipt.id).execution_options(populate_existing=True)))


async def findings(session: ReadSession, case_id: UUID) -> list[ReceiptLine]:
    """What is found to be so now, oldest first."""
    query = select(ReceiptLine).where(
        ReceiptLine.shop_id == session.shop_id, ReceiptLine.case_id == case_id, ReceiptLine.live.is_(True)
    )
    return list(await session.scalars(query.order_by(ReceiptLine.id).execution_options(populate_existing=True)))


async def settlements(session: ReadSession, case_id: UUID) -> list[Settlement]:
    """Settlements of a case, oldest first."""
    query = select(Settlement).where(Settlement.shop_id == session.shop_id, Settlement.case_id == case_id)
    return list(await session.scalars(query.order_by(Settlement.sequence).execution_options(populate_existing=True)))


async def settlement(session: ReadSession, settlement_id: UUID) -> Settlement | None:
    """One settlement."""
    query = select(Settlement).where(Settlement.shop_id == session.shop_id, Settlement.id == settlement_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def exchanges(session: ReadSession, case_id: UUID) -> list[Exchange]:
    """Replacements of a case."""
    query = select(Exchange).where(Exchange.shop_id == session.shop_id, Exchange.case_id == case_id)
    return list(await session.scalars(query.order_by(Exchange.id).execution_options(populate_existing=True)))


async def free_number(session: ReadSession, wanted: Sequence[str]) -> str:
    """The first of some random numbers that the shop has not given away. Raises RuntimeError where it has all."""
    taken = set(
        await session.scalars(
            select(ReturnCase.number).where(ReturnCase.shop_id == session.shop_id, ReturnCase.number.in_(wanted))
        )
    )
    free = next((number for number in wanted if number not in taken), None)
    if free is None:
        raise RuntimeError("every random case number drawn is taken")
    return free


async def promised_shipping(session: ReadSession, order_id: UUID) -> int:
    """Outbound shipping that open cases of an order were promised and did not get yet, in minor units."""
    found = await session.scalar(
        text(
            """SELECT CAST(coalesce(sum(greatest(0, CAST(c.quote ->> 'shipping_refund' AS bigint) - coalesce((
                SELECT sum(CAST(s.computed ->> 'shipping_refund' AS bigint)) FROM settlements s
                WHERE s.shop_id = c.shop_id AND s.case_id = c.id AND s.state NOT IN ('blocked', 'failed')), 0))), 0)
              AS bigint)
            FROM return_cases c WHERE c.shop_id = :shop AND c.order_id = :order
              AND c.state IN ('requested', 'needs_review', 'approved', 'open')"""
        ),
        {"shop": session.shop_id, "order": order_id},
    )
    return int(found or 0)


async def policies(session: ReadSession) -> list[PolicyVersion]:
    """All versions, newest first."""
    query = select(PolicyVersion).where(PolicyVersion.shop_id == session.shop_id)
    return list(await session.scalars(query.order_by(PolicyVersion.version.desc())))


async def policy(session: ReadSession, version: int) -> PolicyVersion | None:
    """One version."""
    query = select(PolicyVersion).where(PolicyVersion.shop_id == session.shop_id, PolicyVersion.version == version)
    return await session.scalar(query.execution_options(populate_existing=True))


async def current_policy(session: ReadSession) -> PolicyVersion | None:
    """The version published last."""
    query = select(PolicyVersion).where(PolicyVersion.shop_id == session.shop_id, PolicyVersion.state == "published")
    return await session.scalar(
        query.order_by(PolicyVersion.published_at.desc(), PolicyVersion.version.desc()).limit(1)
    )


async def lock_policies(session: WriteSession) -> None:
    """One writer of policies a shop at a time, so versions have no gaps and no twins."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('policies:' || :shop, 0))"), {"shop": str(session.shop_id)}
    )


TAB = """CASE
  WHEN c.state IN ('declined', 'closed', 'canceled', 'expired') THEN 'done'
  WHEN c.state = 'needs_review' OR EXISTS (SELECT FROM settlements s WHERE s.shop_id = c.shop_id AND s.case_id = c.id
    AND s.state = 'blocked') THEN 'review'
  WHEN c.state = 'requested' THEN 'new'
  WHEN c.received_at IS NOT NULL THEN 'inspect'
  WHEN EXISTS (SELECT FROM shipments p WHERE p.shop_id = c.shop_id AND p.return_id = c.id
    AND p.direction = 'return' AND p.status = 'delivered') THEN 'received'
  ELSE 'on_the_way' END"""
TABS = ("new", "review", "on_the_way", "received", "inspect", "done")


async def tab_counts(session: ReadSession) -> dict[str, int]:
    """How many cases each tab of the inbox holds."""
    found = await session.execute(
        text(f"SELECT {TAB} AS tab, count(*) AS n FROM return_cases c WHERE c.shop_id = :shop GROUP BY 1"),
        {"shop": session.shop_id},
    )
    return dict.fromkeys(TABS, 0) | {r["tab"]: r["n"] for r in rows(found)}


_LIST = f"""WITH c AS (
  SELECT c.*, {TAB} AS tab FROM return_cases c WHERE c.shop_id = :shop)
SELECT c.id, c.number, c.tab, c.state, c.kind, c.method, c.order_id, o.number AS order_number, c.customer_id,
  coalesce(nullif(trim(concat_ws(' ', p.first_name, p.last_name)), ''), p.email, '') AS customer, c.currency,
  c.refund_total, c.credit_total, c.requested_at, c.send_by, l.items, l.title, l.image_url, l.reason, l.resolutions
FROM c
JOIN orders o ON o.shop_id = :shop AND o.id = c.order_id
JOIN customers p ON p.shop_id = :shop AND p.id = c.customer_id
CROSS JOIN LATERAL (
  SELECT sum(r.quantity)::int AS items, (array_agg(x.title ORDER BY r.position))[1] AS title,
    (array_agg(x.image_url ORDER BY r.position))[1] AS image_url,
    (array_agg(r.reason ORDER BY r.position))[1] AS reason,
    array_agg(DISTINCT r.resolution) AS resolutions
  FROM return_lines r JOIN order_lines x ON x.shop_id = r.shop_id AND x.id = r.line_id
  WHERE r.shop_id = :shop AND r.case_id = c.id) l
WHERE (CAST(:tab AS text) IS NULL OR c.tab = :tab)
  AND (CAST(:state AS text) IS NULL OR c.state = :state)
  AND (CAST(:kind AS text) IS NULL OR c.kind = :kind)
  AND (CAST(:order AS uuid) IS NULL OR c.order_id = :order)
  AND (CAST(:customer AS uuid) IS NULL OR c.customer_id = :customer)
  AND (CAST(:number AS text) IS NULL OR lower(c.number) = lower(:number))
  AND (CAST(:before AS uuid) IS NULL OR c.id < :before)
ORDER BY c.id DESC LIMIT :limit"""

FILTERS: dict[str, Any] = dict.fromkeys(("tab", "state", "kind", "order", "customer", "number", "before"))


async def list_cases(session: ReadSession, filters: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    """Rows of cases that fit all filters that are given, newest first."""
    values = FILTERS | filters | {"shop": session.shop_id, "limit": limit}
    return rows(await session.execute(text(_LIST), values))


async def due_expiries(session: ReadSession, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(shop, case) of approved cases whose goods never left, across shops."""
    found = await session.execute(
        text(
            "SELECT shop_id, id FROM return_cases WHERE state = 'approved' AND send_by < :now "
            "ORDER BY send_by LIMIT :limit"
        ),
        {"now": now, "limit": limit},
    )
    return [(r["shop_id"], r["id"]) for r in rows(found)]


async def variants(session: ReadSession, ids: Sequence[UUID], keys: Sequence[str] = ()) -> list[Variant]:
    """Variants by id or by the shop's own id."""
    query = select(Variant).where(
        Variant.shop_id == session.shop_id, or_(Variant.id.in_(list(ids)), Variant.external_id.in_(list(keys)))
    )
    return list(await session.scalars(query))


async def states(session: ReadSession, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """How cases stand, by id."""
    query = select(ReturnCase.id, ReturnCase.state).where(
        ReturnCase.shop_id == session.shop_id, ReturnCase.id.in_(case_ids)
    )
    return {row.id: row.state for row in await session.execute(query)}
