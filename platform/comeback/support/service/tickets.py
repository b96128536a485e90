"""Opening a ticket, writing on it, closing it. Every word moves the state by `rules.state_after`."""

import secrets
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.access import Principal, add_entry
from comeback.core.db import WriteSession
from comeback.core.errors import FieldError
from comeback.core.events import publish
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.customers.rules import normalise_email
from comeback.customers.schemas import CustomerIn
from comeback.kit.ids import new_id
from comeback.kit.languages import spoken
from comeback.kit.tokens import digest
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.support import repository, rules
from comeback.support.errors import BadTicket, TicketNotFound
from comeback.support.events import TicketClosed, TicketOpened, TicketReplied
from comeback.support.rules import Said
from comeback.support.schemas import TicketIn
from comeback.support.service.letters import RECEIVED, REPLY, send
from comeback.support.service.reading import ENTRY, row_of, ticket_token

Kind = Literal["reply", "note", "customer"]
_DIRECTIONS: dict[Kind, str] = {"reply": "out", "note": "note", "customer": "in"}


class Author(msgspec.Struct, frozen=True):
    """Who writes, as the thread names them."""

    name: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question whose people and things are known already."""

    customer_id: UUID
    body: str
    subject: str = ""
    topic: str = "other"
    channel: str = "page"
    order_id: UUID | None = None
    return_id: UUID | None = None
    external_id: str | None = None
    locale: str | None = None
    confirm: bool = True
    """Whether a mail says that it arrived."""
    at: datetime | None = None
    """When it was asked, where that is not now."""


async def open_ticket(session: WriteSession, settings: Settings, body: TicketIn) -> tuple[UUID, bool]:
    """Opens a ticket for another system; (its id, whether it is new). The same external id never opens a second one.

    Raises BadTicket (422) where the order is not known or nobody is named.
    """
    if body.external_id and (known := await repository.by_external_id(session, body.external_id)):
        return known, False
    order_id, customer_id = await _about(session, body)
    asked = Asked(
        customer_id=customer_id, body=body.body, subject=body.subject, topic=body.topic, channel=body.channel,
        order_id=order_id, external_id=body.external_id, locale=body.locale,
        # A mail may itself be an automatic answer: only the mail room, which can tell, may answer one.
        confirm=body.channel != "mail",
    )  # fmt: skip
    return await _open(session, settings, asked)


async def _about(session: WriteSession, body: TicketIn) -> tuple[UUID | None, UUID]:
    order = None
    if body.order_id is not None:
        order = next(iter(await orders.get_orders(session, [body.order_id])), None)
    elif body.order is not None:
        email = body.customer.email if body.customer else None
        order = await orders.find_order(session, number=body.order, email=email)
    if order is None and (body.order or body.order_id):
        field = "/order_id" if body.order_id else "/order"
        raise BadTicket("The order is not known.", [FieldError(field, "names no order of this shop and customer")])
    if order is not None:
        return order.id, order.customer_id
    if body.customer is None or not normalise_email(body.customer.email):
        raise BadTicket("Nobody is named.", [FieldError("/customer", "give an order or the customer's address")])
    who = CustomerIn(
        email=body.customer.email, first_name=body.customer.first_name, last_name=body.customer.last_name,
        locale=body.locale,
    )  # fmt: skip
    return None, await customers.upsert_customer(session, who)


async def open_from_page(session: WriteSession, settings: Settings, asked: Asked) -> UUID:
    """Opens a ticket that a customer wrote on a page of an order. Raises BadTicket (422) for an empty text."""
    return (await _open(session, settings, asked))[0]


async def _open(session: WriteSession, settings: Settings, asked: Asked) -> tuple[UUID, bool]:
    said = rules.tidy(asked.body)
    if not said or len(said) > rules.BODY_MAX:
        raise BadTicket("The text is empty or too long.", [FieldError("/body", f"1 to {rules.BODY_MAX} characters")])
    parcel = await repository.newest_parcel(session, asked.order_id) if asked.order_id else None
    now, ticket_id = asked.at or clock.now(), new_id()
    values: dict[str, Any] = {
        "id": ticket_id,
        "order_id": asked.order_id,
        "shipment_id": parcel["id"] if parcel else None,
        "return_id": asked.return_id,
        "customer_id": asked.customer_id,
        "external_id": asked.external_id,
        "subject": rules.subject_of(asked.subject, said),
        "topic": asked.topic,
        "channel": asked.channel,
        "locale": spoken(asked.locale) if asked.locale else None,
        "at": now,
    }
    while not await repository.insert(session, values | {"number": rules.number_of(secrets.randbits(rules.BITS))}):
        known = await repository.by_external_id(session, asked.external_id) if asked.external_id else None
        if known is not None:
            return known, False
    await add_entry(session, ENTRY, digest(ticket_token(settings, session.shop_id, ticket_id)), ticket_id)
    if asked.order_id is not None:
        await orders.hold_marketing(session, asked.order_id, rules.HOLD, ticket_id)
    ticket = await row_of(session, ticket_id)
    await publish(session, TicketOpened(**_told(ticket, now), channel=asked.channel))
    await _say(session, settings, ticket, "in", Author(ticket["customer"]), said, at=now, confirm=asked.confirm)
    return ticket_id, True


async def write(
    session: WriteSession,
    settings: Settings,
    ticket_id: UUID,
    author: Author,
    kind: Kind,
    body: str,
    at: datetime | None = None,
) -> None:
    """An answer (mailed), a note, or what the customer said elsewhere. Raises TicketNotFound (404), BadTicket (422)."""
    ticket, now = await _locked(session, ticket_id), at or clock.now()
    said = rules.tidy(body)
    if not said:
        raise BadTicket("The text is empty.", [FieldError("/body", "is empty")])
    direction = _DIRECTIONS[kind]
    who = Author(ticket["customer"]) if direction == "in" else author
    await _say(session, settings, ticket, direction, who, said, at=now)
    if direction == "note":
        return
    reopened = ticket["state"] == "closed"
    if reopened and ticket["order_id"]:
        await orders.hold_marketing(session, ticket["order_id"], rules.HOLD, ticket_id)
    by = "customer" if direction == "in" else "agent"
    await publish(session, TicketReplied(**_told(ticket, now), by=by, reopened=reopened))


async def customer_wrote(session: WriteSession, settings: Settings, ticket_id: UUID, body: str) -> None:
    """The customer answers on the page; a closed ticket opens again. The same words twice in a row count once."""
    await _locked(session, ticket_id)
    before = await repository.thread(session, ticket_id)
    if before and before[-1]["direction"] == "in" and before[-1]["body"] == rules.tidy(body):
        return
    await write(session, settings, ticket_id, Author(""), "customer", body)


async def _say(
    session: WriteSession,
    settings: Settings,
    ticket: dict[str, Any],
    direction: str,
    author: Author,
    body: str,
    *,
    at: datetime,
    confirm: bool = False,
) -> None:
    said_id = new_id()
    thread = [Said(row["direction"], row["author"], row["body"], row["at"])
              for row in await repository.thread(session, ticket["id"])]  # fmt: skip
    said, mail_id = Said(direction, author.name, body, at), None
    if direction == "out" or confirm:
        template = REPLY if direction == "out" else RECEIVED
        mail_id = await send(session, settings, ticket, template, said_id, said, thread)
    await repository.say(session, {
        "id": said_id, "ticket": ticket["id"], "direction": direction, "author": author.name, "body": body,
        "mail_id": mail_id if direction == "out" else None, "at": at,
    })  # fmt: skip
    await repository.move(
        session, ticket["id"], rules.state_after(ticket["state"], direction), at,
        said=direction != "note", answered=direction == "out", added=1,
    )  # fmt: skip


async def close_ticket(session: WriteSession, ticket_id: UUID, at: datetime | None = None) -> None:
    """Nothing is left to answer; closing twice is closing once. Raises TicketNotFound (404)."""
    ticket = await _locked(session, ticket_id)
    if ticket["state"] == "closed":
        return
    now = at or clock.now()
    await repository.move(session, ticket_id, "closed", now, said=False, answered=False, added=0)
    if ticket["order_id"]:
        await orders.release_hold(session, ticket["order_id"], rules.HOLD, ticket_id)
    await publish(session, TicketClosed(**_told(ticket, now)))


async def reopen_ticket(session: WriteSession, ticket_id: UUID) -> None:
    """Our turn again. Raises TicketNotFound (404)."""
    ticket = await _locked(session, ticket_id)
    if ticket["state"] != "closed":
        return
    await repository.move(session, ticket_id, "open", clock.now(), said=False, answered=False, added=0)
    if ticket["order_id"]:
        await orders.hold_marketing(session, ticket["order_id"], rules.HOLD, ticket_id)


async def assign(session: WriteSession, ticket_id: UUID, staff_id: UUID | None) -> None:
    """Sets who looks after it, None for nobody. Raises TicketNotFound (404), StaffNotFound (404)."""
    await _locked(session, ticket_id)
    if staff_id is not None:
        await merchants.get_staff(session, staff_id)
    await repository.assign(session, ticket_id, staff_id)


async def _locked(session: WriteSession, ticket_id: UUID) -> dict[str, Any]:
    if not await repository.lock(session, ticket_id):
        raise TicketNotFound
    return await row_of(session, ticket_id)


def _told(ticket: dict[str, Any], at: datetime) -> dict[str, Any]:
    subjects = {name: ticket[name] for name in ("order_id", "shipment_id", "return_id", "customer_id")}
    return subjects | {"occurred_at": at, "ticket_id": ticket["id"], "number": ticket["number"],
                       "topic": ticket["topic"]}  # fmt: skip


def author_of(principal: Principal) -> Author:
    """How the thread names who asks: a person by name, a key by its own."""
    return Author(principal.name)
