"""Records what came of calls: the results of all lanes share a statement, and each lane learns how its endpoint is."""

from collections.abc import Sequence
from uuid import UUID

from comeback.core.batching import Batcher
from comeback.core.db import Database
from comeback.core.failpoints import failpoint
from comeback.webhooks.repository import queue, results
from comeback.webhooks.repository.queue import Claimed, Lane
from comeback.webhooks.repository.results import Health, Result, Standing
from comeback.webhooks.rules import DISABLE_AFTER, OPEN_AFTER, OPEN_MAX, OPEN_SECONDS

GATHER = 0.003
"""Seconds that a first result waits for others to be written with it."""
Ended = tuple[Lane, Sequence[Claimed]]
WELL = Standing(0, False, "live")
LIMITS = {
    "open_after": OPEN_AFTER, "open_seconds": OPEN_SECONDS, "open_max": OPEN_MAX, "patience": DISABLE_AFTER,
    "gone_text": "The receiver answered 410: it asked not to be told any more.",
    "failing_text": "No call succeeded for five days.",
}  # fmt: skip


class Recorder:
    """The writer of results of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._results: Batcher[Result, Standing] = Batcher(self._flush, max_size=500, max_wait=GATHER, parallel=2)
        self._ends: Batcher[Ended, None] = Batcher(self._release, max_size=200, max_wait=GATHER)

    async def record(self, result: Result) -> Standing:
        """Writes one result (with those of other lanes) and answers how the endpoint stands now."""
        return await self._results.submit(result)

    async def _flush(self, batch: Sequence[Result]) -> Sequence[Standing | Exception]:
        # Rows are locked in one order in every process.
        ordered = sorted(batch, key=lambda r: (r.shop_id, r.delivery_id))
        await failpoint("webhook.before_record")
        async with self._database.machinery() as session:
            await results.record(session, ordered)
            standing = await results.note_health(session, _health(batch), LIMITS)
        await failpoint("webhook.after_record")
        return [standing.get((r.shop_id, r.endpoint_id), WELL) for r in batch]

    async def release(self, lane: Lane, unsent: Sequence[Claimed]) -> None:
        """Ends a lane (with others); what was not called is due again."""
        await self._ends.submit((lane, unsent))

    async def _release(self, batch: Sequence[Ended]) -> Sequence[Exception | None]:
        async with self._database.machinery() as session:
            await queue.release(session, batch)
        return [None] * len(batch)

    async def close(self) -> None:
        """Waits until everything is written."""
        await self._results.close()
        await self._ends.close()


def _health(batch: Sequence[Result]) -> list[Health]:
    groups: dict[tuple[UUID, UUID], list[Result]] = {}
    for result in sorted(batch, key=lambda r: r.at):
        groups.setdefault((result.shop_id, result.endpoint_id), []).append(result)
    return [_of_one(*key, group) for key, group in sorted(groups.items())]


def _of_one(shop_id: UUID, endpoint_id: UUID, group: Sequence[Result]) -> Health:
    fails = 0
    for result in group:
        fails = 0 if result.ok else fails + 1
    return Health(
        shop_id=shop_id, endpoint_id=endpoint_id, ok=any(r.ok for r in group), fails=fails,
        gone=any(r.gone for r in group),
    )  # fmt: skip
