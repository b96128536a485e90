"""Entry points of the shipments room: ids in, one use case each."""

from typing import Any, Protocol
from uuid import UUID

from comeback.core.blobs import Blobs
from comeback.core.db import WriteSession
from comeback.core.effects import EffectJob
from comeback.core.events import load_event
from comeback.core.jobs import JobFn
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.messages.schemas import BlockProvider, SendGuard
from comeback.shipments import service
from comeback.shipments.service.blocks import block_providers, still_right
from comeback.shipments.service.labels import LabelJob, VoidJob
from comeback.vendors.carriers.base import Carrier


class Parts(Protocol):
    """What these jobs need of the process's services."""

    settings: Settings
    vault: Vault
    blobs: Blobs
    carriers: dict[str, Carrier]


async def inbox_carrier(session: WriteSession, payload: dict[str, Any]) -> None:
    """`inbox.carrier`: works one webhook off."""
    await service.receive_events(session, payload["inbox"])


async def fold_again(session: WriteSession, payload: dict[str, Any]) -> None:
    """`shipments.fold`: folds one parcel again."""
    await service.refold(session, [UUID(payload["shipment"])])


def open_page(settings: Settings) -> JobFn:
    """`shipments.open_page`: makes an order's page reachable; told of by an event or named by its order."""

    async def run(session: WriteSession, payload: dict[str, Any]) -> None:
        await service.ensure_page(session, settings, UUID(payload["order"]))

    return run


def on_order_placed(settings: Settings) -> JobFn:
    """`shipments.on_order_placed`: every order has its page from the first minute."""

    async def run(session: WriteSession, payload: dict[str, Any]) -> None:
        event = await load_event(session, payload["event"])
        if event.order_id is not None:
            await service.ensure_page(session, settings, event.order_id)

    return run


def jobs(services: Parts) -> dict[str, JobFn | EffectJob[Any, Any]]:
    """Job name → row job or effect job."""
    return {
        "inbox.carrier": inbox_carrier,
        "shipments.fold": fold_again,
        "shipments.open_page": open_page(services.settings),
        "shipments.on_order_placed": on_order_placed(services.settings),
        "shipments.label": LabelJob(services.vault, services.carriers, services.blobs),
        "shipments.void_label": VoidJob(services.vault, services.carriers),
    }


def blocks(services: Parts) -> dict[str, BlockProvider]:
    """Blocks of mails that this room fills: `shipment` and `order`."""
    return block_providers(services.settings)


GUARDS: tuple[SendGuard, ...] = (still_right,)
"""Asked just before a mail is handed over."""
