"""A return policy as data: windows, eligibility, fees, tender order, trigger. Versions never change once published."""

from decimal import Decimal
from typing import Any, Literal

import msgspec

from comeback.kit import conditions
from comeback.kit.money import half_up

Resolution = Literal["refund", "store_credit", "exchange"]
TenderOrder = Literal["gift_card_first", "proportional", "original_order_reverse"]
Trigger = Literal["first_scan", "delivered", "inspected", "manual"]
Method = Literal["label", "qr", "pickup", "store", "keep"]

OFFERED_METHODS = frozenset({"label", "qr"})


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """How long goods may come back: `days` full days after the starting moment."""

    when: dict[str, Any] = {}
    resolution: Resolution | None = None
    days: int = 30
    from_: Literal["delivery", "fulfilment", "order"] = "delivery"


class EligibilityRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision for lines that meet a condition."""

    when: dict[str, Any] = {}
    decision: Literal["yes", "no", "review"]
    reason: str = "policy"


class FeeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fee: a fixed amount in minor units or a percentage of the goods it applies to."""

    kind: Literal["return_shipping", "restocking", "inspection"]
    amount: int | None = None
    percent: Decimal | None = None
    when: dict[str, Any] = {}
    once_per: Literal["case", "line"] = "case"


class ShippingRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether outbound shipping comes back (M8)."""

    refund: Literal["never", "full_return", "always"] = "never"
    partial_withdrawal: Literal["none", "proportional", "threshold_restore"] = "proportional"


class ClawBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a lost minimum-order coupon is billed back (M9)."""

    minimum_coupons: bool = False


class BonusRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Extra promotional credit, a lot of its own that never becomes cash (M13); base = the credit after fees."""

    resolution: Literal["store_credit"]
    percent: Decimal | None = None
    amount: int | None = None


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition under which a case without review is approved at once."""

    when: dict[str, Any] = {}


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a shop's return policy."""

    windows: tuple[Window, ...] = msgspec.field(default_factory=lambda: (Window(),))
    eligibility: tuple[EligibilityRule, ...] = ()
    fees: tuple[FeeRule, ...] = ()
    tender_order: TenderOrder = "gift_card_first"
    shipping: ShippingRule = ShippingRule()
    claw_back: ClawBack = ClawBack()
    bonus: tuple[BonusRule, ...] = ()
    refund_trigger: Trigger = "inspected"
    auto_approve: tuple[Approval, ...] = msgspec.field(default_factory=lambda: (Approval(),))
    methods: tuple[Method, ...] = ("label", "qr")
    resolutions: tuple[Resolution, ...] = ("refund", "store_credit", "exchange")
    buffer_days: int = 14


DEFAULT_POLICY = Policy()
"""30 days from delivery; refund, credit and exchange; label or QR; no fee; shipping kept; refund once inspected."""


def percent_of(base: int, percent: Decimal | int) -> int:
    """`percent` of `base`, half-up, exact (no floats)."""
    numerator, denominator = Decimal(percent).as_integer_ratio()
    return half_up(base * numerator, denominator * 100)


def _conditions(policy: Policy) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for name in ("windows", "eligibility", "fees", "auto_approve"):
        found += [(f"/{name}/{i}/when", part.when) for i, part in enumerate(getattr(policy, name))]
    return found


def _priced(pointer: str, part: FeeRule | BonusRule) -> list[tuple[str, str]]:
    if (part.amount is None) == (part.percent is None):
        return [(pointer, "must have either amount or percent")]
    if (part.amount is not None and part.amount < 0) or (part.percent is not None and not 0 <= part.percent <= 100):
        return [(pointer, "amount must be at least 0 and percent between 0 and 100")]
    return []


def problems(policy: Policy) -> list[tuple[str, str]]:
    """What keeps a draft from being published: (JSON pointer, sentence)."""
    found = [p for pointer, when in _conditions(policy) for p in conditions.problems(when, pointer)]
    for i, fee in enumerate(policy.fees):
        found += _priced(f"/fees/{i}", fee)
    for i, bonus in enumerate(policy.bonus):
        found += _priced(f"/bonus/{i}", bonus)
    for i, window in enumerate(policy.windows):
        if not 0 <= window.days <= 3650:
            found.append((f"/windows/{i}/days", "must be between 0 and 3650"))
    if not policy.windows:
        found.append(("/windows", "must hold at least one window"))
    if not policy.resolutions:
        found.append(("/resolutions", "must hold at least one resolution"))
    for i, method in enumerate(policy.methods):
        if method not in OFFERED_METHODS:
            found.append((f"/methods/{i}", "must be label or qr"))
    if policy.claw_back.minimum_coupons:
        found.append(("/claw_back/minimum_coupons", "clawing back a coupon is not offered"))
    if policy.buffer_days < 0:
        found.append(("/buffer_days", "must be at least 0"))
    return found
