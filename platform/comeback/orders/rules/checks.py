"""What is wrong with an order beyond its types: every problem at once, by JSON pointer. Pure."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeVar

from comeback.customers.rules import normalise_email
from comeback.kit.checks import MAX_AMOUNT, MAX_QUANTITY, Problems, plain_url, pointer
from comeback.orders.models import TenderKind
from comeback.orders.rules.amounts import charged_taxes, line_subtotal, take_discount, targets
from comeback.orders.schemas import (
    AddressBody,
    ConsentBody,
    CustomerBody,
    DiscountIn,
    LineIn,
    OrderIn,
    RefundIn,
    RefundLineIn,
    TenderIn,
)

ID, SHORT, TITLE = 200, 200, 500
"""Longest strings: ids and numbers, names and codes, titles."""
MAX_LINES: Final = 2000
T = TypeVar("T")

# Characters that JSON escapes, and controls that it leaves: C0, C1, DEL, line and paragraph separators.
_NEEDS_A_LOOK: Final = re.compile(rb"\\[bfnrtu]|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]")
ORIGINS: Final = frozenset({"external", "goodwill"})


def order_problems(
    order: OrderIn, stored_lines: Collection[str] = (), *, encoded: bytes | None = None
) -> list[tuple[str, str]]:
    """(pointer, message) of everything wrong; empty for a sound order, which `freeze` then always accepts.

    `stored_lines` are the lines of the order as known so far: a refund may name one that the body no longer has.
    `encoded` is the order as JSON, where the caller has it: one search tells that no string in it needs a closer look.
    """
    plain = encoded is not None and not _NEEDS_A_LOOK.search(encoded)
    p = Problems()
    _head(p, order)
    _customer(p, order.customer)
    _each(p, "/consents", order.consents, 50, _consent)
    if order.shipping_address is not None:
        _address(p, order.shipping_address)
    p.size("/lines", order.lines, MAX_LINES, least=1)
    _lines(p, order.lines[:MAX_LINES], plain)
    p.unique("/lines", [line.external_id for line in order.lines], "external_id")
    _each(p, "/tenders", order.tenders, 50, _tender)
    p.unique("/tenders", [tender.id for tender in order.tenders], "id")
    _each(p, "/discounts", order.discounts, 100, _discount)
    _each(p, "/refunds", order.refunds, 200, _refund)
    p.unique("/refunds", [refund.id for refund in order.refunds], "id")
    _references(p, order, stored_lines)
    if not p.found:
        _sums(p, order)
    return p.found


def _each(p: Problems, at: str, items: Sequence[T], most: int, check: Callable[[Problems, str, T], None]) -> None:
    p.size(at, items, most)
    for index, item in enumerate(items[:most]):
        check(p, f"{at}/{index}", item)


def _head(p: Problems, order: OrderIn) -> None:
    p.text("/external_id", order.external_id, ID)
    p.text("/number", order.number, ID)
    p.moment("/placed_at", order.placed_at)
    p.moment("/withdrawal_info_given_at", order.withdrawal_info_given_at)
    p.currency("/currency", order.currency)
    p.amount("/tax_total", order.tax_total)
    p.amount("/shipping/amount", order.shipping.amount)
    p.amount("/shipping/cheapest_standard", order.shipping.cheapest_standard)
    p.amount("/shipping/tax", order.shipping.tax)
    p.text("/shipping/method", order.shipping.method, SHORT, least=0)
    p.size("/tags", order.tags, 250)
    for index, tag in enumerate(order.tags[:250]):
        p.text(f"/tags/{index}", tag, SHORT)
    rate = order.fx_rate
    if rate is not None and not (rate.is_finite() and 0 < rate < 10**9 and len(rate.as_tuple().digits) <= 20):
        p.add("/fx_rate", "must be a positive rate of at most 20 digits")


def _customer(p: Problems, customer: CustomerBody) -> None:
    at = "/customer"
    if not customer.external_id and not customer.email:
        p.add(f"{at}/email", "is required where there is no external_id")
    p.text(f"{at}/external_id", customer.external_id, ID)
    p.text(f"{at}/email", customer.email, 254)
    if customer.email and normalise_email(customer.email) is None:
        p.add(f"{at}/email", "must be an email address")
    p.text(f"{at}/first_name", customer.first_name, SHORT, least=0)
    p.text(f"{at}/last_name", customer.last_name, SHORT, least=0)
    p.text(f"{at}/phone", customer.phone, 60, least=0)
    p.locale(f"{at}/locale", customer.locale)
    p.timezone(f"{at}/timezone", customer.timezone)


def _consent(p: Problems, at: str, consent: ConsentBody) -> None:
    p.text(f"{at}/source", consent.source, SHORT)
    p.moment(f"{at}/at", consent.at)
    p.prose(f"{at}/wording", consent.wording, 5000)


def _address(p: Problems, address: AddressBody) -> None:
    at = "/shipping_address"
    p.country(f"{at}/country", address.country)
    for name in ("name", "company", "line1", "line2", "postcode", "city", "region", "phone"):
        p.text(f"{at}/{name}", getattr(address, name), SHORT, least=0)


def _lines(p: Problems, lines: Sequence[LineIn], plain: bool) -> None:
    """Checks each line; one that is sound at a glance is not looked at field by field."""
    for index, line in enumerate(lines):
        if not (plain and _sound_at_a_glance(line)):
            _line(p, f"/lines/{index}", line)


def _sound_at_a_glance(line: LineIn) -> bool:
    """Whether `_line` would surely find nothing, given that no string has control characters."""
    goods = line.unit_price * line.quantity
    return (
        1 <= line.quantity <= MAX_QUANTITY
        and line.unit_price >= 0
        and 0 <= line.discount <= goods <= MAX_AMOUNT
        and (not isinstance(line.tax, int) or 0 <= line.tax <= MAX_AMOUNT)
        and 0 < len(line.external_id) <= ID
        and 0 < len(line.title) <= TITLE
        and not line.external_id.isspace()
        and not line.title.isspace()
        and len(line.sku or "") <= ID
        and len(line.product_id or "") <= ID
        and len(line.variant_id or "") <= ID
        and len(line.category or "") <= ID
        and (line.weight_grams is None or 0 <= line.weight_grams <= 10**9)
        and (line.compare_at_price is None or 0 <= line.compare_at_price <= MAX_AMOUNT)
        and line.art16_ground is None
        and (line.image_url is None or plain_url(line.image_url))
        and (line.url is None or plain_url(line.url))
        and all(isinstance(v, str) and len(v) <= 2000 and 0 < len(k) <= SHORT for k, v in line.attributes.items())
        and len(line.attributes) <= 100
    )


def _line(p: Problems, at: str, line: LineIn) -> None:
    p.text(f"{at}/external_id", line.external_id, ID)
    p.text(f"{at}/title", line.title, TITLE)
    p.count(f"{at}/quantity", line.quantity)
    p.amount(f"{at}/unit_price", line.unit_price)
    p.amount(f"{at}/discount", line.discount)
    p.amount(f"{at}/compare_at_price", line.compare_at_price)
    if isinstance(line.tax, int):
        p.amount(f"{at}/tax", line.tax)
    p.count(f"{at}/weight_grams", line.weight_grams, least=0, most=10**9)
    for name in ("sku", "product_id", "variant_id", "category", "art16_ground"):
        p.text(f"{at}/{name}", getattr(line, name), ID, least=0)
    p.url(f"{at}/image_url", line.image_url)
    p.url(f"{at}/url", line.url)
    _attributes(p, f"{at}/attributes", line)
    goods = line.unit_price * line.quantity
    if line.unit_price >= 0 and goods > MAX_AMOUNT:
        p.add(f"{at}/unit_price", f"times quantity must not exceed {MAX_AMOUNT}")
    elif line.discount > max(goods, 0):
        p.add(f"{at}/discount", "must not exceed the goods of the line")


def _attributes(p: Problems, at: str, line: LineIn) -> None:
    p.size(at, line.attributes, 100)
    for key, value in list(line.attributes.items())[:100]:
        p.text(at + pointer(key), key, SHORT)
        if isinstance(value, str):
            p.prose(at + pointer(key), value, 2000)
        elif isinstance(value, int | float) and abs(value) > 2**53:
            p.add(at + pointer(key), "must be within ±2^53")


def _tender(p: Problems, at: str, tender: TenderIn) -> None:
    p.text(f"{at}/id", tender.id, ID)
    p.choice(f"{at}/kind", tender.kind, set(TenderKind))
    p.amount(f"{at}/amount", tender.amount)
    p.text(f"{at}/provider", tender.provider, SHORT, least=0)
    p.text(f"{at}/provider_ref", tender.provider_ref, ID, least=0)
    p.count(f"{at}/points", tender.points, least=0, most=10**12)


def _discount(p: Problems, at: str, discount: DiscountIn) -> None:
    p.amount(f"{at}/amount", discount.amount)
    p.amount(f"{at}/minimum", discount.minimum)
    p.text(f"{at}/code", discount.code, SHORT, least=0)
    if discount.lines is not None:
        p.size(f"{at}/lines", discount.lines, MAX_LINES, least=1)
        p.unique(f"{at}/lines", discount.lines, "")


def _refund(p: Problems, at: str, refund: RefundIn) -> None:
    p.text(f"{at}/id", refund.id, ID)
    p.amount(f"{at}/amount", refund.amount, least=1)
    p.choice(f"{at}/origin", refund.origin, ORIGINS)
    for index, line in enumerate(refund.lines or ()):
        if isinstance(line, RefundLineIn):
            p.count(f"{at}/lines/{index}/quantity", line.quantity)


def _references(p: Problems, order: OrderIn, stored_lines: Collection[str]) -> None:
    lines = {line.external_id for line in order.lines}
    tenders = {tender.id for tender in order.tenders}
    for index, discount in enumerate(order.discounts):
        for n, named in enumerate(discount.lines or ()):
            if named not in lines:
                p.add(f"/discounts/{index}/lines/{n}", "is not a line of this order")
    for index, refund in enumerate(order.refunds):
        if refund.tender not in tenders:
            p.add(f"/refunds/{index}/tender", "is not a tender of this order")
        for n, part in enumerate(refund.lines or ()):
            named, at = (part, "") if isinstance(part, str) else (part.line, "/line")
            if named not in lines and named not in stored_lines:
                p.add(f"/refunds/{index}/lines/{n}{at}", "is not a line of this order")


def _sums(p: Problems, order: OrderIn) -> None:
    """Sums across fields; only read where each field is sound by itself."""
    left = [line_subtotal(line) for line in order.lines]
    for index, discount in enumerate(order.discounts):
        if discount.amount > sum(left[i] for i in targets(discount, order.lines)):
            p.add(f"/discounts/{index}/amount", "must not exceed what its lines cost")
            return
        take_discount(discount, order.lines, left)
    _taxes(p, order, left)
    _refunds(p, order)


def _taxes(p: Problems, order: OrderIn, paid: Sequence[int]) -> None:
    own = sum(line.tax for line in order.lines if isinstance(line.tax, int))
    for index, line in enumerate(order.lines):
        if line.tax is None and order.tax_total is None:
            p.add(f"/lines/{index}/tax", "must be given where there is no tax_total")
    shared = order.tax_total is not None and any(not isinstance(line.tax, int) for line in order.lines)
    if shared and order.tax_total is not None and own > order.tax_total:
        p.add("/tax_total", "must not be less than the taxes of the lines")
        return
    if not order.tax_included or p.found:
        return
    if order.shipping.tax > order.shipping.amount:
        p.add("/shipping/tax", "is included in the shipping amount and must not exceed it")
    taxes = charged_taxes(order.lines, order.tax_total, paid)
    for index, (line, tax) in enumerate(zip(order.lines, taxes, strict=True)):
        if tax > paid[index]:
            at = f"/lines/{index}/tax" if isinstance(line.tax, int) else "/tax_total"
            p.add(at, "is included in the prices and must not exceed what was paid for the goods")


def _refunds(p: Problems, order: OrderIn) -> None:
    left = {tender.id: tender.amount for tender in order.tenders}
    for index, refund in enumerate(order.refunds):
        left[refund.tender] -= refund.amount
        if left[refund.tender] < 0:
            p.add(f"/refunds/{index}/amount", "is more than the tender has left")
    units = {line.external_id: line.quantity for line in order.lines}
    for index, refund in enumerate(order.refunds):
        for n, part in enumerate(refund.lines or ()):
            if isinstance(part, RefundLineIn) and part.line in units:
                units[part.line] -= part.quantity
                if units[part.line] < 0:
                    p.add(f"/refunds/{index}/lines/{n}/quantity", "is more than the line has")
