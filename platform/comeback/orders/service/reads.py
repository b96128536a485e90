"""Reading orders: one, a list, and batches of facts and lines for flows and mails."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from comeback.core import clock
from comeback.core.db import ReadSession
from comeback.customers.rules import normalise_email
from comeback.kit.ids import parse_id
from comeback.kit.paging import decode_cursor, encode_cursor
from comeback.orders.errors import OrderNotFound
from comeback.orders.models import Order, OrderLine, OrderTender
from comeback.orders.repository import intake, money, reads
from comeback.orders.schemas import OrderOut, OrderPage, RefundableOut
from comeback.orders.service.shapes import order_out, plain_number, refundable_out

PAGE = 50


async def get_order(session: ReadSession, order_id: UUID) -> Order:
    """The order as it is now. Raises OrderNotFound."""
    found = await reads.orders(session, [order_id])
    if not found:
        raise OrderNotFound
    return found[0]


async def get_orders(session: ReadSession, order_ids: Sequence[UUID]) -> list[Order]:
    """Orders as they are now, in id order; unknown ids are missing."""
    return await reads.orders(session, order_ids)


async def lines_of(session: ReadSession, order_id: UUID) -> list[OrderLine]:
    """The order's lines, in the order of the body."""
    return await reads.lines(session, [order_id])


async def tenders_of(session: ReadSession, order_id: UUID) -> list[OrderTender]:
    """The order's tenders, in the order of the body."""
    return await reads.tenders(session, [order_id])


async def units_of(session: ReadSession, order_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Units that are not free: order_id, line_id, slot, state, return_id (None: given back elsewhere)."""
    return await reads.units(session, order_ids)


async def find_order(
    session: ReadSession, *, number: str | None = None, email: str | None = None, external_id: str | None = None
) -> Order | None:
    """The newest order that fits all that is given; None where none does, or nothing is given."""
    if number is None and email is None and external_id is None:
        return None
    ids = await _find(session, number, email, external_id, None, 1)
    return await get_order(session, ids[0]) if ids else None


async def _find(
    session: ReadSession,
    number: str | None,
    email: str | None,
    external_id: str | None,
    before: UUID | None,
    limit: int,
) -> list[UUID]:
    if any(value is not None and "\x00" in value for value in (number, email, external_id)):
        return []
    norm = None if email is None else normalise_email(email) or ""
    plain = None if number is None else plain_number(number)
    return await reads.find(session, number=plain, email=norm, external_id=external_id, before=before, limit=limit)


async def list_orders(
    session: ReadSession, *, number: str | None, email: str | None, external_id: str | None, cursor: str | None
) -> OrderPage:
    """A page of orders, newest first."""
    key = decode_cursor(cursor) if cursor else None
    before = parse_id(str(key[0])) if key else None
    ids = await _find(session, number, email, external_id, before, PAGE + 1)
    more = encode_cursor(str(ids[PAGE - 1])) if len(ids) > PAGE else None
    return OrderPage(items=await order_views(session, ids[:PAGE]), next=more)


async def order_views(session: ReadSession, order_ids: Sequence[UUID]) -> list[OrderOut]:
    """Orders as the API shows them, in the order of `order_ids`; five statements whatever their number."""
    if not order_ids:
        return []
    orders = {o.id: o for o in await reads.orders(session, order_ids)}
    people = await reads.customers(session, [o.customer_id for o in orders.values()])
    lines = await reads.lines(session, order_ids)
    tenders = await reads.tenders(session, order_ids)
    units = await reads.units(session, order_ids)
    return [
        order_out(
            orders[i],
            people.get(orders[i].customer_id, {}),
            [line for line in lines if line.order_id == i],
            [tender for tender in tenders if tender.order_id == i],
            [unit for unit in units if unit["order_id"] == i],
        )
        for i in order_ids
        if i in orders
    ]


async def order_view(session: ReadSession, order_id: UUID) -> OrderOut:
    """One order as the API shows it. Raises OrderNotFound."""
    found = await order_views(session, [order_id])
    if not found:
        raise OrderNotFound
    return found[0]


async def refundable(session: ReadSession, order_id: UUID) -> RefundableOut:
    """What may still be refunded, by external ids. Raises OrderNotFound."""
    order = await get_order(session, order_id)
    return refundable_out(order, await lines_of(session, order_id), await tenders_of(session, order_id))


async def refunds_elsewhere(session: ReadSession, order_ids: Sequence[UUID]) -> set[str]:
    """The ids of refunds that the shop system told of with these orders; they are booked already."""
    return {known for order_id in order_ids for known in await intake.refund_ids(session, order_id)}


async def order_facts(session: ReadSession, order_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What conditions ask as `order.…`: number, total, currency, country, tags, items, skus, products, categories,
    state, fulfilment, history, earlier_orders, on_hold and more; two statements whatever the number of orders."""
    held = {r["order_id"] for r in await money.holds(session, order_ids, clock.now())}
    found = await reads.facts(session, order_ids)
    return {r["id"]: r | {"items": int(r["items"] or 0), "on_hold": r["id"] in held} for r in found}


async def order_lines_view(session: ReadSession, order_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Lines as mails and pages show them, by order: id, external_id, title, sku, quantity, unit_price, amount,
    currency, image_url, url, category, product_id, variant_id; one statement."""
    answer: dict[UUID, list[dict[str, Any]]] = {i: [] for i in order_ids}
    for row in await reads.lines_view(session, order_ids):
        answer[row["order_id"]].append(row)
    return answer


async def marketing_holds(session: ReadSession, order_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Reasons not to market about each order now; orders without one are missing."""
    answer: dict[UUID, list[str]] = {}
    for row in await money.holds(session, order_ids, clock.now()):
        answer.setdefault(row["order_id"], []).append(row["reason"])
    return answer


def known_id(value: str) -> UUID:
    """The id in a path; raises OrderNotFound where it is none."""
    order_id = parse_id(value)
    if order_id is None:
        raise OrderNotFound
    return order_id
