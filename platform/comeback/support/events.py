"""What support tells the rooms above."""

from typing import ClassVar
from uuid import UUID

from comeback.core.events import Event


class _Told(Event, frozen=True, kw_only=True):
    ticket_id: UUID
    number: str
    topic: str


class TicketOpened(_Told, frozen=True, kw_only=True):
    """A customer asks; `channel` is page, api or mail."""

    name: ClassVar[str] = "ticket.opened"
    channel: str


class TicketReplied(_Told, frozen=True, kw_only=True):
    """Something was written; `by` is customer or agent, `reopened` where the ticket had been closed."""

    name: ClassVar[str] = "ticket.replied"
    by: str
    reopened: bool


class TicketClosed(_Told, frozen=True, kw_only=True):
    """Nothing is left to answer."""

    name: ClassVar[str] = "ticket.closed"
