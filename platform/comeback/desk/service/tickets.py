"""The inbox of questions, and one of them beside its order."""

from uuid import UUID

from comeback.core.access import Principal
from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.desk import rules
from comeback.desk.repository import filters
from comeback.desk.repository import tickets as repository
from comeback.desk.schemas.orders import OrderDetail
from comeback.desk.schemas.shared import PersonRef
from comeback.desk.schemas.tickets import TicketCounts, TicketDetail, TicketList, TicketOrder
from comeback.desk.service import shapes
from comeback.desk.service.orders import order_page
from comeback.merchants import service as merchants
from comeback.support import service as support
from comeback.support.rules import filled
from comeback.support.schemas import MacroOut


async def inbox(
    session: ReadSession, tab: str, topic: str | None, assignee: UUID | None, cursor: str | None
) -> TicketList:
    """A page of one tab, with the counts of all under the same filters."""
    page = await support.list_tickets(session, state=tab, topic=topic, assignee_id=assignee, cursor=cursor)
    counts = await repository.counts(session, topic=topic, assignee=assignee)
    return TicketList(items=page.items, next=page.next, counts=TicketCounts(**counts, many=filters.MANY))


async def detail(session: ReadSession, settings: Settings, me: Principal, ticket_id: UUID) -> TicketDetail:
    """One ticket. Raises TicketNotFound (404)."""
    found = await support.get_ticket(session, settings, ticket_id)
    ticket = found.ticket
    person = shapes.customer(await customers.get_customer(session, ticket.customer_id), None)
    order = await order_page(session, settings, ticket.order_id) if ticket.order_id else None
    mine = await support.list_tickets(session, customer_id=ticket.customer_id)
    return TicketDetail(
        ticket=found,
        customer=person,
        order=_order(order) if order else None,
        others=len(mine.items) - 1,
        macros=await _macros(session, me, ticket.customer_id, order),
        staff=[PersonRef(id=str(row.id), name=row.name) for row in await merchants.list_staff(session) if row.active],
    )


async def _macros(session: ReadSession, me: Principal, customer_id: UUID, order: OrderDetail | None) -> list[MacroOut]:
    """Macros as they would be sent: the places filled in."""
    contact = (await customers.contacts(session, [customer_id])).get(customer_id)
    numbers = [p.tracking_number for p in order.parcels if p.tracking_number] if order else []
    values = {
        "first_name": (contact.first_name if contact else None) or "",
        "last_name": (contact.last_name if contact else None) or "",
        "order_number": order.number if order else "",
        "tracking_number": numbers[0] if numbers else "",
        "shop_name": (await merchants.get_shop(session)).name,
        "agent_name": me.name,
    }
    found = (await support.list_macros(session)).items
    return [MacroOut(id=row.id, name=row.name, body=filled(row.body, values)) for row in found]


def _order(order: OrderDetail) -> TicketOrder:
    going = [p for p in order.parcels if p.direction == "outbound"]
    return TicketOrder(
        id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        total=order.money.total,
        currency=order.money.currency,
        delivery=rules.order_word(order.state, [(p.status, p.delay is not None, False) for p in going]),
        lines=[f"{line.quantity} × {line.title}" for line in order.lines],
        parcels=order.parcels,
        returns=order.returns,
    )
