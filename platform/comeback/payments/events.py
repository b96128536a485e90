"""What payments tells the rooms above. Amounts in minor units of `currency`."""

from typing import ClassVar
from uuid import UUID

from comeback.core.events import Event


class _Refund(Event, frozen=True, kw_only=True):
    refund_id: UUID
    source_kind: str
    source_id: UUID
    amount: int
    currency: str
    tender_kind: str
    state: str


class RefundCreated(_Refund, frozen=True, kw_only=True):
    """A refund was decided and its amount reserved."""

    name: ClassVar[str] = "refund.created"


class RefundSubmitted(_Refund, frozen=True, kw_only=True):
    """The provider has the refund; the money is on its way."""

    name: ClassVar[str] = "refund.submitted"


class RefundSucceeded(_Refund, frozen=True, kw_only=True):
    """The money went back."""

    name: ClassVar[str] = "refund.succeeded"


class RefundFailed(_Refund, frozen=True, kw_only=True):
    """The money did not go back, or came back to the shop (`late`); its reserve is free again."""

    name: ClassVar[str] = "refund.failed"
    failure_reason: str | None
    late: bool
