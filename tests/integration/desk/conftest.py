"""A furnished shop with somebody at the desk."""

from collections.abc import AsyncIterator

import pytest

from tests.support.desk import Desk, somebody
from tests.support.world import World


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    """A manager at the desk."""
    async with somebody(world) as made:
        yield made
