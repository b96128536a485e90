"""Progress of long tasks for the API and the studio."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core import progress
from comeback.core.db import ReadSession
from comeback.core.errors import NotFound
from comeback.kit.ids import parse_id


@get("/api/v1/tasks/{task_id:str}", opt={"permission": "orders:read"}, operation_id="getTask")
async def get_task(task_id: FromPath[str], read: NamedDependency[ReadSession]) -> dict[str, Any]:
    """How far an import, a training or a broadcast is: `done` of `total`, then its result."""
    parsed = parse_id(task_id)
    if parsed is None:
        raise NotFound("No such task.")
    return await progress.show(read, parsed)


ROUTES = (get_task,)
