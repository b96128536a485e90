"""Templates and their published versions."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.kit.ids import new_id
from comeback.messages.render.compile import Compiled
from comeback.messages.render.source import Source

_LISTED = """SELECT t.id, t.key, t.name, t.class AS class_, t.version, t.origin, t.updated_at,
  ARRAY(SELECT jsonb_object_keys(v.compiled) ORDER BY 1) AS locales
FROM templates t LEFT JOIN template_versions v
  ON v.shop_id = t.shop_id AND v.template_id = t.id AND v.version = t.version
WHERE t.shop_id = :shop"""


async def listed(session: ReadSession) -> list[dict[str, Any]]:
    """All templates of the shop, by key."""
    return rows(await session.execute(text(_LISTED + " ORDER BY t.key"), {"shop": session.shop_id}))


async def digests(session: ReadSession) -> dict[str, tuple[UUID, int, str, str]]:
    """Key → (id, published version, its digest, origin)."""
    query = text(
        "SELECT t.key, t.id, t.version, coalesce(v.digest, '') AS digest, t.origin FROM templates t "
        "LEFT JOIN template_versions v ON v.shop_id = t.shop_id AND v.template_id = t.id AND v.version = t.version "
        "WHERE t.shop_id = :shop"
    )
    return {
        r.key: (r.id, r.version, r.digest, r.origin) for r in await session.execute(query, {"shop": session.shop_id})
    }


async def add_template(session: WriteSession, source: Source, origin: str) -> UUID:
    """A template without a version yet; the same key again answers the known one."""
    query = text(
        "INSERT INTO templates (shop_id, id, key, name, class, version, origin) "
        "VALUES (:shop, :id, :key, :name, :class_, 0, :origin) "
        "ON CONFLICT (shop_id, key) DO UPDATE SET name = excluded.name RETURNING id"
    )
    values = {"shop": session.shop_id, "id": new_id(), "key": source.key, "origin": origin}
    values |= {"name": source.declaration.name, "class_": source.declaration.class_}
    return (await session.execute(query, values)).scalar_one()


async def add_version(
    session: WriteSession, template_id: UUID, version: int, source: Source, compiled: dict[str, Compiled], digest: str
) -> None:
    """Stores a published version and makes it the current one."""
    await session.execute(
        text(
            "INSERT INTO template_versions (shop_id, id, template_id, version, source, compiled, digest) "
            "VALUES (:shop, :id, :template, :version, CAST(:source AS jsonb), CAST(:compiled AS jsonb), :digest)"
        ),
        {
            "shop": session.shop_id, "id": new_id(), "template": template_id, "version": version, "digest": digest,
            "source": msgspec.json.encode(source).decode(), "compiled": msgspec.json.encode(compiled).decode(),
        },
    )  # fmt: skip
    await session.execute(
        text(
            "UPDATE templates SET version = :version, updated_at = clock_timestamp() WHERE shop_id = :shop AND id = :id"
        ),
        {"shop": session.shop_id, "id": template_id, "version": version},
    )


async def published(session: ReadSession, key: str, version: int | None = None) -> dict[str, Any] | None:
    """Version, compiled languages and source of a template; the current version unless one is named."""
    query = text(
        "SELECT v.version, v.compiled, v.source FROM templates t JOIN template_versions v "
        "ON v.shop_id = t.shop_id AND v.template_id = t.id AND v.version = coalesce(CAST(:version AS int), t.version) "
        "WHERE t.shop_id = :shop AND t.key = :key"
    )
    found = rows(await session.execute(query, {"shop": session.shop_id, "key": key, "version": version}))
    return found[0] if found else None


async def key_of(session: ReadSession, template_id: UUID) -> str | None:
    """The key of a template."""
    query = text("SELECT key FROM templates WHERE shop_id = :shop AND id = :id")
    return (await session.execute(query, {"shop": session.shop_id, "id": template_id})).scalar_one_or_none()
