"""Jobs of the portal: mail a code, forget what is over."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from comeback.core.db import Database, WriteSession
from comeback.core.jobs import JobFn
from comeback.core.settings import Settings
from comeback.portal import repository
from comeback.portal.service.entering import SEND_CODE, real_now, send_code

CLAIMS_KEPT = timedelta(days=1)
DRAFTS_KEPT = timedelta(days=30)
SWEEP_SECONDS = 3600.0


class Needs(Protocol):
    """What the jobs need of the process's services."""

    settings: Settings
    database: Database


def jobs(services: Needs) -> dict[str, JobFn]:
    """Job name → function."""

    async def mail_code(session: WriteSession, payload: dict[str, Any]) -> None:
        await send_code(session, services.settings, UUID(payload["claim"]))

    return {SEND_CODE: mail_code}


def ticks(services: Needs) -> dict[str, tuple[float, Callable[[], Awaitable[Any]]]]:
    """Name → (seconds, function): claims are forgotten after a day, drafts after thirty without a touch."""

    async def sweep() -> int:
        now = real_now()
        async with services.database.machinery() as session:
            return await repository.sweep(session, now - CLAIMS_KEPT, now - DRAFTS_KEPT)

    return {"portal.sweep": (SWEEP_SECONDS, sweep)}
