"""A worker that slept past its lease changes nothing; several workers do everything once (R3, G9)."""

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest

from comeback.core.settings import Settings
from tests.faults.stories import Mails, Parcel, Refunds, number_of
from tests.faults.test_redis import Campaign
from tests.support.invariants import assert_green
from tests.support.processes import Forge, until
from tests.support.snapshot import changed, snapshot
from tests.support.world import World


async def test_a_refund_finished_by_another_is_not_written_again(
    world: World, forge: Forge, settings: Settings
) -> None:
    """Given a worker that got Stripe's answer and was stopped, when another finishes, then the first writes nothing."""
    story = Refunds(world)
    await story.begin()
    asleep = await forge.spawn("refund.after_call:stall1")

    async def paid() -> bool:
        return bool(await story.sold.refunds())

    await until(paid, 20, "the refund at Stripe", 0.02)
    asleep.signal(signal.SIGSTOP)
    awake = await forge.spawn()
    await until(story.settled, 30, "the refund by the second worker")
    await awake.kill()
    attempts = await number_of(world, "SELECT max(attempt) FROM outbox WHERE job = 'payments.submit_refund'")
    assert attempts >= 2
    before = await snapshot(settings, [world.shop])
    asleep.signal(signal.SIGCONT)
    await asyncio.sleep(2.5)
    assert asleep.alive
    assert changed(before, await snapshot(settings, [world.shop])) == set()
    await story.check()
    await assert_green(world.services.database, world.shop)


async def test_mails_taken_over_by_another_are_not_sent_again(world: World, forge: Forge, settings: Settings) -> None:
    story = Mails(world)
    await story.begin()
    asleep = await forge.spawn("message.after_rendered:stall1")

    async def rendered() -> bool:
        return (await story.states())["service", "rendered"] == story.each

    await until(rendered, 20, "the letters", 0.02)
    asleep.signal(signal.SIGSTOP)
    awake = await forge.spawn()
    await until(story.settled, 30, "the mails by the second worker")
    await awake.kill()
    before = await snapshot(settings, [world.shop])
    asleep.signal(signal.SIGCONT)
    await asyncio.sleep(2.5)
    assert asleep.alive
    assert changed(before, await snapshot(settings, [world.shop])) == set()
    await story.check()
    for email in story.recipients:
        assert len(await world.mails(email)) == 1
    await assert_green(world.services.database, world.shop)


async def test_three_workers_do_everything_once(world: World, forge: Forge) -> None:
    campaign = Campaign(world, 300)
    stories = [Refunds(world), Parcel(world), Refunds(world)]
    await campaign.begin()
    for story in stories:
        await story.begin()
    for _ in range(3):
        await forge.spawn()
    await campaign.plan()
    await until(campaign.done, 60, "all mails")
    for story in stories:
        await until(story.settled, 30, story.name)
    assert await campaign.arrived() == dict.fromkeys(campaign.to, 1)
    paid = [refund for story in stories if isinstance(story, Refunds) for refund in await story.sold.refunds()]
    assert [refund["amount"] for refund in paid] == [Refunds.amount] * 2
    await stories[1].check()
    await assert_green(world.services.database, world.shop)


@pytest.mark.parametrize(
    ("size", "kills"), [(200, 6), pytest.param(1000, 50, marks=pytest.mark.long)], ids=["small", "g8"]
)
async def test_notices_survive_kills_at_random(
    world: World, forge: Forge, process_log: Path, size: int, kills: int
) -> None:
    """G8: workers are killed while notices go out; everybody gets at least one, and one Message-ID."""
    seed = int(os.environ.get("FAULT_SEED", random.randrange(1_000_000)))
    dice = random.Random(seed)
    print(f"FAULT_SEED={seed}")
    campaign = Campaign(world, size)
    await campaign.begin()
    planning = asyncio.create_task(campaign.plan())
    for _ in range(kills):
        worker = await forge.spawn()
        await asyncio.sleep(dice.uniform(0.4, 1.2))
        await worker.kill()
    await planning
    await forge.spawn()

    async def done() -> bool:
        if await campaign.done():
            return True
        sql = "SELECT count(*) FROM messages WHERE state NOT IN ('accepted', 'unknown')"
        if not await number_of(world, sql):
            await world.control("/clock", {"advance": "PT11M"})
        return False

    await until(done, 30 + size / 10, f"all mails (seed {seed})\n{process_log.read_text()[-1000:]}")
    copies = await campaign.arrived()
    assert set(copies) == campaign.to and max(copies.values()) <= 2, copies.most_common(5)
    twice = [email for email, times in copies.items() if times > 1]
    for email in twice:
        assert len({m.as_bytes() for m in await world.mails(email)}) == 1
    print(f"{size} notices, {kills} kills: {len(twice)} arrived twice, byte for byte the same")
    await assert_green(world.services.database, world.shop)
