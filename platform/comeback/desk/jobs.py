"""Jobs of the desk: the mail of an invitation."""

from typing import Any, Protocol

from comeback.core.db import WriteSession
from comeback.core.jobs import JobFn
from comeback.core.settings import Settings
from comeback.desk.service import invitations
from comeback.merchants.service import TELL


class Needs(Protocol):
    """What the jobs need of the process's services."""

    settings: Settings


def jobs(services: Needs) -> dict[str, JobFn]:
    """Job name → function."""

    async def tell(session: WriteSession, payload: dict[str, Any]) -> None:
        await invitations.write(session, services.settings, payload)

    return {TELL: tell}
