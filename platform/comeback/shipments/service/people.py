"""What people add to a parcel: notes, and a word on the status that can be taken back (E4.10)."""

from uuid import UUID

from comeback.core.access import Principal
from comeback.core.clock import clock
from comeback.core.db import WriteSession
from comeback.kit.ids import new_id
from comeback.merchants.service import audit
from comeback.shipments.errors import NoShipment, NotRevocable
from comeback.shipments.repository import events as event_rows
from comeback.shipments.repository import parcels as parcel_rows
from comeback.shipments.repository.parcels import Parcel
from comeback.shipments.rules.events import CarrierEvent, tidy_text
from comeback.shipments.rules.vocabulary import AGENT
from comeback.shipments.schemas import NoteIn, NoteOut, OverrideIn
from comeback.shipments.service.refold import store_and_refold


async def _parcel(session: WriteSession, shipment_id: UUID) -> Parcel:
    found = await parcel_rows.parcels(session, [shipment_id], lock=True)
    if not found:
        raise NoShipment()
    return found[0]


async def add_note(session: WriteSession, shipment_id: UUID, author: str, note: NoteIn) -> NoteOut:
    """Adds a note to the timeline. Raises NoShipment."""
    await _parcel(session, shipment_id)
    out = NoteOut(id=new_id(), author=author, text=note.text, public=note.public, created_at=clock.now())
    await parcel_rows.add_note(
        session,
        {
            "id": out.id,
            "shipment_id": shipment_id,
            "author": author,
            "text": note.text.replace("\x00", ""),
            "public": note.public,
            "created_at": out.created_at,
        },
    )
    return out


async def override(session: WriteSession, shipment_id: UUID, actor: Principal, body: OverrideIn) -> str:
    """A person sets the status, with a reason; answers the key to take it back by. Raises NoShipment."""
    parcel = await _parcel(session, shipment_id)
    key = await _enter(session, parcel, CarrierEvent(
        key=f"agent:{new_id()}",
        received_at=clock.now(),
        occurred_at=body.occurred_at or clock.now(),
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number or "",
        sources=(AGENT,),
        status=body.status,
        text=tidy_text(body.reason),
    ))  # fmt: skip
    await audit(session, actor, "shipment.overridden", shipment_id, {"status": body.status.value})
    return key


async def revoke(session: WriteSession, shipment_id: UUID, actor: Principal, key: str) -> None:
    """Takes a person's word back. Raises NoShipment or NotRevocable."""
    parcel = await _parcel(session, shipment_id)
    events = (await event_rows.events_of(session, [shipment_id]))[shipment_id]
    standing = {e.key for e in events if e.by_agent and e.revokes is None} - {e.revokes for e in events if e.by_agent}
    if key not in standing:
        raise NotRevocable()
    await _enter(session, parcel, CarrierEvent(
        key=f"agent:{new_id()}",
        received_at=clock.now(),
        occurred_at=clock.now(),
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number or "",
        sources=(AGENT,),
        revokes=key,
    ))  # fmt: skip
    await audit(session, actor, "shipment.override_revoked", shipment_id, {"key": key})


async def _enter(session: WriteSession, parcel: Parcel, event: CarrierEvent) -> str:
    await store_and_refold(session, [event], parcel.id)
    return event.key
