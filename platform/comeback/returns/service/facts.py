"""Gathers what the rules of a return may know, from the rooms below."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from comeback.catalog import service as catalog
from comeback.core.db import ReadSession
from comeback.core.errors import FieldError
from comeback.kit.ids import parse_id
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.orders.models import Order, OrderLine, OrderTender
from comeback.returns import repository
from comeback.returns.errors import BadReturn
from comeback.returns.rules.facts import Ask, ClockFacts, LineFacts, OrderFacts, TenderFacts, VariantFacts
from comeback.returns.schemas import WishLine
from comeback.shipments import service as shipments


class Loaded(msgspec.Struct, frozen=True):
    """An order with its rows and its facts."""

    order: Order
    lines: list[OrderLine]
    tenders: list[OrderTender]
    facts: OrderFacts


def _line_facts(line: OrderLine, taken: set[int]) -> LineFacts:
    return LineFacts(
        id=line.id,
        key=line.external_id,
        position=line.position,
        unit_price=line.unit_price,
        shares=orders.shares(line),
        taken=tuple(sorted(taken)),
        remaining=line.net + line.tax - line.refunded,
        final_sale=line.final_sale,
        facts={
            "sku": line.sku,
            "title": line.title,
            "product": line.product_external_id,
            "variant": line.variant_external_id,
            "category": line.category,
            "quantity": line.quantity,
            "price": line.unit_price,
            "final_sale": line.final_sale,
            **{f"attribute_{k}": v for k, v in line.attributes.items()},
        },
    )


def _tender_facts(tender: OrderTender) -> TenderFacts:
    return TenderFacts(
        id=tender.id,
        key=tender.external_id,
        kind=tender.kind,
        captured=tender.captured,
        refunded=tender.refunded,
        reserved=tender.reserved,
        disputed=tender.disputed,
    )


async def _clock(session: ReadSession, order: Order, timezone: str) -> ClockFacts:
    parcels = [p for p in await shipments.shipments_of(session, order.id) if p.direction == "outbound"]
    sent = [p.shipped_at for p in parcels if p.shipped_at]
    return ClockFacts(
        placed_at=order.placed_at,
        parcels=len(parcels),
        shipped_at=max(sent) if sent and len(sent) == len(parcels) else None,
        delivered_at=await shipments.last_delivery(session, order.id) if parcels else None,
        timezone=timezone,
    )


def _order_facts(order: Order, known: Mapping[str, Any]) -> dict[str, Any]:
    address = order.shipping_address or {}
    return {
        "order": {**known, "total": order.total, "currency": order.currency, "tags": order.tags},
        "customer": {"id": str(order.customer_id)},
        "country": address.get("country"),
        "channel": known.get("channel"),
        "tag": order.tags,
    }


async def load_order(session: ReadSession, order_id: UUID, held: Mapping[UUID, set[int]] | None = None) -> Loaded:
    """An order with its facts; the units `held` (line → slots) count as free. Raises OrderNotFound (404)."""
    order = await orders.get_order(session, order_id)
    lines = await orders.lines_of(session, order_id)
    tenders = await orders.tenders_of(session, order_id)
    taken: dict[UUID, set[int]] = {}
    for unit in await orders.units_of(session, [order_id]):
        if unit["slot"] not in (held or {}).get(unit["line_id"], set()):
            taken.setdefault(unit["line_id"], set()).add(unit["slot"])
    shop = await merchants.get_shop(session)
    known = msgspec.to_builtins((await orders.order_facts(session, [order_id])).get(order_id, {}), enc_hook=str)
    facts = OrderFacts(
        currency=order.currency,
        tax_included=order.tax_included,
        captured=order.captured,
        refunded=order.refunded,
        reserved=order.reserved,
        shipping_amount=order.shipping_amount,
        shipping_tax=order.shipping_tax,
        shipping_refunded=order.shipping_refunded,
        cheapest_standard=order.shipping_amount if order.cheapest_standard is None else order.cheapest_standard,
        clock=await _clock(session, order, shop.timezone),
        lines=tuple(_line_facts(line, taken.get(line.id, set())) for line in lines),
        tenders=tuple(_tender_facts(t) for t in tenders),
        facts=_order_facts(order, known),
    )
    return Loaded(order, lines, tenders, facts)


async def variants_of(session: ReadSession, keys: Sequence[str], currency: str) -> dict[str, VariantFacts]:
    """Replacements priced in `currency`, by id or the shop's own id, with what is free of each."""
    ids = [i for i in map(parse_id, keys) if i is not None]
    found = [v for v in await repository.variants(session, ids, keys) if v.active and v.currency == currency]
    free = await catalog.available(session, [v.id for v in found])
    facts = {
        v.id: VariantFacts(
            id=v.id,
            key=v.external_id,
            price=v.price,
            tax_rate_bp=v.tax_rate_bp,
            available=free.get(v.id, 0),
            title=v.title,
        )
        for v in found
    }
    return {str(i): f for i, f in facts.items()} | {f.key: f for f in facts.values()}


async def wished_asks(session: ReadSession, loaded: Loaded, wished: Sequence[WishLine]) -> tuple[Ask, ...]:
    """The wish in terms of the order. Raises BadReturn (422) naming every line or variant that is not there."""
    lines = {line.external_id: line.id for line in loaded.lines} | {str(line.id): line.id for line in loaded.lines}
    named = [w.exchange_variant for w in wished if w.exchange_variant]
    variants = await variants_of(session, named, loaded.facts.currency)
    problems: list[FieldError] = []
    found: list[Ask] = []
    for i, wish in enumerate(wished):
        line_id, variant = lines.get(wish.line), variants.get(wish.exchange_variant or "")
        if line_id is None:
            problems.append(FieldError(f"/lines/{i}/line", "is not a line of this order"))
            continue
        if wish.resolution == "exchange" and variant is None:
            told = "must be a variant that is on sale in the order's currency"
            problems.append(FieldError(f"/lines/{i}/exchange_variant", told))
        if wish.resolution != "exchange" and wish.exchange_variant is not None:
            problems.append(FieldError(f"/lines/{i}/exchange_variant", "belongs to the resolution exchange only"))
        found.append(
            Ask(
                line=line_id,
                quantity=wish.quantity,
                reason=wish.reason,
                resolution=wish.resolution,
                variant=variant if wish.resolution == "exchange" else None,
            )
        )
    if problems:
        raise BadReturn(errors=problems)
    return tuple(found)
