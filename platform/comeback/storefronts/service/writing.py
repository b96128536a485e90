"""What goes back into the shop is decided here, in the transaction of the job that heard of it: one row a cause.

The shop's order must be one that the shop itself confirmed to us; others are never written to.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.events import EventRow
from comeback.core.outbox import enqueue
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.customers import service as customers
from comeback.kit.ids import new_id
from comeback.kit.money import format_money
from comeback.kit.tokens import derive_token
from comeback.orders import service as orders
from comeback.payments import repository as payment_rows
from comeback.returns import service as returns
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.service.links import Link, open_link, rows_of
from comeback.vendors.storefronts import (
    CodesBack,
    CreditBack,
    NoteBack,
    OrderBack,
    PostalAddress,
    RefundBack,
    RefundedLine,
    ReplacementLine,
    WriteKind,
    WriteTask,
)

WRITE = "storefronts.write"
CODES_AT_ONCE = 200


class Target(msgspec.Struct, frozen=True):
    """An order of ours that stands in a shop."""

    link: Link
    order: str
    manual: tuple[str, ...]
    number: str | None = None
    """Set where the shop has yet to confirm, by this number, that its order of this id is ours."""


async def target_of(session: ReadSession, vault: Vault, order_id: UUID) -> Target | None:
    """Where the order stands; None where it came by another way or its connection is off."""
    record = await repository.record_of(session, "order", order_id)
    if record is None:
        return await _by_id(session, vault, order_id)
    link = await open_link(session, vault, record["connection_id"])
    return None if link is None else Target(link, record["external_id"], tuple(record["data"].get("manual") or ()))


async def _by_id(session: ReadSession, vault: Vault, order_id: UUID) -> Target | None:
    """An order that came by the API or a file, under the id that it has in the connected shop."""
    order = await orders.get_order(session, order_id)
    for row in await rows_of(session):
        link = await open_link(session, vault, row.id)
        theirs = link.theirs(order.external_id) if link else None
        if link is not None and theirs is not None and theirs.isdigit():
            return Target(link, theirs, (), order.number)
    return None


def reference_of(write: UUID) -> str:
    """What stands in the shop beside everything that we wrote; readers know it again."""
    return f"comeback:{write}"


async def plan(
    session: WriteSession,
    target: Target | Link,
    kind: WriteKind,
    source: object,
    write: UUID,
    task: WriteTask,
    *,
    group: UUID | None = None,
    order: UUID | None = None,
    local: UUID | None = None,
) -> None:
    """One row and one job; nothing where the cause has its row."""
    link, number = (target.link, target.number) if isinstance(target, Target) else (target, None)
    body = msgspec.to_builtins(task) | ({"check": number} if number else {})
    values = {"id": write, "connection": link.id, "kind": kind, "source": str(source), "group": group, "order": order}
    values |= {"local": local, "task": repository.as_json(body), "now": clock.now()}
    if await repository.add_write(session, values) is not None:
        await enqueue(session, WRITE, {"write": str(write)})


async def on_refund(session: WriteSession, vault: Vault, event: EventRow) -> None:
    """Money that went back here is recorded there. Refunds that the shop or Stripe told us of are not ours to tell."""
    refund = await payment_rows.refund(session, UUID(event.data["refund_id"]))
    if refund is None or refund.origin != "own":
        return
    target = await target_of(session, vault, refund.order_id)
    if target is None or not target.link.write_back.refunds:
        return
    group = refund.source_id
    # Refunds of one settlement are heard of side by side; only the first of them names the returned lines.
    await orders.lock_orders(session, [refund.order_id])
    first = not await repository.group_has_write(session, "refund", group)
    units = await returns.settled_units(session, group) if first and refund.source_kind == "settlement" else {}
    tender = next(t for t in await orders.tenders_of(session, refund.order_id) if t.id == refund.tender_id)
    lines = {line.id: line for line in await orders.lines_of(session, refund.order_id)}
    write = new_id()
    shown = format_money(refund.amount, refund.currency, "en")
    task = RefundBack(
        reference=reference_of(write),
        order=target.order,
        amount=refund.amount,
        currency=refund.currency,
        lines=tuple(
            RefundedLine(line=lines[key].external_id, quantity=n, amount=int(refund.lines.get(str(key), 0)))
            for key, n in units.items()
            if key in lines
        ),
        shipping=refund.shipping,
        note=f"Refunded {shown} through {refund.rail}{f' ({refund.provider_ref})' if refund.provider_ref else ''}.",
        manual_parent=tender.external_id if tender.external_id in target.manual else None,
    )
    await plan(session, target, "refund", refund.id, write, task, group=group, order=refund.order_id)


async def on_exchange(session: WriteSession, vault: Vault, event: EventRow) -> None:
    """A replacement becomes an order there, for nothing: it was paid with the first one."""
    replacement = UUID(event.data["replacement_id"])
    target = await target_of(session, vault, event.order_id) if event.order_id else None
    if target is None or not target.link.write_back.exchanges:
        return
    order, write = await orders.get_order(session, replacement), new_id()
    person = await customers.get_customer(session, order.customer_id)
    lines = [
        ReplacementLine(variant=variant, quantity=line.quantity, title=line.title,
                        product=target.link.theirs(line.product_external_id))
        for line in await orders.lines_of(session, replacement)
        if (variant := target.link.theirs(line.variant_external_id)) is not None
    ]  # fmt: skip
    if not lines:
        return
    task = OrderBack(
        reference=reference_of(write),
        original=target.order,
        currency=order.currency,
        email=person.email,
        customer=_plain(target.link, person.external_id),
        lines=tuple(lines),
        address=_postal(order.shipping_address),
        note=f"Replacement for {(await orders.get_order(session, event.order_id or replacement)).number}, "
        f"return {event.data['number']}. Paid with the first order.",
        tags=("comeback", "exchange"),
    )
    await plan(session, target, "order", replacement, write, task, order=event.order_id, local=replacement)


def _plain(link: Link, external: str | None) -> str | None:
    found = link.theirs(external)
    return None if found is None or found.startswith("guest:") else found


def _postal(address: dict[str, Any] | None) -> PostalAddress | None:
    if not address:
        return None
    first, _, last = (address.get("name") or "").rpartition(" ")
    given = {k: address.get(k) or "" for k in ("company", "line1", "line2", "postcode", "city", "region", "country")}
    return PostalAddress(first_name=first, last_name=last, phone=address.get("phone") or "", **given)


async def on_credit(session: WriteSession, vault: Vault, settings: Settings, event: EventRow) -> None:
    """Credit that was given here is a gift card there, with a code that only this credit can have."""
    amount = int(event.data["amount"]) + int(event.data["bonus"])
    link = await _link_for_credit(session, vault, event.order_id)
    if link is None or link.write_back.credit == "off" or amount <= 0 or event.customer_id is None:
        return
    if event.data["currency"] != link.currency:
        return
    person, write = await customers.get_customer(session, event.customer_id), new_id()
    source = f"{event.data['source_kind']}:{event.data['source_id']}"
    key = derive_token(settings.secret_key.reveal(), "gift-card", session.shop_id, source)
    task = CreditBack(
        reference=reference_of(write),
        form="gift_card",
        amount=amount,
        currency=event.data["currency"],
        code=card_code(key),
        customer=_plain(link, person.external_id),
        email=person.email,
        note="Store credit",
    )
    await plan(session, link, "credit", source, write, task, order=event.order_id)


def card_code(key: str) -> str:
    """Sixteen letters and digits of a derived token (80 bits at least)."""
    return "".join(sign for sign in key.upper() if sign.isalnum())[:16].ljust(16, "7")


async def _link_for_credit(session: ReadSession, vault: Vault, order_id: UUID | None) -> Link | None:
    target = await target_of(session, vault, order_id) if order_id else None
    if target is not None:
        return target.link
    for row in await rows_of(session):
        link = await open_link(session, vault, row.id)
        if link is not None and order_id is None:
            return link
    return None


NOTES = {
    "shipment.shipped": "Handed to {carrier}, tracking number {tracking_number}.",
    "shipment.delivered": "Delivered.",
    "return.approved": "Return {number} was approved.",
    "return.received": "Return {number} arrived.",
    "return.declined": "Return {number} was declined.",
}
TAGS = {"return.approved": ("return",), "shipment.delivered": ("delivered",)}


async def on_note(session: WriteSession, vault: Vault, event: EventRow) -> None:
    """A line in the order's history there, once an event."""
    if event.order_id is None or event.name not in NOTES or await _theirs(session, event):
        return
    target = await target_of(session, vault, event.order_id)
    if target is None or not target.link.write_back.notes:
        return
    words = {k: str(v) for k, v in event.data.items() if isinstance(v, str | int)}
    write = new_id()
    task = NoteBack(
        reference=reference_of(write),
        order=target.order,
        text=NOTES[event.name].format_map({"carrier": "a carrier", "tracking_number": "", "number": ""} | words),
        tags=TAGS.get(event.name, ()),
    )
    await plan(session, target, "note", f"{event.name}:{event.id}", write, task, order=event.order_id)


async def _theirs(session: ReadSession, event: EventRow) -> bool:
    """A parcel that the shop told us of is no news to it."""
    if event.name != "shipment.shipped" or event.shipment_id is None:
        return False
    return await repository.record_of(session, "parcel", event.shipment_id) is not None


async def plan_codes(session: WriteSession, vault: Vault) -> int:
    """Coupons that the shop does not know yet; answers how many were planned."""
    planned = 0
    for row in await rows_of(session):
        link = await open_link(session, vault, row.id)
        if link is None or not link.write_back.codes:
            continue
        for coupon in await repository.unwritten_coupons(session, link.id, CODES_AT_ONCE):
            await _plan_code(session, link, coupon)
            planned += 1
    return planned


async def _plan_code(session: WriteSession, link: Link, coupon: dict[str, Any]) -> None:
    write, now = new_id(), clock.now()
    ends: datetime | None = coupon["expires_at"]
    task = CodesBack(
        reference=reference_of(write),
        title=f"{coupon['name']} {coupon['code']}",
        codes=(coupon["code"],),
        currency=coupon["currency"] or link.currency,
        percent=coupon["percent"],
        amount=coupon["amount"],
        minimum=coupon["minimum"],
        starts_at=now,
        ends_at=ends,
    )
    await plan(session, link, "codes", coupon["id"], write, task, group=coupon["pool_id"])
