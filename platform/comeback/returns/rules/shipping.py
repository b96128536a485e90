"""How much outbound shipping comes back (M8)."""

from collections.abc import Sequence
from uuid import UUID

from comeback.kit.money import half_up
from comeback.returns.rules.quoted import QuotedLine, QuoteInput


def completes_order(asked: QuoteInput, lines: Sequence[QuotedLine]) -> bool:
    """Whether no unit of the order stays with the customer after this return."""
    now: dict[UUID, int] = {}
    for line in lines:
        now[line.line] = now.get(line.line, 0) + len(line.slots)
    return all(line.free == now.get(line.id, 0) for line in asked.order.lines)


def _cheapest(asked: QuoteInput) -> int:
    order = asked.order
    if order.shipping_amount <= 0:
        return 0
    return half_up(order.shipping_paid * min(order.cheapest_standard, order.shipping_amount), order.shipping_amount)


def _share(total: int, part: int, whole: int) -> int:
    return half_up(total * part, whole) if whole > 0 else 0


def _withdrawal(asked: QuoteInput, lines: Sequence[QuotedLine]) -> int:
    left = max(0, _cheapest(asked) - asked.order.shipping_refunded)
    if completes_order(asked, lines):
        return left
    if asked.policy.shipping.partial_withdrawal != "proportional":
        return 0
    goods = sum(line.amount for line in lines)
    return min(left, _share(_cheapest(asked), goods, asked.order.goods_paid))


def shipping_refund(asked: QuoteInput, lines: Sequence[QuotedLine]) -> int:
    """Minor units of outbound shipping, tax included, that come back with these lines.

    Merchant's fault: all of it when nothing stays with the customer, else the faulty goods' share.
    Withdrawal: the cheapest standard delivery only (Directive 2011/83/EU art. 13(2)).
    Otherwise as the policy says: never, with the last unit, or always.
    """
    left = asked.order.shipping_remaining
    if not left or not any(line.resolution != "exchange" for line in lines):
        return 0
    if asked.kind == "withdrawal":
        return _withdrawal(asked, lines)
    rule = asked.policy.shipping.refund
    complete = completes_order(asked, lines)
    if rule == "always" or (rule == "full_return" and complete):
        return left
    faulty = [line for line, ask in zip(lines, asked.asks, strict=True) if ask.merchant_fault]
    if complete and len(faulty) == len(lines):
        return left
    goods = sum(line.amount for line in faulty)
    return min(left, _share(asked.order.shipping_paid, goods, asked.order.goods_paid))
