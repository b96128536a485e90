"""The mails of a ticket: that a question arrived, and our answer, with what was written before quoted below."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from comeback.core.db import WriteSession
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.merchants import service as merchants
from comeback.messages import service as messages
from comeback.messages.rules.states import send_key
from comeback.messages.schemas import PlannedMessage
from comeback.support.rules import Said, paragraphs, quoted
from comeback.support.service.reading import page_path

RECEIVED, REPLY = "support_received", "support_reply"


async def send(
    session: WriteSession,
    settings: Settings,
    ticket: dict[str, Any],
    template: str,
    said_id: UUID,
    said: Said,
    earlier: Sequence[Said],
) -> UUID | None:
    """Plans the mail about one message of a thread, once; its id, None where the customer has no address."""
    person = (await customers.contacts(session, [ticket["customer_id"]])).get(ticket["customer_id"])
    if person is None or not person.email:
        return None
    shop = await merchants.get_shop(session)
    path = page_path(settings, shop.slug, session.shop_id, ticket["id"])
    subjects = {name: ticket[f"{name}_id"] for name in ("order", "shipment", "return") if ticket[f"{name}_id"]}
    planned = PlannedMessage(
        send_key=send_key("support", template, str(said_id), person.email, "email"),
        template=template,
        class_="service",
        customer_id=person.id,
        recipient=person.email,
        locale=ticket["locale"] or person.locale or "",
        subjects=subjects,
        data={"ticket": _data(ticket, settings.base_url.rstrip("/") + path, said, earlier)},
        origin={"kind": "support", "ticket": str(ticket["id"])},
    )
    return (await messages.plan(session, [planned]))[0]


def _data(ticket: dict[str, Any], url: str, said: Said, earlier: Sequence[Said]) -> dict[str, Any]:
    return {
        "number": ticket["number"],
        "subject": ticket["subject"],
        "order_number": ticket["order_number"] or "",
        "page_url": url,
        "agent": said.author if said.direction == "out" else "",
        "lines": paragraphs(said.body),
        "thread": [_quote(one) for one in quoted(earlier)],
    }


def _quote(said: Said) -> dict[str, Any]:
    ours = said.direction == "out"
    return {"author": said.author, "at": said.at.isoformat(), "lines": paragraphs(said.body), "ours": ours}
