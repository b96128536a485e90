"""Caps under lock: units, reserves, refunds, late failures, holds."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comeback.core.clock import clock
from comeback.core.db import Database, WriteSession
from comeback.kit.ids import new_id
from comeback.orders import service
from comeback.orders.errors import CannotCancel, NothingLeft, OrderNotFound, UnitsTaken
from comeback.orders.models import Order, OrderLine, OrderTender
from comeback.orders.rules import slots_total
from comeback.orders.schemas import RefundIn
from tests.factories.orders import line_body, order_in

TENDERS = [{"id": "gc", "kind": "gift_card", "amount": 2500}, {"id": "card", "kind": "card", "amount": 7500}]


async def an_order(session: WriteSession) -> tuple[Order, list[OrderLine], list[OrderTender]]:
    """3 × 30.00 and shipping 10.00, paid 25.00 by gift card and 75.00 by card."""
    body = order_in(lines=[line_body("a", 3000, 3)], tenders=TENDERS, shipping={"amount": 1000})
    order, created = await service.import_order(session, body)
    assert created
    return order, await service.lines_of(session, order.id), await service.tenders_of(session, order.id)


async def test_slots_are_the_lowest_free_ones(session: WriteSession) -> None:
    _, (line,), _ = await an_order(session)
    first, second, third = new_id(), new_id(), new_id()
    assert await service.take_slots(session, line.id, 1, first) == [1]
    assert await service.take_slots(session, line.id, 1, second) == [2]
    assert await service.free_slots(session, first) == 1
    assert await service.take_slots(session, line.id, 2, third) == [1, 3]
    assert slots_total(service.shares(line), [1, 3]).amount == 6000
    assert await service.mark_units(session, third, line.id, [1], "returned") == 1
    assert await service.free_slots(session, third, line.id) == 1
    with pytest.raises(UnitsTaken):
        await service.mark_units(session, third, line.id, [2], "kept")


async def test_no_more_units_than_there_are(session: WriteSession) -> None:
    _, (line,), _ = await an_order(session)
    with pytest.raises(UnitsTaken):
        await service.take_slots(session, line.id, 4, new_id())
    with pytest.raises(OrderNotFound):
        await service.take_slots(session, new_id(), 1, new_id())


async def test_many_cases_at_once_share_the_units(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        _, (line,), _ = await an_order(session)

    async def one() -> list[int]:
        try:
            async with database.write(shop) as session:
                return await service.take_slots(session, line.id, 1, new_id())
        except UnitsTaken:
            return []

    taken = await asyncio.gather(*(one() for _ in range(12)))
    assert sorted(slot for slots in taken for slot in slots) == [1, 2, 3]


async def test_a_refund_from_reserve_to_late_failure(session: WriteSession) -> None:
    order, (line,), (gift, card) = await an_order(session)
    amounts, lines = {gift.id: 2500, card.id: 1500}, {line.id: 3000}
    await service.reserve_refund(session, order.id, amounts, 1000, lines)
    left = await service.refundable(session, order.id)
    assert (left.order, left.shipping, left.tenders, left.lines) == (6000, 0, {"gc": 0, "card": 6000}, {"a": 6000})
    now = await service.get_order(session, order.id)
    assert (now.reserved, now.refunded, now.shipping_refunded) == (4000, 0, 1000)
    await service.settle_refund(session, order.id, amounts, 1000, lines, ok=True)
    now = await service.get_order(session, order.id)
    assert (now.reserved, now.refunded) == (0, 4000)
    assert await service.refundable(session, order.id) == left
    with pytest.raises(NothingLeft):
        await service.settle_refund(session, order.id, amounts, 1000, lines, ok=True)


@pytest.mark.parametrize("late", [False, True])
async def test_a_failed_refund_leaves_no_trace(session: WriteSession, late: bool) -> None:
    order, (line,), (_, card) = await an_order(session)
    before = await service.refundable(session, order.id)
    parts = (order.id, {card.id: 1500}, 500, {line.id: 1000})
    await service.reserve_refund(session, *parts, unallocated=20)
    if late:
        await service.settle_refund(session, *parts, ok=True, unallocated=20)
        await service.reverse_refund(session, *parts, unallocated=20)
    else:
        await service.settle_refund(session, *parts, ok=False, unallocated=20)
    assert await service.refundable(session, order.id) == before
    assert (await service.get_order(session, order.id)).unallocated == 0


Reserve = Callable[[WriteSession, Order, OrderLine, OrderTender], Awaitable[None]]


@pytest.mark.parametrize(
    "reserve",
    [
        lambda s, o, line, card: service.reserve_refund(s, o.id, {card.id: 7501}),
        lambda s, o, line, card: service.reserve_refund(s, o.id, {card.id: 100}, 1001),
        lambda s, o, line, card: service.reserve_refund(s, o.id, {card.id: 100}, 0, {line.id: 9001}),
        lambda s, o, line, card: service.reserve_refund(s, o.id, {card.id: 7500}, credit=2501),
        lambda s, o, line, card: service.reserve_refund(s, new_id(), {card.id: 1}),
        lambda s, o, line, card: service.reserve_refund(s, o.id, {new_id(): 1}),
    ],
)
async def test_each_cap_holds(session: WriteSession, reserve: Reserve) -> None:
    order, (line,), (_, card) = await an_order(session)
    with pytest.raises(NothingLeft):
        await reserve(session, order, line, card)


async def test_credit_counts_against_the_order(session: WriteSession) -> None:
    order, _, (_, card) = await an_order(session)
    await service.reserve_refund(session, order.id, {}, credit=6000)
    await service.settle_refund(session, order.id, {}, credit=6000, ok=True)
    left = await service.refundable(session, order.id)
    assert (left.order, left.tenders) == (4000, {"gc": 2500, "card": 4000})
    with pytest.raises(NothingLeft):
        await service.reserve_refund(session, order.id, {card.id: 4001})


async def test_many_at_once_never_exceed_what_was_captured(database: Database, shop: UUID) -> None:
    async with database.write(shop) as session:
        order, _, (_, card) = await an_order(session)

    async def one() -> bool:
        try:
            async with database.write(shop) as session:
                await service.reserve_refund(session, order.id, {card.id: 1000})
        except NothingLeft:
            return False
        return True

    assert sum(await asyncio.gather(*(one() for _ in range(20)))) == 7
    async with database.read(shop) as session:
        assert (await service.get_order(session, order.id)).reserved == 7000


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders SET refunded = captured + 1",
        "UPDATE orders SET reserved = -1",
        "UPDATE orders SET shipping_refunded = 1001",
        "UPDATE order_tenders SET refunded = captured, reserved = 1",
        "UPDATE order_lines SET refunded = net + tax + 1",
        "UPDATE order_units SET slot = 0",
        "UPDATE orders SET state = 'nonsense'",
    ],
)
async def test_the_database_keeps_the_caps_by_itself(session: WriteSession, statement: str) -> None:
    _, (line,), _ = await an_order(session)
    await service.take_slots(session, line.id, 1, new_id())
    with pytest.raises(DBAPIError) as refused:
        await session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", None) == "23514"


async def test_a_cancelled_order_stays_cancelled(session: WriteSession) -> None:
    order, _, _ = await an_order(session)
    await service.cancel_order(session, order.id)
    with pytest.raises(DBAPIError, match="cannot become"):
        await session.execute(text("UPDATE orders SET state = 'placed'"))


async def test_what_has_left_cannot_be_cancelled(session: WriteSession) -> None:
    order, _, _ = await an_order(session)
    await service.set_fulfilment(session, order.id, "partial")
    with pytest.raises(CannotCancel):
        await service.cancel_order(session, order.id)


async def test_what_is_being_returned_cannot_be_cancelled(session: WriteSession) -> None:
    order, (line,), _ = await an_order(session)
    await service.take_slots(session, line.id, 1, new_id())
    with pytest.raises(CannotCancel):
        await service.cancel_order(session, order.id)
    with pytest.raises(OrderNotFound):
        await service.cancel_order(session, new_id())


async def test_a_refund_from_the_dashboard_is_booked_once(session: WriteSession) -> None:
    order, _, _ = await an_order(session)
    refund = RefundIn(id="re_1", tender="card", amount=5000)
    assert await service.record_external_refund(session, order.id, refund) == 5000
    assert await service.record_external_refund(session, order.id, refund) == 0
    more = RefundIn(id="re_2", tender="card", amount=5000)
    assert await service.record_external_refund(session, order.id, more) == 2500
    now = await service.get_order(session, order.id)
    assert (now.refunded, now.unallocated, len(now.review)) == (7500, 7500, 1)


async def test_holds_on_marketing(session: WriteSession) -> None:
    order, _, _ = await an_order(session)
    await service.hold_marketing(session, order.id, "delay", "p1", clock.now() + timedelta(hours=1))
    await service.hold_marketing(session, order.id, "return", new_id())
    assert await service.marketing_holds(session, [order.id]) == {order.id: ["delay", "return"]}
    clock.advance(timedelta(hours=2))
    assert await service.marketing_holds(session, [order.id]) == {order.id: ["return"]}
    await service.hold_marketing(session, order.id, "ticket", "t1")
    await service.release_hold(session, order.id, "ticket", "t1")
    assert (await service.order_facts(session, [order.id]))[order.id]["on_hold"] is True


async def test_facts_and_lines_for_flows_and_mails(session: WriteSession) -> None:
    order, _, _ = await an_order(session)
    facts = (await service.order_facts(session, [order.id, new_id()]))[order.id]
    assert (facts["total"], facts["items"], facts["country"], facts["earlier_orders"]) == (10000, 3, "DE", 0)
    (line,) = (await service.order_lines_view(session, [order.id]))[order.id]
    assert (line["title"], line["quantity"], line["amount"], line["currency"]) == ("Item a", 3, 9000, "EUR")


async def test_batches(session: WriteSession) -> None:
    bodies = [order_in(str(n)) for n in range(300)] + [order_in("7"), order_in("8", tags=["late"])]
    done = await service.import_orders(session, bodies)
    assert [d.created for d in done] == [True] * 300 + [False, False]
    assert [d.changed for d in done[300:]] == [True, True]  # the factory's `placed_at` moved on
    again = await service.import_orders(session, bodies[:300])
    assert not any(d.created for d in again)
    assert [d.order_id for d in again] == [d.order_id for d in done[:300]]
