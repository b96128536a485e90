"""Orders come into being: a purchase at the till, a draft, an API call; paying and cancelling."""

from datetime import datetime

import msgspec

from comeback.kit.money import allocate_within
from comeback.sandbox.http import HttpError
from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import (
    Address,
    Allocation,
    Customer,
    Discount,
    Line,
    Order,
    ShippingLine,
    Shop,
    Transaction,
)
from comeback.sandbox.storefront.stock import move
from comeback.sandbox.storefront.store import Store, find_variant


class WantedLine(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A known article by `variant_id` or `sku`, or anything with a `title` and a `price` (minor units)."""

    id: int | None = None
    variant_id: int | None = None
    product_id: int | None = None
    sku: str | None = None
    title: str | None = None
    variant_title: str = ""
    quantity: int = 1
    price: int | None = None
    discount: int = 0
    tax_rate_bp: int | None = None
    grams: int = 0
    image_url: str | None = None
    requires_shipping: bool = True
    gift_card: bool = False
    properties: dict[str, str] = {}


class WantedShipping(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    title: str = "Standard"
    code: str = "standard"
    price: int = 0
    tax_rate_bp: int = 0


class WantedDiscount(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Off the whole order: `amount` in minor units or `percent_bp`; without a `code` it is the merchant's own."""

    title: str | None = None
    code: str | None = None
    amount: int | None = None
    percent_bp: int | None = None


class WantedPayment(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One of several payments; `id` may be chosen."""

    amount: int
    gateway: str
    reference: str | None = None
    id: int | None = None


class WantedParcel(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What has left already: units by line id."""

    lines: dict[str, int]
    company: str
    number: str


class Purchase(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a buyer does at the till. `quiet` sends no webhook; `payment_ref` is the payment's id at its provider;
    `authorize` only reserves the money. `payments` are there when several paid. `parcels` have left already
    (batches only)."""

    shop: str | None = None
    id: int | None = None
    number: int | None = None
    name: str | None = None
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    locale: str | None = None
    customer_id: int | None = None
    accepts_marketing: bool = False
    address: Address | None = None
    billing: Address | None = None
    lines: list[WantedLine]
    shipping: WantedShipping | None = None
    discounts: list[WantedDiscount] = []
    currency: str | None = None
    taxes_included: bool | None = None
    paid: bool = True
    authorize: bool = False
    gateway: str = "shopify_payments"
    payment_ref: str | None = None
    payments: list[WantedPayment] = []
    parcels: list[WantedParcel] = []
    tags: list[str] = []
    note: str = ""
    meta: dict[str, str] = {}
    source: str | None = None
    placed_at: datetime | None = None
    quiet: bool = False


def place(store: Store, shop: Shop, wanted: Purchase, *, by_api: bool = False, take: bool = True) -> Order:
    """Makes the order, takes the stock, pays. A known `id` is left as it is. Raises HttpError 422."""
    if wanted.id is not None and wanted.id in shop.orders:
        return shop.orders[wanted.id]
    order = build(store, shop, wanted, by_api=by_api)
    for part in wanted.payments:
        _paid(store, shop, order, part)
    if wanted.paid:
        add_payment(store, shop, order, wanted.gateway, wanted.payment_ref, authorize=wanted.authorize)
    enter(store, shop, order, take=take, quiet=wanted.quiet)
    return order


def _paid(store: Store, shop: Shop, order: Order, part: WantedPayment) -> None:
    order.transactions.append(
        Transaction(
            id=store.next_id(shop, part.id),
            kind="sale",
            gateway=part.gateway,
            amount=part.amount,
            reference=part.reference,
            created_at=order.placed_at,
        )
    )
    order.paid_at = order.placed_at


def enter(store: Store, shop: Shop, order: Order, *, take: bool, quiet: bool) -> None:
    """The built order becomes the shop's; `take` takes its stock."""
    shop.orders[order.id] = order
    shop.last_number = max(shop.last_number, order.number)
    for line in order.lines if take else ():
        move(store, shop, line.variant_id, -line.quantity, quiet=True)
    store.touch()
    if not quiet:
        store.announce(shop, "order.created", order, order=order)
        if order.paid_at is not None:
            store.announce(shop, "order.paid", order, order=order)


def build(store: Store, shop: Shop, wanted: Purchase, *, by_api: bool = False) -> Order:
    """The order as it would be placed, not yet the shop's. Raises HttpError 422."""
    if not wanted.lines:
        raise HttpError(422, "An order needs a line.")
    at = wanted.placed_at.timestamp() if wanted.placed_at else store.now()
    customer = _customer(store, shop, wanted, at)
    number = wanted.number or shop.last_number + 1
    included = shop.taxes_included if wanted.taxes_included is None else wanted.taxes_included
    order = Order(
        id=store.next_id(shop, wanted.id),
        number=number,
        name=wanted.name or f"#{number}",
        email=wanted.email or (customer.email if customer else ""),
        phone=wanted.phone,
        locale=wanted.locale or (customer.locale if customer else shop.locale),
        currency=wanted.currency or shop.currency,
        taxes_included=included,
        customer_id=customer.id if customer else None,
        billing=wanted.billing or wanted.address,
        shipping_address=wanted.address,
        lines=[_line(store, shop, line) for line in wanted.lines],
        note=wanted.note,
        tags=list(wanted.tags),
        meta=dict(wanted.meta),
        gateway=wanted.gateway,
        source=wanted.source,
        by_api=by_api,
        accepts_marketing=wanted.accepts_marketing,
        placed_at=at,
        created_at=at,
        updated_at=at,
    )
    _discount(order, wanted)
    _tax(store, shop, order, wanted)
    return order


def _customer(store: Store, shop: Shop, wanted: Purchase, at: float) -> Customer | None:
    if wanted.customer_id in shop.customers:
        return shop.customers[wanted.customer_id]
    if not wanted.email:
        return None
    known = next((it for it in shop.customers.values() if it.email == wanted.email), None)
    if known is not None and wanted.customer_id is None:
        return known
    customer = Customer(
        id=store.next_id(shop, wanted.customer_id),
        email=wanted.email,
        first_name=wanted.first_name or (wanted.address.first_name if wanted.address else ""),
        last_name=wanted.last_name or (wanted.address.last_name if wanted.address else ""),
        phone=wanted.phone,
        locale=wanted.locale or shop.locale,
        accepts_marketing=wanted.accepts_marketing,
        consent_at=at if wanted.accepts_marketing else None,
        address=wanted.address,
        created_at=at,
        updated_at=at,
    )
    shop.customers[customer.id] = customer
    if not wanted.quiet:
        store.announce(shop, "customer.created", customer)
    return customer


def _line(store: Store, shop: Shop, wanted: WantedLine) -> Line:
    found = find_variant(shop, wanted.variant_id, wanted.sku)
    if found is None and (wanted.title is None or wanted.price is None):
        raise HttpError(422, "A line needs a known variant_id or sku, or a title and a price.")
    if wanted.quantity < 1:
        raise HttpError(422, "quantity must be at least 1.")
    line = Line(
        id=store.next_id(shop, wanted.id),
        title=wanted.title or "",
        quantity=wanted.quantity,
        price=wanted.price or 0,
        variant_id=wanted.variant_id,
        product_id=wanted.product_id,
        variant_title=wanted.variant_title,
        sku=wanted.sku or "",
        grams=wanted.grams,
        image_url=wanted.image_url,
        requires_shipping=wanted.requires_shipping,
        gift_card=wanted.gift_card,
        properties=dict(wanted.properties),
    )
    if found is not None:
        product, variant = found
        line.title = wanted.title or product.title
        line.price = variant.price if wanted.price is None else wanted.price
        line.variant_id, line.product_id, line.sku = variant.id, product.id, variant.sku
        line.variant_title = "" if variant.title == "Default Title" else variant.title
        line.grams, line.image_url = variant.grams, variant.image_url or product.image_url
    return line


def _discount(order: Order, wanted: Purchase) -> None:
    """A line's own discount first, then those of the order in proportion to what is left of each line."""
    for line, asked in zip(order.lines, wanted.lines, strict=True):
        if asked.discount:
            order.discounts.append(Discount(title="Item discount", value=asked.discount, amount=asked.discount))
            line.allocations.append(Allocation(discount=len(order.discounts) - 1, amount=asked.discount))
    for asked in wanted.discounts:
        room = [sums.line_total(line) for line in order.lines]
        percent = asked.percent_bp
        amount = sum(room) * percent // 10_000 if percent is not None else min(asked.amount or 0, sum(room))
        position = len(order.discounts)
        value = percent if percent is not None else amount
        title = asked.title or asked.code or "Discount"
        order.discounts.append(
            Discount(title=title, code=asked.code, value=value, percent=percent is not None, amount=amount)
        )
        for line, share in zip(order.lines, allocate_within(amount, room, room), strict=True):
            if share:
                line.allocations.append(Allocation(discount=position, amount=share))


def _tax(store: Store, shop: Shop, order: Order, wanted: Purchase) -> None:
    for line, asked in zip(order.lines, wanted.lines, strict=True):
        found = find_variant(shop, line.variant_id)
        rate = asked.tax_rate_bp if asked.tax_rate_bp is not None else (found[1].tax_rate_bp if found else 0)
        line.taxes = sums.taxes(sums.line_total(line), rate, included=order.taxes_included)
    if wanted.shipping is not None:
        given = wanted.shipping
        line = ShippingLine(id=store.next_id(shop), title=given.title, code=given.code, price=given.price)
        line.taxes = sums.taxes(given.price, given.tax_rate_bp, included=order.taxes_included)
        order.shipping.append(line)


def add_payment(
    store: Store, shop: Shop, order: Order, gateway: str, reference: str | None, *, authorize: bool = False
) -> None:
    """What is still owed, at once; nothing for an order that costs nothing."""
    owed = sums.total(order) - sums.captured(order)
    if owed > 0:
        order.transactions.append(
            Transaction(
                id=store.next_id(shop),
                kind="authorization" if authorize else "sale",
                gateway=gateway,
                amount=owed,
                reference=reference,
                created_at=order.placed_at,
            )
        )
    if not authorize:
        order.paid_at = order.placed_at


def pay(store: Store, shop: Shop, order: Order, gateway: str, reference: str | None = None) -> None:
    add_payment(store, shop, order, gateway, reference)
    store.order_changed(shop, order, "order.paid")


def cancel(store: Store, shop: Shop, order: Order, reason: str = "customer") -> None:
    """Calls the order off and puts unsent goods back; money is refunded apart. Raises HttpError 422."""
    if order.cancelled_at is not None:
        raise HttpError(422, "The order is cancelled already.")
    order.cancelled_at, order.cancel_reason = store.now(), reason
    for line in order.lines:
        move(store, shop, line.variant_id, max(line.quantity - line.fulfilled - line.refunded, 0), quiet=True)
    store.order_changed(shop, order, "order.cancelled")
