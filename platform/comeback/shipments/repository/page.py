"""What the customer's page of an order needs, read in one round trip (the function `order_page`)."""

from datetime import datetime
from uuid import UUID

import msgspec

from comeback.core.db import Database
from comeback.customers.service import Contact
from comeback.shipments.repository.parcels import LineFacts, OrderFacts, Parcel
from comeback.shipments.rules.events import CarrierEvent


class NoteRow(msgspec.Struct):
    """A public note of a parcel."""

    id: UUID
    shipment_id: UUID
    author: str
    text: str
    public: bool
    created_at: datetime


class PageParcel(Parcel):
    """A parcel with its (line, quantity) pieces, its events in no order, its public notes, the oldest first."""

    pieces: list[tuple[UUID, int]] | None
    events: list[CarrierEvent] | None
    notes: list[NoteRow] | None


class PageRows(msgspec.Struct):
    """Rows behind a page: `carried` are lines of other orders in its parcels, `agreed` whether the person ever agreed
    to marketing by mail, `returned` how many pieces came back."""

    shop_id: UUID
    order: OrderFacts
    person: Contact | None
    agreed: bool
    returned: int
    lines: list[LineFacts] | None
    carried: list[LineFacts] | None
    parcels: list[PageParcel] | None


_DECODER = msgspec.json.Decoder(PageRows)


async def read(database: Database, key: bytes) -> PageRows | None:
    """The rows behind a page token's digest; None for every other."""
    raw = await database.direct.look_up("order_page", key)
    return None if raw is None else _DECODER.decode(raw)
