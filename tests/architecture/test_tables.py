"""Tenancy in the catalogue: every table leads with the shop, and PostgreSQL itself keeps shops apart."""

import pytest
from sqlalchemy import Table, text

from comeback.app.wiring import import_models
from comeback.core.base import Base
from comeback.core.db import Database
from comeback.core.tenancy import DIRECTORY_TABLES

import_models()
TABLES = sorted(Base.metadata.tables.values(), key=lambda t: t.name)
GLOBAL = DIRECTORY_TABLES
"""Read before a shop is known; they hold digests and the time, nothing of a person."""


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_keys_lead_with_the_shop(table: Table) -> None:
    if table.name in GLOBAL:
        assert "shop_id" in table.c
        return
    assert next(iter(table.primary_key.columns)).name == "shop_id"


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_references_stay_in_the_shop(table: Table) -> None:
    for constraint in table.foreign_key_constraints:
        pairs = {(e.parent.name, e.column.name) for e in constraint.elements}
        assert ("shop_id", "shop_id") in pairs, f"{constraint.name} could point into another shop"


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_indexes_and_unique_keys_lead_with_the_shop(table: Table) -> None:
    if table.name in GLOBAL:
        return
    unique = [
        constraint
        for constraint in table.constraints
        if constraint.__class__.__name__ == "UniqueConstraint" and "shop_id" not in {c.name for c in constraint.columns}
    ]
    # A shop's short name stands in public addresses, so it is unique among all shops.
    assert {c.name for c in unique} <= {"uq_shops_slug"}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_money_is_whole_minor_units(table: Table) -> None:
    fractions = {c.name for c in table.c if str(c.type).upper() in {"NUMERIC", "DECIMAL", "REAL", "FLOAT", "MONEY"}}
    assert {name for name in fractions if not name.endswith(("rate", "speed", "score", "weight"))} == set()


async def test_row_security_is_forced_everywhere(database: Database) -> None:
    query = text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') "
        "AND c.relname <> 'alembic_version' "
        "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    async with database.engine.connect() as connection:
        open_tables = (await connection.execute(query)).scalars().all()
    # A partition is only reached through its parent: nobody holds a right on the partition itself.
    async with database.engine.connect() as connection:
        partitions = set(
            (await connection.execute(text("SELECT relname FROM pg_class WHERE relispartition"))).scalars()
        )
        rights = text(
            "SELECT DISTINCT table_name FROM information_schema.role_table_grants "
            "WHERE grantee IN ('comeback_app', 'comeback_machinery', 'PUBLIC')"
        )
        granted = set((await connection.execute(rights)).scalars())
    assert {name for name in open_tables if name not in partitions} == set()
    assert not {name for name in open_tables if name in partitions} & granted


async def test_every_table_has_a_shop_policy(database: Database) -> None:
    query = text(
        "SELECT tablename, coalesce(qual, '') || coalesce(with_check, '') AS rule FROM pg_policies "
        "WHERE 'comeback_app' = ANY (roles)"
    )
    async with database.engine.connect() as connection:
        rules = {row.tablename: row.rule for row in await connection.execute(query)}
    missing = {t.name for t in TABLES} - set(rules) - GLOBAL
    assert not missing
    assert all("app.shop" in rule for table, rule in rules.items() if table not in GLOBAL)


async def test_our_roles_cannot_step_around_it(database: Database) -> None:
    query = text(
        "SELECT rolname FROM pg_roles WHERE rolname IN ('comeback_app', 'comeback_machinery') "
        "AND (rolsuper OR rolbypassrls OR rolcanlogin)"
    )
    owned = text(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tableowner IN ('comeback_app', 'comeback_machinery')"
    )
    async with database.engine.connect() as connection:
        assert (await connection.execute(query)).scalars().all() == []
        assert (await connection.execute(owned)).scalars().all() == []
