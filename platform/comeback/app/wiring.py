"""The one table of who is called for what: events → jobs, job names → functions, sockets → providers, routes."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from comeback.core import events, invariants
from comeback.core.blobs import Blobs, FolderBlobs
from comeback.core.db import Database
from comeback.core.inbox import Inbox
from comeback.core.limits import Limiter
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.flows.service.guard import still_right as flow_guard
from comeback.kit.tokens import Signer
from comeback.messages.service.sockets import plug
from comeback.offers.service.blocks import BLOCKS as OFFER_BLOCKS

ROOMS = [
    "merchants",
    "customers",
    "catalog",
    "ledger",
    "orders",
    "messages",
    "shipments",
    "payments",
    "credits",
    "offers",
    "returns",
    "flows",
    "portal",
    "desk",
]


@dataclass
class Services:
    """What use cases need besides a session; built once a process."""

    settings: Settings
    database: Database
    vault: Vault
    blobs: Blobs
    limiter: Limiter
    signer: Signer
    inbox: Inbox
    stripe_gateway: Any = None
    carriers: dict[str, Any] = field(default_factory=dict)
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    idle_work: list[Callable[[UUID | None], Awaitable[int]]] = field(default_factory=list)
    """Work beyond the outbox (flows that are due, mails to send), for `drain`; answers how much was done."""


def _room(room: str, file: str, name: str, default: Any) -> Any:
    try:
        return getattr(importlib.import_module(f"comeback.{room}.{file}"), name, default)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("comeback."):
            return default
        raise


def import_models() -> None:
    """Registers every table with the metadata."""
    for room in ROOMS:
        _room(room, "models", "", None)


def build_services(settings: Settings) -> Services:
    """The services of one process."""
    import_models()
    database = Database(settings)
    services = Services(
        settings=settings,
        database=database,
        vault=Vault(settings.kek),
        blobs=FolderBlobs(settings.blob_dir),
        limiter=Limiter(settings.redis_url, settings.redis_prefix),
        signer=Signer(settings.secret_key.reveal()),
        inbox=Inbox(database),
    )
    gateway = _room("vendors", "stripe.gateway", "StripeGateway", None)
    if gateway is not None:
        services.stripe_gateway = gateway(settings.stripe_api_base)
    carrier = _room("vendors", "carriers.sandbox.adapter", "SandboxCarrier", None)
    if carrier is not None:
        services.carriers["sandbox"] = carrier(settings.carrier_api_base)
    clients = (services.stripe_gateway, *services.carriers.values())
    services.closers += [services.inbox.close, *(c.close for c in clients if c is not None), database.close]
    for room in ROOMS:
        services.idle_work += _room(room, "jobs", "idle_work", lambda _services: [])(services)
        plug(_room(room, "jobs", "blocks", lambda _services: {})(services))
        plug({}, _room(room, "jobs", "GUARDS", ()))
    plug(OFFER_BLOCKS, (flow_guard,))
    events.subscribe(subscriptions())
    return services


def routes() -> list[Any]:
    """Every route handler of the product."""
    return [r for room in ROOMS for r in _room(room, "routes", "ROUTES", ())]


def jobs(services: Services) -> dict[str, Any]:
    """Job name → row job or effect job."""
    table: dict[str, Any] = {}
    for room in ROOMS:
        make = _room(room, "jobs", "jobs", None)
        if make is not None:
            table |= make(services)
    return table


def subscriptions() -> dict[str, tuple[str, ...]]:
    """Event name → jobs that are told."""
    table: dict[str, tuple[str, ...]] = {}
    for room in ROOMS:
        for name, names in _room(room, "jobs", "SUBSCRIBES", {}).items():
            table[name] = table.get(name, ()) + tuple(names)
    return table


def ticks(services: Services) -> dict[str, tuple[float, Callable[[], Awaitable[Any]]]]:
    """Name → (seconds, function): what a worker does now and then."""
    table: dict[str, tuple[float, Callable[[], Awaitable[Any]]]] = {**invariants.ticks(services.database)}
    for room in ROOMS:
        make = _room(room, "jobs", "ticks", None)
        if make is not None:
            table |= make(services)
    return table


def loops(services: Services) -> dict[str, Callable[[asyncio.Event], Awaitable[None]]]:
    """Name → long loop of the worker (the sender, the flows)."""
    table: dict[str, Callable[[asyncio.Event], Awaitable[None]]] = {}
    for room in ROOMS:
        make = _room(room, "jobs", "loops", None)
        if make is not None:
            table |= make(services)
    return table
