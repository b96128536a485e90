"""Use cases of support, one file a subject; the names others call."""

from comeback.support.service.macros import change_macro, create_macro, drop_macro, list_macros
from comeback.support.service.reading import by_token, get_ticket, known_id, list_tickets, page_path
from comeback.support.service.tickets import (
    Asked,
    Author,
    assign,
    close_ticket,
    customer_wrote,
    open_from_page,
    open_ticket,
    reopen_ticket,
    write,
)

__all__ = [
    "Asked",
    "Author",
    "assign",
    "by_token",
    "change_macro",
    "close_ticket",
    "create_macro",
    "customer_wrote",
    "drop_macro",
    "get_ticket",
    "known_id",
    "list_macros",
    "list_tickets",
    "open_from_page",
    "open_ticket",
    "page_path",
    "reopen_ticket",
    "write",
]
