"""What a decision answers: plain frozen data that is stored, signed, shown and executed alike."""

from typing import Any, Literal
from uuid import UUID

import msgspec

from comeback.returns.rules.facts import Ask, OrderFacts
from comeback.returns.rules.policy import Policy

Decision = Literal["yes", "no", "review"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of an explanation as a code and its values; `explain.sentence` words it."""

    code: str
    params: dict[str, Any] = {}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a line may come back, and why."""

    line: UUID
    key: str
    decision: Decision
    reasons: tuple[Step, ...] = ()


class QuotedExchange(msgspec.Struct, frozen=True, kw_only=True):
    """The replacement of a line: `price` is its whole value tax included, `difference` = price − value given back."""

    variant: UUID
    key: str
    quantity: int
    net: int
    tax: int
    price: int
    difference: int


class QuotedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a quote. `amount` = goods − discount_share + tax (tax inside goods where prices include it)."""

    line: UUID
    key: str
    quantity: int
    slots: tuple[int, ...]
    goods: int
    discount_share: int
    tax: int
    amount: int
    resolution: str
    reason: str | None = None
    exchange: QuotedExchange | None = None


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """A fee as its own line (M10); never more than the goods it is taken from."""

    kind: str
    amount: int


class TenderShare(msgspec.Struct, frozen=True, kw_only=True):
    """Part of an amount on one means of payment."""

    tender: UUID
    key: str
    amount: int


class QuoteInput(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a quote depends on; `fees_charged` are kinds this case already paid once."""

    order: OrderFacts
    policy: Policy
    policy_version: int
    asks: tuple[Ask, ...]
    kind: str = "return"
    fees_charged: tuple[str, ...] = ()


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: totals in minor units, who gets what back, and every step that led there.

    `carried_total` is paid value that moves on to a replacement; `moved` says which tenders stand behind credit and
    replacement. `cut` is what the caps of M6 took off because it was paid back before.
    """

    currency: str
    policy_version: int
    kind: str
    lines: tuple[QuotedLine, ...]
    fees: tuple[Fee, ...]
    shipping_refund: int
    refund_total: int
    credit_total: int
    bonus_total: int
    carried_total: int
    charge_total: int
    already_refunded: int
    cut: int
    tenders: tuple[TenderShare, ...]
    moved: tuple[TenderShare, ...]
    line_refunds: dict[UUID, int]
    line_moves: dict[UUID, int]
    explanation: tuple[Step, ...]
