"""The migrations make exactly the schema of the models."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest

from comeback.app.migrate import migrate
from comeback.core.settings import Settings

CATALOGUE = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, 2",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
    "ORDER BY 1, 2",
    "rights": "SELECT table_name, grantee, privilege_type FROM information_schema.table_privileges "
    "WHERE table_schema = 'public' AND grantee LIKE 'comeback%' ORDER BY 1, 2, 3",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
}


@pytest.fixture
async def migrated(settings: Settings) -> AsyncIterator[str]:
    """A database that only the migrations made."""
    base, _, options = settings.database_url.partition("?")
    name = f"test_migrated_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(settings.database_url)
    await admin.execute(f"CREATE DATABASE {name}")
    url = f"{base.rsplit('/', 1)[0]}/{name}?{options}"
    yield url
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def _catalogue(url: str) -> dict[str, set[tuple[Any, ...]]]:
    connection = await asyncpg.connect(url)
    found = {what: {tuple(r) for r in await connection.fetch(query)} for what, query in CATALOGUE.items()}
    await connection.close()
    return {what: {r for r in rows if "alembic" not in str(r[0])} for what, rows in found.items()}


async def test_migrations_make_the_schema_of_the_models(settings: Settings, services: Any, migrated: str) -> None:
    changed = msgspec.structs.replace(settings, database_url=migrated)
    await migrate(changed)
    await migrate(changed)
    theirs, ours = await _catalogue(migrated), await _catalogue(settings.database_url)
    for what in CATALOGUE:
        assert theirs[what] == ours[what], (what, sorted(theirs[what] ^ ours[what], key=str)[:10])
