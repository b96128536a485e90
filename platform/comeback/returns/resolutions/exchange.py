"""A replacement: the reserved units leave as an order of its own that carries the paid value on (M14)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from comeback.catalog import service as catalog
from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish
from comeback.customers import service as customers
from comeback.orders import service as orders
from comeback.orders.models import OrderTender
from comeback.orders.schemas import AddressBody, CustomerBody, LineIn, OrderIn, TenderIn
from comeback.returns import repository
from comeback.returns.events import ExchangeReleased
from comeback.returns.models import Exchange
from comeback.returns.resolutions.base import Execution
from comeback.returns.rules.quoted import QuotedExchange

TAG = "exchange"
_BRIEFLY = timedelta(minutes=5)


def replacement_line(
    position: int, swap: QuotedExchange, variant: dict[str, Any], title: str, *, tax_included: bool
) -> LineIn:
    """A line that was paid exactly with the value it inherits: list price less what keeps it at that value."""
    paid = swap.price if tax_included else swap.net
    unit_price = max(int(variant["price"]), -(-paid // swap.quantity))
    return LineIn(
        external_id=f"x{position + 1}",
        title=title,
        quantity=swap.quantity,
        unit_price=unit_price,
        sku=variant["sku"],
        product_id=variant.get("product_external_id"),
        variant_id=variant["external_id"],
        discount=unit_price * swap.quantity - paid,
        tax=swap.tax,
        weight_grams=variant["weight_grams"],
        image_url=variant.get("picture") or variant["image_url"],
        url=variant.get("link") or variant["url"],
    )


class ExchangeResolution:
    """Turns the reserved replacements of a settlement into one order."""

    async def execute(self, session: WriteSession, given: Execution) -> None:
        """Imports the replacement order, lets the reserved stock leave, tells it."""
        swaps = {line.line: line.exchange for line in given.computed.lines if line.exchange}
        if not swaps:
            return
        chosen = {line.id for line in given.lines if line.exchange_variant_id is not None}
        waiting = [
            x for x in await repository.exchanges(session, given.case.id)
            if x.return_line_id in chosen and x.state == "reserved"
        ]  # fmt: skip
        if not waiting:
            return
        body = await self._body(session, given)
        order, _ = await orders.import_order(session, body)
        for exchange in waiting:
            await self._release(session, given, exchange, order.id)

    async def _body(self, session: WriteSession, given: Execution) -> OrderIn:
        order, computed = given.order, given.computed
        swaps = [line.exchange for line in computed.lines if line.exchange]
        variants = await catalog.variants_by_external(session, [s.key for s in swaps])
        person = await customers.get_customer(session, given.case.customer_id)
        lines = [
            replacement_line(i, s, variants[s.key], self._title(variants[s.key]), tax_included=order.tax_included)
            for i, s in enumerate(swaps)
        ]
        suffix = f"{given.case.number}-{given.settlement.sequence}"
        tenders = {t.id: t for t in given.tenders}
        return OrderIn(
            external_id=f"{order.external_id}:{suffix}",
            number=f"{order.number}-{suffix}",
            placed_at=clock.now(),
            currency=order.currency,
            tax_included=order.tax_included,
            customer=CustomerBody(external_id=person.external_id, email=person.email, locale=order.locale),
            lines=lines,
            shipping_address=AddressBody(**order.shipping_address) if order.shipping_address else None,
            tenders=[self._tender(tenders[s.tender], s.amount) for s in given.carried],
            tags=[TAG],
        )

    @staticmethod
    def _title(variant: dict[str, Any]) -> str:
        product, title = variant.get("product_title") or "", variant["title"]
        return f"{product} / {title}" if product and title and title not in product else title or product or "Exchange"

    @staticmethod
    def _tender(tender: OrderTender, amount: int) -> TenderIn:
        """The means of payment behind the carried value: what is refunded later goes back on it, within its share."""
        return TenderIn(
            id=tender.external_id,
            kind=tender.kind,
            amount=amount,
            provider=tender.provider,
            provider_ref=tender.provider_ref,
            refundable=tender.refundable,
        )

    @staticmethod
    async def _release(session: WriteSession, given: Execution, exchange: Exchange, order_id: UUID) -> None:
        await catalog.reserve(session, exchange.variant_id, exchange.quantity, exchange.id, _BRIEFLY)
        await catalog.consume_reservation(session, exchange.id)
        exchange.state, exchange.order_id, exchange.released_at = "released", order_id, clock.now()
        await session.flush()
        event = ExchangeReleased(
            occurred_at=clock.now(),
            order_id=given.case.order_id,
            return_id=given.case.id,
            customer_id=given.case.customer_id,
            number=given.case.number,
            kind=given.case.kind,
            replacement_id=order_id,
            variant_id=exchange.variant_id,
            quantity=exchange.quantity,
        )
        await publish(session, event)
