"""All SQL of support."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.db import ReadSession, WriteSession, affected, rows

_NAME = "coalesce(nullif(trim(concat_ws(' ', p.first_name, p.last_name)), ''), p.email, '')"

_ROW = f"""SELECT t.id, t.number, t.external_id, t.subject, t.topic, t.state, t.channel, t.customer_id,
  {_NAME} AS customer, t.order_id, o.number AS order_number, t.shipment_id, t.return_id, t.assignee_id,
  s.name AS assignee, t.opened_at, t.last_at, t.closed_at, t.messages, t.locale,
  coalesce((SELECT left(m.body, 160) FROM ticket_messages m WHERE m.shop_id = t.shop_id AND m.ticket_id = t.id
    AND m.direction <> 'note' ORDER BY m.at DESC, m.id DESC LIMIT 1), '') AS excerpt
FROM tickets t JOIN customers p ON p.shop_id = t.shop_id AND p.id = t.customer_id
LEFT JOIN orders o ON o.shop_id = t.shop_id AND o.id = t.order_id
LEFT JOIN staff s ON s.shop_id = t.shop_id AND s.id = t.assignee_id
WHERE t.shop_id = :shop"""

_INSERT = """INSERT INTO tickets (shop_id, id, number, external_id, order_id, shipment_id, return_id, customer_id,
  subject, topic, state, channel, locale, opened_at, last_at)
VALUES (:shop, :id, :number, :external_id, :order_id, :shipment_id, :return_id, :customer_id,
  :subject, :topic, 'open', :channel, :locale, :at, :at)
ON CONFLICT DO NOTHING"""

_SAY = """INSERT INTO ticket_messages (shop_id, id, ticket_id, direction, author, body, mail_id, at)
VALUES (:shop, :id, :ticket, :direction, :author, :body, :mail_id, :at)"""

_MOVE = """UPDATE tickets SET state = :state,
  closed_at = CASE WHEN :state = 'closed' THEN coalesce(closed_at, :at) END,
  last_at = CASE WHEN :said THEN :at ELSE last_at END,
  replied_at = CASE WHEN :answered THEN coalesce(replied_at, :at) ELSE replied_at END,
  messages = messages + :added
WHERE shop_id = :shop AND id = :id"""


async def insert(session: WriteSession, values: Mapping[str, Any]) -> bool:
    """Opens a ticket; False where its number or external id is taken."""
    done = await session.execute(text(_INSERT), {**values, "shop": session.shop_id})
    return affected(done) == 1


async def by_external_id(session: ReadSession, external_id: str) -> UUID | None:
    """The ticket of another system's id."""
    query = text("SELECT id FROM tickets WHERE shop_id = :shop AND external_id = :key")
    return (await session.execute(query, {"shop": session.shop_id, "key": external_id})).scalar()


async def say(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Adds a message to a thread."""
    await session.execute(text(_SAY), {**values, "shop": session.shop_id})


async def lock(session: WriteSession, ticket_id: UUID) -> bool:
    """Locks a ticket; False where there is none."""
    query = text("SELECT id FROM tickets WHERE shop_id = :shop AND id = :id FOR UPDATE")
    return (await session.execute(query, {"shop": session.shop_id, "id": ticket_id})).scalar() is not None


async def move(
    session: WriteSession, ticket_id: UUID, state: str, at: datetime, *, said: bool, answered: bool, added: int
) -> None:
    """Sets the state; `said`: either side wrote, `answered`: we did, `added`: messages more."""
    values = {"shop": session.shop_id, "id": ticket_id, "state": state, "at": at}
    await session.execute(text(_MOVE), values | {"said": said, "answered": answered, "added": added})


async def assign(session: WriteSession, ticket_id: UUID, staff_id: UUID | None) -> None:
    """Sets who looks after a ticket."""
    query = text("UPDATE tickets SET assignee_id = :staff WHERE shop_id = :shop AND id = :id")
    await session.execute(query, {"shop": session.shop_id, "id": ticket_id, "staff": staff_id})


async def one(session: ReadSession, ticket_id: UUID) -> dict[str, Any] | None:
    """A ticket as lists show it."""
    found = rows(await session.execute(text(f"{_ROW} AND t.id = :id"), {"shop": session.shop_id, "id": ticket_id}))
    return found[0] if found else None


async def thread(session: ReadSession, ticket_id: UUID) -> list[dict[str, Any]]:
    """What was written, oldest first."""
    query = text(
        "SELECT t.id, t.direction, t.author, t.body, t.at, t.mail_id, m.state AS mail_state FROM ticket_messages t "
        "LEFT JOIN messages m ON m.shop_id = t.shop_id AND m.id = t.mail_id "
        "WHERE t.shop_id = :shop AND t.ticket_id = :ticket ORDER BY t.at, t.id"
    )
    return rows(await session.execute(query, {"shop": session.shop_id, "ticket": ticket_id}))


async def page(
    session: ReadSession,
    wanted: Mapping[str, Any],
    *,
    after: tuple[datetime, UUID] | None,
    oldest_first: bool,
    limit: int,
) -> list[dict[str, Any]]:
    """Tickets by their last message. `wanted`: state, order_id, customer_id, topic, assignee_id, open (not closed)."""
    clauses = [f"t.{name} = :{name}" for name in wanted if name != "unclosed"]
    clauses += ["t.state <> 'closed'"] if "unclosed" in wanted else []
    clauses += [f"(t.last_at, t.id) {'>' if oldest_first else '<'} (:at, :place)"] if after else []
    way = "ASC" if oldest_first else "DESC"
    more = "".join(f" AND {clause}" for clause in clauses)
    query = f"{_ROW}{more} ORDER BY t.last_at {way}, t.id {way} LIMIT :limit"
    values = {name: value for name, value in wanted.items() if name != "unclosed"}
    values |= {"shop": session.shop_id, "limit": limit} | ({"at": after[0], "place": after[1]} if after else {})
    return rows(await session.execute(text(query), values))


async def newest_parcel(session: ReadSession, order_id: UUID) -> dict[str, Any] | None:
    """The order's last parcel to the customer: id, tracking_number."""
    query = text(
        "SELECT id, tracking_number FROM shipments WHERE shop_id = :shop AND order_id = :order "
        "AND direction = 'outbound' AND status <> 'cancelled' ORDER BY delivered_at IS NULL DESC, id DESC LIMIT 1"
    )
    found = rows(await session.execute(query, {"shop": session.shop_id, "order": order_id}))
    return found[0] if found else None


async def macros(session: ReadSession) -> Sequence[dict[str, Any]]:
    """All macros by name."""
    query = text("SELECT id, name, body FROM macros WHERE shop_id = :shop ORDER BY lower(name), id")
    return rows(await session.execute(query, {"shop": session.shop_id}))


async def put_macro(session: WriteSession, macro_id: UUID, name: str, body: str) -> bool:
    """Adds a macro, or changes the one of this id; False where its name belongs to another."""
    taken = text("SELECT 1 FROM macros WHERE shop_id = :shop AND name = :name AND id <> :id")
    values = {"shop": session.shop_id, "id": macro_id, "name": name, "body": body}
    if (await session.execute(taken, values)).scalar():
        return False
    query = text(
        "INSERT INTO macros (shop_id, id, name, body) VALUES (:shop, :id, :name, :body) "
        "ON CONFLICT (shop_id, id) DO UPDATE SET name = :name, body = :body"
    )
    await session.execute(query, values)
    return True


async def drop_macro(session: WriteSession, macro_id: UUID) -> bool:
    """Removes a macro; False where there is none."""
    query = text("DELETE FROM macros WHERE shop_id = :shop AND id = :id")
    return affected(await session.execute(query, {"shop": session.shop_id, "id": macro_id})) == 1
