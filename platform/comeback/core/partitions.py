"""Range partitions by time-ordered ids: one a month, made ahead; a default one so that nothing is ever refused."""

from datetime import UTC, datetime

from sqlalchemy import text

from comeback.core.base import WriteSession, register_ddl
from comeback.kit.ids import floor_id

AHEAD = 3
PARTITIONED: list[str] = []


def partitioned(table: str) -> None:
    """Declares a table that is partitioned by month of its id."""
    PARTITIONED.append(table)
    register_ddl(f"{table}_default", f"CREATE TABLE IF NOT EXISTS {table}_default PARTITION OF {table} DEFAULT",
                 f"ALTER TABLE {table}_default ENABLE ROW LEVEL SECURITY")  # fmt: skip


def months(start: datetime, count: int) -> list[tuple[str, str, str]]:
    """(suffix, first id, first id of the next month) of `count` months from `start`'s."""
    found: list[tuple[str, str, str]] = []
    year, month = start.year, start.month
    for _ in range(count):
        first = datetime(year, month, 1, tzinfo=UTC)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        after = datetime(year, month, 1, tzinfo=UTC)
        low, high = (str(floor_id(int(t.timestamp() * 1000))) for t in (first, after))
        found.append((f"{first:%Y_%m}", low, high))
    return found


def statements(now: datetime, count: int = AHEAD) -> list[str]:
    """DDL of the partitions from this month on; existing ones are left alone."""
    return [
        sql
        for table in PARTITIONED
        for suffix, low, high in months(now, count)
        for sql in (
            f"CREATE TABLE IF NOT EXISTS {table}_{suffix} PARTITION OF {table} FOR VALUES FROM ('{low}') TO ('{high}')",
            f"ALTER TABLE {table}_{suffix} ENABLE ROW LEVEL SECURITY",
        )
    ]


async def ensure(session: WriteSession, now: datetime) -> None:
    """Makes the coming months' partitions; runs as the owner, from a periodic job."""
    await session.execute(text("SELECT set_config('role', 'comeback_owner', true)"))
    for statement in statements(now):
        await session.execute(text(statement))
