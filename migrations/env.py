"""Alembic's environment: the connection comes from `comeback migrate`, already in the owner role."""

from alembic import context

from comeback.core.base import Base

connection = context.config.attributes["connection"]
if connection is None:
    raise SystemExit("Run `comeback migrate`.")
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
context.run_migrations()
