"""The loop: never one job a message, but batches of rows that are claimed, written and handed over side by side."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from comeback.core import clock
from comeback.core.db import Database
from comeback.core.driver import ERRORS
from comeback.core.events import publish_all
from comeback.core.failpoints import failpoint
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.kit.tokens import Signer
from comeback.messages.repository import queue
from comeback.messages.repository.queue import Claimed
from comeback.messages.rules import states
from comeback.messages.sender import tidings
from comeback.messages.sender.handoff import Handoff
from comeback.messages.sender.letter import Letter, Writer
from comeback.messages.sender.prepare import prepare
from comeback.messages.sender.stationery import Cabinet
from comeback.messages.service.plan import SENDER
from comeback.vendors.smtp.handover import Envelope
from comeback.vendors.smtp.pool import SmtpPool, Transport
from comeback.vendors.smtp.target import parse_target

log = structlog.get_logger("sender")
POLL_SECONDS = 1.0
SWITCH_SECONDS = 0.0005


class Sender:
    """Sends what is due. One a process; any number of processes."""

    def __init__(
        self, database: Database, vault: Vault, signer: Signer, settings: Settings, transport: Transport | None = None
    ) -> None:
        self.database, self.settings = database, settings
        self.lease = settings.lease_seconds
        self.transport: Transport = transport or SmtpPool(
            parse_target(settings.smtp_url), size=settings.mail.connections, name=settings.mail.domain
        )
        self.cabinet, self.writer = Cabinet(settings, vault), Writer(settings, signer)
        self.handoff = Handoff(database, 2 * settings.mail.connections)
        self.woken = database.wakers.setdefault(SENDER, asyncio.Event())
        self._held: dict[UUID, Claimed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._swept = 0.0

    async def run_once(self, limit: int | None = None, shop: UUID | None = None) -> int:
        """Sends one batch to its end; answers how many rows were taken up."""
        claimed = await self._claim(limit or self.settings.mail.batch, shop, sweep=True)
        beat = asyncio.create_task(self._beat())
        try:
            await self._start(claimed)
            await self._finish(0)
        finally:
            beat.cancel()
        return len(claimed)

    async def run_forever(self, stop: asyncio.Event) -> None:
        """Runs until `stop`; what was claimed is handed over or given back by its lease."""
        # Threads that come back from signing wait this long for Python while a letter is rendered.
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
        beat = asyncio.create_task(self._beat())
        try:
            while not stop.is_set():
                self.woken.clear()
                batch = self.settings.mail.batch
                swept = time.monotonic() - self._swept
                claimed = await self._claim(batch, None, sweep=swept > self.settings.sweep_seconds)
                await self._start(claimed)
                # The next batch is written while this one is handed over; no more than two are under way.
                await self._finish(batch)
                if not claimed:
                    await self._rest(stop)
            await self._finish(0)
        finally:
            beat.cancel()

    async def _rest(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(self.woken.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _claim(self, limit: int, shop: UUID | None, *, sweep: bool) -> list[Claimed]:
        found: list[Claimed] = []
        async with self.database.machinery() as session:
            if sweep:
                self._swept = time.monotonic()
                await queue.sweep(session, shop)
            for what in ("lost", "stale", "due") if sweep else ("due",):
                if len(found) < limit:
                    found += await queue.claim(
                        session, what, lease=self.lease, limit=limit - len(found), now=clock.now(),
                        resend_after=states.RESEND_AFTER, shop=shop,
                    )  # fmt: skip
        await failpoint("message.after_claim")
        self._held |= {m.id: m for m in found}
        return found

    async def _start(self, claimed: Sequence[Claimed]) -> None:
        """Writes the letters of each shop and starts their hand-over."""
        groups: dict[UUID, list[Claimed]] = {}
        for m in claimed:
            groups.setdefault(m.shop_id, []).append(m)
        for shop, group in groups.items():
            letters = await self._letters(shop, group)
            kept = {letter.claimed.id for letter in letters}
            for m in group:
                if m.id not in kept:
                    self._held.pop(m.id, None)
            for letter in letters:
                task = asyncio.create_task(self._send(letter))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _letters(self, shop: UUID, group: Sequence[Claimed]) -> list[Letter]:
        """Letters of one shop. Whatever breaks here is tried again later and shown on the rows meanwhile."""
        try:
            async with self.database.write(shop) as session:
                letters = await prepare(session, self.cabinet, self.writer, group)
            await failpoint("message.after_rendered")
        except Exception as error:
            log.warning("batch failed", shop_id=str(shop), count=len(group), exc_info=error)
            if len(group) > 1 and not isinstance(error, (DBAPIError, OSError, *ERRORS)):
                # One row that cannot be made must not hold up the others of its batch.
                half = len(group) // 2
                return [*await self._letters(shop, group[:half]), *await self._letters(shop, group[half:])]
            with contextlib.suppress(Exception):
                await self._put_back(shop, group, type(error).__name__)
            return []
        return letters

    async def _put_back(self, shop: UUID, group: Sequence[Claimed], why: str) -> None:
        """One bad row must not hold up a batch for ever: after some attempts it fails alone."""
        tired = [m for m in group if m.attempt >= states.MAX_ATTEMPTS]
        rest = [m for m in group if m.attempt < states.MAX_ATTEMPTS]
        async with self.database.write(shop) as session:
            failed = await queue.move(session, "failed", _columns(tired, why=f"gave up: {why}", reply=None))
            lost = [m for m in tired if m.id in failed and m.offers and not m.resent]
            await publish_all(session, [tidings.failed(m, f"gave up: {why}") for m in lost])
            columns = _columns(rest, why=f"could not be made: {why}")
            columns["next_at"] = [states.later(clock.now(), states.broken_pause(m.attempt)) for m in rest]
            await queue.move(session, "again", columns)

    async def _send(self, letter: Letter) -> None:
        claimed = letter.claimed
        envelope = Envelope(letter.sender_path, claimed.recipient)
        try:
            outcome = await self.transport.send(
                envelope, letter.mime, lambda: self.handoff.allow(letter), idempotency_key=str(claimed.id)
            )
            if outcome.kind != "withdrawn":
                await self.handoff.record(letter, outcome)
        except Exception as error:
            # The row stays as it is: before the body its lease gives it back, after it it becomes unknown.
            log.warning("hand-over broke", message_id=str(claimed.id), exc_info=error)
        finally:
            self._held.pop(claimed.id, None)

    async def _finish(self, at_most: int) -> None:
        """Waits until no more than `at_most` letters are under way."""
        while len(self._tasks) > at_most:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def _beat(self) -> None:
        """Renews the leases of everything under way; a wait of ten minutes for a final dot keeps its lease."""
        while True:
            await asyncio.sleep(self.lease / 3)
            held = [(m.shop_id, m.id, m.attempt) for m in self._held.values()]
            if held:
                try:
                    async with self.database.machinery() as session:
                        await queue.renew(session, held, self.lease)
                except Exception as error:
                    log.warning("leases not renewed", count=len(held), exc_info=error)

    async def close(self) -> None:
        """Waits for letters under way and closes the connections."""
        await self._finish(0)
        await self.handoff.close()
        self.writer.sealers.shutdown(wait=False)
        if isinstance(self.transport, SmtpPool):
            await self.transport.close()


def _columns(claimed: Sequence[Claimed], **same: Any) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"ids": [m.id for m in claimed], "attempts": [m.attempt for m in claimed]}
    return columns | {name: [value] * len(claimed) for name, value in same.items()}
