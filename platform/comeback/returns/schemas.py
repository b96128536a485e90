"""Bodies of the returns API. Amounts in minor units; times RFC 3339."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from comeback.payments.schemas import AttemptOut
from comeback.shipments.schemas import ShipmentOut

Quantity = Annotated[int, Meta(ge=1, le=100_000)]
Short = Annotated[str, Meta(max_length=500)]
Kind = Literal["return", "withdrawal", "claim"]
Resolution = Literal["refund", "store_credit", "exchange"]
Method = Literal["label", "qr", "pickup", "store", "keep"]
Grade = Literal["A", "B", "C", "D"]
Disposition = Literal[
    "restock", "refurbish", "quarantine", "liquidate", "donate", "destroy", "return_to_customer", "return_to_vendor"
]  # fmt: skip


class WishLine(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Units of a line (its external id or id) and what the customer wants for them."""

    line: Annotated[str, Meta(min_length=1, max_length=200)]
    quantity: Quantity = 1
    reason: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    note: Short | None = None
    resolution: Resolution = "refund"
    exchange_variant: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


Lines = Annotated[list[WishLine], Meta(min_length=1, max_length=200)]


class QuoteIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What would come back for these lines?"""

    order_id: UUID
    lines: Lines
    kind: Kind = "return"


class ReturnIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A return with the quote that was shown for it."""

    order_id: UUID
    lines: Lines
    quote_token: Annotated[str, Meta(min_length=1, max_length=500)]
    kind: Kind = "return"
    method: Method = "label"


class ReasonOut(msgspec.Struct, kw_only=True):
    """One sentence of an explanation: `code` and `params` are the truth, `text` says it in the customer's language."""

    code: str
    params: dict[str, Any]
    text: str


class VerdictOut(msgspec.Struct, kw_only=True):
    """May a line come back?"""

    line: str
    decision: str
    reasons: list[ReasonOut]


class ExchangeQuoteOut(msgspec.Struct, kw_only=True):
    """A line's replacement; `difference` > 0 is to be paid, < 0 comes back."""

    variant: str
    title: str
    quantity: int
    price: int
    difference: int


class QuoteLineOut(msgspec.Struct, kw_only=True):
    """One line: amount = goods − discount_share + tax (tax inside goods where prices include it)."""

    line: str
    quantity: int
    resolution: str
    goods: int
    discount_share: int
    tax: int
    amount: int
    exchange: ExchangeQuoteOut | None = None


class FeeOut(msgspec.Struct, kw_only=True):
    """A fee as its own line."""

    kind: str
    amount: int


class ShareOut(msgspec.Struct, kw_only=True):
    """What one tender gives back."""

    tender: str
    kind: str
    amount: int


class QuoteOut(msgspec.Struct, kw_only=True):
    """The answer to a wish; `token` is good until `expires_at`."""

    currency: str
    policy_version: int
    kind: str
    gift: bool
    already_refunded: int
    lines: list[QuoteLineOut]
    fees: list[FeeOut]
    shipping_refund: int
    refund_total: int
    credit_total: int
    bonus_total: int
    charge_total: int
    carried_total: int
    tenders: list[ShareOut]
    explanation: list[ReasonOut]
    eligibility: list[VerdictOut]
    expires_at: datetime | None = None
    token: str | None = None


class DeclineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why a return is declined; the customer reads it."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)] = "Declined by the shop."


class ReceiptLineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What arrived of a line (of the case or the order, by id or external id) and, once inspected, in which state."""

    line: Annotated[str, Meta(min_length=1, max_length=200)]
    quantity: Quantity
    condition: Grade | None = None
    disposition: Disposition | None = None
    deduction_percent: Annotated[int, Meta(ge=0, le=100)] = 0
    deduction_reason: Short | None = None
    photos: Annotated[list[str], Meta(max_length=20)] = []
    note: Short | None = None


class UnexpectedIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something in the parcel that is not on the case: no money, no stock, a note for a human (I6)."""

    sku: Annotated[str, Meta(min_length=1, max_length=200)]
    quantity: Quantity = 1


class ReceiptIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Goods that arrived together at a location."""

    lines: Annotated[list[ReceiptLineIn], Meta(max_length=500)]
    location: Annotated[str, Meta(min_length=1, max_length=100)] = "main"
    unexpected: Annotated[list[UnexpectedIn], Meta(max_length=100)] = []


class SettleIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The amounts that were read and confirmed; both null settles what the quote promised."""

    refund_total: Annotated[int, Meta(ge=0)] | None = None
    credit_total: Annotated[int, Meta(ge=0)] | None = None


class CreditOut(msgspec.Struct, kw_only=True):
    """Store credit that was given."""

    amount: int
    bonus: int
    currency: str


class ExchangeOut(msgspec.Struct, kw_only=True):
    """A replacement: reserved stock, later an order."""

    id: UUID
    line: str
    variant: UUID
    title: str
    quantity: int
    price: int
    state: str
    order_id: UUID | None


class SettlementOut(msgspec.Struct, kw_only=True):
    """One settlement of a case and the money it moved. `block_reason`: amount_changed or tender_disputed."""

    id: UUID
    state: str
    block_reason: str | None
    at: datetime
    refund_total: int
    credit_total: int
    bonus_total: int
    expected_total: int
    fees: list[FeeOut]
    attempts: list[AttemptOut]
    credit: CreditOut | None = None
    exchange: list[ExchangeOut] = []


class FindingOut(msgspec.Struct, kw_only=True):
    """What was found when goods were looked at."""

    quantity: int
    condition: str | None
    disposition: str | None
    deduction_percent: int
    deduction_reason: str | None
    photos: list[str]
    note: str | None
    at: datetime


class ReceiptOut(msgspec.Struct, kw_only=True):
    """Goods that arrived together, as found last; older findings stay on record."""

    id: UUID
    location: str
    revision: int
    received_at: datetime
    lines: list[dict[str, Any]]
    unexpected: list[Any]


class CaseLineOut(msgspec.Struct, kw_only=True):
    """A line of a case with its goods."""

    id: UUID
    line: str
    line_id: UUID
    title: str
    sku: str | None
    image_url: str | None
    quantity: int
    reason: str | None
    note: str | None
    resolution: str
    goods_state: str
    goods: int
    discount_share: int
    tax: int
    amount: int
    exchange_variant: UUID | None
    findings: list[FindingOut]


class TimelineOut(msgspec.Struct, kw_only=True):
    """Something that happened to the case."""

    name: str
    occurred_at: datetime
    data: dict[str, Any]


class StepOut(msgspec.Struct, kw_only=True):
    """One step of the status bar: requested, approved, on_its_way, received, inspected, refunded."""

    name: str
    state: str
    at: datetime | None


class CaseOut(msgspec.Struct, kw_only=True):
    """A return with everything that belongs to it."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    customer_id: UUID
    kind: str
    state: str
    status: str
    method: str
    currency: str
    policy_version: int
    requested_at: datetime
    send_by: datetime | None
    refund_due_at: datetime | None
    declined_reason: str | None
    review: list[Any]
    lines: list[CaseLineOut]
    quote: QuoteOut
    shipments: list[ShipmentOut]
    receipts: list[ReceiptOut]
    settlements: list[SettlementOut]
    exchange: list[ExchangeOut]
    hold: None = None
    payment: None = None
    steps: list[StepOut] = []
    timeline: list[TimelineOut] = []


class CaseRow(msgspec.Struct, kw_only=True):
    """A return in a list; `tab` is its place in the inbox."""

    id: UUID
    number: str
    tab: str
    state: str
    status: str
    kind: str
    method: str
    order_id: UUID
    order_number: str
    customer_id: UUID
    customer: str
    items: int
    title: str
    image_url: str | None
    reason: str | None
    resolutions: list[str]
    refund_total: int
    credit_total: int
    currency: str
    requested_at: datetime
    send_by: datetime | None


class CasePage(msgspec.Struct, kw_only=True):
    """A page of returns, newest first."""

    items: list[CaseRow]
    next: str | None = None


class PolicyOut(msgspec.Struct, kw_only=True):
    """One policy version."""

    version: int
    state: str
    current: bool
    created_at: datetime | None
    published_at: datetime | None
    policy: dict[str, Any]


class PolicyPage(msgspec.Struct, kw_only=True):
    """All versions, newest first; version 0 is the built-in default."""

    items: list[PolicyOut]
    next: str | None = None


class VariantOption(msgspec.Struct, kw_only=True):
    """A variant an item could be exchanged for; `difference` > 0 would be to be paid."""

    id: UUID
    external_id: str
    title: str
    options: dict[str, Any]
    image_url: str | None
    price: int
    available: int
    difference: int


class LineOption(msgspec.Struct, kw_only=True):
    """A line of an order as the portal offers it."""

    line: str
    line_id: UUID
    title: str
    sku: str | None
    image_url: str | None
    quantity: int
    returnable: int
    unit_amount: int
    decision: str
    reasons: list[ReasonOut]
    last_day: datetime | None
    resolutions: list[str]
    variants: list[VariantOption]


class OptionsOut(msgspec.Struct, kw_only=True):
    """What can be returned of an order, until when, how."""

    order_id: UUID
    order_number: str
    currency: str
    policy_version: int
    methods: list[str]
    last_day: datetime | None
    lines: list[LineOption]
