"""HTTP of support: tickets, what is written on them, macros."""

from typing import Annotated, Any

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.settings import Settings
from comeback.orders import service as orders
from comeback.support import service
from comeback.support.schemas import (
    AssignIn,
    MacroIn,
    MacroList,
    MacroOut,
    MessageIn,
    StateName,
    TicketIn,
    TicketOut,
    TicketPage,
)
from comeback.support.service.tickets import author_of

READ, WRITE = {"permission": "tickets:read"}, {"permission": "tickets:write"}


@post("/api/v1/tickets", operation_id="createTicket", opt=WRITE)
async def create_ticket(
    data: JSONBody[TicketIn], session: NamedDependency[WriteSession], settings: NamedDependency[Settings]
) -> Response[TicketOut]:
    """Opens a ticket; 200 with the known one where its external id came before."""
    ticket_id, new = await service.open_ticket(session, settings, data)
    return Response(await service.get_ticket(session, settings, ticket_id), status_code=201 if new else 200)


@get("/api/v1/tickets", operation_id="listTickets", opt=READ)
async def list_tickets(
    read: NamedDependency[ReadSession],
    ticket_state: Annotated[StateName | None, QueryParameter(query="state")] = None,
    order: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> TicketPage:
    """Tickets, of a state or of an order (its id); open ones as they wait, the others newest first."""
    order_id = orders.known_id(order) if order else None
    return await service.list_tickets(read, state=ticket_state, order_id=order_id, cursor=cursor)


@get("/api/v1/tickets/{ticket_id:str}", operation_id="getTicket", opt=READ)
async def get_ticket(
    ticket_id: FromPath[str], read: NamedDependency[ReadSession], settings: NamedDependency[Settings]
) -> TicketOut:
    """One ticket with its thread."""
    return await service.get_ticket(read, settings, service.known_id(ticket_id))


@post("/api/v1/tickets/{ticket_id:str}/messages", operation_id="writeOnTicket", opt=WRITE)
async def write_on_ticket(
    ticket_id: FromPath[str],
    data: JSONBody[MessageIn],
    session: NamedDependency[WriteSession],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> TicketOut:
    """An answer that is mailed to the customer, a note, or what the customer said elsewhere."""
    key = service.known_id(ticket_id)
    await service.write(session, settings, key, author_of(principal), data.kind, data.body)
    return await service.get_ticket(session, settings, key)


@post("/api/v1/tickets/{ticket_id:str}/close", operation_id="closeTicket", status_code=200, opt=WRITE)
async def close_ticket(
    ticket_id: FromPath[str], session: NamedDependency[WriteSession], settings: NamedDependency[Settings]
) -> TicketOut:
    """Closes it; marketing about the order may go on."""
    key = service.known_id(ticket_id)
    await service.close_ticket(session, key)
    return await service.get_ticket(session, settings, key)


@post("/api/v1/tickets/{ticket_id:str}/reopen", operation_id="reopenTicket", status_code=200, opt=WRITE)
async def reopen_ticket(
    ticket_id: FromPath[str], session: NamedDependency[WriteSession], settings: NamedDependency[Settings]
) -> TicketOut:
    """Opens a closed one again."""
    key = service.known_id(ticket_id)
    await service.reopen_ticket(session, key)
    return await service.get_ticket(session, settings, key)


@put("/api/v1/tickets/{ticket_id:str}/assignee", operation_id="assignTicket", opt=WRITE)
async def assign_ticket(
    ticket_id: FromPath[str],
    data: JSONBody[AssignIn],
    session: NamedDependency[WriteSession],
    settings: NamedDependency[Settings],
) -> TicketOut:
    """Says who looks after it."""
    key = service.known_id(ticket_id)
    await service.assign(session, key, data.staff_id)
    return await service.get_ticket(session, settings, key)


@get("/api/v1/macros", operation_id="listMacros", opt=READ)
async def list_macros(read: NamedDependency[ReadSession]) -> MacroList:
    """Answers that are written often."""
    return await service.list_macros(read)


@post("/api/v1/macros", operation_id="createMacro", opt=WRITE)
async def create_macro(data: JSONBody[MacroIn], session: NamedDependency[WriteSession]) -> MacroOut:
    """Adds one."""
    return await service.create_macro(session, data)


@put("/api/v1/macros/{macro_id:str}", operation_id="changeMacro", opt=WRITE)
async def change_macro(
    macro_id: FromPath[str], data: JSONBody[MacroIn], session: NamedDependency[WriteSession]
) -> MacroOut:
    """Changes one."""
    return await service.change_macro(session, macro_id, data)


@delete("/api/v1/macros/{macro_id:str}", operation_id="deleteMacro", opt=WRITE)
async def delete_macro(macro_id: FromPath[str], session: NamedDependency[WriteSession]) -> None:
    """Removes one."""
    await service.drop_macro(session, macro_id)


ROUTES: tuple[Any, ...] = (
    create_ticket, list_tickets, get_ticket, write_on_ticket, close_ticket, reopen_ticket, assign_ticket,
    list_macros, create_macro, change_macro, delete_macro,
)  # fmt: skip
