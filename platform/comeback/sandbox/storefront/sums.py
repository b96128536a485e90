"""What an order adds up to: totals, what is paid and given back, and the two statuses. Pure, in minor units."""

from decimal import Decimal

from comeback.kit.money import exponent, half_up, slot
from comeback.sandbox.storefront.objects import Line, Order, Tax

TAKEN = ("sale", "capture")


def decimal(amount: int, currency: str) -> str:
    """As REST shows money: all decimals of the currency, "10.00" or "1000"."""
    digits = exponent(currency)
    return f"{Decimal(amount).scaleb(-digits):.{digits}f}"


def minor(text: str, currency: str) -> int:
    """The minor units of a decimal text; raises ValueError where it is no number or too fine for the currency."""
    try:
        scaled = Decimal(text).scaleb(exponent(currency))
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is no amount") from error
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} is finer than {currency} allows")
    return int(scaled)


def taxes(net: int, rate_bp: int, *, included: bool) -> list[Tax]:
    """The tax of an amount after discounts; inside it where prices include tax."""
    if not rate_bp:
        return []
    amount = half_up(net * rate_bp, 10_000 + rate_bp) if included else half_up(net * rate_bp, 10_000)
    return [Tax(rate_bp=rate_bp, amount=amount)]


def line_total(line: Line) -> int:
    """After discounts; with tax where prices include it."""
    return line.gross - line.discount


def subtotal(order: Order) -> int:
    return sum(line_total(line) for line in order.lines)


def shipping_total(order: Order) -> int:
    return sum(shipping.price - shipping.discount for shipping in order.shipping)


def tax_total(order: Order) -> int:
    return sum(line.tax for line in order.lines) + sum(shipping.tax for shipping in order.shipping)


def discount_total(order: Order) -> int:
    return sum(line.discount for line in order.lines) + sum(shipping.discount for shipping in order.shipping)


def total(order: Order) -> int:
    return subtotal(order) + shipping_total(order) + (0 if order.taxes_included else tax_total(order))


def refunded_value(order: Order) -> int:
    """What refunds took off the order's value: goods, their tax, shipping."""
    tax_apart = not order.taxes_included
    goods = sum(line.subtotal + (line.tax if tax_apart else 0) for refund in order.refunds for line in refund.lines)
    return goods + sum(refund.shipping + (refund.shipping_tax if tax_apart else 0) for refund in order.refunds)


def current_total(order: Order) -> int:
    return total(order) - refunded_value(order)


def captured(order: Order) -> int:
    return sum(it.amount for it in order.transactions if it.kind in TAKEN and it.status == "success")


def refunded(order: Order) -> int:
    """Money that went back to the buyer."""
    return sum(refund.amount for refund in order.refunds)


def refundable(order: Order) -> int:
    return captured(order) - refunded(order)


def financial_status(order: Order) -> str:
    """Shopify's words in lower case."""
    taken, back = captured(order), refunded(order)
    if taken and back >= taken:
        return "refunded"
    if back:
        return "partially_refunded"
    if taken:
        return "paid" if taken >= total(order) else "partially_paid"
    if any(it.kind == "void" for it in order.transactions):
        return "voided"
    if any(it.kind == "authorization" for it in order.transactions):
        return "authorized"
    return "paid" if total(order) == 0 else "pending"


def fulfilment_status(order: Order) -> str | None:
    """None, "partial" or "fulfilled"; refunded units that were never sent do not count."""
    shipped = sum(line.fulfilled for line in order.lines)
    if not shipped:
        return None
    left = sum(max(line.quantity - line.refunded - line.fulfilled, 0) for line in order.lines)
    return "partial" if left else "fulfilled"


def units_net(line: Line, first: int, count: int, *, tax: bool = False) -> int:
    """Value (or tax) of `count` units from the 1-based unit `first`, so that all units together are the line."""
    whole = line.tax if tax else line_total(line)
    return sum(slot(whole, line.quantity, number) for number in range(first, first + count))
