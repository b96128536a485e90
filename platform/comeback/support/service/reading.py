"""Tickets as they are read, and the address where a customer reads one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.core.access import resolve
from comeback.core.db import Database, ReadSession
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.kit.paging import decode_cursor, encode_cursor
from comeback.kit.tokens import derive_token, digest
from comeback.merchants import service as merchants
from comeback.support import repository
from comeback.support.errors import TicketNotFound
from comeback.support.schemas import TicketMessageOut, TicketOut, TicketPage, TicketRow

ENTRY = "ticket"
"""Kind of directory entry: the digest of a ticket's token → the ticket."""
PAGE = 50


def known_id(value: str) -> UUID:
    """The id in a path; raises TicketNotFound where it is none."""
    found = parse_id(value)
    if found is None:
        raise TicketNotFound
    return found


def ticket_token(settings: Settings, shop_id: UUID, ticket_id: UUID) -> str:
    """160 bits that only this installation can make, always the same for one ticket."""
    return derive_token(settings.secret_key.reveal(), "ticket", shop_id, ticket_id)


def page_path(settings: Settings, slug: str, shop_id: UUID, ticket_id: UUID) -> str:
    """The path of the page where the customer reads and answers."""
    return f"/{slug}/help/{ticket_token(settings, shop_id, ticket_id)}"


async def by_token(database: Database, shop_id: UUID, token: str) -> UUID | None:
    """The ticket behind a token of this shop's pages, None for every other token."""
    found = await resolve(database, ENTRY, digest(token)) if 0 < len(token) <= 100 else []
    return next((ticket for shop, ticket in found if shop == shop_id), None)


async def row_of(session: ReadSession, ticket_id: UUID) -> dict[str, Any]:
    """A ticket's row. Raises TicketNotFound (404)."""
    row = await repository.one(session, ticket_id)
    if row is None:
        raise TicketNotFound
    return row


def shaped(row: dict[str, Any]) -> TicketRow:
    """A row as lists show it."""
    return TicketRow(**{name: row[name] for name in TicketRow.__struct_fields__})


async def get_ticket(session: ReadSession, settings: Settings, ticket_id: UUID) -> TicketOut:
    """A ticket with its thread. Raises TicketNotFound (404)."""
    row = await row_of(session, ticket_id)
    slug = (await merchants.get_shop(session)).slug
    return TicketOut(
        ticket=shaped(row),
        external_id=row["external_id"],
        thread=[TicketMessageOut(**said) for said in await repository.thread(session, ticket_id)],
        page_url=settings.base_url.rstrip("/") + page_path(settings, slug, session.shop_id, ticket_id),
    )


async def list_tickets(
    session: ReadSession, *, cursor: str | None = None, limit: int = PAGE, unclosed: bool = False, **wanted: Any
) -> TicketPage:
    """A page of tickets. `wanted`: state, order_id, customer_id, topic, assignee_id, each as far as it is not None.

    Open ones come as they wait, the longest first; all others by their last message, the newest first.
    """
    given = {name: value for name, value in wanted.items() if value is not None}
    oldest_first = given.get("state") == "open"
    given |= {"unclosed": True} if unclosed else {}
    found = await repository.page(session, given, after=_place(cursor), oldest_first=oldest_first, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return TicketPage(
        items=[shaped(row) for row in found[:limit]],
        next=encode_cursor(last["last_at"].isoformat(), str(last["id"])) if last else None,
    )


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    key = decode_cursor(cursor) if cursor else None
    row_id = parse_id(str(key[1])) if key and len(key) == 2 else None
    try:
        return (datetime.fromisoformat(str(key[0])), row_id) if key and row_id else None
    except ValueError:
        return None
