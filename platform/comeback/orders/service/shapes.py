"""Rows and answers: bodies as the repository stores them, stored rows as the API shows them."""

from typing import Any
from uuid import UUID

import msgspec

from comeback.kit.ids import new_id
from comeback.orders.models import Order, OrderLine, OrderTender
from comeback.orders.rules import FrozenLine, FrozenOrder, LineShares, StoredLine, StoredOrder, StoredTender, remaining
from comeback.orders.schemas import LineIn, LineOut, OrderIn, OrderOut, RefundableOut, TenderIn, TenderOut


def as_json(value: Any) -> str:
    """A value for a JSON column of a set-based statement."""
    return msgspec.json.encode(value).decode()


def plain_number(number: str) -> str:
    """How an order number is looked up: `#1001`, `1001` and ` 1001 ` are one."""
    return number.strip().lstrip("#").strip().casefold()


def order_row(
    order_id: UUID, order: OrderIn, frozen: FrozenOrder, customer_id: UUID, digest: bytes, history: bool
) -> tuple[Any, ...]:
    """Values in the order of `repository.intake.ORDER`."""
    shipping = order.shipping
    return (
        order_id,
        order.external_id,
        order.number,
        plain_number(order.number),
        customer_id,
        order.placed_at,
        order.currency,
        order.tax_included,
        frozen.goods_total,
        frozen.discount_total,
        frozen.tax_total,
        frozen.total,
        shipping.amount,
        shipping.tax,
        shipping.cheapest_standard,
        shipping.method,
        frozen.captured,
        history,
        None if order.shipping_address is None else as_json(order.shipping_address),
        as_json(order.discounts),
        as_json(order.tags),
        order.customer.locale,
        order.withdrawal_info_given_at,
        order.return_cost_disclosed,
        order.fx_rate,
        digest,
    )


def header(order: OrderIn, digest: bytes) -> dict[str, Any]:
    """What an update writes of an order, as `repository.intake.HEADER`."""
    return {
        "number": order.number,
        "number_norm": plain_number(order.number),
        "shipping_address": None if order.shipping_address is None else as_json(order.shipping_address),
        "tags": as_json(order.tags),
        "discounts": as_json(order.discounts),
        "locale": order.customer.locale,
        "withdrawal_info_given_at": order.withdrawal_info_given_at,
        "return_cost_disclosed": order.return_cost_disclosed,
        "body_hash": digest,
    }


def line_row(order_id: UUID, position: int, line: LineIn, frozen: FrozenLine) -> tuple[Any, ...]:
    """Values in the order of `repository.intake.LINE`."""
    return (
        order_id,
        new_id(),
        position,
        line.external_id,
        line.sku,
        line.product_id,
        line.variant_id,
        line.title,
        line.quantity,
        line.unit_price,
        frozen.goods,
        frozen.own_discount,
        frozen.discount_share,
        frozen.net,
        frozen.tax,
        frozen.tax_included,
        line.final_sale,
        line.category,
        line.weight_grams,
        line.image_url,
        line.url,
        line.art16_ground,
        line.compare_at_price,
        as_json(line.attributes) if line.attributes else "{}",
    )


def tender_row(order_id: UUID, position: int, tender: TenderIn) -> tuple[Any, ...]:
    """Values in the order of `repository.intake.TENDER`."""
    return (
        order_id,
        new_id(),
        position,
        tender.id,
        tender.kind,
        tender.amount,
        tender.provider,
        tender.provider_ref,
        tender.refundable,
        tender.points,
    )


def shares(line: OrderLine) -> LineShares:
    """The stored shares of a line, for `slot_amounts`."""
    return LineShares(
        quantity=line.quantity,
        goods=line.goods,
        discount_share=line.discount_share,
        net=line.net,
        tax=line.tax,
        tax_included=line.tax_included,
    )


def stored_order(
    order: Order, lines: list[OrderLine], tenders: list[OrderTender], units: list[dict[str, Any]], refunds: set[str]
) -> StoredOrder:
    """What the planning of an update works on."""
    known = {line.id: _stored_line(line) for line in lines}
    for unit in units:
        line = known[unit["line_id"]]
        (line.elsewhere if unit["return_id"] is None else line.held).add(unit["slot"])
    return StoredOrder(
        currency=order.currency,
        tax_included=order.tax_included,
        shipping_amount=order.shipping_amount,
        shipping_tax=order.shipping_tax,
        captured=order.captured,
        refunded=order.refunded,
        reserved=order.reserved,
        lines={line.external_id: line for line in known.values()},
        tenders={
            t.external_id: StoredTender(
                id=str(t.id),
                external_id=t.external_id,
                kind=t.kind,
                captured=t.captured,
                refunded=t.refunded,
                reserved=t.reserved,
            )
            for t in tenders
        },
        known_refunds=refunds,
    )


def _stored_line(line: OrderLine) -> StoredLine:
    return StoredLine(
        id=str(line.id),
        external_id=line.external_id,
        unit_price=line.unit_price,
        own_discount=line.own_discount,
        refunded=line.refunded,
        quantity=line.quantity,
        goods=line.goods,
        discount_share=line.discount_share,
        net=line.net,
        tax=line.tax,
        tax_included=line.tax_included,
    )


def shipping_left(order: Order) -> int:
    """What was paid for the delivery and not given back."""
    paid = order.shipping_amount + (0 if order.tax_included else order.shipping_tax)
    return paid - order.shipping_refunded


def refundable_out(order: Order, lines: list[OrderLine], tenders: list[OrderTender]) -> RefundableOut:
    """The caps as they are now (M6); nothing within an order exceeds what the order has left."""
    cap = remaining(order.captured, order.refunded, order.reserved)
    return RefundableOut(
        order=cap,
        shipping=min(shipping_left(order), cap),
        tenders={t.external_id: min(remaining(t.captured, t.refunded, t.reserved), cap) for t in tenders},
        lines={line.external_id: min(line.net + line.tax - line.refunded, cap) for line in lines},
    )


def line_out(line: OrderLine, units: list[dict[str, Any]]) -> LineOut:
    """A line for the API; `units` counts those that are not free by what became of them."""
    states = [u["state"] for u in units if u["line_id"] == line.id]
    return LineOut(
        id=line.id,
        external_id=line.external_id,
        sku=line.sku,
        product_id=line.product_external_id,
        variant_id=line.variant_external_id,
        title=line.title,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.own_discount,
        discount_share=line.discount_share,
        net=line.net,
        tax=line.tax,
        amount=line.net + line.tax,
        refunded=line.refunded,
        units={state: states.count(state) for state in sorted(set(states))},
        final_sale=line.final_sale,
        category=line.category,
        weight_grams=line.weight_grams,
        image_url=line.image_url,
        url=line.url,
        art16_ground=line.art16_ground,
        compare_at_price=line.compare_at_price,
        attributes=line.attributes,
    )


def tender_out(tender: OrderTender) -> TenderOut:
    """A tender for the API."""
    return TenderOut(
        id=tender.external_id,
        kind=tender.kind,
        amount=tender.captured,
        refunded=tender.refunded,
        reserved=tender.reserved,
        provider=tender.provider,
        provider_ref=tender.provider_ref,
        refundable=tender.refundable,
        disputed=tender.disputed,
        points=tender.points,
    )


_SAME = (
    "id external_id number placed_at currency tax_included state fulfilment history review customer_id "
    "shipping_address discounts tags goods_total discount_total tax_total total captured refunded reserved unallocated "
    "withdrawal_info_given_at return_cost_disclosed created_at updated_at"
).split()


def order_out(
    order: Order,
    customer: dict[str, Any],
    lines: list[OrderLine],
    tenders: list[OrderTender],
    units: list[dict[str, Any]],
) -> OrderOut:
    """An order for the API."""
    shipping = {
        "amount": order.shipping_amount,
        "tax": order.shipping_tax,
        "cheapest_standard": order.cheapest_standard,
        "method": order.shipping_method,
        "refunded": order.shipping_refunded,
    }
    return OrderOut(
        **{name: getattr(order, name) for name in _SAME},
        customer=customer,
        shipping=shipping,
        lines=[line_out(line, units) for line in lines],
        tenders=[tender_out(tender) for tender in tenders],
        refundable=refundable_out(order, lines, tenders),
    )
