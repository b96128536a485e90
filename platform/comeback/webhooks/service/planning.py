"""An event becomes deliveries, in the transaction that publishes it."""

from collections.abc import Sequence
from uuid import UUID

from comeback.core.db import WriteSession
from comeback.core.events import Event
from comeback.webhooks.repository import queue
from comeback.webhooks.rules import LIFETIME

WAKE = "webhooks"


async def fan_out(session: WriteSession, ids: Sequence[UUID], events: Sequence[Event]) -> None:
    """One row an event and endpoint that hears of it; one statement whatever their number. Wakes the loop."""
    if await queue.plan(session, ids, [e.name for e in events], LIFETIME):
        session.wake(WAKE)
