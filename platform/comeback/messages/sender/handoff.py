"""The two commits around a body: `handing_over` after the 354, then the answer. Both batched over the connections."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.batching import Batcher
from comeback.core.db import Database, WriteSession
from comeback.core.events import publish_all
from comeback.core.failpoints import failpoint
from comeback.core.metrics import MESSAGES
from comeback.customers import service as customers
from comeback.customers.models import Reason
from comeback.messages.events import MessageAccepted, MessageFailed
from comeback.messages.repository import queue
from comeback.messages.rules import states
from comeback.messages.sender.letter import Letter
from comeback.messages.sender.prepare import gate, stop
from comeback.vendors.smtp.handover import Outcome

BATCH = 200
GATHER_SECONDS = 0.001


class Result(msgspec.Struct, frozen=True):
    """What became of a letter."""

    letter: Letter
    outcome: Outcome


class Handoff:
    """Gate and record, grouped by shop."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # One commit of each kind at a time: those who come meanwhile share the next one.
        self._gate: Batcher[Letter, bool] = Batcher(self._gate_batch, max_size=BATCH, max_wait=GATHER_SECONDS)
        self._record: Batcher[Result, None] = Batcher(self._record_batch, max_size=BATCH, max_wait=GATHER_SECONDS)

    async def allow(self, letter: Letter) -> bool:
        """Re-reads suppression, consent and guards, and commits `handing_over`; False where it may not leave."""
        return await self._gate.submit(letter)

    async def record(self, letter: Letter, outcome: Outcome) -> None:
        """Commits what the server answered."""
        await self._record.submit(Result(letter, outcome))

    async def close(self) -> None:
        """Waits for commits under way."""
        await self._gate.close()
        await self._record.close()

    async def _gate_batch(self, letters: Sequence[Letter]) -> list[bool | Exception]:
        """One transaction a shop; what fails in one shop is told to its own letters only."""
        gone: set[UUID] = set()
        failed: dict[UUID, Exception] = {}
        for shop, group in _by_shop(letters, lambda letter: letter).items():
            try:
                await failpoint("message.before_handing_over")
                async with self.database.write(shop) as session:
                    opened = await self._open(session, group)
                gone |= opened
                await failpoint("message.after_handing_over")
            except Exception as error:
                failed |= {letter.claimed.id: error for letter in group}
        return [failed.get(letter.claimed.id, letter.claimed.id in gone) for letter in letters]

    async def _open(self, session: WriteSession, letters: Sequence[Letter]) -> set[UUID]:
        claimed = [letter.claimed for letter in letters]
        offers, stopped = await gate(session, claimed)
        await stop(session, stopped)
        changed = [
            c for c, letter in zip(claimed, letters, strict=True) if letter.offers and not offers.get(c.id, True)
        ]
        await self._render_again(session, [c for c in changed if c.class_ == "service"])
        left = [c for c in claimed if c.id in offers and c not in changed]
        columns: dict[str, list[Any]] = {
            "ids": [c.id for c in left], "attempts": [c.attempt for c in left], "at": [clock.now()] * len(left),
        }  # fmt: skip
        return await queue.move(session, "handing_over", columns)

    async def _render_again(self, session: WriteSession, changed: Sequence[queue.Claimed]) -> None:
        """Consent ended since the rendering: the notice still goes, without its offers."""
        if not changed:
            return
        ids = [c.id for c in changed]
        await queue.thaw(session, ids)
        columns: dict[str, list[Any]] = {
            "ids": ids, "attempts": [c.attempt for c in changed], "why": ["consent changed"] * len(ids),
            "next_at": [clock.now()] * len(ids),
        }  # fmt: skip
        await queue.move(session, "again", columns)

    async def _record_batch(self, results: Sequence[Result]) -> list[Exception | None]:
        failed: dict[UUID, Exception] = {}
        for shop, group in _by_shop(results, lambda result: result.letter).items():
            try:
                await failpoint("message.before_record")
                async with self.database.write(shop) as session:
                    await self._write(session, group)
                await failpoint("message.after_record")
            except Exception as error:
                failed |= {result.letter.claimed.id: error for result in group}
        return [failed.get(result.letter.claimed.id) for result in results]

    async def _write(self, session: WriteSession, results: Sequence[Result]) -> None:
        moves: dict[str, list[tuple[Result, dict[str, Any]]]] = {}
        for result in results:
            to, values = decide(result)
            moves.setdefault(to, []).append((result, values))
        for to, found in moves.items():
            columns: dict[str, list[Any]] = {
                "ids": [r.letter.claimed.id for r, _ in found],
                "attempts": [r.letter.claimed.attempt for r, _ in found],
            }
            columns |= {name: [values[name] for _, values in found] for name in found[0][1]}
            done = await queue.move(session, to, columns)
            changed = [r for r, _ in found if r.letter.claimed.id in done]
            for r in changed:
                MESSAGES.labels(r.letter.claimed.class_, to).inc()
            await _tell(session, to, changed)


def decide(result: Result) -> tuple[str, dict[str, Any]]:
    """The next state of a letter's row and the values that go with it."""
    claimed, outcome, now = result.letter.claimed, result.outcome, clock.now()
    reply = f"{outcome.code} {outcome.text}"[:500] if outcome.code else outcome.text[:500]
    if outcome.kind == "accepted":
        return "accepted", {"at": now, "reply": reply}
    if outcome.kind == "unknown":
        return "unknown", {"why": f"no answer to the body: {outcome.text}"[:500], "reply": reply}
    if outcome.kind == "failed":
        return "failed", {"why": f"refused at {outcome.stage}", "reply": reply}
    if outcome.kind == "deferred":
        due = states.next_try(claimed.class_, claimed.tries + 1, claimed.created_at, now)
        if due is None:
            return "failed", {"why": "not accepted in time", "reply": reply}
        return "deferred", {"why": f"put off at {outcome.stage}", "reply": reply, "next_at": due}
    if claimed.attempt >= states.MAX_ATTEMPTS:
        return "failed", {"why": f"gave up: {outcome.text}"[:500], "reply": reply}
    pause = states.broken_pause(claimed.attempt)
    return "again", {"why": f"not sent: {outcome.text}"[:500], "next_at": now + timedelta(seconds=pause)}


async def _tell(session: WriteSession, to: str, results: Sequence[Result]) -> None:
    """Suppresses addresses that do not exist; tells the rooms above about mails that carried marketing."""
    for r in results:
        if to == "failed" and states.bad_address(r.outcome.stage, r.outcome.code, r.outcome.text):
            await customers.suppress(session, r.letter.claimed.recipient, Reason.HARD_BOUNCE)
    if to not in ("accepted", "failed"):
        return
    made = [_event(to, r) for r in results if r.letter.offers]
    if made:
        await publish_all(session, made)


def _event(to: str, result: Result) -> MessageAccepted | MessageFailed:
    claimed, now = result.letter.claimed, clock.now()
    order = claimed.subjects.get("order")
    if to == "accepted":
        return MessageAccepted(occurred_at=now, message_id=claimed.id, send_key=claimed.send_key, order_id=order,
                               customer_id=claimed.customer_id)  # fmt: skip
    return MessageFailed(occurred_at=now, message_id=claimed.id, send_key=claimed.send_key, order_id=order,
                         customer_id=claimed.customer_id, reason=result.outcome.text[:200])  # fmt: skip


def _by_shop(items: Sequence[Any], letter: Any) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {}
    for item in items:
        groups.setdefault(letter(item).claimed.shop_id, []).append(item)
    return groups
