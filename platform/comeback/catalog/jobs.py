"""What the catalog does when a promise of stock may have ended; until then its units count as free all the same."""

from collections.abc import Awaitable, Callable
from typing import Any

from comeback.catalog import service
from comeback.core.db import WriteSession


async def release_expired(session: WriteSession, payload: dict[str, Any]) -> None:
    """Frees promises of stock whose time is over."""
    del payload
    await service.release_expired(session)


def jobs(services: object) -> dict[str, Callable[[WriteSession, dict[str, Any]], Awaitable[None]]]:
    """The room's jobs."""
    del services
    return {service.EXPIRE: release_expired}
