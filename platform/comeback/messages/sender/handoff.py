"""The two commits around a body: `handing_over` after the 354, then the answer; shared by the connections."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import Database, WriteSession
from comeback.core.events import publish_all
from comeback.core.failpoints import failpoint
from comeback.core.metrics import MESSAGES
from comeback.customers import service as customers
from comeback.customers.models import Reason
from comeback.messages.repository import queue
from comeback.messages.rules import states
from comeback.messages.sender import tidings
from comeback.messages.sender.letter import Letter
from comeback.messages.sender.prepare import gate, stop
from comeback.vendors.smtp.handover import Outcome

BATCH = 200
GATHER_SECONDS = 0.002
"""How long a round waits for the slower connections; a fuller round is fewer commits."""


class Result(msgspec.Struct, frozen=True):
    """What became of a letter."""

    letter: Letter
    outcome: Outcome


Item = Letter | Result


class Handoff:
    """Gate and record, grouped by shop, in one commit where both are asked for at once.

    The mails of one round of the connections are recorded in the commit that opens the gate to the next round, so a
    crash leaves no more rows in `handing_over` than there are connections.
    """

    def __init__(self, database: Database, round_size: int = BATCH) -> None:
        """`round_size`: letters and answers that make a full round, twice the connections; it need not wait."""
        self.database, self.round_size = database, round_size
        self._waiting: list[tuple[Item, asyncio.Future[bool]]] = []
        self._full = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def allow(self, letter: Letter) -> bool:
        """Re-reads suppression, consent and guards, and commits `handing_over`; False where it may not leave."""
        return await self._submit(letter)

    async def record(self, letter: Letter, outcome: Outcome) -> None:
        """Commits what the server answered."""
        await self._submit(Result(letter, outcome))

    async def close(self) -> None:
        """Waits for commits under way."""
        while self._running is not None:
            await asyncio.wait([self._running])

    def _submit(self, item: Item) -> asyncio.Future[bool]:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._waiting) >= self.round_size:
            self._full.set()
        if self._running is None:
            self._running = asyncio.create_task(self._rounds())
        return future

    async def _rounds(self) -> None:
        """One commit at a time: those who come meanwhile share the next one."""
        try:
            while self._waiting:
                self._full.clear()
                if len(self._waiting) < self.round_size:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(GATHER_SECONDS):
                            await self._full.wait()
                taken, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                try:
                    told = await self._batch([item for item, _ in taken])
                except Exception as error:
                    told = [error] * len(taken)
                for (_, future), answer in zip(taken, told, strict=True):
                    _answer(future, answer)
        finally:
            self._running = None

    async def _batch(self, items: Sequence[Item]) -> list[bool | Exception]:
        """One transaction a shop; what fails in one shop is told to its own letters only."""
        told: dict[int, bool | Exception] = {}
        groups: dict[UUID, list[Item]] = {}
        for item in items:
            claimed = item.claimed if isinstance(item, Letter) else item.letter.claimed
            groups.setdefault(claimed.shop_id, []).append(item)
        for shop, group in groups.items():
            letters = [item for item in group if isinstance(item, Letter)]
            results = [item for item in group if isinstance(item, Result)]
            told |= await self._shop(shop, letters, results)
        return [told[id(item)] for item in items]

    async def _shop(
        self, shop: UUID, letters: Sequence[Letter], results: Sequence[Result]
    ) -> dict[int, bool | Exception]:
        """Answers by the identity of each item."""
        try:
            gone = await self._commit(shop, letters, results)
        except Exception as error:
            if not (letters and results):
                return {id(item): error for item in (*letters, *results)}
            # A guard that breaks must not cost the record of mails that are gone already, nor the other way round.
            return await self._shop(shop, [], results) | await self._shop(shop, letters, [])
        told: dict[int, bool | Exception] = {id(letter): letter.claimed.id in gone for letter in letters}
        return told | {id(r): True for r in results}

    async def _commit(self, shop: UUID, letters: Sequence[Letter], results: Sequence[Result]) -> set[UUID]:
        """Records and opens the gate; answers the ids of letters that may leave."""
        if results:
            await failpoint("message.before_record")
        if letters:
            await failpoint("message.before_handing_over")
        async with self.database.swift(shop) as session:
            leaving = await self._open(session, letters) if letters else []
            taken = [r for r in results if r.outcome.kind == "accepted"]
            accepted = [(r.letter.claimed.id, r.letter.claimed.attempt, _reply(r.outcome)) for r in taken]
            gone = await queue.exchange(session, accepted, [(c.id, c.attempt) for c in leaving], clock.now())
            await _tell(session, "accepted", [r for r in taken if r.letter.claimed.id in gone])
            await self._write(session, [r for r in results if r.outcome.kind != "accepted"])
        if letters:
            await failpoint("message.after_handing_over")
        if results:
            await failpoint("message.after_record")
        return gone

    async def _open(self, session: WriteSession, letters: Sequence[Letter]) -> list[queue.Claimed]:
        """Who may leave as things stand now; the others are stopped or put back here."""
        claimed = [letter.claimed for letter in letters]
        offers, stopped = await gate(session, claimed)
        offered = {letter.claimed.id: letter.offers for letter in letters}
        await stop(session, [msgspec.structs.replace(s, offers=offered[s.claimed.id]) for s in stopped])
        changed = [
            c for c, letter in zip(claimed, letters, strict=True) if letter.offers and not offers.get(c.id, True)
        ]
        await self._render_again(session, [c for c in changed if c.class_ == "service"])
        return [c for c in claimed if c.id in offers and c not in changed]

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
            await _tell(session, to, [r for r, _ in found if r.letter.claimed.id in done])


def decide(result: Result) -> tuple[str, dict[str, Any]]:
    """The next state of the row of a letter that was not accepted, and the values that go with it."""
    claimed, outcome, now = result.letter.claimed, result.outcome, clock.now()
    reply = _reply(outcome)
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


def _answer(future: asyncio.Future[bool], answer: bool | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _reply(outcome: Outcome) -> str:
    return f"{outcome.code} {outcome.text}"[:500] if outcome.code else outcome.text[:500]


async def _tell(session: WriteSession, to: str, results: Sequence[Result]) -> None:
    """Counts; suppresses addresses that do not exist; tells the rooms above about mails that carried marketing."""
    for class_, number in Counter(r.letter.claimed.class_ for r in results).items():
        MESSAGES.labels(class_, to).inc(number)
    for r in results:
        if to == "failed" and states.bad_address(r.outcome.stage, r.outcome.code, r.outcome.text):
            await customers.suppress(session, r.letter.claimed.recipient, Reason.HARD_BOUNCE)
    if to not in ("accepted", "failed"):
        return
    offering = [r for r in results if r.letter.offers]
    await publish_all(
        session,
        [
            tidings.accepted(r.letter.claimed) if to == "accepted" else tidings.failed(r.letter.claimed, r.outcome.text)
            for r in offering
        ],
    )
