"""The order list and one order's page."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from msgspec import convert

from comeback.core.clock import clock
from comeback.core.db import ReadSession
from comeback.core.events import events_of
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.desk import rules
from comeback.desk.repository import filters
from comeback.desk.repository import orders as repository
from comeback.desk.repository import returns as return_rows
from comeback.desk.schemas.orders import (
    AddressOut,
    OrderDetail,
    OrderFilter,
    OrderLineOut,
    OrderList,
    OrderMoneyOut,
    OrderRow,
    ReturnRef,
    TenderOut,
    TicketRef,
)
from comeback.desk.schemas.shared import Tab, TimelineEntry
from comeback.desk.service import paging, shapes
from comeback.messages import service as messages
from comeback.orders import service as orders
from comeback.orders.models import Order, OrderLine, OrderTender
from comeback.returns import service as returns
from comeback.shipments import service as shipments
from comeback.support import service as support


class Wanted(NamedTuple):
    """The filters of the list: `q` is the beginning of a number, an address or a name; `days` back from now."""

    q: str | None = None
    state: OrderFilter | None = None
    trouble: bool = False
    country: str | None = None
    days: int | None = None


async def list_orders(session: ReadSession, wanted: Wanted, cursor: str | None) -> OrderList:
    """A page of orders, newest first."""
    plain, _ = rules.search_words(wanted.q or "")
    found = await repository.page(
        session,
        plain=plain or None,
        state=wanted.state,
        trouble=wanted.trouble,
        country=wanted.country,
        since=clock.now() - timedelta(days=wanted.days) if wanted.days else None,
        after=paging.moment_and_id(cursor),
        limit=paging.PAGE + 1,
    )
    page, following = paging.cut(found, "placed_at", "id")
    items = [
        OrderRow(
            id=str(row["id"]),
            number=row["number"],
            placed_at=row["placed_at"],
            customer=row["customer"],
            email=row["email"],
            total=row["total"],
            currency=row["currency"],
            items=row["items"],
            images=row["images"],
            state=row["state"],
            country=row["country"],
            delivery=rules.order_word(row["state"], row["parcels"]),
            returns=row["returns"],
        )
        for row in page
    ]
    return OrderList(items=items, next=following, countries=await filters.countries(session))


async def order_page(session: ReadSession, settings: Settings, order_id: UUID) -> OrderDetail:
    """Everything about one order. Raises OrderNotFound (404)."""
    order = await orders.get_order(session, order_id)
    lines = await orders.lines_of(session, order_id)
    pictures = {line.id: line.image_url for line in lines}
    parcels = await shipments.shipments_of(session, order_id, settings=settings)
    mails = (await messages.list_messages(session, order_id=order_id)).items
    kept = await repository.kept_bodies(session, [mail.id for mail in mails])
    history = await events_of(session, order_id=order_id)
    person = await customers.get_customer(session, order.customer_id)
    placed = TimelineEntry(
        at=order.placed_at,
        name="order.placed",
        source="order",
        detail={"amount": order.total, "currency": order.currency},
        return_id=None,
        message_id=None,
    )
    return OrderDetail(
        id=str(order.id),
        number=order.number,
        external_id=order.external_id,
        placed_at=order.placed_at,
        state=order.state,
        customer=shapes.customer(person, order.locale),
        address=_address(order),
        lines=await _lines(session, order, lines),
        money=_money(order),
        tenders=[_tender(tender) for tender in await orders.tenders_of(session, order_id)],
        parcels=[shapes.parcel(parcel, pictures) for parcel in parcels],
        returns=await _returns(session, order_id),
        messages=[shapes.message(mail, kept) for mail in mails],
        timeline=rules.newest_first(
            [placed],
            shapes.event_entries([event for event in history if event.name != "order.placed"]),
            [entry for parcel in parcels for entry in shapes.parcel_entries(parcel)],
            [shapes.message_entry(mail) for mail in mails],
        ),
        tickets=await _tickets(session, order_id),
    )


def _address(order: Order) -> AddressOut | None:
    address = order.shipping_address
    if not address:
        return None
    return AddressOut(lines=rules.address_lines(address), city=address.get("city"), country=address.get("country"))


async def _lines(session: ReadSession, order: Order, lines: Sequence[OrderLine]) -> list[OrderLineOut]:
    back: Counter[UUID] = Counter()
    for unit in await orders.units_of(session, [order.id]):
        back[unit["line_id"]] += unit["state"] in {"returned", "replaced", "returning"}
    return [
        OrderLineOut(
            id=str(line.id),
            title=line.title,
            sku=line.sku,
            image_url=line.image_url,
            url=line.url,
            quantity=line.quantity,
            returned=back[line.id],
            unit_price=line.unit_price,
            discount_share=line.own_discount + line.discount_share,
            tax=line.tax,
            amount=line.net + line.tax,
            final_sale=line.final_sale,
        )
        for line in lines
    ]


def _money(order: Order) -> OrderMoneyOut:
    return OrderMoneyOut(
        currency=order.currency,
        tax_included=order.tax_included,
        goods=order.goods_total,
        discount=order.discount_total,
        shipping=order.shipping_amount,
        tax=order.tax_total,
        total=order.total,
        captured=order.captured,
        refunded=order.refunded,
        reserved=order.reserved,
    )


def _tender(tender: OrderTender) -> TenderOut:
    return TenderOut(
        id=str(tender.id),
        kind=tender.kind,
        provider=tender.provider,
        captured=tender.captured,
        refunded=tender.refunded,
        reserved=tender.reserved,
    )


async def _tickets(session: ReadSession, order_id: UUID) -> list[TicketRef]:
    return [
        TicketRef(id=str(row.id), number=row.number, subject=row.subject, state=row.state, last_at=row.last_at)
        for row in (await support.list_tickets(session, order_id=order_id)).items
    ]


async def _returns(session: ReadSession, order_id: UUID) -> list[ReturnRef]:
    found = (await returns.list_cases(session, order=order_id)).items
    standings = await return_rows.standings(session, [row.id for row in found])
    return [
        ReturnRef(
            id=str(row.id),
            number=row.number,
            tab=convert(row.tab, Tab),
            status=standings[row.id].status,
            amount=standings[row.id].promised,
            requested_at=row.requested_at,
        )
        for row in found
    ]
