"""All SQL of imports."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.imports.models import FileImport


async def find(session: ReadSession, import_id: UUID, *, lock: bool = False) -> FileImport | None:
    """One import of the shop; `lock` holds it until the transaction ends."""
    query = select(FileImport).where(FileImport.shop_id == session.shop_id, FileImport.id == import_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


_LIST = text("""
SELECT id, kind, filename, task_id AS task, dry_run, state, records, problem_count, created_at FROM imports
WHERE shop_id = :shop AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit
""")


async def page(session: ReadSession, before: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Imports, newest first."""
    return rows(await session.execute(_LIST, {"shop": session.shop_id, "before": before, "limit": limit}))


_ORDERS = text("""
SELECT DISTINCT ON (n.name) n.name, o.id FROM unnest(CAST(:names AS text[]), CAST(:plain AS text[])) AS n(name, plain)
JOIN orders o ON o.shop_id = :shop AND (o.external_id = n.name OR o.number_norm = n.plain)
ORDER BY n.name, (o.external_id = n.name) DESC, o.id DESC
""")


async def order_ids(session: ReadSession, names: dict[str, str]) -> dict[str, UUID]:
    """Orders by the name that a file gives them (name → plain number): external id first, else number."""
    values = {"shop": session.shop_id, "names": list(names), "plain": list(names.values())}
    return {r["name"]: r["id"] for r in rows(await session.execute(_ORDERS, values))}


def as_json(value: Any) -> Any:
    """Structs as plain values for a JSON column."""
    return msgspec.to_builtins(value)


async def add(session: WriteSession, row: FileImport) -> None:
    """Stores a new import."""
    session.add(row)
    await session.flush()
