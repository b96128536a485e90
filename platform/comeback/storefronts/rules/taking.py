"""The last step of every order reader: sums are checked with the shop's own, what cannot be stored is set aside. Pure.

An order is never lost and never silently wrong: what had to be dropped or does not add up is named for review.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct, field

from comeback.orders.rules import freeze, order_problems
from comeback.orders.schemas import OrderIn, RefundIn, RefundLineIn

_ITEM = re.compile(r"/(refunds|discounts|consents|tags)/(\d+)")


class Parcel(Struct, kw_only=True):
    """A fulfilment as the shop tells it. `pieces` are units by the line's external id; cancelled ones left nothing."""

    external_id: str
    carrier: str
    numbers: tuple[str, ...]
    pieces: dict[str, int]
    shipped_at: datetime | None
    cancelled: bool = False


class Taken(Struct, kw_only=True):
    """An order as our rooms take it. `review` says in words what a person must look at.

    `source` is the id that whoever made the order gave it, `manual` the payments that were recorded by hand.
    """

    order: OrderIn
    cancelled: bool = False
    parcels: list[Parcel] = field(default_factory=list)
    review: list[str] = field(default_factory=list)
    source: str | None = None
    manual: list[str] = field(default_factory=list)


class Unusable(ValueError):
    """A body that is no order: no id, no lines, no currency."""


def finish(taken: Taken, *, shop_total: int | None, given_back: int) -> Taken:
    """Checks and mends. `shop_total` is what the shop says the order costs now, `given_back` how much of what the order
    was frozen with is not in that any more (both minor units)."""
    _settle_refund_lines(taken.order.refunds, {line.external_id: line.quantity for line in taken.order.lines})
    mended = _mend(taken)
    ours = freeze(mended.order).total - given_back
    if shop_total is not None and ours != shop_total:
        currency = mended.order.currency
        mended.review.append(f"the shop's total is {shop_total} {currency} minor units, the parts add up to {ours}")
    return mended


def _settle_refund_lines(refunds: Sequence[RefundIn], sold: dict[str, int]) -> None:
    """No more units of a line are given back than it has; unknown lines are not named."""
    for refund in refunds:
        lines: list[RefundLineIn | str] = []
        for part in refund.lines or ():
            if isinstance(part, str):
                continue
            quantity = min(part.quantity, sold.get(part.line, 0))
            if quantity > 0:
                sold[part.line] -= quantity
                lines.append(RefundLineIn(line=part.line, quantity=quantity))
        refund.lines = lines or None


def _mend(taken: Taken) -> Taken:
    """Sets aside, piece by piece, what the orders room would refuse. Raises Unusable where nothing is left."""
    for _ in range(50):
        problems = order_problems(taken.order)
        if not problems:
            return taken
        for at, message in reversed(problems):
            taken.review.append(f"set aside: {at} {message}")
            if not _drop(taken.order, at):
                raise Unusable(f"{at} {message}")
    raise Unusable("the order has too many faults")


def _drop(order: OrderIn, at: str) -> bool:
    """Removes what a problem points at; False where the order cannot be without it."""
    found = _ITEM.match(at)
    if found:
        entries = getattr(order, found[1])
        if int(found[2]) < len(entries):
            del entries[int(found[2])]
        return True
    parts = at.strip("/").split("/")
    if parts[0] == "shipping_address":
        order.shipping_address = None
        return True
    if parts[0] == "lines" and len(parts) > 2 and parts[2] in ("url", "image_url", "sku", "category", "weight_grams"):
        setattr(order.lines[int(parts[1])], parts[2], None)
        return True
    if parts[0] == "lines" and len(parts) > 2 and parts[2] == "attributes":
        order.lines[int(parts[1])].attributes = {}
        return True
    if parts[0] == "customer" and len(parts) > 1:
        return _drop_customer(order, parts[1])
    if at == "/tax_total" or at.endswith("/tax"):
        return _drop_tax(order)
    return False


def _drop_customer(order: OrderIn, name: str) -> bool:
    """A guest without a usable address is known by the order."""
    if name == "email" and not order.customer.external_id:
        order.customer = msgspec.structs.replace(order.customer, external_id=f"guest:{order.external_id}"[:200])
    if name == "external_id":
        return False
    setattr(order.customer, name, None)
    return True


def _drop_tax(order: OrderIn) -> bool:
    """Taxes that exceed what they are part of are left out."""
    if not any(line.tax for line in order.lines) and not order.tax_total and not order.shipping.tax:
        return False
    for line in order.lines:
        line.tax = 0
    order.tax_total = None
    order.shipping.tax = 0
    return True
