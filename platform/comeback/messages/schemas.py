"""Structs in and out of messages, and the sockets other rooms plug into."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import WriteSession
from comeback.messages.render.problems import Problem


class PlannedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be. `send_key` from `rules.states.send_key`; `subjects` by name: order, shipment, return, refund,
    credit; `data`: values for the template beside its blocks; `origin`: what planned it, for people to read; `locale`:
    the recipient's, empty for the shop's."""

    send_key: str
    template: str
    class_: str = "service"
    channel: str = "email"
    customer_id: UUID | None = None
    recipient: str | None = None
    locale: str = ""
    subjects: dict[str, UUID] = {}
    data: dict[str, Any] = {}
    origin: dict[str, Any] | None = None
    not_before: datetime | None = None


class BlockRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Data wanted for one message."""

    message_id: UUID
    send_key: str
    subjects: dict[str, UUID]
    customer_id: UUID | None
    locale: str
    class_: str


BlockProvider = Callable[[WriteSession, Sequence[BlockRequest]], Awaitable[dict[UUID, dict[str, Any]]]]
"""Data of a block for a batch of messages, in one query; a message without data is missing from the answer."""


class GuardRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Is this message still right to send?"""

    message_id: UUID
    template: str
    class_: str
    subjects: dict[str, UUID]
    customer_id: UUID | None


SendGuard = Callable[[WriteSession, Sequence[GuardRequest]], Awaitable[dict[UUID, str | None]]]
"""Reasons not to send, by message; None or missing means go."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How often, by class of caller."""

    human: int = 0
    probable: int = 0
    machine: int = 0


class MessageOut(msgspec.Struct, frozen=True, kw_only=True):
    """A message as the API and the studio show it."""

    id: UUID
    class_: str = msgspec.field(name="class")
    channel: str
    template: str
    version: int | None
    locale: str
    recipient: str | None
    subject: str | None
    order_id: UUID | None
    customer_id: UUID | None
    shipment_id: UUID | None
    return_id: UUID | None
    state: str
    why: str | None
    offers: bool
    next_at: datetime
    created_at: datetime
    accepted_at: datetime | None
    message_id: str | None
    reply: str | None
    opens: Counts
    clicks: Counts


class TemplateOut(msgspec.Struct, frozen=True, kw_only=True):
    """A template and its published languages."""

    id: UUID
    key: str
    name: str
    class_: str = msgspec.field(name="class")
    version: int
    origin: str
    locales: list[str]
    updated_at: datetime


class PreviewIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which language, and data to put over the template's sample."""

    locale: str = "en"
    data: dict[str, Any] = {}


class PreviewOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient would get."""

    subject: str
    html: str
    text: str
    size: int
    warnings: list[Problem]
