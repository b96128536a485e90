"""The storefront: what joined the house after its first version, from the frozen SQL beside this file."""

from pathlib import Path

from alembic import op

revision = "the_storefront"
down_revision = "the_house"
branch_labels = None
depends_on = None

SEPARATOR = "\n-- next\n"


def upgrade() -> None:
    """Runs the frozen statements in order."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(SEPARATOR):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Going back is a restore."""
    raise NotImplementedError("restore a backup instead")
