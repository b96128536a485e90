"""The web process: services from the environment, a doorbell, business time where it can be moved."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.types import ASGIApp

from comeback.app.http import create_app
from comeback.app.wiring import build_services
from comeback.app.worker import Doorbell
from comeback.core import logs
from comeback.core.clock import load_clock
from comeback.core.db import NO_SHOP, Database
from comeback.core.settings import load_settings


async def _follow_clock(database: Database) -> None:
    while True:
        with contextlib.suppress(Exception):
            async with database.read(NO_SHOP) as session:
                await load_clock(session)
        await asyncio.sleep(0.5)


def application() -> ASGIApp:
    """The ASGI application of this process (a factory for the server)."""
    settings = load_settings(os.environ)
    logs.setup(settings.log_level)
    services = build_services(settings)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        doorbell = Doorbell(settings.redis_url)
        services.database.on_commit = doorbell.ring
        follower = asyncio.create_task(_follow_clock(services.database)) if settings.local else None
        try:
            yield
        finally:
            if follower is not None:
                follower.cancel()
            await doorbell.close()

    return create_app(services, lifespan=(lifespan,))
