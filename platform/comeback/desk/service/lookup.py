"""One question, the whole answer: for agents in other help desks and for chatbots.

The sentence is in the customer's language and tells only what the order's own page tells.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date

from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.customers.rules import normalise_email
from comeback.desk import rules
from comeback.desk.repository import tickets as repository
from comeback.desk.schemas.shared import CustomerOut, ParcelOut
from comeback.desk.schemas.tickets import LookupOrder, LookupOut, LookupParcel, LookupReturn, LookupTicket
from comeback.desk.service import shapes
from comeback.desk.service.orders import order_page
from comeback.kit.languages import spoken
from comeback.kit.words.catalogue import HERE, catalogue
from comeback.merchants import service as merchants
from comeback.shipments import service as shipments
from comeback.support import service as support

SHOWN = 5
DIGITS = 9
Matched = Literal["order", "parcel", "email", "phone", "nothing"]
_SAID = frozenset({
    "none", "in_transit", "out_for_delivery", "available_for_pickup", "attempt_failed", "exception", "delayed",
    "delivered", "partly_delivered", "returning", "returned", "cancelled",
})  # fmt: skip
_DONE = frozenset({"settled", "declined", "canceled", "expired"})


async def look_up(session: ReadSession, settings: Settings, q: str) -> LookupOut:
    """What is known of `q`; nothing is an answer too."""
    matched, found = await _find(session, q.strip())
    if not found:
        return await _without_orders(session, q)
    people = {row["customer_id"] for row in found}
    person: CustomerOut | None = None
    if len(people) == 1:
        person = shapes.customer(await customers.get_customer(session, people.pop()), found[0]["locale"])
    zone = ZoneInfo((await merchants.get_shop(session)).timezone)
    orders = [await _order(session, settings, row["id"], row["locale"], zone) for row in found]
    return LookupOut(matched=matched, customer=person, orders=orders, tickets=await _tickets(session, found))


async def _without_orders(session: ReadSession, q: str) -> LookupOut:
    """Somebody may ask before they ever ordered."""
    known = await customers.customer_by_email(session, q) if "@" in q and "\x00" not in q else None
    if known is None:
        return LookupOut(matched="nothing", customer=None, orders=[], tickets=[])
    person = shapes.customer(await customers.get_customer(session, known), None)
    tickets = await _tickets(session, [{"customer_id": known}])
    return LookupOut(matched="email", customer=person, orders=[], tickets=tickets)


async def _find(session: ReadSession, q: str) -> tuple[Matched, list[dict[str, Any]]]:
    plain, _ = rules.search_words(q)
    digits = "".join(sign for sign in q if sign.isdigit())
    words = {"q": q, "plain": plain, "email": normalise_email(q) or "", "digits": digits[-DIGITS:]}
    kinds: list[Matched] = ["order", "parcel"]
    if "@" in q:
        kinds = ["email"]
    elif len(digits) >= DIGITS:
        kinds.append("phone")
    for kind in kinds if plain and "\x00" not in q else []:
        if found := await repository.looked_up(session, kind, SHOWN, **words):
            return kind, found
    return "nothing", []


async def _order(
    session: ReadSession, settings: Settings, order_id: UUID, locale: str | None, zone: ZoneInfo
) -> LookupOrder:
    order = await order_page(session, settings, order_id)
    language = spoken(order.customer.locale or locale or "en") or "en"
    going = [p for p in order.parcels if p.direction == "outbound"]
    word = rules.order_word(order.state, [(p.status, p.delay is not None, p.status == "exception") for p in going])
    days = [p.eta_until for p in going if p.eta_until and not p.delivered_at]
    came = [p.delivered_at for p in going if p.delivered_at]
    day = max(came, default=None) if word == "delivered" else min(days, default=None)
    return LookupOrder(
        id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        state=order.state,
        total=order.money.total,
        currency=order.money.currency,
        page_url=shipments.tracking_url(settings, session.shop_id, order_id),
        language=language,
        answer=sentence(word, day, language, zone),
        parcels=[_parcel(parcel, language, zone) for parcel in going],
        returns=[
            LookupReturn(id=r.id, number=r.number, status=r.status, requested_at=r.requested_at)
            for r in order.returns
            if r.status not in _DONE
        ],
    )


def _parcel(parcel: ParcelOut, language: str, zone: ZoneInfo) -> LookupParcel:
    word = rules.delivery_word([(parcel.status, parcel.delay is not None, parcel.status == "exception")])
    return LookupParcel(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=parcel.tracking_url,
        status=word,
        eta_from=parcel.eta_from,
        eta_until=parcel.eta_until,
        delivered_at=parcel.delivered_at,
        why=parcel.why or "",
        answer=sentence(word, parcel.delivered_at or parcel.eta_until, language, zone),
    )


def sentence(word: str, day: datetime | None, language: str, zone: ZoneInfo) -> str:
    """How a delivery is doing, for its customer; with its day where one is known and means something."""
    words = catalogue(HERE, language)
    known = word if word in _SAID else "in_transit"
    if day is None or f"lookup.{known}_day" not in words.words:
        return words.text(f"lookup.{known}")
    return words.text(f"lookup.{known}_day", date=format_date(day.astimezone(zone), "long", locale=language))


async def _tickets(session: ReadSession, found: Sequence[dict[str, Any]]) -> list[LookupTicket]:
    page = await support.list_tickets(session, customer_id=found[0]["customer_id"], unclosed=True)
    return [
        LookupTicket(id=str(row.id), number=row.number, subject=row.subject, state=row.state, last_at=row.last_at)
        for row in page.items
    ]
