"""A Shopify order in the REST shape (webhooks of every version, GraphQL bodies after `shopify_graph`) → OrderIn. Pure.

Money is read in the currency the customer paid in (`presentment`), throughout or not at all. Lines stand as sold, less
what an edit removed; what was refunded stays in the lines and is stated as a refund.
"""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import UNSET, Struct

from comeback.kit.money import KNOWN
from comeback.orders.schemas import (
    ConsentBody,
    CustomerBody,
    DiscountIn,
    LineIn,
    OrderIn,
    RefundIn,
    ShippingIn,
    TenderIn,
)
from comeback.storefronts.rules.carriers import carrier_name
from comeback.storefronts.rules.people import shopify_address, shopify_consents, shopify_customer
from comeback.storefronts.rules.reading import (
    Json,
    decimal,
    items,
    locale,
    mapping,
    minor,
    moment,
    plain_id,
    text,
    web_address,
    whole,
    words,
)
from comeback.storefronts.rules.taking import Parcel, Taken, Unusable, finish
from comeback.storefronts.rules.tenders import foreign_payments, manual_payments, refunds_of, tenders_of

MARK = "[comeback:"
"""Stands in the note of every refund that we wrote into the shop: it is known here already."""


class Purse(Struct, frozen=True):
    """Which money of a body is read: the customer's (`presentment_money`) or the shop's."""

    currency: str
    presentment: bool

    def of(self, body: Json, name: str) -> int | None:
        """An amount in minor units; None where the body has none."""
        both = mapping(body.get(f"{name}_set"))
        money = mapping(both.get("presentment_money" if self.presentment else "shop_money"))
        if "amount" in money:
            return minor(money["amount"], self.currency)
        return minor(body.get(name), self.currency)

    def sum(self, bodies: Sequence[Json], name: str) -> int:
        """The sum over several bodies; what is absent is 0."""
        return sum(self.of(body, name) or 0 for body in bodies)


def purse_of(body: Json) -> Purse:
    """The purse of an order. Raises Unusable for an unknown currency."""
    shop, paid = text(body.get("currency"), 3), text(body.get("presentment_currency"), 3)
    has_both = "amount" in mapping(mapping(body.get("total_price_set")).get("presentment_money"))
    chosen = Purse(paid, True) if paid and has_both else Purse(shop or "", False)
    if chosen.currency not in KNOWN:
        raise Unusable("the order has no known currency")
    return chosen


def read_order(body: Json, *, cheapest_standard: int | None = None) -> Taken:
    """The order, what it still needs a person for, and its parcels. Raises Unusable for a body that is no order.

    `cheapest_standard` is the shop's cheapest standard delivery in minor units.
    """
    purse = purse_of(body)
    taken = Taken(
        order=_order(purse, body, cheapest_standard),
        cancelled=moment(body.get("cancelled_at")) is not None,
        parcels=[p for p in (read_parcel(f) for f in items(body.get("fulfillments"))) if p is not None],
        source=text(body.get("source_identifier")),
        manual=sorted(manual_payments(body)),
        review=["a payment is in another currency than the order"] if foreign_payments(body, purse.currency) else [],
    )
    total = purse.of(body, "current_total_price")
    if total is None:
        return finish(taken, shop_total=purse.of(body, "total_price"), given_back=0)
    return finish(taken, shop_total=total, given_back=_given_back(purse, body, taken.order.tax_included))


def _order(purse: Purse, body: Json, cheapest: int | None) -> OrderIn:
    order_id, placed = plain_id(body.get("id")), moment(body.get("processed_at")) or moment(body.get("created_at"))
    if order_id is None or placed is None:
        raise Unusable("the order has no id or no date")
    included = body.get("taxes_included") is True
    back, ours = _refund_bodies(body)
    shipping, shipping_tax = _shipping(purse, body, included, cheapest)
    found = (_line(purse, entry, back + ours) for entry in items(body.get("line_items")))
    lines = [line for line in found if line is not None] + _extras(purse, body)
    if not lines:
        raise Unusable("the order has no lines")
    tax_total = purse.of(body, "total_tax")
    _settle_taxes(lines, tax_total, shipping_tax)
    tenders = tenders_of(body, purse.currency)
    return OrderIn(
        external_id=order_id,
        number=text(body.get("name")) or text(body.get("order_number")) or order_id,
        placed_at=placed,
        currency=purse.currency,
        customer=_customer(body, order_id),
        lines=lines,
        tax_included=included,
        consents=_consents(body),
        shipping_address=shopify_address(mapping(body.get("shipping_address"))),
        discounts=_discounts(purse, body, lines),
        tax_total=_shared_tax(lines, tax_total, shipping_tax),
        shipping=shipping,
        tenders=tenders,
        tags=_tags(body),
        refunds=_on_known_tenders(refunds_of(back, purse.currency), tenders),
        fx_rate=_rate(body, purse),
    )


def _refund_bodies(body: Json) -> tuple[list[Json], list[Json]]:
    """Refunds made in the shop, and those that we wrote there."""
    found = items(body.get("refunds"))
    ours = [r for r in found if MARK in (text(r.get("note"), 5000) or "")]
    return [r for r in found if r not in ours], ours


def _line(purse: Purse, body: Json, refunds: Sequence[Json]) -> LineIn | None:
    """A line as sold, without the units that an edit took out; None where it took out all."""
    line_id, sold = plain_id(body.get("id")), whole(body.get("quantity"))
    back = sum(
        whole(part.get("quantity"))
        for refund in refunds
        for part in items(refund.get("refund_line_items"))
        if plain_id(part.get("line_item_id")) == line_id
    )
    now = body.get("current_quantity")
    quantity = sold if now is None else min(sold, whole(now) + back)
    price = purse.of(body, "price")
    if line_id is None or price is None or quantity <= 0:
        return None
    discount, tax = _line_discount(purse, body), purse.sum(items(body.get("tax_lines")), "price")
    if quantity < sold:
        discount, tax = discount * quantity // sold, tax * quantity // sold
    return LineIn(
        external_id=line_id,
        title=_title(body),
        quantity=quantity,
        unit_price=price,
        discount=min(discount, price * quantity),
        tax=tax,
        sku=text(body.get("sku")),
        product_id=plain_id(body.get("product_id")),
        variant_id=plain_id(body.get("variant_id")),
        category=text(body.get("product_type")),
        weight_grams=whole(body.get("grams")) or None,
        final_sale=body.get("gift_card") is True,
        image_url=web_address(mapping(body.get("image")).get("url")),
        attributes=_attributes(items(body.get("properties"))),
    )


def _title(body: Json) -> str:
    title, variant = text(body.get("title"), 400), text(body.get("variant_title"), 90)
    if title and variant and variant != "Default Title":
        return f"{title} / {variant}"
    return title or text(body.get("name"), 500) or text(body.get("sku")) or "Item"


def _line_discount(purse: Purse, body: Json) -> int:
    """The shop's own allocation wins (M2); older payloads only have the line's total."""
    allocations = items(body.get("discount_allocations"))
    return purse.sum(allocations, "amount") if allocations else purse.of(body, "total_discount") or 0


def _attributes(properties: Sequence[Json]) -> dict[str, str | int | float | bool | None]:
    """What the customer typed; names that begin with `_` are the shop's own."""
    pairs = ((text(p.get("name")), text(p.get("value"), 2000)) for p in properties)
    return {name: value for name, value in list(pairs)[:100] if name and value and not name.startswith("_")}


def _shipping(purse: Purse, body: Json, included: bool, cheapest: int | None) -> tuple[ShippingIn, int]:
    """All shipping lines that were not removed, as one; and their tax."""
    lines = [s for s in items(body.get("shipping_lines")) if s.get("is_removed") is not True]
    amount = 0
    for line in lines:
        reduced = purse.of(line, "discounted_price")
        price = purse.of(line, "price") or 0
        amount += price - purse.sum(items(line.get("discount_allocations")), "amount") if reduced is None else reduced
    tax = sum(purse.sum(items(line.get("tax_lines")), "price") for line in lines)
    amount = max(amount, 0)
    named = next((t for t in (text(s.get("title")) for s in lines) if t), None)
    charged = min(tax, amount) if included else tax
    least = amount if _is_standard(lines) else cheapest
    return ShippingIn(amount=amount, tax=charged, method=named, cheapest_standard=least), charged


def _is_standard(lines: Sequence[Json]) -> bool:
    names = " ".join(f"{text(s.get('title'))} {text(s.get('code'))}".lower() for s in lines)
    return bool(lines) and any(word in names for word in ("standard", "economy", "free shipping"))


def _extras(purse: Purse, body: Json) -> list[LineIn]:
    """Duties, tips and fees: part of what was paid, never returnable through the portal."""
    duties = [duty for line in items(body.get("line_items")) for duty in items(line.get("duties"))]
    amount = purse.sum(duties, "price") or purse.of(body, "original_total_duties") or 0
    tax = sum(purse.sum(items(duty.get("tax_lines")), "price") for duty in duties)
    tip = 0 if any(line.get("tip") for line in items(body.get("line_items"))) else purse.of(body, "total_tip_received")
    fees = purse.of(body, "original_total_additional_fees") or 0
    found = (("duties", "Duties", amount, tax), ("tip", "Tip", tip or 0, 0), ("fees", "Fees", fees, 0))
    return [
        LineIn(external_id=name, title=title, quantity=1, unit_price=price, tax=charged, final_sale=True, category=name)
        for name, title, price, charged in found
        if price > 0
    ]


def _settle_taxes(lines: Sequence[LineIn], total: int | None, shipping: int) -> None:
    """The shop's total rounds its own way: a difference of a cent or two a line goes to the largest tax."""
    own = sum(line.tax for line in lines if isinstance(line.tax, int))
    if total is None or not own or total == own + shipping or abs(total - own - shipping) > 2 * len(lines):
        return
    largest = max(lines, key=lambda line: line.tax if isinstance(line.tax, int) else 0)
    if isinstance(largest.tax, int):
        largest.tax = max(0, largest.tax + total - own - shipping)


def _shared_tax(lines: Sequence[LineIn], total: int | None, shipping: int) -> int | None:
    """A total without taxes of the lines is shared among them."""
    if any(line.tax for line in lines) or not total or total <= shipping:
        return None
    for line in lines:
        line.tax = UNSET if line.category in ("tip", "fees") else None
    return total - shipping


def _discounts(purse: Purse, body: Json, lines: Sequence[LineIn]) -> list[DiscountIn]:
    """What the lines' own discounts leave of the order's; its codes are kept either way."""
    codes = [c for c in (text(d.get("code")) for d in items(body.get("discount_codes"))) if c]
    total = purse.of(body, "total_discounts") or 0
    on_shipping = sum(
        purse.sum(items(s.get("discount_allocations")), "amount")
        or max(0, (purse.of(s, "price") or 0) - (purse.of(s, "discounted_price") or purse.of(s, "price") or 0))
        for s in items(body.get("shipping_lines"))
    )
    edited = any(entry.get("current_quantity") is not None for entry in items(body.get("line_items")))
    allocated = any(items(entry.get("discount_allocations")) for entry in items(body.get("line_items")))
    left = total - on_shipping - sum(line.discount for line in lines)
    room = sum(line.unit_price * line.quantity - line.discount for line in lines)
    amount = 0 if allocated and edited else max(0, min(left, room))
    found = [DiscountIn(code=code, amount=0) for code in codes[:99]]
    if amount and found:
        found[0].amount = amount
    elif amount:
        found = [DiscountIn(amount=amount)]
    return found


def _customer(body: Json, order_id: str) -> CustomerBody:
    """The customer of the account, with what the order itself says."""
    person = shopify_customer(mapping(body.get("customer"))) or CustomerBody()
    address = mapping(body.get("shipping_address"))
    email = text(body.get("email"), 254) or text(body.get("contact_email"), 254) or person.email
    known = CustomerBody(
        external_id=person.external_id,
        email=email,
        first_name=person.first_name or text(address.get("first_name")),
        last_name=person.last_name or text(address.get("last_name")),
        phone=text(body.get("phone"), 60) or person.phone or text(address.get("phone"), 60),
        locale=locale(body.get("customer_locale")) or person.locale,
    )
    if known.external_id is None and known.email is None:
        known.external_id = f"guest:{order_id}"
    return known


def _consents(body: Json) -> list[ConsentBody]:
    return shopify_consents(mapping(body.get("customer")), "shopify")


def _tags(body: Json) -> list[str]:
    found = words(body.get("tags"))
    notes = items(body.get("note_attributes"))
    found += [f"{text(n.get('name'), 60)}:{text(n.get('value'), 120)}" for n in notes[:50] if text(n.get("name"))]
    if body.get("test") is True:
        found.append("test")
    return list(dict.fromkeys(found))[:250]


def _rate(body: Json, purse: Purse) -> Decimal | None:
    """Shop money for one unit of the customer's, where they differ."""
    both = mapping(body.get("total_price_set"))
    shop, paid = mapping(both.get("shop_money")), mapping(both.get("presentment_money"))
    if not purse.presentment or shop.get("currency_code") == paid.get("currency_code"):
        return None
    ours, theirs = decimal(shop.get("amount")), decimal(paid.get("amount"))
    return round(ours / theirs, 8) if ours and theirs and ours > 0 and theirs > 0 else None


def _given_back(purse: Purse, body: Json, included: bool) -> int:
    """What the refunds took out of the order's total: units, shipping and its tax."""
    total = 0
    for refund in items(body.get("refunds")):
        parts = items(refund.get("refund_line_items"))
        total += purse.sum(parts, "subtotal") + (0 if included else purse.sum(parts, "total_tax"))
        for change in items(refund.get("order_adjustments")):
            if text(change.get("kind")) == "shipping_refund":
                total -= purse.of(change, "amount") or 0
                total -= 0 if included else purse.of(change, "tax_amount") or 0
    return total


def _on_known_tenders(refunds: Sequence[RefundIn], tenders: Sequence[TenderIn]) -> list[RefundIn]:
    """Refunds of payments that the body names; without one (an old payload, an unpaid edit) no money is known."""
    known = {tender.id for tender in tenders}
    return [refund for refund in refunds if refund.tender in known and refund.amount > 0]


def read_parcel(body: Json) -> Parcel | None:
    """A fulfilment; None where it has no id or no pieces."""
    found = plain_id(body.get("id"))
    pieces: dict[str, int] = {}
    for entry in items(body.get("line_items")):
        line, quantity = plain_id(entry.get("id")), whole(entry.get("quantity"))
        if line and quantity > 0:
            pieces[line] = pieces.get(line, 0) + quantity
    numbers = body.get("tracking_numbers")
    given = [text(n, 100) for n in numbers] if isinstance(numbers, list) else []
    given = given or [text(body.get("tracking_number"), 100)]
    status = (text(body.get("status")) or "success").lower()
    if found is None or not pieces:
        return None
    return Parcel(
        external_id=found,
        carrier=carrier_name(text(body.get("tracking_company"))),
        numbers=tuple(dict.fromkeys(n for n in given if n)),
        pieces=pieces,
        shipped_at=moment(body.get("created_at")),
        cancelled=status in ("cancelled", "error", "failure"),
    )


def parcel_order(body: Json) -> str | None:
    """The order a fulfilment belongs to."""
    return plain_id(body.get("order_id"))
