"""Migrations: Alembic, run as the owner role in one transaction, with roles before and partitions after."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateIndex, CreateTable

from comeback.app.wiring import import_models
from comeback.core import partitions
from comeback.core.base import Base
from comeback.core.db import OWNER
from comeback.core.places import place
from comeback.core.schema import ensure_roles
from comeback.core.settings import Settings
from comeback.core.tenancy import install_statements


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; no file, since everything is known here."""
    import_models()
    made = Config()
    made.set_main_option("script_location", str(place("migrations")))
    made.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(hour).2d%%(minute).2d_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(config(connection), revision)


async def migrate(settings: Settings, revision: str = "head") -> None:
    """Brings the database to `revision` and makes the coming months' partitions."""
    url = settings.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await ensure_roles(connection)
        async with engine.begin() as connection:
            await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            await connection.run_sync(_upgrade, revision)
            for statement in partitions.statements(datetime.now(UTC)):
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


def schema_sql() -> Iterator[str]:
    """The whole schema as statements, as a first migration freezes it."""
    import_models()
    dialect = postgresql.asyncpg.dialect()
    for table in Base.metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()
    yield from install_statements(Base.metadata)


def migrate_now(settings: Settings) -> None:
    """`migrate` for the command line."""
    asyncio.run(migrate(settings))
