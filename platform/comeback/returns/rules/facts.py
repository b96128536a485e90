"""What a decision about a return may know: plain frozen data, amounts in minor units of the order's currency."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.orders.rules.amounts import LineShares, UnitAmount, lowest_free, slot_amounts

MERCHANT_FAULT = frozenset(
    {
        "arrived_late",
        "damaged",
        "defective",
        "missing",
        "missing_parts",
        "never_arrived",
        "not_as_described",
        "wrong_item",
    }
)
"""Reasons the shop answers for: no fees, outbound shipping comes back (M8, M10)."""


class LineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An order line: list price of one, its frozen shares, the slots (1-based) that are taken, what is refundable."""

    id: UUID
    key: str
    position: int
    unit_price: int
    shares: LineShares
    taken: tuple[int, ...] = ()
    remaining: int
    final_sale: bool = False
    facts: dict[str, Any] = {}

    @property
    def free(self) -> int:
        """How many units can still be taken."""
        return self.shares.quantity - len(self.taken)

    def unit(self, slot: int) -> UnitAmount:
        """The frozen amounts of one slot (M4)."""
        return slot_amounts(self.shares, slot)

    def lowest(self, wanted: int, besides: Collection[int] = ()) -> tuple[int, ...]:
        """The lowest free slots, none of `besides`; fewer where there are not so many."""
        return tuple(lowest_free(self.shares.quantity, {*self.taken, *besides}, wanted))


class TenderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One means of payment; what it can still give back is captured − refunded − reserved (M6)."""

    id: UUID
    key: str
    kind: str
    captured: int
    refunded: int = 0
    reserved: int = 0
    disputed: bool = False

    @property
    def remaining(self) -> int:
        """What this tender can still give back; never below 0."""
        return max(0, self.captured - self.refunded - self.reserved)


class ClockFacts(msgspec.Struct, frozen=True, kw_only=True):
    """When the goods arrived: `parcels` known parcels, `delivered_at` of the last one once all arrived."""

    placed_at: datetime
    parcels: int = 0
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    timezone: str = "UTC"


class OrderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An order as frozen at import plus what was paid back since."""

    currency: str
    tax_included: bool
    captured: int
    refunded: int
    reserved: int
    shipping_amount: int
    shipping_tax: int
    shipping_refunded: int
    cheapest_standard: int
    clock: ClockFacts
    lines: tuple[LineFacts, ...]
    tenders: tuple[TenderFacts, ...]
    facts: dict[str, Any] = {}

    @property
    def remaining(self) -> int:
        """What the order can still give back, over all tenders (M6)."""
        return max(0, self.captured - self.refunded - self.reserved)

    @property
    def shipping_paid(self) -> int:
        """Outbound shipping as charged: `shipping_amount`, plus its tax where prices exclude tax."""
        return self.shipping_amount + (0 if self.tax_included else self.shipping_tax)

    @property
    def shipping_remaining(self) -> int:
        """Outbound shipping not yet paid back."""
        return max(0, self.shipping_paid - self.shipping_refunded)

    @property
    def goods_paid(self) -> int:
        """What was paid for all goods, tax included."""
        return sum(line.shares.amount for line in self.lines)

    def line(self, line_id: UUID) -> LineFacts:
        """The line of that id; KeyError where the order has none."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)


class VariantFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A replacement on offer: list price in the order's tax display, rate in basis points, None = as the old line."""

    id: UUID
    key: str
    price: int
    tax_rate_bp: int | None = None
    available: int = 0
    title: str = ""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted for some units of a line; without `slots` the lowest free ones are taken (M4).

    `deductions` maps a slot to the percentage an inspector takes off for handling.
    """

    line: UUID
    quantity: int
    reason: str | None = None
    resolution: str = "refund"
    variant: VariantFacts | None = None
    slots: tuple[int, ...] = ()
    deductions: dict[int, int] = {}

    @property
    def merchant_fault(self) -> bool:
        """Whether the shop answers for the reason."""
        return self.reason in MERCHANT_FAULT
