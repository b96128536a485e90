"""Return parcels and their labels: a row first, then the carrier is asked, then the answer is recorded and told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.blobs import Blobs
from comeback.core.clock import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.effects import Retry
from comeback.core.events import publish
from comeback.core.jobs import back_off
from comeback.core.outbox import enqueue
from comeback.core.secrets import Vault
from comeback.kit.ids import new_id
from comeback.merchants.errors import NoConnection
from comeback.merchants.service import connection, credentials, get_shop, require_connection
from comeback.shipments.errors import NoLabel, NoShipment
from comeback.shipments.events import LabelFailed, LabelReady, ParcelEvent
from comeback.shipments.models import LABEL
from comeback.shipments.repository import events as event_rows
from comeback.shipments.repository import parcels as parcel_rows
from comeback.shipments.repository.parcels import Parcel
from comeback.shipments.rules.events import tidy_carrier, tidy_number
from comeback.shipments.rules.vocabulary import Direction, LabelState
from comeback.shipments.service.create import open_page
from comeback.shipments.service.refold import refold
from comeback.vendors.carriers.base import Address, Carrier, CarrierRefused, Label, LabelRequest

ALONE = frozenset({"store", "own", "keep"})
"""Ways back that need no label of ours."""
OWN_CARRIER = "own"
GRAMS_IF_UNKNOWN = 500


class LabelTask(msgspec.Struct, frozen=True):
    """What is asked of the carrier; `search` first where an earlier attempt may have bought already."""

    shipment_id: UUID
    shop_id: UUID
    vendor: str
    credentials: dict[str, str]
    request: LabelRequest
    search: bool

    def __repr__(self) -> str:
        return f"LabelTask({self.shipment_id})"


class Bought(msgspec.Struct, frozen=True):
    """The carrier's answer, with the PDF already stored."""

    label: Label
    blob: str


async def create_return_shipment(
    session: WriteSession,
    order_id: UUID,
    return_id: UUID,
    lines: Mapping[UUID, int],
    carrier: str | None = None,
    method: str = "label",
) -> Parcel:
    """Registers the parcel of a return case. `lines`: pieces by order line id. `carrier` None takes the shop's own.

    With method label, qr or pickup a label is bought by the job `shipments.label`; others need none.
    """
    found = await connection(session, "carrier", carrier)
    state = LabelState.NONE if method in ALONE else LabelState.PENDING
    shipment_id = new_id()
    values: dict[str, Any] = {
        "id": shipment_id,
        "order_id": order_id,
        "direction": Direction.RETURN.value,
        "return_id": return_id,
        "carrier": carrier or (found.vendor if found else OWN_CARRIER),
        "service": "return",
        "method": method,
        "label_state": state.value,
    }
    await parcel_rows.insert(session, values, lines)
    await open_page(session, order_id, None)
    if state == LabelState.PENDING:
        await enqueue(session, "shipments.label", {"shipment": str(shipment_id)}, key=str(shipment_id))
    return (await parcel_rows.parcels(session, [shipment_id]))[0]


async def retry_label(session: WriteSession, shipment_id: UUID) -> None:
    """Asks the carrier again after a failure. Raises IllegalMove where the label did not fail."""
    parcel = await _locked(session, shipment_id)
    LABEL.check(parcel.label_state, LabelState.PENDING)
    await parcel_rows.change(session, shipment_id, label_state=LabelState.PENDING.value, label_problem=None)
    await enqueue(session, "shipments.label", {"shipment": str(shipment_id), "again": True}, key=str(shipment_id))


async def void_label(session: WriteSession, shipment_id: UUID) -> None:
    """The parcel will not be sent (the case was cancelled): its label is given back to the carrier."""
    parcel = await _locked(session, shipment_id)
    if parcel.label_state in {LabelState.PENDING, LabelState.READY, LabelState.FAILED}:
        await parcel_rows.change(session, shipment_id, label_state=LabelState.VOIDED.value)
    if parcel.label_state == LabelState.READY and parcel.tracking_number:
        await _give_back(session, shipment_id, parcel.tracking_number)


async def _give_back(session: WriteSession, shipment_id: UUID, number: str) -> None:
    payload = {"shipment": str(shipment_id), "number": number}
    await enqueue(session, "shipments.void_label", payload, key=str(shipment_id))


async def label_pdf(session: ReadSession, blobs: Blobs, shipment_id: UUID) -> bytes:
    """The label's PDF. Raises NoShipment or NoLabel."""
    found = await parcel_rows.parcels(session, [shipment_id])
    if not found:
        raise NoShipment()
    if found[0].label_state != LabelState.READY or found[0].label_blob is None:
        raise NoLabel()
    return await blobs.get(session.shop_id, found[0].label_blob)


async def _locked(session: WriteSession, shipment_id: UUID) -> Parcel:
    found = await parcel_rows.parcels(session, [shipment_id], lock=True)
    if not found:
        raise NoShipment()
    return found[0]


class LabelJob:
    """The effect `shipments.label`: the shipment's id is the carrier's reference, so one parcel has one label."""

    name = "shipments.label"

    def __init__(self, vault: Vault, carriers: Mapping[str, Carrier], blobs: Blobs) -> None:
        self._vault, self._carriers, self._blobs = vault, carriers, blobs

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> LabelTask | None:
        """See EffectJob. A shop without a carrier gets a failed label with a sentence, not endless tries."""
        parcel = await _locked(session, UUID(payload["shipment"]))
        if parcel.label_state != LabelState.PENDING:
            return None
        try:
            row = await require_connection(session, "carrier", parcel.carrier)
        except NoConnection as error:
            await _failed(session, parcel, error.detail)
            return None
        return LabelTask(
            parcel.id,
            session.shop_id,
            row.vendor,
            await credentials(session, self._vault, row),
            await _request(session, parcel),
            search=payload["attempt"] > 1 or bool(payload.get("again")),
        )

    async def call(self, task: LabelTask) -> Bought:
        """Finds or buys the label and stores its PDF (stored twice, it is one file)."""
        carrier = self._carriers[task.vendor]
        label = await carrier.find_label(task.credentials, task.request.reference) if task.search else None
        if label is None:
            label = await carrier.buy_label(task.credentials, task.request)
        blob = await self._blobs.put(task.shop_id, f"label-{task.shipment_id}.pdf", label.pdf, "application/pdf")
        return Bought(label, blob)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: LabelTask, outcome: Bought | Exception
    ) -> None:
        """A refusal ends in `label_failed`; anything else unknown is asked again, by our reference first."""
        if isinstance(outcome, Bought):
            await event_rows.lock_numbers(session, [tidy_number(outcome.label.tracking_number)])
        parcel = await _locked(session, task.shipment_id)
        if parcel.label_state != LabelState.PENDING:
            if parcel.label_state == LabelState.VOIDED and isinstance(outcome, Bought):  # cancelled during the call
                await _give_back(session, parcel.id, outcome.label.tracking_number)
            return
        if isinstance(outcome, Bought):
            await _ready(session, parcel, outcome)
        elif isinstance(outcome, CarrierRefused):
            await _failed(session, parcel, str(outcome))
        else:
            raise Retry(back_off(payload["attempt"]), type(outcome).__name__)


class VoidTask(msgspec.Struct, frozen=True):
    """A label to give back."""

    vendor: str
    credentials: dict[str, str]
    number: str

    def __repr__(self) -> str:
        return f"VoidTask({self.number})"


class VoidJob:
    """The effect `shipments.void_label`: voiding twice is no error, so it is simply repeated until it is known."""

    name = "shipments.void_label"

    def __init__(self, vault: Vault, carriers: Mapping[str, Carrier]) -> None:
        self._vault, self._carriers = vault, carriers

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> VoidTask | None:
        """See EffectJob. Without a connection there is nobody to tell."""
        parcel = await _locked(session, UUID(payload["shipment"]))
        row = await connection(session, "carrier", parcel.carrier)
        if row is None:
            return None
        return VoidTask(row.vendor, await credentials(session, self._vault, row), payload["number"])

    async def call(self, task: VoidTask) -> None:
        """Gives the label back."""
        await self._carriers[task.vendor].void_label(task.credentials, task.number)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: VoidTask, outcome: Exception | None
    ) -> None:
        """A refusal (used already) is the carrier's last word; anything else is tried again."""
        if isinstance(outcome, Exception) and not isinstance(outcome, CarrierRefused):
            raise Retry(back_off(payload["attempt"]), type(outcome).__name__)


async def _ready(session: WriteSession, parcel: Parcel, bought: Bought) -> None:
    number = bought.label.tracking_number
    await parcel_rows.change(
        session,
        parcel.id,
        label_state=LabelState.READY.value,
        label_blob=bought.blob,
        label_qr=bought.label.qr,
        label_cost=bought.label.cost,
        label_problem=None,
        tracking_number=number,
    )
    await event_rows.link_number(session, parcel.id, tidy_carrier(parcel.carrier), tidy_number(number))
    await _tell(session, parcel, LabelReady, "Told: the label was made.", number)
    await refold(session, [parcel.id])


async def _failed(session: WriteSession, parcel: Parcel, problem: str) -> None:
    await parcel_rows.change(session, parcel.id, label_state=LabelState.FAILED.value, label_problem=problem[:500])
    await _tell(session, parcel, LabelFailed, "Not told: the shop must look at the label first.", None)


async def _tell(session: WriteSession, parcel: Parcel, kind: type[ParcelEvent], why: str, number: str | None) -> None:
    order = (await parcel_rows.orders(session, [parcel.order_id]))[parcel.order_id]
    await publish(
        session,
        kind(
            occurred_at=clock.now(),
            order_id=parcel.order_id,
            shipment_id=parcel.id,
            return_id=parcel.return_id,
            customer_id=order.customer_id,
            notify=kind is LabelReady,
            why=why,
            carrier=parcel.carrier,
            tracking_number=number,
        ),
    )


async def _request(session: WriteSession, parcel: Parcel) -> LabelRequest:
    order = (await parcel_rows.orders(session, [parcel.order_id]))[parcel.order_id]
    shop = await get_shop(session)
    pieces = (await parcel_rows.pieces_of(session, [parcel.id]))[parcel.id]
    grams = await parcel_rows.weight_of(session, pieces)
    home = {"name": shop.name, "country": shop.country} | _address(shop.brand.get("address"))
    return LabelRequest(
        reference=str(parcel.id),
        sender=_party(_address(order.shipping_address)),
        recipient=_party(home),
        weight_grams=grams or GRAMS_IF_UNKNOWN,
        service="standard",
        direction="return",
    )


def _address(value: Any) -> dict[str, Any]:
    """A stored address, or the one line that a shop wrote as its own."""
    if isinstance(value, str):
        return {"line1": " ".join(value.split())}
    return {k: v for k, v in value.items() if v} if isinstance(value, dict) else {}


def _party(values: Mapping[str, Any]) -> Address:
    return Address(**{name: str(values.get(name) or "") for name in Address.__struct_fields__})
