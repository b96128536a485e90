"""Writing to the shop: from the order's page, from a return, and on with the conversation."""

import hashlib
from uuid import UUID

from comeback.core import clock
from comeback.core.access import resolve
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.limits import Limiter
from comeback.core.settings import Settings
from comeback.kit.tokens import digest
from comeback.portal import repository
from comeback.portal.errors import NoPage
from comeback.portal.rules.access import form_token
from comeback.portal.schemas import FormError, TalkPage, TalkRow, WriteForm
from comeback.portal.words.reader import Reader
from comeback.shipments import service as shipments
from comeback.support import service as support
from comeback.support.rules import BODY_MAX, paragraphs, tidy
from comeback.support.schemas import TicketMessageOut

TOPICS = ("wismo", "return", "product", "other")
PER_ADDRESS = "20/10 minutes"
PER_THING = "6/10 minutes"


def form(reader: Reader, action: str, csrf: str, *, chosen: str = "", body: str = "", topics: bool = True) -> WriteForm:
    """The form as it stands on a page."""
    words = [(topic, reader.t(f"write.topic.{topic}")) for topic in TOPICS] if topics else []
    return WriteForm(action=action, csrf=csrf, topics=words, chosen=chosen, body=body)


def blank_form(reader: Reader) -> WriteForm:
    """The form of a page that is only looked at: it leads nowhere."""
    return form(reader, "", "")


def order_form(settings: Settings, token: str, reader: Reader, *, chosen: str = "", body: str = "") -> WriteForm:
    """The form of an order's page; its own token is bound to the page's, so that no other site can post it."""
    csrf = form_token(settings.secret_key.reveal(), token)
    return form(reader, f"/t/{token}/write?lang={reader.language}", csrf, chosen=chosen, body=body)


async def guard(limiter: Limiter, shop: UUID, address: str, thing: UUID) -> None:
    """Counts a message by address and by order or conversation. Raises TooMany (429)."""
    await limiter.require(PER_ADDRESS, "portal", "write", str(shop), address)
    await limiter.require(PER_THING, "portal", "write", str(shop), "about", str(thing))


async def order_behind(database: Database, token: str) -> tuple[UUID, UUID]:
    """(shop, order) behind the token of an order's page. Raises NoPage (404)."""
    found = await resolve(database, "page", digest(token)) if 0 < len(token) <= 100 else []
    if not found:
        raise NoPage()
    return found[0]


def problems(body: str, reader: Reader) -> list[FormError]:
    """What is wrong with a text; empty where it can be sent."""
    said = tidy(body)
    if not said:
        return [FormError(field="body", message=reader.t("write.empty"))]
    if len(said) > BODY_MAX:
        return [FormError(field="body", message=reader.t("write.long", max=BODY_MAX))]
    return []


async def ask(
    session: WriteSession,
    settings: Settings,
    order_id: UUID,
    topic: str,
    body: str,
    language: str,
    return_id: UUID | None = None,
) -> UUID:
    """Opens a ticket about an order; the same words again on the same day are a second press of the button. Raises
    NoPage (404)."""
    person = await repository.customer_of(session, order_id)
    if person is None:
        raise NoPage()
    words = f"{order_id}\x1f{clock.now().date()}\x1f{tidy(body)}"
    asked = support.Asked(
        customer_id=person["customer_id"],
        body=body,
        topic=topic if topic in TOPICS else "other",
        order_id=order_id,
        return_id=return_id,
        external_id=f"page:{hashlib.sha256(words.encode()).hexdigest()[:40]}",
        locale=language,
    )
    return await support.open_from_page(session, settings, asked)


async def talk(session: ReadSession, settings: Settings, ticket_id: UUID, reader: Reader, *, sent: bool) -> TalkPage:
    """The conversation as its customer may see it: notes of the shop's people are not in it."""
    found = await support.get_ticket(session, settings, ticket_id)
    ticket = found.ticket
    url = shipments.tracking_url(settings, session.shop_id, ticket.order_id) if ticket.order_id else None
    return TalkPage(
        number=ticket.number,
        subject=ticket.subject,
        order_number=ticket.order_number,
        state=ticket.state,
        state_word=reader.t(f"talk.state.{ticket.state}"),
        rows=[_row(said, reader) for said in found.thread if said.direction != "note"],
        tracking_url=url,
        sent=sent,
    )


def _row(said: TicketMessageOut, reader: Reader) -> TalkRow:
    mine = said.direction == "in"
    author = reader.t("talk.you") if mine else said.author
    return TalkRow(mine=mine, author=author, when=reader.moment(said.at), lines=paragraphs(said.body))
