"""`storefronts.fetch`: asks the shop for one object and takes what it answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog

from comeback.core import progress
from comeback.core.db import ReadSession, WriteSession
from comeback.core.effects import RecordedRetry, Retry
from comeback.core.inbox import load_inbox
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.merchants import service as merchants
from comeback.merchants.models import ConnectionState
from comeback.orders import service as orders
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.rules.products import read_level
from comeback.storefronts.rules.reading import Json, plain_id
from comeback.storefronts.rules.shopify_order import read_parcel
from comeback.storefronts.rules.taking import Unusable
from comeback.storefronts.rules.topics import unwrap
from comeback.storefronts.service import shelves
from comeback.storefronts.service.hooks import body_of
from comeback.storefronts.service.links import Link, find_row, open_link
from comeback.storefronts.service.orders import take_order, take_parcels
from comeback.storefronts.service.readers import customer_of, order_of, product_of, version_of
from comeback.vendors.errors import ProviderError, ProviderRefused
from comeback.vendors.storefronts import Storefront, StoreObject

log = structlog.get_logger("storefronts")
AGAIN_SECONDS = 20.0
KEYS_BAD = frozenset({"authentication_failed", "missing_scope", "shop_frozen"})


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask for, of whom, since when (the database's clock)."""

    link: Link
    kind: str
    id: str
    at: datetime


class FetchObject:
    """One object by id, with that shop's own key."""

    name = "storefronts.fetch"

    def __init__(self, storefronts: Mapping[str, Storefront], vault: Vault, settings: Settings) -> None:
        self.storefronts, self.vault, self.settings = storefronts, vault, settings

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Asked | None:
        """Nothing for a connection that is off, and for a delivery that is older than what we asked since."""
        connection, kind, object_id = UUID(payload["connection"]), payload["kind"], payload["id"]
        link = await open_link(session, self.vault, connection)
        if link is None or link.vendor not in self.storefronts:
            return None
        if payload.get("inbox"):
            row = await load_inbox(session, payload["inbox"])
            if await repository.asked_after(session, connection, kind, object_id, row.received_at):
                return None
        return Asked(link=link, kind=kind, id=object_id, at=await repository.database_now(session))

    async def call(self, task: Asked) -> StoreObject | None:
        """What the shop has now."""
        shop = self.storefronts[task.link.vendor]
        if task.kind == "item":
            return await shop.product_of_item(task.link.access, task.id)
        kind = "order" if task.kind == "order" else "product" if task.kind == "product" else "customer"
        return await shop.fetch(task.link.access, kind, task.id)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: Asked, outcome: StoreObject | Exception | None
    ) -> None:
        """Takes the truth; where the shop does not know the object, its webhook's body quietly."""
        if isinstance(outcome, Exception):
            await failed(session, task.link, outcome)
            return
        if outcome is not None:
            await take(session, self.settings, task.link, outcome)
            await repository.note_asked(session, task.link.id, task.kind, task.id, task.at)
        elif payload.get("gone"):
            await _gone(session, task)
        elif payload.get("inbox"):
            await land(session, self.settings, task.link, payload["inbox"], task.kind, task.id)
        if payload.get("task"):
            await advance_task(session, UUID(payload["task"]))


async def failed(session: WriteSession, link: Link, error: Exception) -> None:
    """Bad keys stop the connection with a sentence for the merchant; anything else is asked again later."""
    if isinstance(error, ProviderRefused):
        if error.code not in KEYS_BAD:
            raise error
        row = await find_row(session, link.id)
        await merchants.set_state(session, row, ConnectionState.BROKEN, PROBLEMS.get(error.code, error.code))
        raise RecordedRetry(3600.0, error.code)
    if isinstance(error, ProviderError):
        raise Retry(float(getattr(error, "retry_after", AGAIN_SECONDS)), str(error))
    raise error


PROBLEMS = {
    "authentication_failed": "The shop does not accept the key any more. Connect it again.",
    "missing_scope": "The key may not read what is needed. Connect again and grant all rights.",
    "shop_frozen": "The shop is frozen by its provider.",
}


async def take(
    session: WriteSession, settings: Settings, link: Link, found: StoreObject, *, quiet: bool = False
) -> None:
    """One object as the shop answered it."""
    if found.kind == "order":
        try:
            taken = order_of(link, found.body, graph=True)
        except Unusable as error:
            await note_problem(session, link, "order", found.id, str(error))
            return
        await take_order(session, settings, link, taken, version=found.updated_at, confirmed=True, quiet=quiet)
    elif found.kind == "product":
        product = product_of(link, found.body, graph=True)
        if product is not None:
            await shelves.take_product(session, link, product, version=found.updated_at, confirmed=True)
    else:
        person = customer_of(link, found.body, graph=True)
        if person is not None:
            await shelves.take_customer(session, link, *person, version=found.updated_at, confirmed=True)


async def note_problem(session: WriteSession, link: Link, kind: str, object_id: str, problem: str) -> None:
    """An object that cannot be stored is remembered with its reason."""
    log.warning("storefront object not usable", kind=kind, problem=problem)
    record = await repository.lock_record(session, link.id, kind, object_id)
    await repository.save_record(
        session, record["id"], version=None, local_id=record["local_id"], confirmed=record["confirmed"],
        problem=problem[:500],
    )  # fmt: skip


async def land(session: WriteSession, settings: Settings, link: Link, inbox_id: str, kind: str, object_id: str) -> None:
    """A signed body of an object that the shop does not (yet) know: stored, but nothing is sent and no money moves."""
    row = await load_inbox(session, inbox_id)
    for body in unwrap(body_of(row) or {}):
        if kind == "order" and row.topic.startswith(("fulfillments/", "fulfillment_events/", "refunds/")):
            await _land_parcel(session, settings, link, body)
        elif kind == "order" and plain_id(body.get("id")) == object_id:
            await _land_order(session, settings, link, body, object_id)
        elif kind == "product" and plain_id(body.get("id")) == object_id:
            product = product_of(link, body, graph=False)
            if product is not None:
                await shelves.take_product(session, link, product, version=version_of(link, body), confirmed=False)
        elif kind == "item":
            level = read_level(body)
            if level is not None:
                await shelves.take_level(session, link, level)
        elif kind == "customer":
            person = customer_of(link, body, graph=False)
            if person is not None:
                version = version_of(link, body)
                await shelves.take_customer(session, link, *person, version=version, confirmed=False)


async def _land_order(session: WriteSession, settings: Settings, link: Link, body: Json, object_id: str) -> None:
    try:
        taken = order_of(link, body, graph=False)
    except Unusable as error:
        await note_problem(session, link, "order", object_id, str(error))
        return
    await take_order(session, settings, link, taken, version=version_of(link, body), confirmed=False)


async def _land_parcel(session: WriteSession, settings: Settings, link: Link, body: Json) -> None:
    """A fulfilment of an order that is known here, though not to the shop: its parcel is as quiet as the order."""
    order_id, parcel = plain_id(body.get("order_id")), read_parcel(body)
    known = await repository.records(session, link.id, "order", [order_id or ""])
    if order_id is None or parcel is None:
        return
    local = known[order_id]["local_id"] if order_id in known else None
    if local is None:
        await note_problem(session, link, "parcel", f"{parcel.external_id}:0", "its order is not known here")
        return
    problems = await take_parcels(session, settings, link, local, [parcel], named=True)
    if problems:
        await orders.flag_review(session, local, problems)


async def _gone(session: WriteSession, task: Asked) -> None:
    """What the shop deleted: products leave the shelf, orders stay as they were sold."""
    if task.kind == "product":
        await shelves.retire_product(session, task.link, task.id)
    elif task.kind == "order":
        known = await repository.records(session, task.link.id, "order", [task.id])
        if task.id in known and known[task.id]["local_id"] is not None:
            await orders.flag_review(session, known[task.id]["local_id"], ["the order was deleted in the shop"])


async def advance_task(session: WriteSession, task: UUID) -> None:
    """One more of a long task is done."""
    await progress.advance(session, task)


async def known_versions(
    session: ReadSession, link: Link, kind: str, ids: list[str]
) -> dict[str, tuple[datetime | None, bool]]:
    """Id → (version, confirmed) of what is known."""
    found = await repository.records(session, link.id, kind, ids)
    return {key: (row["version"], row["confirmed"]) for key, row in found.items()}
