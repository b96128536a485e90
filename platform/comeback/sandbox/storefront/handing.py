"""Parcels leave, and things come back: fulfilments with their scans, refunds, returns."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from comeback.sandbox.http import HttpError
from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.objects import (
    Fulfilment,
    FulfilmentEvent,
    FulfilmentLine,
    Order,
    Refund,
    RefundLine,
    Shop,
    Transaction,
)
from comeback.sandbox.storefront.stock import move, place_of
from comeback.sandbox.storefront.store import Store

Restock = Literal["no_restock", "cancel", "return", "legacy_restock"]


class RefundRefused(Exception):
    """The refund breaks a rule; the text is what the buyer of the API reads."""


class WantedFulfilment(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`lines` by line id; None sends everything that is left."""

    lines: dict[int, int] | None = None
    tracking_company: str | None = None
    tracking_numbers: list[str] = []
    tracking_urls: list[str] = []
    location_id: int | None = None
    quiet: bool = False


class WantedRefundLine(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    line_id: int
    quantity: int = 1
    restock: Restock = "no_restock"
    location_id: int | None = None


class WantedMoney(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Minor units that go back by a gateway; `parent_id` is the payment they belong to."""

    amount: int
    gateway: str | None = None
    parent_id: int | None = None


class WantedRefund(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`money` that goes back, or `amount` of it to the first payment (None: what lines and shipping come to)."""

    amount: int | None = None
    money: list[WantedMoney] | None = None
    lines: list[WantedRefundLine] = []
    shipping: int = 0
    note: str = ""
    meta: dict[str, str] = {}
    key: str | None = None
    by_gateway: bool = True
    return_id: int | None = None
    over: bool = False
    quiet: bool = False


def fulfil(store: Store, shop: Shop, order: Order, wanted: WantedFulfilment) -> Fulfilment:
    """Sends units away. Raises HttpError 422 for more than is left."""
    left = {line.id: max(line.quantity - line.fulfilled - line.refunded, 0) for line in order.lines}
    units = {id_: count for id_, count in (left if wanted.lines is None else wanted.lines).items() if count > 0}
    if not units or any(count > left.get(id_, 0) for id_, count in units.items()):
        raise HttpError(422, "Nothing is left to fulfil, or not that much.")
    now = store.now()
    fulfilment = Fulfilment(
        id=store.next_id(shop),
        number=len(order.fulfilments) + 1,
        lines=[FulfilmentLine(id=store.next_id(shop), line_id=id_, quantity=count) for id_, count in units.items()],
        tracking_company=wanted.tracking_company,
        tracking_numbers=list(wanted.tracking_numbers),
        tracking_urls=list(wanted.tracking_urls),
        location_id=place_of(shop, wanted.location_id).id,
        created_at=now,
        updated_at=now,
    )
    for line in order.lines:
        line.fulfilled += units.get(line.id, 0)
    order.fulfilments.append(fulfilment)
    store.touch()
    if not wanted.quiet:
        store.order_changed(shop, order, "fulfilment.created", subject=fulfilment)
    return fulfilment


def scan(store: Store, shop: Shop, order: Order, fulfilment: Fulfilment, event: FulfilmentEvent) -> None:
    """A carrier's event: the shop shows the last one as the shipment's status."""
    fulfilment.events.append(event)
    fulfilment.shipment_status, fulfilment.updated_at = event.status, store.now()
    store.order_changed(shop, order, "fulfilment.updated", subject=fulfilment)


def refund(store: Store, shop: Shop, order: Order, wanted: WantedRefund) -> Refund:
    """Gives money back and takes goods in. Raises RefundRefused; nothing is changed then."""
    counted = {wanted_line.line_id: wanted_line.quantity for wanted_line in wanted.lines}
    _check_lines(order, counted)
    lines = [_refund_line(store, shop, order, line) for line in wanted.lines]
    value = sum(line.subtotal + (0 if order.taxes_included else line.tax) for line in lines) + wanted.shipping
    money = [WantedMoney(amount=value if wanted.amount is None else wanted.amount)]
    money = money if wanted.money is None else wanted.money
    amount = sum(part.amount for part in money)
    _check_amount(order, wanted, amount)
    made = Refund(
        id=store.next_id(shop),
        amount=amount,
        note=wanted.note,
        lines=lines,
        shipping=wanted.shipping,
        meta=dict(wanted.meta),
        key=wanted.key,
        by_gateway=wanted.by_gateway,
        return_id=wanted.return_id,
        created_at=store.now(),
    )
    made.transactions += [_pay_back(store, shop, order, part) for part in money if part.amount]
    order.refunds.append(made)
    _take_in(store, shop, order, lines)
    store.touch()
    if not wanted.quiet:
        store.order_changed(shop, order, "refund.created", subject=made)
    return made


def _check_lines(order: Order, counted: dict[int, int]) -> None:
    for id_, count in counted.items():
        line = order.line(id_)
        if line is None or count < 1:
            raise RefundRefused("Refund line items must belong to the order and have a quantity.")
        if count > line.quantity - line.refunded:
            raise RefundRefused("Quantity cannot refund more items than were purchased")


def _check_amount(order: Order, wanted: WantedRefund, amount: int) -> None:
    if amount < 0 or any(part.amount < 0 for part in wanted.money or ()):
        raise RefundRefused("Amount must be greater than or equal to zero")
    shipped = sums.shipping_total(order) - sum(refund.shipping for refund in order.refunds)
    if wanted.shipping > shipped:
        raise RefundRefused("Shipping cannot be refunded for more than was paid")
    left = sums.refundable(order)
    if amount > left and not wanted.over:
        shown = sums.decimal(max(left, 0), order.currency)
        raise RefundRefused(f"Refund amount {sums.decimal(amount, order.currency)} is more than the {shown} left")


def _refund_line(store: Store, shop: Shop, order: Order, wanted: WantedRefundLine) -> RefundLine:
    line = order.line(wanted.line_id)
    if line is None:
        raise RefundRefused("The line is not of this order")
    first = line.refunded + 1
    return RefundLine(
        id=store.next_id(shop),
        line_id=line.id,
        quantity=wanted.quantity,
        restock=wanted.restock,
        location_id=wanted.location_id,
        subtotal=sums.units_net(line, first, wanted.quantity),
        tax=sums.units_net(line, first, wanted.quantity, tax=True),
    )


def _pay_back(store: Store, shop: Shop, order: Order, wanted: WantedMoney) -> int:
    taken = [it for it in order.transactions if it.kind in sums.TAKEN]
    parent = next((it for it in taken if it.id == wanted.parent_id), taken[0] if taken else None)
    transaction = Transaction(
        id=store.next_id(shop),
        kind="refund",
        gateway=wanted.gateway or (parent.gateway if parent else order.gateway),
        amount=wanted.amount,
        parent_id=parent.id if parent else None,
        reference=parent.reference if parent else None,
        created_at=store.now(),
    )
    order.transactions.append(transaction)
    return transaction.id


def _take_in(store: Store, shop: Shop, order: Order, lines: Sequence[RefundLine]) -> None:
    for taken in lines:
        line = order.line(taken.line_id)
        if line is None:
            continue
        line.refunded += taken.quantity
        if taken.restock != "no_restock":
            move(store, shop, line.variant_id, taken.quantity, taken.location_id)
