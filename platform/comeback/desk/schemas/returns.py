"""The returns inbox, one return, and the buttons of the agent.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from comeback.desk.schemas.shared import CustomerOut, OrderRef, ParcelOut, Tab, TimelineEntry

Action = Literal["approve", "decline", "receive", "inspect", "settle"]
Grade = Literal["A", "B", "C", "D"]
Disposition = Literal[
    "restock",
    "refurbish",
    "quarantine",
    "liquidate",
    "donate",
    "destroy",
    "return_to_customer",
    "return_to_vendor",
]
ShortText = Annotated[str, Meta(max_length=500)]


class ReturnCounts(Struct, kw_only=True):
    """How many returns each tab holds."""

    new: int
    review: int
    on_the_way: int
    received: int
    inspect: int
    done: int


class ReturnRow(Struct, kw_only=True):
    """One line of the returns inbox; `amount` is what was promised in money, credit and exchange together."""

    id: str
    number: str
    tab: Tab
    status: str
    kind: str
    order_id: str
    order_number: str
    customer: str
    items: int
    title: str
    image_url: str | None
    reason: str | None
    resolutions: list[str]
    amount: int
    currency: str
    requested_at: datetime
    due_at: datetime | None


class ReturnList(Struct, kw_only=True):
    """A page of the inbox with the counts of all tabs."""

    items: list[ReturnRow]
    next: str | None
    counts: ReturnCounts


class InspectionOut(Struct, kw_only=True):
    """What was found when the goods were looked at; `deduction_percent` is a whole percentage of the line's amount."""

    quantity: int
    grade: str | None
    disposition: str | None
    deduction_percent: int
    deduction_reason: str | None
    note: str | None
    at: datetime


class ReturnLineOut(Struct, kw_only=True):
    """One line of a return; `amount = goods − discount_share + tax` (tax inside goods where prices include it)."""

    id: str
    title: str
    sku: str | None
    image_url: str | None
    quantity: int
    reason: str | None
    note: str | None
    resolution: str
    exchange_title: str | None
    goods_state: str
    goods: int
    discount_share: int
    tax: int
    amount: int
    inspections: list[InspectionOut]


class FeeOut(Struct, kw_only=True):
    """A fee taken off the refund."""

    kind: str
    amount: int


class TenderShare(Struct, kw_only=True):
    """The part of a refund that goes back to one means of payment."""

    kind: str
    amount: int


class MoneyOut(Struct, kw_only=True):
    """The breakdown of what a return is worth: promised (quote) or due now (after inspection).

    `carried_total` is paid value that moves on to a replacement; a deduction is a fee of kind `inspection`.
    """

    currency: str
    tax_included: bool
    goods: int
    discount_share: int
    tax: int
    fees: list[FeeOut]
    shipping_refund: int
    already_refunded: int
    refund_total: int
    credit_total: int
    bonus_total: int
    carried_total: int
    charge_total: int
    tenders: list[TenderShare]
    explanation: list[str]


class AttemptOut(Struct, kw_only=True):
    """One refund attempt at one means of payment."""

    id: str
    tender: str
    amount: int
    state: str
    provider_ref: str | None
    failure_reason: str | None
    at: datetime


class SettlementOut(Struct, kw_only=True):
    """One settlement of a return and the money it moved."""

    id: str
    state: str
    at: datetime
    refund_total: int
    credit_total: int
    attempts: list[AttemptOut]


class ReturnDetail(Struct, kw_only=True):
    """Everything an agent needs to decide one return; `due` is null while nothing can be settled, `paid` before."""

    id: str
    number: str
    kind: str
    state: str
    tab: Tab
    status: str
    method: str
    requested_at: datetime
    due_at: datetime | None
    order: OrderRef
    customer: CustomerOut
    lines: list[ReturnLineOut]
    quoted: MoneyOut
    due: MoneyOut | None
    paid: MoneyOut | None
    settlements: list[SettlementOut]
    parcels: list[ParcelOut]
    timeline: list[TimelineEntry]
    actions: list[Action]


class DeclineIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """Why a return is declined; the customer reads it."""

    reason: Annotated[str, Meta(min_length=3, max_length=500)]


class InspectLineIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """The finding for one line; a deduction above 0 needs its reason."""

    line: str
    quantity: Annotated[int, Meta(ge=1, le=100_000)]
    grade: Grade
    disposition: Disposition
    deduction_percent: Annotated[int, Meta(ge=0, le=100)] = 0
    deduction_reason: ShortText | None = None
    note: ShortText | None = None


class InspectIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """The finding for every line that arrived."""

    lines: Annotated[list[InspectLineIn], Meta(min_length=1, max_length=500)]


class SettleIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """The amounts the agent read and confirmed; other amounts now are a conflict, never a surprise."""

    refund_total: Annotated[int, Meta(ge=0)]
    credit_total: Annotated[int, Meta(ge=0)]
