"""Updates of stored orders: plan under lock, write what is not frozen, flag the rest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish
from comeback.kit.ids import new_id
from comeback.orders.errors import OrderNotFound
from comeback.orders.events import OrderUpdated
from comeback.orders.models import Order
from comeback.orders.repository import intake, money, reads
from comeback.orders.rules import Change, StoredOrder, plan_change, record_refund
from comeback.orders.schemas import OrderIn, RefundIn
from comeback.orders.service.shapes import as_json, header, line_row, stored_order, tender_row


async def locked(session: WriteSession, order_id: UUID) -> tuple[Order, StoredOrder]:
    """An order under lock, and what planning needs of it. Raises OrderNotFound."""
    found = await money.lock(session, [order_id])
    if not found:
        raise OrderNotFound
    lines = await reads.lines(session, [order_id])
    tenders = await reads.tenders(session, [order_id])
    units = await intake.units_of(session, order_id)
    return found[0], stored_order(found[0], lines, tenders, units, await intake.refund_ids(session, order_id))


async def apply_update(session: WriteSession, order_id: UUID, order: OrderIn, digest: bytes) -> bool:
    """Writes what an update changes and tells of it; False where another request just wrote the same body."""
    stored, state = await locked(session, order_id)
    if stored.body_hash == digest:
        return False
    change = plan_change(state, order)
    await _write(session, order_id, change, len(state.lines), len(state.tenders))
    if not change.review or change.new_lines:
        await intake.update_lines(
            session, order_id, [(i.external_id, i.title, i.image_url, i.url, i.category) for i in order.lines]
        )
    await intake.update_order(session, order_id, header(order, digest) | _sums(change))
    if not stored.history:
        told = OrderUpdated(
            occurred_at=clock.now(),
            order_id=order_id,
            customer_id=stored.customer_id,
            number=order.number,
            review=change.review,
        )
        await publish(session, told)
    return True


async def apply_stated_refunds(session: WriteSession, order_id: UUID, order: OrderIn) -> None:
    """Books the refunds that a new order already comes with."""
    for refund in order.refunds:
        await record_external_refund(session, order_id, refund)


async def record_external_refund(session: WriteSession, order_id: UUID, refund: RefundIn) -> int:
    """Books money that went back elsewhere (M18); answers how much of it was new and fitted the caps.

    Once per `refund.id`. What does not fit is cut to the caps and the order goes to review. Raises OrderNotFound.
    """
    stored, state = await locked(session, order_id)
    change = record_refund(state, refund)
    await _write(session, order_id, change, 0, 0)
    review = sorted({*stored.review, *change.review})
    await intake.add_to_order(session, order_id, _sums(change) | {"review": as_json(review)})
    return change.refunded


async def _write(session: WriteSession, order_id: UUID, change: Change, lines: int, tenders: int) -> None:
    """Writes all of a change but the order's own row."""
    if change.new_lines:
        rows = [line_row(order_id, lines + n, line, frozen) for n, (line, frozen) in enumerate(change.new_lines)]
        await intake.add_lines(session, rows)
    if change.new_tenders:
        await intake.add_tenders(
            session, [tender_row(order_id, tenders + n, t) for n, t in enumerate(change.new_tenders)]
        )
    await intake.add_amounts(session, "order_tenders", "captured", _by_id(change.captured_more))
    per_tender: dict[str, int] = {}
    for refund in change.refunds:
        per_tender[refund.tender_id] = per_tender.get(refund.tender_id, 0) + refund.amount
    await intake.add_amounts(session, "order_tenders", "refunded", _by_id(per_tender))
    await intake.add_amounts(session, "order_lines", "refunded", _by_id(change.line_refunds))
    await money.give_elsewhere(session, {UUID(line): slots for line, slots in change.units.items()})
    if change.refunds:
        await intake.add_external_refunds(
            session, [_refund_row(order_id, change, n) for n in range(len(change.refunds))]
        )


def _refund_row(order_id: UUID, change: Change, n: int) -> tuple[Any, ...]:
    refund, key = change.refunds[n], new_id()
    external = refund.external_id if refund.external_id is not None else f"update:{key}"
    return (
        key,
        order_id,
        UUID(refund.tender_id),
        external,
        refund.amount,
        refund.origin,
        as_json({"lines": refund.lines}),
    )


def _by_id(amounts: dict[str, int]) -> dict[UUID, int]:
    return {UUID(key): amount for key, amount in amounts.items()}


def _sums(change: Change) -> dict[str, Any]:
    frozen = [line for _, line in change.new_lines]
    return {
        "review": as_json(change.review),
        "captured_more": sum(change.captured_more.values()) + sum(t.amount for t in change.new_tenders),
        "refunded_more": change.refunded,
        "unallocated_more": change.unallocated,
        "goods_more": sum(line.goods for line in frozen),
        "discount_more": sum(line.discount_share for line in frozen),
        "tax_more": sum(line.tax for line in frozen),
        "total_more": sum(line.amount for line in frozen),
    }


async def flag_review(session: WriteSession, order_id: UUID, reasons: Sequence[str]) -> None:
    """Adds what a person must look at; what is flagged already is not said twice. Raises OrderNotFound."""
    stored, _ = await locked(session, order_id)
    review = sorted({*stored.review, *reasons})
    if review != sorted(stored.review):
        await intake.add_to_order(session, order_id, _sums(Change()) | {"review": as_json(review)})
