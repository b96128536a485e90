"""HTTP of parcels: the shop's API and the address that carriers call."""

import hmac
from typing import Any, Protocol
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response.base import ASGIResponse

from comeback.core.access import PUBLIC, Principal
from comeback.core.blobs import Blobs
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import NotFound
from comeback.core.inbox import Delivery, Inbox
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.merchants.schemas import Hook
from comeback.merchants.service import resolve_hook
from comeback.shipments import service
from comeback.shipments.errors import NoShipment, NotAccepted
from comeback.shipments.schemas import NoteIn, NoteOut, NumberIn, OverrideIn, ShipmentIn, ShipmentOut, UnmappedPage

MAX_HOOK = 1_000_000
ACCEPTED = ASGIResponse(status_code=200)
READ = {"permission": "shipments:read"}
WRITE = {"permission": "shipments:write"}


class HookParts(Protocol):
    """What the webhook needs of the process's services."""

    database: Database
    vault: Vault
    inbox: Inbox


def _shipment_id(text: str) -> UUID:
    known = parse_id(text)
    if known is None:
        raise NoShipment()
    return known


@post("/api/v1/orders/{order_id:str}/shipments", operation_id="createShipment", opt=WRITE)
async def create_shipment(
    order_id: FromPath[str],
    data: JSONBody[ShipmentIn],
    session: NamedDependency[WriteSession],
    settings: NamedDependency[Settings],
) -> Response[ShipmentOut]:
    """Registers a parcel (201), or answers the same one again (200) for the same number and pieces."""
    known = parse_id(order_id)
    if known is None:
        raise NotFound("There is no such order.")
    parcel, new = await service.create_or_find(session, known, data, settings=settings)
    out = await service.get_shipment(session, parcel.id, settings=settings)
    return Response(out, status_code=201 if new else 200)


@get("/api/v1/shipments/{shipment_id:str}", operation_id="getShipment", opt=READ)
async def get_shipment(
    shipment_id: FromPath[str], read: NamedDependency[ReadSession], settings: NamedDependency[Settings]
) -> ShipmentOut:
    """One parcel: status with its reason in words, milestones, timeline."""
    return await service.get_shipment(read, _shipment_id(shipment_id), settings=settings)


@patch("/api/v1/shipments/{shipment_id:str}", operation_id="correctTrackingNumber", opt=WRITE)
async def correct_number(
    shipment_id: FromPath[str],
    data: JSONBody[NumberIn],
    session: NamedDependency[WriteSession],
    settings: NamedDependency[Settings],
) -> ShipmentOut:
    """Corrects the tracking number; old links lead to the right parcel, and one mail says so."""
    parcel = await service.correct_number(
        session, _shipment_id(shipment_id), data.tracking_number, carrier=data.carrier
    )
    return await service.get_shipment(session, parcel.id, settings=settings)


@post("/api/v1/shipments/{shipment_id:str}/notes", operation_id="addShipmentNote", opt=WRITE)
async def add_note(
    shipment_id: FromPath[str],
    data: JSONBody[NoteIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
) -> NoteOut:
    """Adds a note to the timeline, for colleagues or for the customer too."""
    return await service.add_note(session, _shipment_id(shipment_id), principal.name, data)


@post("/api/v1/shipments/{shipment_id:str}/overrides", operation_id="overrideShipment", opt=WRITE)
async def override(
    shipment_id: FromPath[str],
    data: JSONBody[OverrideIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ShipmentOut:
    """A person's word on the status, with a reason; it shows as such and can be taken back."""
    known = _shipment_id(shipment_id)
    await service.override(session, known, principal, data)
    return await service.get_shipment(session, known, settings=settings)


@delete(
    "/api/v1/shipments/{shipment_id:str}/overrides/{key:str}",
    operation_id="revokeShipmentOverride",
    opt=WRITE,
    status_code=200,
)
async def revoke(
    shipment_id: FromPath[str],
    key: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ShipmentOut:
    """Takes a person's word back; `key` is the event's id. 409 where it does not stand."""
    known = _shipment_id(shipment_id)
    await service.revoke(session, known, principal, key)
    return await service.get_shipment(session, known, settings=settings)


@get("/api/v1/shipments/{shipment_id:str}/label", operation_id="getShipmentLabel", opt=READ)
async def label(
    shipment_id: FromPath[str],
    read: NamedDependency[ReadSession],
    blobs: NamedDependency[Any],  # a protocol cannot be checked at run time
) -> Response[bytes]:
    """The label of a return parcel as PDF."""
    store: Blobs = blobs
    pdf = await service.label_pdf(read, store, _shipment_id(shipment_id))
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": 'inline; filename="label.pdf"'})


@get("/api/v1/carrier-codes/unmapped", operation_id="listUnmappedCodes", opt=READ)
async def unmapped(read: NamedDependency[ReadSession]) -> UnmappedPage:
    """Carrier codes that no table knows, the most frequent first."""
    return await service.unmapped_codes(read)


@post(
    "/hooks/carrier/{token:str}",
    operation_id="carrierHook",
    opt={"permission": PUBLIC},
    status_code=200,
    request_max_body_size=MAX_HOOK,
)
async def carrier_hook(
    token: FromPath[str],
    request: Request[Any, Any, Any],
    services: NamedDependency[Any],  # one dependency: several are resolved as tasks, which costs more than the rest
) -> ASGIResponse:
    """Takes a carrier's webhook: HMAC-SHA256 of the raw body (hex, `X-Signature`), made durable, worked on later."""
    parts: HookParts = services
    body = await request.body()
    hook = await resolve_hook(parts.database, parts.vault, "carrier", token)
    given = [value for name, value in request.scope["headers"] if name == b"x-signature"]
    if hook is None or len(given) != 1 or not _signed(hook, body, given[0]):
        raise NotAccepted()
    await parts.inbox.accept(Delivery(hook.shop_id, hook.connection_id, "carrier", "tracking", "", body))
    return ACCEPTED


def _signed(hook: Hook, body: bytes, signature: bytes) -> bool:
    """Compared in constant time, as bytes: a header with other signs is simply wrong."""
    given = signature.strip().lower()
    made = [hmac.digest(key.reveal().encode(), body, "sha256").hex().encode() for key in hook.secrets]
    return any(hmac.compare_digest(one, given) for one in made)


ROUTES = [
    create_shipment,
    get_shipment,
    correct_number,
    add_note,
    override,
    revoke,
    label,
    unmapped,
    carrier_hook,
]
