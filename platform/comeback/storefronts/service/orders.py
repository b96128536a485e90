"""Orders of a shop system become ours: version by version, under the lock of their record."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comeback.core.db import WriteSession
from comeback.core.errors import ComebackError
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.orders.errors import CannotCancel
from comeback.orders.schemas import LineIn, OrderIn
from comeback.payments.service.submitting import enqueue_sync
from comeback.shipments import service as shipments
from comeback.shipments.schemas import PieceIn, ShipmentIn
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.rules.carriers import split_pieces
from comeback.storefronts.rules.taking import Parcel, Taken
from comeback.storefronts.service.links import Link

UNCONFIRMED = "the shop does not know this order yet: nothing is sent for it"


async def take_order(
    session: WriteSession,
    settings: Settings,
    link: Link,
    taken: Taken,
    *,
    version: datetime | None,
    confirmed: bool,
    quiet: bool = False,
) -> UUID | None:
    """Stores what is newer than what is known; answers the order's id.

    `confirmed`: the shop itself answered it. Where only a webhook's body tells of an order, it is stored quietly: no
    mail goes, no money moves and nobody has agreed to anything until the shop confirms it. `quiet` is a back-fill.
    """
    shop_id = taken.order.external_id
    record = await repository.lock_record(session, link.id, "order", shop_id)
    older = version is not None and record["version"] is not None and version < record["version"]
    if older or (record["confirmed"] and not confirmed):
        return record["local_id"]
    replacement = await _replacement(session, link, taken)
    if replacement is not None:
        local = replacement
    else:
        if not confirmed:
            taken.order.consents = [said for said in taken.order.consents if not said.granted]
        local = await _import(session, link, taken, quiet=quiet or not confirmed)
        if confirmed and not record["confirmed"] and record["local_id"] is not None and not quiet:
            await orders.release_history(session, local)
        await _finish(session, local, taken, confirmed)
    problems = await take_parcels(session, settings, link, local, taken.parcels, named=replacement is None)
    if problems:
        await orders.flag_review(session, local, problems)
    await repository.save_record(
        session, record["id"], version=version, local_id=local, confirmed=confirmed,
        data={"manual": taken.manual},
    )  # fmt: skip
    return local


async def _replacement(session: WriteSession, link: Link, taken: Taken) -> UUID | None:
    """Our own order behind one that we wrote into the shop: it must not come back as a second one."""
    source = (taken.source or "").removeprefix("comeback:")
    return await repository.written_order(session, link.id, taken.order.external_id, parse_id(source))


async def _import(session: WriteSession, link: Link, taken: Taken, *, quiet: bool) -> UUID:
    order = _with_prefix(link, taken.order)
    order = await _without_stripe(session, order)
    stored, _ = await orders.import_order(session, order, history=quiet)
    return stored.id


def _with_prefix(link: Link, order: OrderIn) -> OrderIn:
    if not link.prefix:
        return order
    person = order.customer
    if person.external_id:
        person = msgspec.structs.replace(person, external_id=link.ours(person.external_id))
    lines = [_line_with_prefix(link, line) for line in order.lines]
    return msgspec.structs.replace(order, external_id=link.ours(order.external_id), customer=person, lines=lines)


def _line_with_prefix(link: Link, line: LineIn) -> LineIn:
    product = link.ours(line.product_id) if line.product_id else None
    variant = link.ours(line.variant_id) if line.variant_id else None
    return msgspec.structs.replace(line, product_id=product, variant_id=variant)


async def _without_stripe(session: WriteSession, order: OrderIn) -> OrderIn:
    """Refunds of payments that we read from Stripe ourselves are left to that: one refund, one observer that counts."""
    ours = {t.id: t.provider_ref for t in order.tenders if t.provider == "stripe" and t.provider_ref}
    seen = {ours[r.tender] for r in order.refunds if r.tender in ours}
    if not seen or await merchants.connection(session, "stripe") is None:
        return order
    for payment in sorted(ref for ref in seen if ref):
        await enqueue_sync(session, payment)
    return msgspec.structs.replace(order, refunds=[r for r in order.refunds if r.tender not in ours])


async def _finish(session: WriteSession, local: UUID, taken: Taken, confirmed: bool) -> None:
    review = list(taken.review)
    if not confirmed:
        review.append(UNCONFIRMED)
    if taken.cancelled:
        try:
            await orders.cancel_order(session, local)
        except CannotCancel:
            review.append("the shop cancelled the order, but a parcel of it has left")
    if review:
        await orders.flag_review(session, local, review)


async def take_parcels(
    session: WriteSession, settings: Settings, link: Link, order_id: UUID, parcels: Sequence[Parcel], *, named: bool
) -> list[str]:
    """Fulfilments become parcels, one a tracking number; answers what a person must look at.

    `named` is false where the shop's lines are not ours (a replacement that we wrote): a parcel has all that is left.
    """
    problems: list[str] = []
    for parcel in parcels:
        numbers = parcel.numbers or (None,)
        parts = split_pieces(parcel.pieces, len(numbers))
        for n, pieces in enumerate(parts):
            found = await _take_parcel(
                session, settings, link, order_id, parcel, n, numbers[n], pieces if named else None
            )
            if found:
                problems.append(found)
    return problems


async def _take_parcel(
    session: WriteSession,
    settings: Settings,
    link: Link,
    order_id: UUID,
    parcel: Parcel,
    n: int,
    number: str | None,
    pieces: dict[str, int] | None,
) -> str | None:
    record = await repository.lock_record(session, link.id, "parcel", f"{parcel.external_id}:{n}")
    known: UUID | None = record["local_id"]
    if parcel.cancelled:
        return (
            None if known is None else f"the shop cancelled fulfilment {parcel.external_id}, its parcel is known here"
        )
    try:
        if known is None:
            lines = None if pieces is None else [PieceIn(line=line, quantity=q) for line, q in pieces.items()]
            body = ShipmentIn(carrier=parcel.carrier, tracking_number=number, shipped_at=parcel.shipped_at, lines=lines)
            shipment, _ = await shipments.create_or_find(session, order_id, body, settings=settings)
            known = shipment.id
        elif number and record["data"].get("number") != number:
            await shipments.correct_number(session, known, number, carrier=parcel.carrier)
    except ComebackError as error:
        return f"fulfilment {parcel.external_id} of the shop does not fit: {error.detail}"
    await repository.save_record(
        session, record["id"], version=None, local_id=known, confirmed=True, data={"number": number or ""}
    )
    return None
