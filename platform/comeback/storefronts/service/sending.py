"""`storefronts.write`: brings one planned write into the shop, exactly once.

Where an earlier call may have arrived (its answer was lost, or the process died), the shop is asked first whether our
reference is there; only then is anything sent again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.effects import RecordedRetry
from comeback.core.failpoints import failpoint
from comeback.core.secrets import Vault
from comeback.storefronts.models import WriteState
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.service.fetching import KEYS_BAD, failed
from comeback.storefronts.service.links import Link, open_link
from comeback.vendors.errors import ProviderError, ProviderRefused, ProviderUnavailable
from comeback.vendors.storefronts import (
    CodesBack,
    CreditBack,
    NoteBack,
    OrderBack,
    RefundBack,
    Storefront,
    Unsupported,
    WriteKind,
    WriteTask,
    Written,
)

TYPES: dict[WriteKind, type[WriteTask]] = {
    "note": NoteBack,
    "refund": RefundBack,
    "order": OrderBack,
    "codes": CodesBack,
    "credit": CreditBack,
}
AGAIN_SECONDS = 30.0


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A write on its way. `look`: an earlier call may have arrived. `check`: the number that the order must have."""

    link: Link
    kind: WriteKind
    task: WriteTask
    look: bool
    check: str | None = None


class WriteBackJob:
    """See the module."""

    name = "storefronts.write"

    def __init__(self, storefronts: Mapping[str, Storefront], vault: Vault, again: float = AGAIN_SECONDS) -> None:
        self.storefronts, self.vault, self.again = storefronts, vault, again
        self._turns: WeakValueDictionary[tuple[UUID, str | None], asyncio.Lock] = WeakValueDictionary()

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Sending | None:
        """Counts the call before it is made; a connection that ended skips what was planned."""
        write = UUID(payload["write"])
        row = await repository.write(session, write, lock=True)
        if row is None or row["state"] in (WriteState.DONE, WriteState.SKIPPED, WriteState.FAILED):
            return None
        link = await open_link(session, self.vault, row["connection_id"])
        if link is None or link.vendor not in self.storefronts:
            await repository.mark_write(session, write, WriteState.SKIPPED, problem="the connection is off")
            return None
        kind: WriteKind = next(k for k in TYPES if k == row["kind"])
        task = msgspec.convert(row["task"], TYPES[kind], strict=False)
        await repository.mark_write(session, write, WriteState.SENT, sent=True)
        return Sending(link=link, kind=kind, task=task, look=row["sends"] > 0, check=row["task"].get("check"))

    async def call(self, task: Sending) -> Written:
        """One at a time an order: notes and tags are read and written whole, and two at once would lose a line."""
        turn = self._turns.setdefault((task.link.id, getattr(task.task, "order", None)), asyncio.Lock())
        async with turn:
            return await self._call(task)

    async def _call(self, task: Sending) -> Written:
        """Looks first where something was sent before."""
        shop = self.storefronts[task.link.vendor]
        if task.check is not None and not await self._is_ours(shop, task):
            raise Unsupported("The shop has no such order.")
        if task.look:
            known = await shop.find_written(task.link.access, task.kind, task.task)
            if known is not None:
                return known
        made = await shop.write(task.link.access, task.kind, task.task)
        await failpoint("storefronts.write.after_shop_ok")
        return made

    @staticmethod
    async def _is_ours(shop: Storefront, task: Sending) -> bool:
        """Whether the shop's order of this id bears our number."""
        named = task.task.original if isinstance(task.task, OrderBack) else getattr(task.task, "order", None)
        found = await shop.fetch(task.link.access, "order", named) if named else None
        if found is None:
            return False
        numbers = {str(found.body.get(name, "")).lstrip("#") for name in ("name", "number")}
        return str(task.check).lstrip("#") in numbers

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: Sending, outcome: Written | Exception
    ) -> None:
        """Writes the answer; a definite no is kept with its reason for the merchant."""
        write = UUID(payload["write"])
        if isinstance(outcome, Written):
            await repository.mark_write(session, write, WriteState.DONE, remote=outcome.id, done_at=clock.now())
            if task.kind == "order":
                await self._link_replacement(session, task, write, outcome)
        elif isinstance(outcome, Unsupported):
            await repository.mark_write(session, write, WriteState.SKIPPED, problem=str(outcome))
        elif isinstance(outcome, ProviderRefused) and outcome.code not in KEYS_BAD:
            problem = (outcome.detail or outcome.code)[:500]
            await repository.mark_write(session, write, WriteState.FAILED, problem=problem)
        elif isinstance(outcome, ProviderUnavailable):
            raise RecordedRetry(float(getattr(outcome, "retry_after", self.again)), str(outcome))
        elif isinstance(outcome, ProviderError) and not isinstance(outcome, ProviderRefused):
            raise RecordedRetry(self.again, str(outcome))
        else:
            await failed(session, task.link, outcome)

    @staticmethod
    async def _link_replacement(session: WriteSession, task: Sending, write: UUID, made: Written) -> None:
        """What the shop tells of this order from now on belongs to our replacement."""
        row = await repository.write(session, write)
        record = await repository.lock_record(session, task.link.id, "order", made.id)
        if row is not None:
            await repository.save_record(session, record["id"], version=None, local_id=row["local_id"], confirmed=True)
