"""A parcel is registered: pieces checked against what is left, page opened, date promised, everyone told once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from comeback.core.clock import clock
from comeback.core.db import WriteSession
from comeback.core.errors import Conflict, FieldError, Invalid, NotFound
from comeback.core.events import publish
from comeback.core.outbox import enqueue
from comeback.core.settings import Settings
from comeback.kit.checks import Problems
from comeback.kit.ids import new_id
from comeback.merchants.service import get_shop
from comeback.shipments.errors import NoShipment
from comeback.shipments.events import NumberChanged, Shipped
from comeback.shipments.repository import events as event_rows
from comeback.shipments.repository import parcels as parcel_rows
from comeback.shipments.repository.parcels import LineFacts, OrderFacts, Parcel
from comeback.shipments.rules.events import tidy_carrier, tidy_number
from comeback.shipments.rules.orders import unshipped
from comeback.shipments.rules.promise import first_eta
from comeback.shipments.rules.vocabulary import Direction
from comeback.shipments.schemas import PieceIn, ShipmentIn
from comeback.shipments.service.pages import ensure_page
from comeback.shipments.service.refold import outbound_pieces, refold, refresh_fulfilment


async def create_shipment(
    session: WriteSession, order_id: UUID, body: ShipmentIn, *, settings: Settings | None = None
) -> Parcel:
    """Registers a parcel; see `create_or_find`."""
    return (await create_or_find(session, order_id, body, settings=settings))[0]


async def create_or_find(
    session: WriteSession, order_id: UUID, body: ShipmentIn, *, settings: Settings | None = None
) -> tuple[Parcel, bool]:
    """The parcel and whether it is new: the same number with the same pieces is the same parcel.

    Raises NotFound for an unknown order and Invalid, naming every bad line, where more is shipped than is left.
    Without `settings` the customer's page is opened by a job right after the commit.
    """
    number = tidy_number(body.tracking_number or "")
    if body.tracking_number is not None and not number:
        raise Invalid("The tracking number has no letter or digit.", [FieldError("/tracking_number", "is not one")])
    _check_times(body)
    if number:
        await event_rows.lock_numbers(session, [number])
    order, lines = await _locked_order(session, order_id)
    wanted = _wanted(body.lines, lines) if body.lines is not None else None
    known = await _known(session, order_id, body.carrier, number, wanted)
    if known is not None:
        return known, False
    pieces = _checked(wanted, body.lines, lines, unshipped(_ordered(lines), await outbound_pieces(session, order_id)))
    return await _register(session, order, body, number, pieces, settings), True


def _check_times(body: ShipmentIn) -> None:
    """Raises Invalid: the ends of the calendar cannot be told in another zone, nor a day after them."""
    problems = Problems()
    problems.moment("/shipped_at", body.shipped_at)
    problems.moment("/promised_at", body.promised_at)
    if problems.found:
        raise Invalid("A time is out of range.", [FieldError(at, message) for at, message in problems.found])


async def _locked_order(session: WriteSession, order_id: UUID) -> tuple[OrderFacts, list[LineFacts]]:
    orders = await parcel_rows.orders(session, [order_id], lock=True)
    if order_id not in orders:
        raise NotFound("There is no such order.")
    if orders[order_id].state == "cancelled":
        raise Conflict("The order was cancelled.")
    return orders[order_id], (await parcel_rows.lines(session, [order_id]))[order_id]


def _ordered(lines: Sequence[LineFacts]) -> dict[UUID, int]:
    return {line.id: line.quantity for line in lines}


def _wanted(pieces: Sequence[PieceIn], lines: Sequence[LineFacts]) -> dict[UUID, int]:
    ids = {line.external_id: line.id for line in lines}
    problems = [
        FieldError(f"/lines/{index}/line", "is not a line of this order")
        for index, piece in enumerate(pieces)
        if piece.line not in ids
    ]
    if problems:
        raise Invalid("A line is not known.", problems)
    wanted: dict[UUID, int] = {}
    for piece in pieces:
        wanted[ids[piece.line]] = wanted.get(ids[piece.line], 0) + piece.quantity
    return wanted


async def _known(
    session: WriteSession, order_id: UUID, carrier: str, number: str, wanted: Mapping[UUID, int] | None
) -> Parcel | None:
    if not number:
        return None
    same = [
        parcel
        for parcel in await parcel_rows.parcels_of(session, order_ids=[order_id])
        if parcel.direction == Direction.OUTBOUND
        and tidy_number(parcel.tracking_number or "") == number
        and tidy_carrier(parcel.carrier) == tidy_carrier(carrier)
    ]
    pieces = await parcel_rows.pieces_of(session, [parcel.id for parcel in same])
    return next((parcel for parcel in same if wanted is None or pieces[parcel.id] == dict(wanted)), None)


def _checked(
    wanted: dict[UUID, int] | None,
    pieces: Sequence[PieceIn] | None,
    lines: Sequence[LineFacts],
    left: Mapping[UUID, int],
) -> dict[UUID, int]:
    if wanted is None or pieces is None:
        if not left:
            raise Invalid("Everything was shipped already.", [FieldError("/lines", "nothing is left to ship")])
        return dict(left)
    if not wanted:
        raise Invalid("A parcel needs pieces.", [FieldError("/lines", "must have at least 1 entries")])
    ids = {line.external_id: line.id for line in lines}
    problems = [
        FieldError(f"/lines/{index}/quantity", f"only {left.get(ids[piece.line], 0)} left to ship")
        for index, piece in enumerate(pieces)
        if wanted[ids[piece.line]] > left.get(ids[piece.line], 0)
    ]
    if problems:
        raise Invalid("More is shipped than is left.", problems)
    return wanted


async def _register(
    session: WriteSession,
    order: OrderFacts,
    body: ShipmentIn,
    number: str,
    pieces: Mapping[UUID, int],
    settings: Settings | None,
) -> Parcel:
    shipment_id = new_id()
    values = await _values(session, order, body) | {"id": shipment_id}
    await parcel_rows.insert(session, values, pieces)
    await open_page(session, order.id, settings)
    if number:
        await event_rows.link_number(session, shipment_id, tidy_carrier(body.carrier), number)
    if not order.history:
        await _tell(session, order, shipment_id, values)
    if number:
        await refold(session, [shipment_id])
    await refresh_fulfilment(session, [order.id])
    return (await parcel_rows.parcels(session, [shipment_id]))[0]


async def _values(session: WriteSession, order: OrderFacts, body: ShipmentIn) -> dict[str, Any]:
    shipped_at = body.shipped_at or clock.now()
    zone = (await get_shop(session)).timezone
    eta = first_eta(shipped_at, tidy_carrier(body.carrier), body.service, zone=zone, promised_at=body.promised_at)
    return {
        "order_id": order.id,
        "carrier": body.carrier.strip(),
        "service": body.service,
        "tracking_number": body.tracking_number.strip() if body.tracking_number else None,
        "shipped_at": shipped_at,
        "eta_from": eta.start,
        "eta_until": eta.until,
        "eta_source": eta.source,
        "eta_original_until": eta.until,
        "history": order.history,
    }


async def open_page(session: WriteSession, order_id: UUID, settings: Settings | None) -> None:
    """Opens the customer's page now, or by a job where the caller has no settings at hand."""
    if settings is not None:
        await ensure_page(session, settings, order_id)
    else:
        await enqueue(session, "shipments.open_page", {"order": str(order_id)}, key=str(order_id))


async def _tell(session: WriteSession, order: OrderFacts, shipment_id: UUID, values: Mapping[str, Any]) -> None:
    """Fulfilment with a number is `shipment.shipped`; a parcel without one has it when it gets its first number."""
    number = values["tracking_number"]
    if number is None:
        return
    await publish(
        session,
        Shipped(
            occurred_at=values["shipped_at"],
            order_id=order.id,
            shipment_id=shipment_id,
            customer_id=order.customer_id,
            why="Told: the shop handed it to the carrier.",
            carrier=values["carrier"],
            tracking_number=number,
        ),
    )


async def correct_number(
    session: WriteSession, shipment_id: UUID, number: str, *, carrier: str | None = None
) -> Parcel:
    """Puts the right tracking number on a parcel: its page stays, its story is that of the new number, one mail goes.

    Raises NoShipment, and Invalid for a number without letters and digits.
    """
    tidy = tidy_number(number)
    if not tidy:
        raise Invalid("The tracking number has no letter or digit.", [FieldError("/tracking_number", "is not one")])
    await event_rows.lock_numbers(session, [tidy])
    found = await parcel_rows.parcels(session, [shipment_id], lock=True)
    if not found:
        raise NoShipment()
    old = found[0]
    carrier = (carrier or old.carrier).strip()
    if tidy_number(old.tracking_number or "") == tidy and tidy_carrier(old.carrier) == tidy_carrier(carrier):
        return old
    await event_rows.forget_numbers(session, shipment_id)
    await event_rows.link_number(session, shipment_id, tidy_carrier(carrier), tidy)
    await parcel_rows.change(session, shipment_id, tracking_number=number.strip(), carrier=carrier)
    await _tell_change(session, old, number.strip(), carrier)
    await refold(session, [shipment_id])
    return (await parcel_rows.parcels(session, [shipment_id]))[0]


async def _tell_change(session: WriteSession, old: Parcel, number: str, carrier: str) -> None:
    """A first number makes the parcel known; another one is a correction."""
    if old.history:
        return
    order = (await parcel_rows.orders(session, [old.order_id]))[old.order_id]
    if old.tracking_number is None and old.direction == Direction.OUTBOUND:
        values = {"shipped_at": clock.now(), "carrier": carrier, "tracking_number": number}
        await _tell(session, order, old.id, values)
        return
    await publish(
        session,
        NumberChanged(
            occurred_at=clock.now(),
            order_id=old.order_id,
            shipment_id=old.id,
            return_id=old.return_id,
            customer_id=order.customer_id,
            notify=old.direction == Direction.OUTBOUND,
            why="Told: the tracking number was corrected.",
            carrier=carrier,
            tracking_number=number,
            old_number=old.tracking_number,
        ),
    )
