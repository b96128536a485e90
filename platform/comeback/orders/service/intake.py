"""Orders come in: one or many, created or updated by external id, each exactly once."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.errors import FieldError
from comeback.core.events import publish, publish_all
from comeback.customers.schemas import ConsentIn, CustomerIn
from comeback.customers.service import record_consents, upsert_customers
from comeback.kit.ids import new_id
from comeback.orders.errors import BadOrder
from comeback.orders.events import OrderPlaced
from comeback.orders.models import Order
from comeback.orders.repository import intake
from comeback.orders.rules import freeze, is_history, order_problems
from comeback.orders.schemas import CustomerBody, OrderIn
from comeback.orders.service.reads import get_order
from comeback.orders.service.shapes import line_row, order_row, tender_row
from comeback.orders.service.updates import apply_stated_refunds, apply_update

BATCH = 500


class Imported(msgspec.Struct, frozen=True):
    """What became of one order of a batch. `changed`: it was stored with other content before."""

    order_id: UUID
    external_id: str
    created: bool
    changed: bool


async def import_order(session: WriteSession, order: OrderIn, *, history: bool = False) -> tuple[Order, bool]:
    """`import_orders` for one; answers the order and whether it is new. Raises BadOrder."""
    (done,) = await import_orders(session, [order], history=history)
    return await get_order(session, done.order_id), done.created


async def import_orders(session: WriteSession, orders: Sequence[OrderIn], *, history: bool = False) -> list[Imported]:
    """Creates or updates orders; answers in their order. The same body again changes nothing and tells nobody.

    New orders cost a few statements whatever their number; updates are planned one by one. Raises BadOrder naming
    every bad field (by position in the batch where there are several).
    """
    encoded = [msgspec.json.encode(order, order="sorted") for order in orders]
    await _check(session, orders, encoded)
    done: dict[int, Imported] = {}
    waiting = [_Waiting(n, order, hashlib.sha256(body).digest()) for n, (order, body) in _numbered(orders, encoded)]
    while waiting:
        wave: dict[str, _Waiting] = {}
        for item in waiting:
            if len(wave) < BATCH:
                wave.setdefault(item.order.external_id, item)
        done |= await _wave(session, wave, history=history)
        waiting = [item for item in waiting if item.n not in done]
    return [done[n] for n in range(len(orders))]


class _Waiting(msgspec.Struct, frozen=True):
    """An order of the batch, its place in it, and the hash that tells whether its body is known."""

    n: int
    order: OrderIn
    digest: bytes


def _numbered(orders: Sequence[OrderIn], encoded: Sequence[bytes]) -> Iterator[tuple[int, tuple[OrderIn, bytes]]]:
    return enumerate(zip(orders, encoded, strict=True))


async def _check(session: WriteSession, orders: Sequence[OrderIn], encoded: Sequence[bytes]) -> None:
    errors: list[FieldError] = []
    for n, order in enumerate(orders):
        names = await intake.line_names(session, order.external_id) if order.refunds and _storable(order) else ()
        prefix = f"/{n}" if len(orders) > 1 else ""
        errors += [FieldError(prefix + at, message) for at, message in order_problems(order, names, encoded=encoded[n])]
    if errors:
        raise BadOrder(f"{len(errors)} field(s) are not valid.", errors[:100])


def _storable(order: OrderIn) -> bool:
    return "\x00" not in order.external_id


async def _wave(session: WriteSession, wave: dict[str, _Waiting], *, history: bool) -> dict[int, Imported]:
    """One round over orders of different external ids."""
    known = await intake.known(session, list(wave))
    news = [w for name, w in wave.items() if name not in known or known[name][1] != w.digest]
    created: dict[str, UUID] = {}
    if news:
        people = await _people(session, [w.order for w in news])
        fresh = [w for w in news if w.order.external_id not in known]
        created = await _create(session, fresh, people, history=history)
        if len(created) < len(fresh):
            known |= await intake.known(session, [w.order.external_id for w in fresh])
    results = {wave[name].n: Imported(order_id, name, True, False) for name, order_id in created.items()}
    # Updates lock one order after the other: always in id order.
    for name, (order_id, stored) in sorted(known.items(), key=lambda item: item[1][0]):
        if name in created:
            continue
        item = wave[name]
        changed = stored != item.digest and await apply_update(session, order_id, item.order, item.digest)
        results[item.n] = Imported(order_id, name, False, changed)
    return results


async def _people(session: WriteSession, orders: Sequence[OrderIn]) -> dict[str, UUID]:
    """Customers and their consents; answers external order id → customer id."""
    ids = await upsert_customers(session, [customer_in(order.customer) for order in orders])
    said = [
        (customer, ConsentIn(channel=c.channel, purpose=c.purpose, granted=c.granted, source=c.source, at=c.at,
                             wording=c.wording))
        for customer, order in zip(ids, orders, strict=True)
        for c in order.consents
    ]  # fmt: skip
    await record_consents(session, said)
    return {order.external_id: customer for order, customer in zip(orders, ids, strict=True)}


def customer_in(body: CustomerBody) -> CustomerIn:
    """The customer as the customers room takes it; empty strings are nothing."""
    return CustomerIn(
        external_id=body.external_id or None,
        email=body.email or None,
        first_name=body.first_name or None,
        last_name=body.last_name or None,
        phone=body.phone or None,
        locale=body.locale,
        timezone=body.timezone,
    )


async def _create(
    session: WriteSession, fresh: Sequence[_Waiting], people: dict[str, UUID], *, history: bool
) -> dict[str, UUID]:
    """Inserts what is not there yet and tells of it; answers external id → id of what it made."""
    if not fresh:
        return {}
    now = clock.now()
    head: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    tenders: list[tuple[Any, ...]] = []
    ids: dict[str, tuple[UUID, OrderIn, int, bool]] = {}
    for item in sorted(fresh, key=lambda w: w.order.external_id):
        order, order_id = item.order, new_id()
        frozen = freeze(order)
        past = is_history(order.placed_at, now, declared=history or order.history)
        ids[order.external_id] = (order_id, order, frozen.total, past)
        head.append(order_row(order_id, order, frozen, people[order.external_id], item.digest, past))
        lines += [line_row(order_id, n, *pair) for n, pair in enumerate(zip(order.lines, frozen.lines, strict=True))]
        tenders += [tender_row(order_id, n, tender) for n, tender in enumerate(order.tenders)]
    made = await intake.insert(session, head, lines, tenders)
    mine = {name: entry for name, entry in ids.items() if entry[0] in made}
    for order_id, order, _, _ in mine.values():
        if order.refunds:
            await apply_stated_refunds(session, order_id, order)
    told = [
        OrderPlaced(
            occurred_at=min(order.placed_at, now), order_id=order_id, customer_id=people[name], number=order.number,
            currency=order.currency, total=total,
        )
        for name, (order_id, order, total, past) in mine.items() if not past
    ]  # fmt: skip
    await publish_all(session, told)
    return {name: entry[0] for name, entry in mine.items()}


async def release_history(session: WriteSession, order_id: UUID) -> bool:
    """An order that was stored quietly, because its source had yet to confirm it, counts from now on and is told of.

    False, and nothing happens, where it is too old to be news or was never quiet. Raises OrderNotFound.
    """
    order, now = await get_order(session, order_id), clock.now()
    if not order.history or is_history(order.placed_at, now, declared=False):
        return False
    order.history = False
    await session.flush()
    placed = OrderPlaced(
        occurred_at=min(order.placed_at, now),
        order_id=order_id,
        customer_id=order.customer_id,
        number=order.number,
        currency=order.currency,
        total=order.total,
    )
    await publish(session, placed)
    return True
