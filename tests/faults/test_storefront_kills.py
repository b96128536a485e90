"""kill -9 and lost answers between us and a connected shop: everything stands there exactly once (acceptance 3)."""

import signal
from pathlib import Path

import pytest

from tests.faults.storefront_stories import CASES, STORE_STORIES
from tests.support.invariants import assert_green
from tests.support.processes import Forge, until
from tests.support.world import World

PATIENCE = 60
SHORT = {"storefronts.write.after_shop_ok", "storefronts.write.after_call", "storefronts.fetch.after_call"}
LOST = ("timeout_after_success", "timeout_before", "500")
CALLS = {"store_refund": "refundCreate", "store_exchange": "orderCreate", "store_credit": "giftCardCreate"}


@pytest.mark.parametrize(
    ("point", "story"),
    [
        pytest.param(point, story, id=f"{point}-{story}", marks=() if point in SHORT else pytest.mark.long)
        for point, stories in CASES.items()
        for story in stories
    ],
)
async def test_a_killed_worker_writes_and_takes_once(
    world: World, forge: Forge, process_log: Path, point: str, story: str
) -> None:
    told = STORE_STORIES[story](world)
    await told.begin()
    doomed = await forge.spawn(f"{point}:kill@1")
    try:
        assert await doomed.wait(20) == -signal.SIGKILL
    except TimeoutError:
        pytest.fail(f"{point} was never passed; the log ends:\n{process_log.read_text()[-1500:]}")
    await forge.spawn()
    await until(told.settled, PATIENCE, f"{story} after a kill at {point}\n{process_log.read_text()[-1500:]}")
    await told.check()
    await assert_green(world.services.database, world.shop)


@pytest.mark.parametrize("fault", [LOST[0], *(pytest.param(fault, marks=pytest.mark.long) for fault in LOST[1:])])
@pytest.mark.parametrize("story", CALLS)
async def test_a_lost_answer_and_a_kill_write_once(
    world: World, forge: Forge, process_log: Path, story: str, fault: str
) -> None:
    """The first answer is lost; the worker that asks again dies before it can write down what it found."""
    told = STORE_STORIES[story](world)
    await told.begin()
    await told.store.faults(next=fault, on=CALLS[story], shop=told.store.domain)
    doomed = await forge.spawn("storefronts.write.before_record:kill@1")
    assert await doomed.wait(30) == -signal.SIGKILL
    await forge.spawn()
    await until(told.settled, 90, f"{story} after {fault}\n{process_log.read_text()[-1500:]}")
    await told.check()
    await told.store.well()
