"""Amounts of an order, frozen once at import and never computed again (rules M1–M5), and what may still be refunded."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from comeback.kit.money import allocate, allocate_within, slot
from comeback.orders.models import TenderKind
from comeback.orders.schemas import DiscountIn, LineIn, OrderIn

FRESH: Final = timedelta(days=30)
"""An order older than this is history: it is stored, and nobody is told about it."""


class LineShares(Struct, kw_only=True):
    """A line's shares for all its units. `goods` is before discounts, `discount_share` all of them, own and shared.

    `net + tax` is what was paid, whether the tax was inside the prices or on top (M5).
    """

    quantity: int
    goods: int
    discount_share: int
    net: int
    tax: int
    tax_included: bool

    @property
    def amount(self) -> int:
        """What was paid for the line."""
        return self.net + self.tax


class FrozenLine(LineShares, kw_only=True):
    """Shares as frozen at import; `own_discount` is the line's own part of the discount."""

    own_discount: int


class FrozenOrder(Struct, frozen=True, kw_only=True):
    """An order's totals and its lines' shares, in the order of the lines."""

    lines: tuple[FrozenLine, ...]
    goods_total: int
    discount_total: int
    tax_total: int
    shipping_paid: int
    total: int
    captured: int


class UnitAmount(Struct, frozen=True, kw_only=True):
    """One unit's shares: `amount = net + tax`; `goods − discount_share` is `net`, or `amount` where tax is included."""

    goods: int
    discount_share: int
    net: int
    tax: int
    amount: int


def line_subtotal(line: LineIn) -> int:
    """Goods of a line after its own discount: the weight of order discounts (M2)."""
    return line.unit_price * line.quantity - line.discount


def targets(discount: DiscountIn, lines: Sequence[LineIn]) -> list[int]:
    """Indexes of the lines a discount is for."""
    wanted = None if discount.lines is None else set(discount.lines)
    return [i for i, line in enumerate(lines) if wanted is None or line.external_id in wanted]


def take_discount(discount: DiscountIn, lines: Sequence[LineIn], left: list[int]) -> None:
    """Lowers `left` (what each line still costs) by an order discount, in proportion to the lines' subtotals (M2).

    No line falls below zero. ValueError where the discount exceeds what its lines have left.
    """
    chosen = targets(discount, lines)
    shares = allocate_within(discount.amount, [line_subtotal(lines[i]) for i in chosen], [left[i] for i in chosen])
    for i, share in zip(chosen, shares, strict=True):
        left[i] -= share


def paid_goods(discounts: Sequence[DiscountIn], lines: Sequence[LineIn]) -> list[int]:
    """What each line costs after its own and all order discounts."""
    left = [line_subtotal(line) for line in lines]
    for discount in discounts:
        take_discount(discount, lines, left)
    return left


def charged_taxes(lines: Sequence[LineIn], tax_total: int | None, paid: Sequence[int]) -> list[int]:
    """Tax per line as charged (M3): a line's own, else its share of what `tax_total` leaves, by paid goods.

    Without either, none was charged. ValueError where the lines' own taxes exceed a total that others must share.
    """
    own = [line.tax if isinstance(line.tax, int) else None for line in lines]
    open_ = [i for i, tax in enumerate(own) if tax is None]
    taxes = [tax or 0 for tax in own]
    if not open_ or tax_total is None:
        return taxes
    for i, tax in zip(open_, allocate(tax_total - sum(taxes), [paid[i] for i in open_]), strict=True):
        taxes[i] = tax
    return taxes


def freeze_line(line: LineIn, paid: int, tax: int, *, tax_included: bool) -> FrozenLine:
    """A line with its shares; `paid` is what it costs after all discounts."""
    goods = line.unit_price * line.quantity
    return FrozenLine(
        quantity=line.quantity,
        goods=goods,
        own_discount=line.discount,
        discount_share=goods - paid,
        net=paid - tax if tax_included else paid,
        tax=tax,
        tax_included=tax_included,
    )


def freeze(order: OrderIn) -> FrozenOrder:
    """All shares and totals of an order that `order_problems` found sound."""
    paid = paid_goods(order.discounts, order.lines)
    taxes = charged_taxes(order.lines, order.tax_total, paid)
    lines = tuple(
        freeze_line(line, goods, tax, tax_included=order.tax_included)
        for line, goods, tax in zip(order.lines, paid, taxes, strict=True)
    )
    shipping = order.shipping.amount + (0 if order.tax_included else order.shipping.tax)
    return FrozenOrder(
        lines=lines,
        goods_total=sum(line.goods for line in lines),
        discount_total=sum(line.discount_share for line in lines),
        tax_total=sum(taxes) + order.shipping.tax,
        shipping_paid=shipping,
        total=sum(line.amount for line in lines) + shipping,
        captured=sum(tender.amount for tender in order.tenders),
    )


def slot_amounts(line: LineShares, i: int) -> UnitAmount:
    """What unit `i` (1-based) was paid with (M4): net and tax are rounded apart, so all slots sum to the line exactly.

    What is shown follows from it: tax on top leaves `goods` the plain unit price; tax inside keeps a line without a
    discount at a discount of 0.
    """
    net, tax = slot(line.net, line.quantity, i), slot(line.tax, line.quantity, i)
    if line.tax_included:
        discount = slot(line.discount_share, line.quantity, i)
        goods = net + tax + discount
    else:
        goods = slot(line.goods, line.quantity, i)
        discount = goods - net
    return UnitAmount(goods=goods, discount_share=discount, net=net, tax=tax, amount=net + tax)


def slots_total(line: LineShares, slots: Collection[int]) -> UnitAmount:
    """The sum of several units' shares."""
    units = [slot_amounts(line, i) for i in slots]
    return UnitAmount(
        goods=sum(u.goods for u in units),
        discount_share=sum(u.discount_share for u in units),
        net=sum(u.net for u in units),
        tax=sum(u.tax for u in units),
        amount=sum(u.amount for u in units),
    )


def lowest_free(quantity: int, taken: Collection[int], wanted: int) -> list[int]:
    """The lowest `wanted` slots that nobody has; fewer where there are not so many."""
    gone = set(taken)
    return [i for i in range(1, min(quantity, wanted + len(gone)) + 1) if i not in gone][:wanted]


def is_history(placed_at: datetime, now: datetime, *, declared: bool) -> bool:
    """Whether an order is imported as history: declared as such, or older than the freshness limit."""
    return declared or now - placed_at > FRESH


def remaining(captured: int, refunded: int, reserved: int) -> int:
    """What a cap leaves (M6)."""
    return max(captured - refunded - reserved, 0)


def spread_over_tenders(amount: int, left: Mapping[str, int], kinds: Mapping[str, str]) -> dict[str, int]:
    """An amount over tenders, gift cards first (M11 default), as far as they have something left.

    It is used where the source says that money went back and not on which means.
    """
    spread: dict[str, int] = {}
    for tender in sorted(left, key=lambda t: kinds[t] not in (TenderKind.GIFT_CARD, TenderKind.STORE_CREDIT)):
        part = min(amount, left[tender])
        if part:
            spread[tender] = part
            amount -= part
    return spread
