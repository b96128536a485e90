"""The house: every table of the first version, from the frozen SQL beside this file."""

from pathlib import Path

from alembic import op

revision = "the_house"
down_revision = None
branch_labels = None
depends_on = None

SEPARATOR = "\n-- next\n"


def upgrade() -> None:
    """Runs the frozen statements in order."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(SEPARATOR):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """There is nothing below the first version."""
    raise NotImplementedError("the first version has nothing below it")
