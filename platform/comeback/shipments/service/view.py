"""The order's page as data: headline, steps, parcels with their events and pieces, what is still to come."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.clock import clock
from comeback.core.db import Database, ReadSession
from comeback.core.settings import Settings
from comeback.customers.service import Contact
from comeback.shipments.errors import NoShipment
from comeback.shipments.repository import events as event_rows
from comeback.shipments.repository import page as page_rows
from comeback.shipments.repository import parcels as parcel_rows
from comeback.shipments.repository.page import PageRows
from comeback.shipments.repository.parcels import LineFacts, OrderFacts, Parcel
from comeback.shipments.rules.clusters import Entry
from comeback.shipments.rules.events import tidy_number
from comeback.shipments.rules.folding import Folded, fold
from comeback.shipments.rules.headline import Head, order_head, parcel_head
from comeback.shipments.rules.orders import ParcelQuantities, Step, order_state, steps, unshipped
from comeback.shipments.rules.vocabulary import Direction, Status
from comeback.shipments.schemas import EventView, Headline, ItemView, ParcelView, TrackingView
from comeback.shipments.service.pages import tracking_url
from comeback.shipments.service.queries import last_arrival, return_state
from comeback.vendors.carriers import codes


class Loaded(msgspec.Struct):
    """Everything about one order that a view needs, read in a handful of statements.

    `lines` are the order's own; `carried` are those in its parcels, also of other orders that share a return parcel.
    """

    order: OrderFacts
    lines: dict[UUID, LineFacts]
    carried: dict[UUID, LineFacts]
    parcels: list[Parcel]
    folds: dict[UUID, Folded]
    pieces: dict[UUID, dict[UUID, int]]
    notes: list[dict[str, Any]]
    returned: int

    def going(self, direction: Direction) -> list[Parcel]:
        """Parcels of one direction, the oldest first."""
        return [parcel for parcel in self.parcels if parcel.direction == direction]

    def left(self) -> dict[UUID, int]:
        """Pieces that no parcel carries yet."""
        return unshipped({line.id: line.quantity for line in self.lines.values()}, self.quantities())

    def quantities(self) -> list[ParcelQuantities]:
        """Outbound parcels with their pieces."""
        return [
            ParcelQuantities(self.folds[parcel.id].status, self.pieces[parcel.id])
            for parcel in self.going(Direction.OUTBOUND)
        ]


async def load(session: ReadSession, order_ids: Sequence[UUID], *, public_notes: bool = True) -> dict[UUID, Loaded]:
    """Orders with their parcels, folded; unknown ids are left out."""
    orders = await parcel_rows.orders(session, order_ids)
    lines = await parcel_rows.lines(session, list(orders))
    parcels = await parcel_rows.parcels_of(session, order_ids=list(orders))
    ids = [parcel.id for parcel in parcels]
    events = await event_rows.events_of(session, ids)
    pieces = await parcel_rows.pieces_of(session, ids)
    notes = await parcel_rows.notes_of(session, ids, public_only=public_notes)
    returned = await parcel_rows.returned_units(session, list(orders))
    carried = await parcel_rows.lines_by_id(session, {line_id for part in pieces.values() for line_id in part})
    return {
        order_id: _loaded(order, lines[order_id], carried, parcels, events, pieces, notes, returned.get(order_id, 0))
        for order_id, order in orders.items()
    }


def _loaded(
    order: OrderFacts,
    lines: Sequence[LineFacts],
    carried: Mapping[UUID, LineFacts],
    parcels: Sequence[Parcel],
    events: Mapping[UUID, Any],
    pieces: Mapping[UUID, dict[UUID, int]],
    notes: Sequence[dict[str, Any]],
    returned: int,
) -> Loaded:
    own = [parcel for parcel in parcels if parcel.order_id == order.id]
    ids = {parcel.id for parcel in own}
    return Loaded(
        order,
        {line.id: line for line in lines},
        {line_id: line for line_id, line in carried.items() if any(line_id in pieces[parcel.id] for parcel in own)},
        own,
        {parcel.id: fold(events[parcel.id]) for parcel in own},
        {parcel.id: pieces[parcel.id] for parcel in own},
        [note for note in notes if note["shipment_id"] in ids],
        returned,
    )


class Opened(msgspec.Struct, frozen=True):
    """What a page token opens: the order's page, who reads it, whether they ever agreed to marketing by mail."""

    view: TrackingView
    person: Contact | None
    agreed: bool


async def open_page(database: Database, key: bytes) -> Opened | None:
    """The page behind a token's digest, read in one round trip; None for every other token."""
    rows = await page_rows.read(database, key)
    return None if rows is None else Opened(_view(database.settings, rows.shop_id, _of(rows)), rows.person, rows.agreed)


def _of(rows: PageRows) -> Loaded:
    parcels, lines = rows.parcels or [], {line.id: line for line in rows.lines or ()}
    return Loaded(
        rows.order,
        lines,
        {**lines, **{line.id: line for line in rows.carried or ()}},
        list[Parcel](parcels),
        {parcel.id: fold(parcel.events or ()) for parcel in parcels},
        {parcel.id: dict(parcel.pieces or ()) for parcel in parcels},
        [msgspec.structs.asdict(note) for parcel in parcels for note in parcel.notes or ()],
        rows.returned,
    )


async def tracking_view(session: ReadSession, settings: Settings, order_id: UUID) -> TrackingView:
    """The order's page. Raises NoShipment for an unknown order."""
    loaded = (await load(session, [order_id])).get(order_id)
    if loaded is None:
        raise NoShipment("There is no such order.")
    return _view(settings, session.shop_id, loaded)


def _view(settings: Settings, shop_id: UUID, loaded: Loaded) -> TrackingView:
    outbound = parcel_views(loaded, Direction.OUTBOUND)
    order, address = loaded.order, loaded.order.shipping_address or {}
    left = loaded.left()
    return TrackingView(
        shop_id=shop_id,
        order_id=order.id,
        number=order.number,
        placed_at=order.placed_at,
        currency=order.currency,
        locale=order.locale,
        customer_id=order.customer_id,
        state=state_of(loaded),
        city=address.get("city"),
        country=address.get("country"),
        headline=order_headline(loaded),
        steps=_order_steps(loaded, outbound),
        parcels=outbound,
        returns=parcel_views(loaded, Direction.RETURN),
        unshipped=items_of(loaded, left),
        last_delivery=last_arrival(loaded.parcels),
        page_url=tracking_url(settings, shop_id, order.id),
    )


def state_of(loaded: Loaded) -> str:
    """The order-level fold."""
    return order_state(
        {line.id: line.quantity for line in loaded.lines.values()},
        loaded.quantities(),
        cancelled=loaded.order.state == "cancelled",
        returned=loaded.returned,
    ).value


def head_of(parcel: Parcel, folded: Folded) -> Head:
    """The headline of a parcel."""
    return parcel_head(folded, parcel.eta_from, parcel.eta_until, parcel.shipped_at, now=clock.now())


def order_headline(loaded: Loaded) -> Headline:
    """The headline of the order."""
    heads = [head_of(parcel, loaded.folds[parcel.id]) for parcel in loaded.going(Direction.OUTBOUND)]
    cancelled = loaded.order.state == "cancelled"
    return _headline(order_head(heads, loaded.order.placed_at, unshipped=bool(loaded.left()), cancelled=cancelled))


def _headline(head: Head) -> Headline:
    return Headline(
        code=head.code,
        at=head.at,
        eta_from=head.eta_from,
        eta_until=head.eta_until,
        reason=head.reason,
        left_with=head.left_with,
    )


def _order_steps(loaded: Loaded, outbound: Sequence[ParcelView]) -> tuple[Step, ...]:
    """The steps of the parcel that is furthest behind: an order is where its last piece is."""
    living = [parcel for parcel in outbound if parcel.status != Status.CANCELLED]
    if not living:
        return steps(loaded.order.placed_at, None, None)
    return min((parcel.steps for parcel in living), key=lambda row: sum(step.state == "done" for step in row))


def parcel_views(loaded: Loaded, direction: Direction) -> list[ParcelView]:
    """Parcels of one direction."""
    parcels = loaded.going(direction)
    return [_parcel(loaded, parcel, index, len(parcels)) for index, parcel in enumerate(parcels, 1)]


def _parcel(loaded: Loaded, parcel: Parcel, index: int, total: int) -> ParcelView:
    folded = loaded.folds[parcel.id]
    number = parcel.tracking_number
    back = parcel.direction == Direction.RETURN
    return ParcelView(
        id=parcel.id,
        index=index,
        total=total,
        direction=parcel.direction,
        carrier=parcel.carrier,
        carrier_name=codes.carrier_name(parcel.carrier),
        carrier_url=codes.carrier_page(parcel.carrier, tidy_number(number)) if number else None,
        service=parcel.service,
        tracking_number=number,
        status=folded.status.value,
        substatus=folded.substatus,
        reason=folded.reason,
        attempts=folded.attempts,
        headline=_headline(head_of(parcel, folded)),
        steps=steps(loaded.order.placed_at, parcel.shipped_at, folded),
        events=_events(folded, [note for note in loaded.notes if note["shipment_id"] == parcel.id]),
        items=items_of(loaded, loaded.pieces[parcel.id]),
        shipped_at=parcel.shipped_at,
        delivered_at=folded.delivered_at,
        original_eta_until=parcel.eta_original_until,
        return_id=parcel.return_id,
        return_state=return_state(parcel) if back else None,
        label_qr=parcel.label_qr if back else None,
    )


def _events(folded: Folded, notes: Sequence[Mapping[str, Any]]) -> list[EventView]:
    told = [_event(entry) for entry in folded.timeline] + [_note(note) for note in notes]
    return sorted(told, key=lambda event: event.at, reverse=True)


def _event(entry: Entry) -> EventView:
    return EventView(
        kind="event",
        at=entry.at,
        status=entry.status.value if entry.status else None,
        substatus=entry.substatus,
        reason=entry.reason,
        text=entry.text,
        city=entry.city,
        country=entry.country,
        late="late_scan" in entry.marks,
        noise=entry.noise,
    )


def _note(note: Mapping[str, Any]) -> EventView:
    return EventView(
        kind="note", at=note["created_at"], status=None, substatus=None, reason=None, text=note["text"],
        city=None, country=None, late=False, noise=False,
    )  # fmt: skip


def items_of(loaded: Loaded, pieces: Mapping[UUID, int]) -> list[ItemView]:
    """Pieces with what the page and mails show of them, in the order of the order."""
    known = loaded.carried | loaded.lines
    wanted = sorted((known[line_id] for line_id in pieces), key=lambda line: (line.order_id, line.position))
    return [_item(line, pieces[line.id], loaded.order.currency) for line in wanted]


def _item(line: LineFacts, quantity: int, currency: str) -> ItemView:
    options = " · ".join(str(value) for value in line.attributes.values() if isinstance(value, str | int | float))
    return ItemView(
        line_id=line.id,
        title=line.title,
        options=options or None,
        sku=line.sku,
        quantity=quantity,
        image_url=line.image_url,
        url=line.url,
        amount=line.unit_price * quantity,
        currency=currency,
        product_external_id=line.product_external_id,
    )
