"""Tenancy in the database: roles, forced row level security, grants.

Three roles, entered by SET LOCAL ROLE from the one login of DATABASE_URL: `comeback_owner` owns the tables and runs
migrations, `comeback_app` sees the rows of one shop, `comeback_machinery` may do across shops just what a table
declares (`machinery("select", "update")`). Statements here are idempotent.
"""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table

from comeback.core.base import EXTRA_DDL
from comeback.core.db import APP, MACHINERY, OWNER

DIRECTORY_TABLES = frozenset({"directory", "business_clock"})
"""Tables that are not bound to the shop of the transaction; everything else is."""

_SHOP = "shop_id = (SELECT nullif(current_setting('app.shop', true), '')::uuid)"


def role_statements() -> Iterator[str]:
    """Creates the roles (they belong to the whole server) and lets the login become them."""
    for role in (OWNER, APP, MACHINERY):
        yield (
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOBYPASSRLS; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        yield f"GRANT {role} TO CURRENT_USER"
    yield f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}"
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {MACHINERY}"


def table_statements(table: Table) -> Iterator[str]:
    """Forces row level security on a table and grants what each role needs."""
    name = table.name
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    rights = table.info.get("app", ("select", "insert", "update", "delete"))
    yield f"REVOKE ALL ON {name} FROM {APP}, {MACHINERY}"
    yield f"GRANT {', '.join(rights)} ON {name} TO {APP}"
    if name not in DIRECTORY_TABLES:
        yield f"DROP POLICY IF EXISTS shop ON {name}"
        yield f"CREATE POLICY shop ON {name} TO {APP} USING ({_SHOP}) WITH CHECK ({_SHOP})"
    machine = table.info.get("machinery", ())
    if machine:
        yield f"GRANT {', '.join(machine)} ON {name} TO {MACHINERY}"
        yield f"DROP POLICY IF EXISTS machinery ON {name}"
        yield f"CREATE POLICY machinery ON {name} TO {MACHINERY} USING (true) WITH CHECK (true)"


def install_statements(metadata: MetaData) -> Iterator[str]:
    """Everything that follows `CREATE TABLE`: security of each table, then triggers and functions."""
    for table in metadata.sorted_tables:
        yield from table_statements(table)
    for key in sorted(EXTRA_DDL):
        yield from EXTRA_DDL[key]
