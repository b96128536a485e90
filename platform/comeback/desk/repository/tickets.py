"""Counts of the inbox, and what a look-up finds."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, rows
from comeback.desk.repository.filters import MANY, given, joined

STATES = ("open", "waiting", "closed")

_LOOKUP = {
    "order": "SELECT o.id FROM orders o WHERE o.shop_id = :shop AND o.number_norm = :plain",
    "parcel": "SELECT s.order_id FROM shipments s WHERE s.shop_id = :shop AND s.tracking_number IN (:q, upper(:q))",
    "email": "SELECT o.id FROM customers p JOIN orders o ON o.shop_id = p.shop_id AND o.customer_id = p.id "
    "WHERE p.shop_id = :shop AND p.email_norm = :email",
    # Numbers are written with and without the country's code and blanks; the last nine digits tell them apart.
    "phone": "SELECT o.id FROM customers p JOIN orders o ON o.shop_id = p.shop_id AND o.customer_id = p.id "
    "WHERE p.shop_id = :shop AND right(regexp_replace(p.phone, '\\D', '', 'g'), 9) = :digits",
}


async def counts(session: ReadSession, *, topic: str | None, assignee: UUID | None) -> dict[str, int]:
    """How many tickets each state holds under the same filters; counting stops at `MANY`."""
    clauses = ["t.topic = :topic"] if topic else []
    clauses += ["t.assignee_id = :assignee"] if assignee else []
    parts = [
        f"SELECT '{state}' AS state, count(*)::int AS held FROM (SELECT FROM tickets t WHERE t.shop_id = :shop "
        f"AND t.state = '{state}'{joined(clauses)} LIMIT {MANY}) AS x"
        for state in STATES
    ]
    values = given({"topic": topic, "assignee": assignee}) | {"shop": session.shop_id}
    found = await session.execute(text(" UNION ALL ".join(parts)), values)
    return {row.state: row.held for row in found}


async def looked_up(session: ReadSession, kind: str, limit: int, **words: str) -> list[dict[str, Any]]:
    """Orders of one kind of look-up (order, parcel, email, phone), newest first: id, customer_id, locale."""
    query = (
        "SELECT o.id, o.customer_id, o.locale FROM orders o WHERE o.shop_id = :shop "
        f"AND o.id IN ({_LOOKUP[kind]}) ORDER BY o.placed_at DESC, o.id DESC LIMIT :limit"
    )
    needed = {name: value for name, value in words.items() if f":{name}" in query}
    return rows(await session.execute(text(query), needed | {"shop": session.shop_id, "limit": limit}))
