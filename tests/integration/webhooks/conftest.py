"""A receiver on a socket."""

from collections.abc import AsyncIterator

import pytest

from tests.support.webhook_receiver import Receiver, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
