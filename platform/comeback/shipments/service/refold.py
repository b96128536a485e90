"""Folding parcels again after their events changed: projection, milestones once, events, fulfilment of the order."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from comeback.core.clock import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish_all
from comeback.orders.service import hold_marketing, release_hold, set_fulfilment
from comeback.shipments.events import ParcelEvent, event_of
from comeback.shipments.repository import events as event_rows
from comeback.shipments.repository import parcels as parcel_rows
from comeback.shipments.repository.parcels import OrderFacts, Parcel
from comeback.shipments.rules.events import CarrierEvent
from comeback.shipments.rules.folding import Folded, fold
from comeback.shipments.rules.milestones import Decision, decide
from comeback.shipments.rules.orders import ParcelQuantities, unshipped
from comeback.shipments.rules.vocabulary import Direction, Status


async def refold(session: WriteSession, shipment_ids: Sequence[UUID]) -> dict[UUID, Folded]:
    """Folds parcels from all their events, under their row locks; tells what is new. Answers the folds."""
    parcels = await parcel_rows.parcels(session, shipment_ids, lock=True)
    if not parcels:
        return {}
    folds = await _fold_all(session, parcels)
    for parcel in parcels:
        if _differs(parcel, folds[parcel.id]):
            await parcel_rows.project(session, parcel.id, folds[parcel.id])
    await _tell(session, parcels, folds)
    await _hold_marketing(session, parcels, folds)
    changed = {p.order_id for p in parcels if _counts_anew(p, folds[p.id])}
    await refresh_fulfilment(session, changed)
    return folds


async def _fold_all(session: WriteSession, parcels: Sequence[Parcel]) -> dict[UUID, Folded]:
    """Folds; where a hand-over named a new number, its events join in and the fold is made again."""
    events = await event_rows.events_of(session, [parcel.id for parcel in parcels])
    folds = {parcel.id: fold(events[parcel.id]) for parcel in parcels}
    grown = [
        parcel.id
        for parcel in parcels
        if folds[parcel.id].numbers
        and await event_rows.link_children(session, parcel.id, folds[parcel.id].numbers, parcel.carrier)
    ]
    if grown:
        more = await event_rows.events_of(session, grown)
        folds |= {shipment_id: fold(more[shipment_id]) for shipment_id in grown}
    return folds


async def _hold_marketing(session: WriteSession, parcels: Sequence[Parcel], folds: dict[UUID, Folded]) -> None:
    """While a parcel is late or in trouble nobody is offered anything about its order."""
    for parcel in parcels:
        before = parcel.problem is not None or parcel.delay is not None
        now = folds[parcel.id].exception is not None or folds[parcel.id].delay is not None
        if now and not before:
            await hold_marketing(session, parcel.order_id, "delay", parcel.id)
        elif before and not now:
            await release_hold(session, parcel.order_id, "delay", parcel.id)


def _differs(parcel: Parcel, folded: Folded) -> bool:
    return (
        parcel.status,
        parcel.substatus,
        parcel.reason,
        parcel.problem,
        parcel.delay,
        parcel.flags,
        parcel.attempts,
        parcel.why,
        parcel.first_scan_at,
        parcel.delivered_at,
        parcel.last_event_at,
    ) != (
        folded.status.value,
        folded.substatus,
        folded.reason,
        None if folded.exception is None else msgspec.to_builtins(folded.exception),
        None if folded.delay is None else msgspec.to_builtins(folded.delay),
        list(folded.flags),
        folded.attempts,
        folded.why,
        folded.first_scan_at,
        folded.delivered_at,
        folded.last_event_at,
    )


def _counts_anew(parcel: Parcel, folded: Folded) -> bool:
    cancelled = Status.CANCELLED.value
    return parcel.direction == Direction.OUTBOUND and (parcel.status == cancelled) != (folded.status == cancelled)


async def _tell(session: WriteSession, parcels: Sequence[Parcel], folds: dict[UUID, Folded]) -> None:
    known = await event_rows.milestones_of(session, [parcel.id for parcel in parcels])
    now = clock.now()
    decisions = [
        (parcel, decision)
        for parcel in parcels
        for decision in decide(folds[parcel.id], known[parcel.id], now=now, history=parcel.history)
    ]
    new = await event_rows.add_milestones(session, [(parcel.id, decision) for parcel, decision in decisions])
    told = [(p, d) for p, d in decisions if (p.id, d.name.value) in new and not p.history]
    if told:
        orders = await parcel_rows.orders(session, sorted({parcel.order_id for parcel, _ in told}))
        made = [_event(parcel, decision, orders[parcel.order_id]) for parcel, decision in told]
        await publish_all(session, [event for event in made if event is not None])


def _event(parcel: Parcel, decision: Decision, order: OrderFacts) -> ParcelEvent | None:
    kind = event_of(parcel.direction, decision.name)
    return kind and kind(
        occurred_at=decision.occurred_at,
        order_id=parcel.order_id,
        shipment_id=parcel.id,
        return_id=parcel.return_id,
        customer_id=order.customer_id,
        notify=decision.notify,
        why=decision.why,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
    )


async def refresh_fulfilment(session: WriteSession, order_ids: Collection[UUID]) -> None:
    """Writes how much of each order has left: unfulfilled, partial, fulfilled. Locks the orders in id order."""
    orders = await parcel_rows.orders(session, sorted(order_ids), lock=True) if order_ids else {}
    lines = await parcel_rows.lines(session, list(orders))
    for order_id in orders:
        ordered = {line.id: line.quantity for line in lines[order_id]}
        left = unshipped(ordered, await outbound_pieces(session, order_id))
        sent = sum(ordered.values()) - sum(left.values())
        await set_fulfilment(session, order_id, "unfulfilled" if sent <= 0 else "partial" if left else "fulfilled")


async def outbound_pieces(session: WriteSession, order_id: UUID) -> list[ParcelQuantities]:
    """Outbound parcels of an order with their pieces."""
    parcels = [
        parcel
        for parcel in await parcel_rows.parcels_of(session, order_ids=[order_id])
        if parcel.direction == Direction.OUTBOUND
    ]
    pieces = await parcel_rows.pieces_of(session, [parcel.id for parcel in parcels])
    return [ParcelQuantities(Status(parcel.status), pieces[parcel.id]) for parcel in parcels]


async def store_and_refold(
    session: WriteSession, events: Sequence[CarrierEvent], shipment_id: UUID
) -> dict[UUID, Folded]:
    """Adds what a person entered for one parcel and folds it again."""
    await event_rows.store(session, events, shipment_id)
    return await refold(session, [shipment_id])
