"""Progress of long tasks: rows that the command line and the studio show."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from comeback.core.base import Base, ReadSession, ShopRow, WriteSession, rows
from comeback.core.errors import NotFound
from comeback.kit.ids import new_id


class Task(ShopRow, Base):
    """One long task: how much of how much is done."""

    __tablename__ = "tasks"
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="running")
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total: Mapped[int | None] = mapped_column(BigInteger)
    result: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    ended_at: Mapped[datetime | None]


async def start(session: WriteSession, kind: str, total: int | None = None) -> UUID:
    """A new task; `total` may come later."""
    task = new_id()
    await session.execute(
        text("INSERT INTO tasks (shop_id, id, kind, total) VALUES (:shop, :id, :kind, :total)"),
        {"shop": session.shop_id, "id": task, "kind": kind, "total": total},
    )
    return task


async def step(session: WriteSession, task: UUID, done: int, total: int | None = None) -> None:
    """Says how far the task is."""
    await session.execute(
        text("UPDATE tasks SET done = :done, total = coalesce(:total, total) WHERE shop_id = :shop AND id = :id"),
        {"shop": session.shop_id, "id": task, "done": done, "total": total},
    )


async def finish(session: WriteSession, task: UUID, state: str = "done", result: dict[str, Any] | None = None) -> None:
    """Ends the task: `done` or `failed`, with what it found."""
    task_row = await session.get_one(Task, (session.shop_id, task))
    task_row.state, task_row.result = state, result
    await session.flush()
    await session.execute(
        text("UPDATE tasks SET ended_at = clock_timestamp() WHERE shop_id = :shop AND id = :id"),
        {"shop": session.shop_id, "id": task},
    )


async def show(session: ReadSession, task: UUID) -> dict[str, Any]:
    """One task as the API shows it; raises NotFound."""
    query = text(
        "SELECT id, kind, state, done, total, result, started_at, ended_at FROM tasks "
        "WHERE shop_id = :shop AND id = :id"
    )
    found = rows(await session.execute(query, {"shop": session.shop_id, "id": task}))
    if not found:
        raise NotFound("No such task.")
    return found[0]


async def advance(session: WriteSession, task: UUID) -> None:
    """One more step is done; the last one ends the task."""
    await session.execute(
        text(
            "UPDATE tasks SET done = done + 1, state = CASE WHEN done + 1 >= total THEN 'done' ELSE state END, "
            "ended_at = CASE WHEN done + 1 >= total THEN clock_timestamp() ELSE ended_at END "
            "WHERE shop_id = :shop AND id = :id AND state = 'running'"
        ),
        {"shop": session.shop_id, "id": task},
    )


async def grow(session: WriteSession, task: UUID, more: int, *, closing: bool = False) -> None:
    """`more` steps came up; `closing`: no more will. A task without open steps then ends."""
    await session.execute(
        text(
            "UPDATE tasks SET total = coalesce(total, 0) + :more, "
            "state = CASE WHEN :closing AND done >= coalesce(total, 0) + :more THEN 'done' ELSE state END, "
            "ended_at = CASE WHEN :closing AND done >= coalesce(total, 0) + :more THEN clock_timestamp() "
            "ELSE ended_at END WHERE shop_id = :shop AND id = :id AND state = 'running'"
        ),
        {"shop": session.shop_id, "id": task, "more": more, "closing": closing},
    )
