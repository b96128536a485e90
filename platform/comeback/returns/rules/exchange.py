"""What a replacement costs: it inherits the paid value of the returned unit and its discount (M14, M15)."""

from comeback.kit.money import half_up
from comeback.orders.rules.amounts import UnitAmount
from comeback.returns.rules.facts import LineFacts, VariantFacts
from comeback.returns.rules.quoted import QuotedExchange


def _scaled(amount: int, part: int, whole: int) -> int:
    """`amount` × part / whole, half-up; `amount` itself where the line had no price to take a percentage of."""
    return half_up(amount * part, whole) if whole > 0 else amount


def _on_top(line: LineFacts, unit: UnitAmount, variant: VariantFacts) -> tuple[int, int]:
    """(net, tax) where prices exclude tax; a rounding cent of the order's tax is not a price difference."""
    goods, paid, taxed = line.shares.goods, line.shares.net, line.shares.tax
    net = unit.net if variant.price == line.unit_price else _scaled(variant.price, paid, goods)
    rate = variant.tax_rate_bp
    tax = half_up(net * rate, 10_000) if rate is not None else _scaled(net, taxed, paid) if paid else 0
    if net == unit.net and abs(tax - unit.tax) <= 1:
        tax = unit.tax
    return net, tax


def _inside(line: LineFacts, unit: UnitAmount, variant: VariantFacts) -> tuple[int, int]:
    """(net, tax) where prices include tax."""
    if variant.price == line.unit_price:
        return unit.net, unit.tax
    goods, paid, taxed = line.shares.goods, line.shares.amount, line.shares.tax
    gross = _scaled(variant.price, paid, goods)
    rate = variant.tax_rate_bp
    if rate is not None:
        net = half_up(gross * 10_000, 10_000 + rate)
        return net, gross - net
    tax = half_up(gross * taxed, paid) if paid else 0
    return gross - tax, tax


def swap(
    line: LineFacts, units: tuple[UnitAmount, ...], variant: VariantFacts, *, tax_included: bool
) -> QuotedExchange:
    """The replacement of `units`, one for one; `difference` > 0 is to be paid, < 0 comes back.

    A unit bought at a percentage off keeps that percentage on the replacement; an equal list price costs nothing.
    """
    price_one = _inside if tax_included else _on_top
    values = [price_one(line, unit, variant) for unit in units]
    net, tax = sum(n for n, _ in values), sum(t for _, t in values)
    return QuotedExchange(
        variant=variant.id,
        key=variant.key,
        quantity=len(units),
        net=net,
        tax=tax,
        price=net + tax,
        difference=net + tax - sum(u.amount for u in units),
    )
