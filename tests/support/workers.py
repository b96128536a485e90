"""Fixtures of real workers beside the test: a forge of them, a Redis that rings, and a clean end after each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from comeback.app.wiring import Services
from comeback.app.worker import Doorbell
from comeback.core.clock import store_clock
from comeback.core.db import NO_SHOP
from comeback.core.settings import Settings
from tests.conftest import STATE
from tests.support.processes import Forge, environment, forging


@pytest.fixture(scope="session")
def process_env(settings: Settings, redis_url: str, base_url: str) -> dict[str, str]:
    """The environment of worker and web processes."""
    return environment(settings, redis_url, BASE_URL=base_url)


@pytest.fixture(scope="session")
def process_log(settings: Settings) -> Iterator[Path]:
    """Where the processes log."""
    STATE.mkdir(parents=True, exist_ok=True)
    path = STATE / f"{Path(settings.blob_dir).name}.log"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture(scope="session")
async def session_forge(services: Services, process_env: dict[str, str], process_log: Path) -> AsyncIterator[Forge]:
    """One forge; it loads the program once."""
    async with forging(process_env, process_log) as made:
        yield made


@pytest.fixture
async def forge(session_forge: Forge, services: Services, redis_url: str) -> AsyncIterator[Forge]:
    """Workers of this test; those left are killed at its end. What this process commits rings for them."""
    async with services.database.write(NO_SHOP) as session:
        await store_clock(session)
    bell = Doorbell(redis_url)
    before, services.database.on_commit = services.database.on_commit, bell.ring
    yield session_forge
    services.database.on_commit = before
    await session_forge.clear()
    await bell.close()
