"""The inbox of questions, one ticket, and the look-up. What is done with a ticket is /api/v1/tickets."""

from typing import Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from comeback.core.access import Principal
from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.desk.schemas.tickets import LookupOut, TicketDetail, TicketList
from comeback.desk.service import lookup, tickets
from comeback.support import service as support

READ = {"permission": "tickets:read"}


@get("/api/studio/tickets", operation_id="studioTickets", opt=READ, tags=["studio"])
async def list_tickets(
    read: NamedDependency[ReadSession],
    principal: NamedDependency[Principal],
    tab: FromQuery[Literal["open", "waiting", "closed"]] = "open",
    topic: FromQuery[Literal["wismo", "return", "product", "other"] | None] = None,
    mine: FromQuery[Literal["yes"] | None] = None,
    cursor: FromQuery[str | None] = None,
) -> TicketList:
    """A page of one tab with the counts of all; open ones as they wait, the longest first."""
    return await tickets.inbox(read, tab, topic, principal.id if mine else None, cursor)


@get("/api/studio/tickets/{ticket_id:str}", operation_id="studioTicket", opt=READ, tags=["studio"])
async def get_ticket(
    ticket_id: FromPath[str],
    read: NamedDependency[ReadSession],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> TicketDetail:
    """One ticket with its thread, its order and macros that are ready to send."""
    return await tickets.detail(read, settings, principal, support.known_id(ticket_id))


@get("/api/v1/lookup", operation_id="lookUp", opt=READ)
async def look_up(
    q: FromQuery[str], read: NamedDependency[ReadSession], settings: NamedDependency[Settings]
) -> LookupOut:
    """Order number, mail address, phone or tracking number → orders with an answer in a sentence, parcels, open
    returns, open tickets."""
    return await lookup.look_up(read, settings, q[:200])


ROUTES = (list_tickets, get_ticket, look_up)
