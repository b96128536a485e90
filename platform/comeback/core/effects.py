"""Effects: work that reaches outside the process.

prepare → commit → call (no transaction open) → record → commit. A crash anywhere repeats the whole row; the call
carries an idempotency key or a way to reconcile, so repeating it is safe. Failpoints stand around the call and
before and after the record, named from the operation.
"""

from typing import Any, Protocol, TypeVar, runtime_checkable

from comeback.core import outbox
from comeback.core.base import WriteSession
from comeback.core.db import Database
from comeback.core.failpoints import failpoint
from comeback.core.outbox import Claimed

T = TypeVar("T")
R = TypeVar("R")


class Retry(Exception):
    """Try the row again in `after` seconds, without an end: the reason is outside (provider down, answer unknown)."""

    def __init__(self, after: float, reason: str = "") -> None:
        super().__init__(reason or f"again in {after} s")
        self.after = after


@runtime_checkable
class EffectJob(Protocol[T, R]):
    """One outside effect. `prepare` answers None where nothing is left to do."""

    name: str

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> T | None:
        """Decides and writes what must be known before the call; its transaction commits before the call.

        `payload["attempt"]` counts the claims of this row from 1.
        """
        ...

    async def call(self, task: T) -> R:
        """Reaches outside; no transaction is open."""
        ...

    async def record(self, session: WriteSession, payload: dict[str, Any], task: T, outcome: R | Exception) -> None:
        """Writes the answer or the exception; may raise Retry (its writes before that are rolled back)."""
        ...


async def run_effect(database: Database, job: EffectJob[Any, Any], claimed: Claimed) -> None:
    """Runs one effect row through its phases."""
    payload = claimed.payload | {"attempt": claimed.attempt}
    async with database.write(claimed.shop_id) as session:
        task = await job.prepare(session, payload)
        if task is None:
            await outbox.complete(session, claimed)
        else:
            await outbox.hold(session, claimed, database.settings.lease_seconds)
    if task is None:
        return
    await failpoint(f"{job.name}.before_call")
    outcome: Any
    try:
        outcome = await job.call(task)
    except Exception as error:
        outcome = error
    await failpoint(f"{job.name}.after_call")
    async with database.write(claimed.shop_id) as session:
        await failpoint(f"{job.name}.before_record")
        try:
            await job.record(session, payload, task, outcome)
            await outbox.complete(session, claimed)
        except RecordedRetry as error:
            await outbox.put_off(session, claimed, str(error), error.after)
    await failpoint(f"{job.name}.after_record")


class RecordedRetry(Retry):
    """Like Retry, but what `record` wrote before it stands (a refund that became `unknown`, say)."""
