"""What messages tell the rooms above; only mails with marketing in them do, since coupons hang on them."""

from typing import ClassVar
from uuid import UUID

from comeback.core.events import Event


class MessageAccepted(Event, frozen=True, kw_only=True):
    """The receiving server took it."""

    name: ClassVar[str] = "message.accepted"
    message_id: UUID
    send_key: str


class MessageFailed(Event, frozen=True, kw_only=True):
    """It will not arrive."""

    name: ClassVar[str] = "message.failed"
    message_id: UUID
    send_key: str
    reason: str
