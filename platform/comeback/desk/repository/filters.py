"""What the lists have in common: the name of a person, facets of the filters, counts that stop early."""

from typing import Any

from sqlalchemy import text

from comeback.core.db import ReadSession, rows

NAME = "coalesce(nullif(trim(concat_ws(' ', p.first_name, p.last_name)), ''), p.email, '')"
"""The name of customer `p`; empty once erased."""

MANY = 1000
"""Counts of tabs stop here: nobody reads further, and counting a hundred thousand rows is not free."""

# Each step jumps to the next value by its index (PostgreSQL has no skip scan for DISTINCT).
_CARRIERS = """WITH RECURSIVE found AS (
  (SELECT carrier FROM shipments WHERE shop_id = :shop ORDER BY carrier LIMIT 1)
  UNION ALL
  SELECT (SELECT s.carrier FROM shipments s WHERE s.shop_id = :shop AND s.carrier > f.carrier
          ORDER BY s.carrier LIMIT 1)
  FROM found f WHERE f.carrier IS NOT NULL)
SELECT carrier AS value FROM found WHERE carrier IS NOT NULL"""

_COUNTRIES = """WITH RECURSIVE found AS (
  (SELECT country FROM orders WHERE shop_id = :shop AND country IS NOT NULL ORDER BY country LIMIT 1)
  UNION ALL
  SELECT (SELECT o.country FROM orders o WHERE o.shop_id = :shop AND o.country > f.country
          ORDER BY o.country LIMIT 1)
  FROM found f WHERE f.country IS NOT NULL)
SELECT country AS value FROM found WHERE country IS NOT NULL"""


PERSON = "(p.email_norm ^@ :plain OR p.last_name_norm ^@ :plain OR p.name_norm ^@ :plain)"
"""Customers `p` whose address or name begins with the word. `^@` and not LIKE: only what leaks nothing is looked up
by index under row security."""


async def carriers(session: ReadSession) -> list[str]:
    """The carriers of the shop's parcels."""
    return await _values(session, _CARRIERS)


async def countries(session: ReadSession) -> list[str]:
    """The countries the shop ships to, two letters each."""
    return await _values(session, _COUNTRIES)


async def templates(session: ReadSession) -> list[str]:
    """Keys of the shop's templates."""
    return await _values(session, "SELECT key AS value FROM templates WHERE shop_id = :shop ORDER BY key")


async def _values(session: ReadSession, query: str) -> list[str]:
    found = rows(await session.execute(text(query), {"shop": session.shop_id}))
    return [str(row["value"]) for row in found]


def joined(clauses: list[str]) -> str:
    """Clauses as the rest of a WHERE."""
    return "".join(f" AND {clause}" for clause in clauses)


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Only the values that are there: an absent filter is no clause, not a comparison with nothing."""
    return {name: value for name, value in values.items() if value is not None}
