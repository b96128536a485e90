"""Units and money under lock: what cases take, what refunds reserve and use up (M4, M6).

The order of locks is fixed: orders in id order, then tenders. Each function takes the lock it needs; who works on
several orders calls `lock_orders` with all of them first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish
from comeback.orders.errors import CannotCancel, NothingLeft, OrderNotFound, UnitsTaken
from comeback.orders.events import OrderCancelled
from comeback.orders.models import Fulfilment, Order, OrderState, UnitState
from comeback.orders.repository import money
from comeback.orders.service.reads import get_order


async def lock_orders(session: WriteSession, order_ids: Sequence[UUID]) -> list[Order]:
    """Locks orders and their tenders until the unit of work ends; answers them as they are now, in id order."""
    return await money.lock(session, order_ids)


async def take_slots(session: WriteSession, line_id: UUID, quantity: int, return_id: UUID) -> list[int]:
    """Takes the lowest free slots of a line for a case. Raises UnitsTaken, OrderNotFound."""
    order_id = await money.line_order(session, line_id)
    if order_id is None:
        raise OrderNotFound
    await money.lock(session, [order_id])
    slots = await money.take_lowest(session, line_id, quantity, return_id)
    if len(slots) < quantity:
        raise UnitsTaken
    return slots


async def free_slots(
    session: WriteSession, return_id: UUID, line_id: UUID | None = None, slots: Sequence[int] | None = None
) -> int:
    """Gives back units that the case was still waiting for (of one line, or all); answers how many."""
    return await money.free(session, return_id, line_id, slots)


async def mark_units(
    session: WriteSession, return_id: UUID, line_id: UUID | None, slots: Sequence[int] | None, state: UnitState | str
) -> int:
    """Sets what became of a case's units (None: all lines, all slots). Raises UnitsTaken for a slot not its own."""
    done = await money.mark(session, return_id, line_id, slots, UnitState(state))
    if slots is not None and done < len(slots):
        raise UnitsTaken("These units do not belong to this case.")
    return done


class RefundParts(msgspec.Struct, frozen=True, kw_only=True):
    """What one refund takes from an order, in minor units.

    `tenders` is money per means of payment, `credit` what is given as store credit instead; both count against the
    order. `lines` is the value of the line that it uses up (before fees), `shipping` the delivery's; `unallocated`
    belongs to neither (goodwill, M7). The parts of one settlement may be spread over several calls.
    """

    tenders: Mapping[UUID, int] = msgspec.field(default_factory=dict[UUID, int])
    shipping: int = 0
    lines: Mapping[UUID, int] = msgspec.field(default_factory=dict[UUID, int])
    credit: int = 0
    unallocated: int = 0

    @property
    def total(self) -> int:
        """What counts against the order."""
        return sum(self.tenders.values()) + self.credit


_ROOM = "captured - refunded - reserved >= :reserved"
_SHIPPING_ROOM = (
    "shipping_refunded + :shipping_refunded <= shipping_amount + CASE WHEN tax_included THEN 0 ELSE shipping_tax END"
)


async def reserve_refund(
    session: WriteSession,
    order_id: UUID,
    tender_amounts: Mapping[UUID, int],
    shipping: int = 0,
    lines: Mapping[UUID, int] | None = None,
    *,
    credit: int = 0,
    unallocated: int = 0,
) -> None:
    """Reserves a refund in the caps of order, tenders, lines and shipping. Raises NothingLeft; then nothing is written
    that the caller may keep. Arguments as in `RefundParts`."""
    parts = RefundParts(
        tenders=tender_amounts, shipping=shipping, lines=lines or {}, credit=credit, unallocated=unallocated
    )
    await money.lock(session, [order_id])
    deltas = {"reserved": parts.total, "shipping_refunded": parts.shipping, "unallocated": parts.unallocated}
    fits = (
        await money.change_order(session, order_id, deltas, f"{_ROOM} AND {_SHIPPING_ROOM}")
        and await money.change_each(
            session, "order_tenders", order_id, dict(parts.tenders), "reserved = t.reserved + i.amount",
            "t.captured - t.refunded - t.reserved >= i.amount",
        )
        and await money.change_each(
            session, "order_lines", order_id, dict(parts.lines), "refunded = t.refunded + i.amount",
            "t.refunded + i.amount <= t.net + t.tax",
        )
    )  # fmt: skip
    if not fits:
        raise NothingLeft


async def settle_refund(
    session: WriteSession,
    order_id: UUID,
    tender_amounts: Mapping[UUID, int],
    shipping: int = 0,
    lines: Mapping[UUID, int] | None = None,
    *,
    ok: bool,
    credit: int = 0,
    unallocated: int = 0,
) -> None:
    """Ends a reserve made with the same arguments: `ok` turns it into money given back, else everything is released."""
    parts = RefundParts(
        tenders=tender_amounts, shipping=shipping, lines=lines or {}, credit=credit, unallocated=unallocated
    )
    await money.lock(session, [order_id])
    deltas = {"reserved": -parts.total}
    change = "reserved = t.reserved - i.amount"
    if ok:
        deltas["refunded"] = parts.total
        change += ", refunded = t.refunded + i.amount"
    await _undo_or_keep(session, order_id, parts, deltas, change, "t.reserved >= i.amount", keep=ok)


async def reverse_refund(
    session: WriteSession,
    order_id: UUID,
    tender_amounts: Mapping[UUID, int],
    shipping: int = 0,
    lines: Mapping[UUID, int] | None = None,
    *,
    credit: int = 0,
    unallocated: int = 0,
) -> None:
    """Takes back a settled refund that failed afterwards (late failure): the caps are as if it had never been."""
    parts = RefundParts(
        tenders=tender_amounts, shipping=shipping, lines=lines or {}, credit=credit, unallocated=unallocated
    )
    await money.lock(session, [order_id])
    change = "refunded = t.refunded - i.amount"
    await _undo_or_keep(
        session, order_id, parts, {"refunded": -parts.total}, change, "t.refunded >= i.amount", keep=False
    )


async def _undo_or_keep(
    session: WriteSession,
    order_id: UUID,
    parts: RefundParts,
    deltas: dict[str, int],
    change: str,
    guard: str,
    *,
    keep: bool,
) -> None:
    """Moves the money of order and tenders; without `keep`, lines and shipping get their value back."""
    if not keep:
        deltas |= {"shipping_refunded": -parts.shipping, "unallocated": -parts.unallocated}
    guards = " AND ".join(f"{name} + :{name} >= 0" for name in deltas)
    fits = await money.change_order(session, order_id, deltas, guards) and await money.change_each(
        session, "order_tenders", order_id, dict(parts.tenders), change, guard
    )
    if fits and not keep:
        fits = await money.change_each(
            session,
            "order_lines",
            order_id,
            dict(parts.lines),
            "refunded = t.refunded - i.amount",
            "t.refunded >= i.amount",
        )
    if not fits:
        raise NothingLeft("This refund was not reserved.")


async def mark_disputed(session: WriteSession, provider_ref: str, disputed: bool) -> list[UUID]:
    """Marks the tenders behind a provider's reference (M19); answers their ids."""
    return await money.set_disputed(session, provider_ref, disputed)


async def set_fulfilment(session: WriteSession, order_id: UUID, fulfilment: Fulfilment | str) -> None:
    """How much of the order has left; told by the shipments room."""
    await money.set_fulfilment(session, order_id, Fulfilment(fulfilment))


async def hold_marketing(
    session: WriteSession, order_id: UUID, reason: str, source_id: str | UUID, until: datetime | None = None
) -> None:
    """Holds marketing about the order for a reason (an open delay, a ticket, a return); repeats renew `until`."""
    await money.hold(session, order_id, reason, str(source_id), until)


async def release_hold(session: WriteSession, order_id: UUID, reason: str, source_id: str | UUID) -> None:
    """Ends a hold; nothing happens where there is none."""
    await money.release(session, order_id, reason, str(source_id))


async def cancel_order(session: WriteSession, order_id: UUID) -> None:
    """Cancels an order of which nothing has left; again: nothing more. No money moves. Raises CannotCancel."""
    if not await money.lock(session, [order_id]):
        raise OrderNotFound
    now = clock.now()
    if await money.cancel(session, order_id, now):
        order = await get_order(session, order_id)
        if not order.history:
            event = OrderCancelled(
                occurred_at=now, order_id=order_id, customer_id=order.customer_id, number=order.number
            )
            await publish(session, event)
        return
    if (await get_order(session, order_id)).state != OrderState.CANCELLED:
        raise CannotCancel
