"""What returns tells the rooms above. Amounts in minor units of `currency`."""

from typing import ClassVar
from uuid import UUID

from comeback.core.events import Event


class _Case(Event, frozen=True, kw_only=True):
    number: str
    kind: str


class ReturnRequested(_Case, frozen=True, kw_only=True):
    """A customer wants to give something back."""

    name: ClassVar[str] = "return.requested"
    method: str
    refund_total: int
    credit_total: int
    currency: str
    review: bool


class ReturnApproved(_Case, frozen=True, kw_only=True):
    """The goods may come; `automatic` where no human was asked."""

    name: ClassVar[str] = "return.approved"
    method: str
    automatic: bool


class ReturnDeclined(_Case, frozen=True, kw_only=True):
    """The goods may not come."""

    name: ClassVar[str] = "return.declined"
    reason: str


class ReturnLabelReady(_Case, frozen=True, kw_only=True):
    """The label can be fetched."""

    name: ClassVar[str] = "return.label_ready"


class ReturnReceived(_Case, frozen=True, kw_only=True):
    """Goods arrived; `complete` when nothing of the case is missing any more."""

    name: ClassVar[str] = "return.received"
    units: int
    complete: bool


class ReturnInspected(_Case, frozen=True, kw_only=True):
    """Received goods were graded and their disposition decided."""

    name: ClassVar[str] = "return.inspected"
    units: int
    revised: bool


class ReturnSettled(_Case, frozen=True, kw_only=True):
    """The entitlement was decided; refunds are on their way as `refund.*` tells."""

    name: ClassVar[str] = "return.settled"
    settlement_id: UUID
    currency: str
    refund_total: int
    credit_total: int
    bonus_total: int
    complete: bool


class ReturnCancelled(_Case, frozen=True, kw_only=True):
    """The customer keeps the goods."""

    name: ClassVar[str] = "return.cancelled"


class ReturnClosed(_Case, frozen=True, kw_only=True):
    """Nothing is left to do."""

    name: ClassVar[str] = "return.closed"


class ExchangeReserved(_Case, frozen=True, kw_only=True):
    """A replacement was put aside."""

    name: ClassVar[str] = "exchange.reserved"
    variant_id: UUID
    quantity: int


class ExchangeReleased(_Case, frozen=True, kw_only=True):
    """The replacement became an order of its own."""

    name: ClassVar[str] = "exchange.released"
    replacement_id: UUID
    variant_id: UUID
    quantity: int
