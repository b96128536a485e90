"""The customers, one customer's numbers, and everything that happened to them in one timeline."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.core.db import ReadSession
from comeback.credits import service as credits
from comeback.customers import service as customers
from comeback.customers.schemas import CustomerOut as CustomerView
from comeback.desk import rules
from comeback.desk.repository import customers as repository
from comeback.desk.schemas.customers import (
    BalanceOut,
    ConsentOut,
    CustomerDetail,
    CustomerList,
    CustomerOrder,
    CustomerRow,
    CustomerTimeline,
    LifetimeOut,
    SuppressionOut,
)
from comeback.desk.schemas.messages import HitOut
from comeback.desk.schemas.orders import MessageOut
from comeback.desk.schemas.shared import TimelineEntry
from comeback.desk.service import messages, paging, shapes
from comeback.kit.paging import decode_cursor, encode_cursor

LATEST = 10
STRETCH = 40
"""Lines of the timeline at a time."""


async def list_customers(session: ReadSession, q: str | None, cursor: str | None) -> CustomerList:
    """A page of customers, newest first; `q` is the beginning of an address or a name."""
    plain, _ = rules.search_words(q or "")
    found = await repository.page(session, plain=plain or None, before=paging.only_id(cursor), limit=paging.PAGE + 1)
    page, following = paging.cut(found, "id")
    items = [
        CustomerRow(**{k: row[k] for k in CustomerRow.__struct_fields__ if k in row} | _texts(dict(row)))
        for row in page
    ]
    return CustomerList(items=items, next=following)


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(row["id"]), "email": row["email"] or ""}


async def detail(session: ReadSession, customer_id: UUID) -> CustomerDetail:
    """One customer. Raises CustomerNotFound (404)."""
    person = await customers.get_customer(session, customer_id)
    money, units = await repository.numbers(session, customer_id)
    statement = await credits.statement(session, customer_id)
    found = await repository.orders(session, customer_id, LATEST)
    return CustomerDetail(
        id=str(person.id),
        name=shapes.name_of(person),
        email=person.email,
        phone=person.phone,
        locale=person.locale,
        timezone=person.timezone,
        external_id=person.external_id,
        created_at=person.created_at,
        lifetime=[LifetimeOut(**{k: row[k] for k in LifetimeOut.__struct_fields__}) for row in money],
        first_order_at=min((row["first_at"] for row in money), default=None),
        last_order_at=max((row["last_at"] for row in money), default=None),
        units_bought=units["bought"],
        units_returned=units["returned"],
        returns=units["returns"],
        credit=[
            BalanceOut(currency=row.currency, balance=row.balance, promotional=row.promotional)
            for row in statement.accounts
        ],
        consents=[ConsentOut(**row) for row in await repository.consents(session, customer_id)],
        suppressions=_suppressions(person),
        orders=[_order(row) for row in found],
    )


def _suppressions(person: CustomerView) -> list[SuppressionOut]:
    return [
        SuppressionOut(channel=row.channel, reason=row.reason, topic=row.topic, at=row.at, until=row.until)
        for row in person.suppressions
    ]


def _order(row: dict[str, Any]) -> CustomerOrder:
    return CustomerOrder(
        id=str(row["id"]),
        number=row["number"],
        placed_at=row["placed_at"],
        total=row["total"],
        currency=row["currency"],
        items=row["items"],
        delivery=rules.order_word(row["state"], row["parcels"]),
    )


async def timeline(session: ReadSession, customer_id: UUID, cursor: str | None) -> CustomerTimeline:
    """A stretch of everything that happened to a customer, newest first; raises CustomerNotFound (404).

    Each kind is read as far as a whole stretch, so that what is shown has no holes.
    """
    await customers.get_customer(session, customer_id)
    happened = await repository.happened(session, customer_id, _before(cursor), STRETCH + 1)
    mails = await messages.some(session, [row["id"] for row in happened["mails"]])
    entries = rules.newest_first(
        [_placed(row) for row in happened["placed"]],
        _told(happened["events"]),
        [entry for row in happened["steps"] if (entry := _step(row))],
        [_said(row) for row in happened["said"]],
        [entry for mail, hits in mails.values() for entry in _mail(mail, hits)],
    )
    # A stretch never ends between two things of one moment: the next begins strictly before it.
    shown = entries[:STRETCH]
    more = len(entries) > STRETCH
    while more and len(shown) < len(entries) and entries[len(shown)].at == shown[-1].at:
        shown.append(entries[len(shown)])
    named = {entry.message_id for entry in shown}
    return CustomerTimeline(
        items=shown,
        messages=[mail for mail, _ in mails.values() if mail.id in named],
        next=encode_cursor(shown[-1].at.isoformat()) if more else None,
    )


def _before(cursor: str | None) -> datetime | None:
    key = decode_cursor(cursor) if cursor else None
    try:
        return datetime.fromisoformat(str(key[0])) if key else None
    except ValueError:
        return None


def _placed(row: dict[str, Any]) -> TimelineEntry:
    detail: rules.Scalars = {"number": row["number"], "amount": row["total"], "currency": row["currency"]}
    return _entry(row["at"], "order.placed", "order", detail, order_id=row["order_id"])


def _told(events: Sequence[dict[str, Any]]) -> list[TimelineEntry]:
    told: list[TimelineEntry] = []
    for row in events:
        entry = rules.event_entry(row["name"], row["at"], row["data"], row["return_id"], row["shipment_id"] is not None)
        if entry is not None:
            entry.order_id = str(row["order_id"]) if row["order_id"] else None
            told.append(entry)
    return told


def _step(row: dict[str, Any]) -> TimelineEntry | None:
    name = rules.milestone_name(row["direction"], row["name"])
    if name is None:
        return None
    detail: rules.Scalars = {"number": row["number"], "description": row["carrier"].upper()}
    return _entry(row["at"], name, "parcel", detail, order_id=row["order_id"], return_id=row["return_id"])


def _said(row: dict[str, Any]) -> TimelineEntry:
    name = "consent.granted" if row["granted"] else "consent.withdrawn"
    detail: rules.Scalars = {"channel": row["channel"], "purpose": row["purpose"], "description": row["source"]}
    return _entry(row["at"], name, "consent", detail)


def _mail(mail: MessageOut, hits: Sequence[HitOut]) -> list[TimelineEntry]:
    """A mail, and one line for each class of reader that opened or clicked it."""
    detail: rules.Scalars = {
        "template": mail.template, "subject": mail.subject, "state": mail.state, "class": mail.kind,
    }  # fmt: skip
    told = [_entry(mail.accepted_at or mail.at, "message", "message", detail, message_id=mail.id)]
    counts = Counter((hit.kind, hit.made_by) for hit in hits)
    for (kind, made_by), count in counts.items():
        first = min(hit.at for hit in hits if (hit.kind, hit.made_by) == (kind, made_by))
        more: rules.Scalars = {"subject": mail.subject, "template": mail.template, "made_by": made_by, "count": count}
        told.append(_entry(first, f"hit.{kind}", "message", more, message_id=mail.id))
    return told


def _entry(at: datetime, name: str, source: rules.Source, detail: rules.Scalars, **ids: Any) -> TimelineEntry:
    known = {key: str(value) for key, value in ids.items() if value is not None}
    return TimelineEntry(
        at=at, name=name, source=source, detail=detail, **({"return_id": None, "message_id": None} | known)
    )
