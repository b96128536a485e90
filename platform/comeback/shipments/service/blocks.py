"""What mails show of a parcel and of its order: plain data, one set of statements for a whole batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from comeback.core.db import ReadSession, WriteSession
from comeback.core.settings import Settings
from comeback.kit.languages import spoken
from comeback.kit.words.catalogue import HERE, catalogue
from comeback.merchants.service import get_shop
from comeback.messages.schemas import BlockProvider, BlockRequest, GuardRequest
from comeback.shipments.repository import parcels as parcel_rows
from comeback.shipments.repository.parcels import Parcel
from comeback.shipments.rules.folding import Folded
from comeback.shipments.rules.headline import LEFT_WITH
from comeback.shipments.rules.orders import steps
from comeback.shipments.rules.promise import eta_shown
from comeback.shipments.rules.vocabulary import MOVEMENT, Direction, Status
from comeback.shipments.schemas import ItemView
from comeback.shipments.service.pages import tracking_url
from comeback.shipments.service.view import Loaded, items_of, load, state_of
from comeback.vendors.carriers import codes

_ADDRESS = ("name", "company", "line1", "line2", "postcode", "city", "region", "country")
_ORDER_STATES = {
    "unfulfilled": "placed",
    "partially_shipped": "shipped",
    "shipped": "shipped",
    "partially_delivered": "shipped",
    "delivered": "delivered",
    "partially_returned": "returned",
    "cancelled": "cancelled",
}


def block_providers(settings: Settings) -> dict[str, BlockProvider]:
    """The blocks this room fills: `shipment` (subjects order and shipment) and `order` (subject order)."""

    async def shipment(session: WriteSession, wanted: Sequence[BlockRequest]) -> dict[UUID, dict[str, Any]]:
        return await shipment_blocks(session, settings, wanted)

    async def order(session: WriteSession, wanted: Sequence[BlockRequest]) -> dict[UUID, dict[str, Any]]:
        return await order_blocks(session, settings, wanted)

    return {"shipment": shipment, "order": order}


async def shipment_blocks(
    session: ReadSession, settings: Settings, wanted: Sequence[BlockRequest]
) -> dict[UUID, dict[str, Any]]:
    """Blocks `shipment` by message; messages about an unknown parcel are left out."""
    parcels = await parcel_rows.parcels(session, [r.subjects["shipment"] for r in wanted if "shipment" in r.subjects])
    orders = {parcel.id: parcel.order_id for parcel in parcels}
    loaded = await load(session, sorted(set(orders.values())))
    zone = ZoneInfo((await get_shop(session)).timezone)
    made: dict[UUID, dict[str, Any]] = {}
    for request in wanted:
        shipment_id = request.subjects.get("shipment")
        if shipment_id is not None and shipment_id in orders:
            order = loaded[orders[shipment_id]]
            parcel = next(p for p in order.parcels if p.id == shipment_id)
            url = tracking_url(settings, session.shop_id, order.order.id)
            made[request.message_id] = _shipment(order, parcel, url, request.locale, zone)
    return made


async def order_blocks(
    session: ReadSession, settings: Settings, wanted: Sequence[BlockRequest]
) -> dict[UUID, dict[str, Any]]:
    """Blocks `order` by message; messages about an unknown order are left out."""
    ids = {r.message_id: r.subjects["order"] for r in wanted if "order" in r.subjects}
    loaded = await load(session, sorted(set(ids.values())))
    shop = await get_shop(session)
    returns = f"{settings.base_url.rstrip('/')}/{shop.slug}/returns"
    return {
        message_id: _order(
            loaded[order_id], tracking_url(settings, session.shop_id, order_id), returns, ZoneInfo(shop.timezone)
        )
        for message_id, order_id in ids.items()
        if order_id in loaded
    }


OVERTAKEN: dict[str, frozenset[str]] = {
    "shipped": frozenset({Status.CANCELLED, Status.RETURNED}),
    "out_for_delivery": MOVEMENT - {Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY} | {Status.CANCELLED},
    "delivered": frozenset(status for status in Status if status != Status.DELIVERED),
}
"""Statuses that make a mail untrue, by template."""


async def still_right(session: WriteSession, asked: Sequence[GuardRequest]) -> dict[UUID, str | None]:
    """Send guard: a mail about a parcel goes only while it is true; a delivery in doubt is told to nobody."""
    about = {request.message_id: request.subjects["shipment"] for request in asked if "shipment" in request.subjects}
    parcels = {parcel.id: parcel for parcel in await parcel_rows.parcels(session, sorted(set(about.values())))}
    return {
        request.message_id: _objection(request.template, parcels[about[request.message_id]])
        for request in asked
        if about.get(request.message_id) in parcels
    }


def _objection(template: str, parcel: Parcel) -> str | None:
    if parcel.status in OVERTAKEN.get(template, frozenset()):
        return f"superseded: the parcel is {parcel.status}"
    if template == "delivered" and "delivery_disputed" in parcel.flags:
        return "the delivery is in doubt"
    return None


def _shipment(order: Loaded, parcel: Parcel, url: str, locale: str, zone: ZoneInfo) -> dict[str, Any]:
    folded = order.folds[parcel.id]
    siblings = order.going(Direction(parcel.direction))
    return _known({
        "carrier": codes.carrier_name(parcel.carrier),
        "tracking_number": parcel.tracking_number,
        "page_url": url,
        "status": folded.status.value,
        "step": _step(order, parcel, folded),
        "parcel": siblings.index(parcel) + 1,
        "parcels": len(siblings) + (1 if order.left() and parcel.direction == Direction.OUTBOUND else 0),
        "eta_from": _iso(parcel.eta_from, zone) if eta_shown(folded) else None,
        "eta_until": _iso(_until(parcel, folded), zone),
        "delivered_at": _iso(folded.delivered_at, zone),
        "left_with": _left_with(folded, locale),
        "next_eta": _iso(_next_eta(order, parcel), zone),
        "reason": folded.reason,
        "items": [_item(item) for item in items_of(order, order.pieces[parcel.id])],
    })  # fmt: skip


def _until(parcel: Parcel, folded: Folded) -> datetime | None:
    """Told while it can be kept; on the day of delivery the mark-up of mail clients still needs it."""
    return parcel.eta_until if eta_shown(folded) or folded.status == Status.OUT_FOR_DELIVERY else None


def _step(order: Loaded, parcel: Parcel, folded: Folded) -> int:
    """1 shipped, 2 in transit, 3 out for delivery, 4 delivered."""
    row = steps(order.order.placed_at, parcel.shipped_at, folded)
    return max(1, sum(step.state == "done" for step in row))


def _next_eta(order: Loaded, parcel: Parcel) -> datetime | None:
    """The nearest date of the other parcels that are still under way (G6)."""
    times = [
        other.eta_until
        for other in order.going(Direction.OUTBOUND)
        if other.id != parcel.id and other.eta_until is not None and eta_shown(order.folds[other.id])
    ]
    return min(times) if times else None


def _left_with(folded: Folded, locale: str) -> str | None:
    if folded.status != Status.DELIVERED or folded.substatus not in LEFT_WITH:
        return None
    return catalogue(HERE, spoken(locale) or "en").text(f"left.{folded.substatus}")


def _order(order: Loaded, page_url: str, returns_url: str, zone: ZoneInfo) -> dict[str, Any]:
    everything = {line.id: line.quantity for line in order.lines.values()}
    items = [_item(item) for item in items_of(order, everything)]
    return _known({
        "number": order.order.number,
        "currency": order.order.currency,
        "state": _ORDER_STATES[state_of(order)],
        "placed_at": _iso(order.order.placed_at, zone),
        "page_url": page_url,
        "returns_url": returns_url,
        "total": order.order.total,
        "items": items,
        "shipping_address": _known(_address(order.order.shipping_address)),
    })  # fmt: skip


def _address(address: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: (address or {}).get(name) for name in _ADDRESS}


def _item(item: ItemView) -> dict[str, Any]:
    return _known({
        "title": item.title,
        "options": item.options,
        "quantity": item.quantity,
        "image_url": item.image_url,
        "url": item.url,
        "amount": item.amount,
        "currency": item.currency,
    })  # fmt: skip


def _iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}
