"""WooCommerce's REST bodies (v3) → what our rooms take. Pure.

A line's `subtotal` is before coupons and `total` after; both are without tax. Where the shop's prices include tax, ours
do too: goods are `subtotal + subtotal_tax`. A refund belongs to the line it names in `_refunded_item_id`.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from comeback.catalog.schemas import ProductIn, StockIn, VariantIn
from comeback.kit.money import KNOWN
from comeback.orders.schemas import (
    AddressBody,
    ConsentBody,
    CustomerBody,
    DiscountIn,
    LineIn,
    OrderIn,
    RefundIn,
    RefundLineIn,
    ShippingIn,
    TenderIn,
)
from comeback.storefronts.rules.carriers import carrier_name
from comeback.storefronts.rules.products import TakenProduct, grams, prose
from comeback.storefronts.rules.reading import Json, items, mapping, minor, moment, plain_id, text, web_address, whole
from comeback.storefronts.rules.shopify_order import MARK
from comeback.storefronts.rules.taking import Parcel, Taken, Unusable, finish
from comeback.storefronts.rules.tenders import kind_of

_STRIPE = re.compile(r"pi_[A-Za-z0-9]{8,}")
_PAID = frozenset({"processing", "completed", "refunded", "on-hold"})
_CANCELLED = frozenset({"cancelled", "failed", "trash"})


def woo_moment(body: Json, name: str) -> datetime | None:
    """A time of WooCommerce: the `_gmt` field is UTC without saying so."""
    found = moment(body.get(f"{name}_gmt")) or moment(body.get(name))
    return found.astimezone(UTC) if found else None


def woo_version(body: Json) -> datetime | None:
    """When the body was the truth."""
    return woo_moment(body, "date_modified") or woo_moment(body, "date_created")


def woo_order(body: Json, *, cheapest_standard: int | None = None) -> Taken:
    """An order; `refunds` carry their lines. Raises Unusable for a body that is no order."""
    order_id, currency = plain_id(body.get("id")), text(body.get("currency"), 3) or ""
    placed = woo_moment(body, "date_created")
    if order_id is None or placed is None or currency not in KNOWN:
        raise Unusable("the order has no id, no date or no known currency")
    included = body.get("prices_include_tax") is True
    lines = [x for x in (_line(entry, currency, included) for entry in items(body.get("line_items"))) if x is not None]
    lines += _fees(body, currency, included)
    if not lines:
        raise Unusable("the order has no lines")
    shipping, tenders = _shipping(body, currency, included, cheapest_standard), _tenders(body, currency, order_id)
    theirs = [r for r in items(body.get("refunds")) if MARK not in (text(r.get("reason"), 5000) or "")]
    taken = Taken(
        order=OrderIn(
            external_id=order_id,
            number=f"#{text(body.get('number')) or order_id}",
            placed_at=placed,
            currency=currency,
            customer=_buyer(body, order_id),
            lines=lines,
            tax_included=included,
            consents=[],
            shipping_address=_address(body),
            discounts=_coupons(body),
            shipping=shipping,
            tenders=tenders,
            tags=["test"] if (text(body.get("payment_method")) or "") == "bogus" else [],
            refunds=_refunds(theirs, currency, tenders),
        ),
        cancelled=(text(body.get("status")) or "") in _CANCELLED,
        parcels=_parcels(body),
        source=_meta(body).get("_comeback_reference"),
    )
    return finish(taken, shop_total=minor(body.get("total"), currency), given_back=0)


def _meta(body: Json) -> dict[str, str]:
    found = {text(m.get("key")): text(m.get("value"), 2000) for m in items(body.get("meta_data"))}
    return {key: value for key, value in found.items() if key and value}


def _line(body: Json, currency: str, included: bool) -> LineIn | None:
    line_id, quantity = plain_id(body.get("id")), whole(body.get("quantity"))
    subtotal, total = minor(body.get("subtotal"), currency), minor(body.get("total"), currency)
    if line_id is None or quantity <= 0 or subtotal is None or total is None:
        return None
    tax, before = minor(body.get("total_tax"), currency) or 0, minor(body.get("subtotal_tax"), currency) or 0
    goods, paid = (subtotal + before, total + tax) if included else (subtotal, total)
    unit = -(-goods // quantity)
    variation = plain_id(body.get("variation_id"))
    product = plain_id(body.get("product_id"))
    return LineIn(
        external_id=line_id,
        title=text(body.get("name"), 500) or "Item",
        quantity=quantity,
        unit_price=unit,
        # What a division leaves over is part of the discount: the line costs exactly what was paid.
        discount=max(0, unit * quantity - paid),
        tax=tax,
        sku=text(body.get("sku")),
        product_id=product if product != "0" else None,
        variant_id=variation if variation not in (None, "0") else product if product != "0" else None,
        image_url=web_address(mapping(body.get("image")).get("src")),
        attributes=_attributes(body),
    )


def _attributes(body: Json) -> dict[str, str | int | float | bool | None]:
    pairs = [
        (
            text(m.get("display_key")) or text(m.get("key")),
            text(m.get("display_value"), 2000) or text(m.get("value"), 2000),
        )
        for m in items(body.get("meta_data"))[:100]
    ]
    return {name: value for name, value in pairs if name and value and not name.startswith("_")}


def _fees(body: Json, currency: str, included: bool) -> list[LineIn]:
    """Fees are part of what was paid; a negative one is a discount of the order and left to review."""
    found: list[LineIn] = []
    for entry in items(body.get("fee_lines")):
        total, tax = minor(entry.get("total"), currency) or 0, minor(entry.get("total_tax"), currency) or 0
        price = total + tax if included else total
        if price > 0:
            found.append(
                LineIn(
                    external_id=f"fee:{plain_id(entry.get('id'))}",
                    title=text(entry.get("name")) or "Fee",
                    quantity=1,
                    unit_price=price,
                    tax=tax,
                    final_sale=True,
                    category="fees",
                )
            )
    return found


def _shipping(body: Json, currency: str, included: bool, cheapest: int | None) -> ShippingIn:
    lines = items(body.get("shipping_lines"))
    amount = sum(minor(x.get("total"), currency) or 0 for x in lines)
    tax = sum(minor(x.get("total_tax"), currency) or 0 for x in lines)
    amount += tax if included else 0
    names = " ".join(f"{text(x.get('method_title'))} {text(x.get('method_id'))}".lower() for x in lines)
    standard = any(word in names for word in ("flat_rate", "standard", "free_shipping", "economy"))
    title = next((t for t in (text(x.get("method_title")) for x in lines) if t), None)
    return ShippingIn(amount=amount, tax=tax, method=title, cheapest_standard=amount if standard else cheapest)


def _coupons(body: Json) -> list[DiscountIn]:
    """The lines carry what coupons took off; their codes are kept."""
    return [DiscountIn(code=c, amount=0) for c in (text(x.get("code")) for x in items(body.get("coupon_lines"))) if c]


def _tenders(body: Json, currency: str, order_id: str) -> list[TenderIn]:
    """One payment; only where the shop says when it was paid."""
    method, total = text(body.get("payment_method")), minor(body.get("total"), currency) or 0
    if woo_moment(body, "date_paid") is None or total <= 0 or (text(body.get("status")) or "") not in _PAID:
        return []
    meta, transaction = _meta(body), text(body.get("transaction_id"))
    found = (
        _STRIPE.search(f"{meta.get('_stripe_intent_id', '')} {transaction or ''}")
        if "stripe" in (method or "")
        else None
    )
    return [
        TenderIn(
            id=f"{order_id}-payment",
            kind=_kind(method),
            amount=total,
            provider="stripe" if found else method,
            provider_ref=found[0] if found else transaction,
        )
    ]


def _kind(method: str | None) -> str:
    return "cash_on_delivery" if method == "cod" else kind_of(method)


def _refunds(refunds: Sequence[Json], currency: str, tenders: Sequence[TenderIn]) -> list[RefundIn]:
    found: list[RefundIn] = []
    for body in refunds:
        refund_id, amount = plain_id(body.get("id")), minor(body.get("amount") or body.get("total"), currency)
        if refund_id is None or not amount or not tenders:
            continue
        units = [u for u in (_unit(line) for line in items(body.get("line_items"))) if u is not None]
        found.append(RefundIn(id=refund_id, tender=tenders[0].id, amount=abs(amount), lines=list(units) or None))
    return found


def _unit(line: Json) -> RefundLineIn | None:
    quantity, named = abs(whole(line.get("quantity"))), _meta(line).get("_refunded_item_id")
    return RefundLineIn(line=named, quantity=quantity) if named and quantity else None


def _buyer(body: Json, order_id: str) -> CustomerBody:
    bill, account = mapping(body.get("billing")), plain_id(body.get("customer_id"))
    email = text(bill.get("email"), 254)
    known = account if account not in (None, "0") else None if email else f"guest:{order_id}"
    return CustomerBody(
        external_id=known,
        email=email,
        first_name=text(bill.get("first_name")),
        last_name=text(bill.get("last_name")),
        phone=text(bill.get("phone"), 60),
    )


def _address(body: Json) -> AddressBody | None:
    ship, bill = mapping(body.get("shipping")), mapping(body.get("billing"))
    found = ship if text(ship.get("country")) else bill
    country = text(found.get("country"), 2)
    if country is None:
        return None
    names = [n for n in (text(found.get("first_name")), text(found.get("last_name"))) if n]
    return AddressBody(
        country=country.upper(),
        name=" ".join(names) or None,
        company=text(found.get("company")),
        line1=text(found.get("address_1")),
        line2=text(found.get("address_2")),
        postcode=text(found.get("postcode")),
        city=text(found.get("city")),
        region=text(found.get("state")),
        phone=text(found.get("phone"), 60),
    )


def _parcels(body: Json) -> list[Parcel]:
    """Parcels as the shipment tracking extension keeps them (`_wc_shipment_tracking_items`): numbers, not pieces."""
    stored = next(
        (m.get("value") for m in items(body.get("meta_data")) if m.get("key") == "_wc_shipment_tracking_items"), None
    )
    lines = {
        found: whole(line.get("quantity"))
        for line in items(body.get("line_items"))
        if (found := plain_id(line.get("id"))) and whole(line.get("quantity")) > 0
    }
    numbers = [(text(t.get("tracking_number"), 100), t) for t in items(stored)]
    known = [(number, t) for number, t in numbers if number]
    if not known or not lines:
        return []
    company = text(known[0][1].get("tracking_provider")) or text(known[0][1].get("custom_tracking_provider"))
    shipped = whole(known[0][1].get("date_shipped"))
    return [
        Parcel(
            external_id=f"{plain_id(body.get('id'))}-tracking",
            carrier=carrier_name(company),
            numbers=tuple(dict.fromkeys(number for number, _ in known)),
            pieces=lines,
            shipped_at=datetime.fromtimestamp(shipped, UTC) if shipped > 0 else woo_version(body),
        )
    ]


def woo_customer(body: Json) -> CustomerBody | None:
    """A customer; None where there is neither id nor address."""
    bill = mapping(body.get("billing"))
    person = CustomerBody(
        external_id=plain_id(body.get("id")),
        email=text(body.get("email"), 254),
        first_name=text(body.get("first_name")) or text(bill.get("first_name")),
        last_name=text(body.get("last_name")) or text(bill.get("last_name")),
        phone=text(bill.get("phone"), 60),
    )
    return person if person.external_id or person.email else None


def woo_consents(body: Json) -> list[ConsentBody]:
    """WooCommerce itself asks for no marketing consent."""
    return []


def woo_product(body: Json, *, currency: str) -> TakenProduct | None:
    """A product with its variations in full under `variations_full`; a simple product is its own variant."""
    product_id, title = plain_id(body.get("id")), text(body.get("name"), 500)
    whole_ones = items(body.get("variations_full"))
    variants = [v for v in (_variant(raw, currency) for raw in whole_ones or [body]) if v is not None]
    if product_id is None or title is None or not variants:
        return None
    image = next(iter(items(body.get("images"))), {})
    named = (text(c.get("name")) for c in items(body.get("categories")))
    product = ProductIn(
        external_id=product_id,
        title=title,
        currency=currency,
        variants=variants,
        description=prose(body.get("description")),
        url=web_address(body.get("permalink")),
        image_url=web_address(image.get("src")),
        categories=[c for c in named if c],
        tags=[t for t in (text(tag.get("name")) for tag in items(body.get("tags"))) if t],
        active=(text(body.get("status")) or "publish") == "publish",
    )
    return TakenProduct(product=product, items={})


def _variant(body: Json, currency: str) -> VariantIn | None:
    found, price = plain_id(body.get("id")), minor(body.get("price") or body.get("regular_price"), currency)
    if found is None or price is None or price < 0:
        return None
    regular = minor(body.get("regular_price"), currency)
    options = {text(a.get("name")) or "": text(a.get("option")) or "" for a in items(body.get("attributes"))}
    kept = {name: value for name, value in options.items() if name and value}
    stock = None
    if body.get("manage_stock") is True:
        stock = [StockIn(quantity=max(0, whole(body.get("stock_quantity"))))]
    return VariantIn(
        external_id=found,
        price=price,
        title=" / ".join(kept.values()),
        sku=text(body.get("sku")),
        compare_at_price=regular if regular and regular > price else None,
        options=kept,
        weight_grams=grams(body.get("weight"), text(body.get("weight_unit")) or "kg"),
        image_url=web_address(mapping(body.get("image")).get("src")),
        url=web_address(body.get("permalink")),
        stock=stock,
    )
