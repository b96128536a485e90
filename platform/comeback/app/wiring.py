"""The one table of who is called for what: events → jobs, job names → functions, sockets → providers, routes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from uuid import UUID

from comeback.app import upkeep
from comeback.catalog import jobs as catalog_jobs
from comeback.catalog import models as catalog_models
from comeback.catalog.routes import ROUTES as CATALOG_ROUTES
from comeback.core import events, invariants
from comeback.core.blobs import Blobs, FolderBlobs
from comeback.core.db import Database
from comeback.core.egress import Egress
from comeback.core.inbox import Inbox
from comeback.core.limits import Limiter
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.credits import jobs as credits_jobs
from comeback.credits import models as credits_models
from comeback.credits.routes import ROUTES as CREDITS_ROUTES
from comeback.customers import models as customers_models
from comeback.customers.routes import ROUTES as CUSTOMERS_ROUTES
from comeback.desk import jobs as desk_jobs
from comeback.desk.routes import ROUTES as DESK_ROUTES
from comeback.flows import jobs as flows_jobs
from comeback.flows import models as flows_models
from comeback.flows.routes import ROUTES as FLOWS_ROUTES
from comeback.flows.service.guard import still_right as flow_guard
from comeback.imports import jobs as imports_jobs
from comeback.imports import models as imports_models
from comeback.imports.routes import ROUTES as IMPORTS_ROUTES
from comeback.kit.tokens import Signer
from comeback.ledger import models as ledger_models
from comeback.ledger.routes import ROUTES as LEDGER_ROUTES
from comeback.merchants import models as merchants_models
from comeback.merchants.routes import ROUTES as MERCHANTS_ROUTES
from comeback.messages import jobs as messages_jobs
from comeback.messages import models as messages_models
from comeback.messages.routes import ROUTES as MESSAGES_ROUTES
from comeback.messages.service.sockets import plug
from comeback.offers import jobs as offers_jobs
from comeback.offers import models as offers_models
from comeback.offers.routes import ROUTES as OFFERS_ROUTES
from comeback.offers.service.blocks import BLOCKS as OFFER_BLOCKS
from comeback.orders import models as orders_models
from comeback.orders.routes import ROUTES as ORDERS_ROUTES
from comeback.payments import jobs as payments_jobs
from comeback.payments import models as payments_models
from comeback.payments.routes import ROUTES as PAYMENTS_ROUTES
from comeback.portal import jobs as portal_jobs
from comeback.portal import models as portal_models
from comeback.portal.routes import ROUTES as PORTAL_ROUTES
from comeback.returns import jobs as returns_jobs
from comeback.returns import models as returns_models
from comeback.returns.routes import ROUTES as RETURNS_ROUTES
from comeback.returns.service.guard import still_right as return_guard
from comeback.shipments import jobs as shipments_jobs
from comeback.shipments import models as shipments_models
from comeback.shipments.routes import ROUTES as SHIPMENTS_ROUTES
from comeback.storefronts import jobs as storefronts_jobs
from comeback.storefronts import models as storefronts_models
from comeback.storefronts.routes import ROUTES as STOREFRONTS_ROUTES
from comeback.support import models as support_models
from comeback.support.routes import ROUTES as SUPPORT_ROUTES
from comeback.vendors.carriers.base import Carrier
from comeback.vendors.carriers.sandbox.adapter import SandboxCarrier
from comeback.vendors.shopify.adapter import ShopifyStorefront
from comeback.vendors.shopify.oauth import ShopifyOAuth
from comeback.vendors.storefronts import Storefront
from comeback.vendors.stripe.gateway import StripeGateway
from comeback.vendors.woocommerce.adapter import WooStorefront
from comeback.webhooks import jobs as webhooks_jobs
from comeback.webhooks import models as webhooks_models
from comeback.webhooks.routes import ROUTES as WEBHOOKS_ROUTES
from comeback.webhooks.service.planning import fan_out

MODELS: tuple[ModuleType, ...] = (
    merchants_models,
    customers_models,
    catalog_models,
    ledger_models,
    webhooks_models,
    orders_models,
    messages_models,
    shipments_models,
    payments_models,
    credits_models,
    offers_models,
    returns_models,
    flows_models,
    imports_models,
    portal_models,
    storefronts_models,
    support_models,
)
"""Importing them registers every table."""
JOBS = (
    catalog_jobs,
    messages_jobs,
    shipments_jobs,
    payments_jobs,
    credits_jobs,
    offers_jobs,
    returns_jobs,
    flows_jobs,
    imports_jobs,
    portal_jobs,
    storefronts_jobs,
    desk_jobs,
)
TICKS = (webhooks_jobs, messages_jobs, payments_jobs, returns_jobs, flows_jobs, portal_jobs, storefronts_jobs)
ROUTES = (
    *MERCHANTS_ROUTES,
    *CUSTOMERS_ROUTES,
    *CATALOG_ROUTES,
    *LEDGER_ROUTES,
    *WEBHOOKS_ROUTES,
    *ORDERS_ROUTES,
    *MESSAGES_ROUTES,
    *SHIPMENTS_ROUTES,
    *PAYMENTS_ROUTES,
    *CREDITS_ROUTES,
    *OFFERS_ROUTES,
    *RETURNS_ROUTES,
    *FLOWS_ROUTES,
    *IMPORTS_ROUTES,
    *PORTAL_ROUTES,
    *STOREFRONTS_ROUTES,
    *SUPPORT_ROUTES,
    *DESK_ROUTES,
)
TOLD: dict[str, tuple[str, ...]] = {
    "order.placed": ("shipments.on_order_placed",),
    "return_shipment.label_ready": ("returns.on_label",),
    "return_shipment.first_scan": ("returns.on_parcel",),
    "return_shipment.delivered": ("returns.on_parcel",),
    "refund.created": ("credits.restore",),
    "refund.succeeded": ("returns.on_refund", "storefronts.on_refund"),
    "refund.failed": ("returns.on_refund",),
    "credit.issued": ("payments.on_credit", "storefronts.on_credit"),
    "exchange.released": ("storefronts.on_exchange",),
    "shipment.shipped": ("storefronts.on_note",),
    "shipment.delivered": ("storefronts.on_note",),
    "return.approved": ("storefronts.on_note",),
    "return.received": ("storefronts.on_note",),
    "return.declined": ("storefronts.on_note",),
    "message.accepted": ("offers.confirm",),
    "message.failed": ("offers.release",),
}
"""Event → jobs. Flows hear every event of `flows.jobs.HEARD` besides."""

Tick = tuple[float, Callable[[], Awaitable[Any]]]


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
    stripe_gateway: StripeGateway
    carriers: dict[str, Carrier]
    storefronts: dict[str, Storefront]
    shopify_oauth: ShopifyOAuth | None
    egress: Egress
    """The one door to addresses that people of a shop typed in."""
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    idle_work: list[Callable[[UUID | None], Awaitable[int]]] = field(default_factory=list)
    """Work beyond the outbox (flows that are due, mails to send), for `drain`; answers how much was done."""


def import_models() -> tuple[ModuleType, ...]:
    """Every module with tables; that they are imported is what registers them."""
    return MODELS


def build_services(settings: Settings) -> Services:
    """The services of one process, with every socket plugged."""
    database = Database(settings)
    carrier = SandboxCarrier(settings.carrier_api_base)
    shopify = ShopifyStorefront(settings.shopify.api_version, settings.shopify.api_base)
    services = Services(
        settings=settings,
        database=database,
        vault=Vault(settings.kek),
        blobs=FolderBlobs(settings.blob_dir),
        limiter=Limiter(settings.redis_url, settings.redis_prefix),
        signer=Signer(settings.secret_key.reveal()),
        inbox=Inbox(database),
        stripe_gateway=StripeGateway(settings.stripe_api_base),
        carriers={"sandbox": carrier},
        storefronts={"shopify": shopify, "woocommerce": WooStorefront(local=settings.local)},
        shopify_oauth=_oauth(settings, shopify),
        egress=Egress(local=settings.local),
    )
    services.closers += [services.inbox.close, services.stripe_gateway.close, carrier.close]
    services.closers += [shop.close for shop in services.storefronts.values()] + [database.close]
    services.closers.insert(0, services.egress.close)
    services.idle_work += [*messages_jobs.idle_work(services), *flows_jobs.idle_work(services)]
    services.idle_work += storefronts_jobs.idle_work(services)
    services.idle_work += webhooks_jobs.idle_work(services)
    for room in (shipments_jobs, returns_jobs, credits_jobs):
        plug(room.blocks(services))
    plug(OFFER_BLOCKS, (flow_guard, return_guard, *shipments_jobs.GUARDS))
    events.subscribe(subscriptions())
    events.listen(fan_out)
    return services


def _oauth(settings: Settings, shopify: ShopifyStorefront) -> ShopifyOAuth | None:
    """The app that shops install, where this installation has one."""
    app = settings.shopify
    if app.client_id is None or app.client_secret is None:
        return None
    return ShopifyOAuth(shopify.client, app.client_id, app.client_secret)


def jobs(services: Services) -> dict[str, Any]:
    """Job name → row job or effect job."""
    return {name: job for room in JOBS if room is not messages_jobs for name, job in room.jobs(services).items()}


def subscriptions() -> dict[str, tuple[str, ...]]:
    """Event name → jobs that are told."""
    names = dict.fromkeys((*TOLD, *flows_jobs.HEARD))
    return {name: TOLD.get(name, ()) + _heard_by_flows(name) for name in names}


def _heard_by_flows(name: str) -> tuple[str, ...]:
    return ("flows.on_event",) if name in flows_jobs.HEARD else ()


def ticks(services: Services) -> dict[str, Tick]:
    """Name → (seconds, function): what a worker does now and then."""
    table: dict[str, Tick] = {**invariants.ticks(services.database), **upkeep.ticks(services.database)}
    for room in TICKS:
        table |= room.ticks(services)
    return table


def loops(services: Services) -> dict[str, Callable[[asyncio.Event], Awaitable[None]]]:
    """Name → long loop of the worker."""
    return {**messages_jobs.loops(services), **webhooks_jobs.loops(services)}
