"""HTTP of storefronts: connections for the shop's people, and the addresses that shop systems call."""

from typing import Any, Protocol
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Redirect
from litestar.response.base import ASGIResponse

from comeback.core.access import PUBLIC, Principal
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.inbox import Delivery, Inbox
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.kit.paging import decode_cursor, encode_cursor
from comeback.kit.tokens import Signer
from comeback.merchants.models import ConnectionState
from comeback.merchants.schemas import Hook
from comeback.merchants.service import resolve_hook
from comeback.storefronts.errors import BadRedirect, NoStorefront, NotAccepted, Off
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.schemas import (
    BackfillIn,
    ConnectionOut,
    ConnectionPage,
    ConnectionPatch,
    InstallOut,
    PrivacyOut,
    PrivacyPage,
    ShopifyIn,
    TaskOut,
    WooIn,
    WriteOut,
    WritePage,
)
from comeback.storefronts.service import connecting, sweeping
from comeback.storefronts.service.links import find_row
from comeback.vendors.shopify.oauth import ShopifyOAuth
from comeback.vendors.storefronts import Storefront

MAX_HOOK = 10_000_000
ACCEPTED = ASGIResponse(status_code=200)
READ = {"permission": "settings:read"}
WRITE = {"permission": "settings:write"}
PAGE = 100
COOKIE = "comeback_install"
Web = Request[Any, Any, Any]


class Parts(Protocol):
    """What these routes need of the process's services."""

    settings: Settings
    database: Database
    vault: Vault
    inbox: Inbox
    signer: Signer
    storefronts: dict[str, Storefront]
    shopify_oauth: ShopifyOAuth | None


def _known(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise NoStorefront
    return found


@get("/api/v1/connections", operation_id="listConnections", opt=READ)
async def list_connections(read: NamedDependency[ReadSession], services: NamedDependency[Any]) -> ConnectionPage:
    """All connections, without their keys; storefronts with how far they were read."""
    parts: Parts = services
    return await connecting.list_all(read, parts.vault, parts.settings)


@post("/api/v1/connections/shopify", operation_id="connectShopify", opt=WRITE, status_code=200)
async def connect_shopify(
    data: JSONBody[ShopifyIn], principal: NamedDependency[Principal], services: NamedDependency[Any]
) -> Response[ConnectionOut | InstallOut]:
    """Connects by token (the shop is called first), or, without one, answers where to send the browser."""
    parts: Parts = services
    if data.access_token is None:
        return await _begin(parts, principal, data.shop)
    shop = parts.storefronts["shopify"]
    made = await connecting.by_token(parts.database, parts.vault, shop, data, parts.settings, principal)
    return Response(await _view(parts, principal, made))


async def _begin(parts: Parts, principal: Principal, shop: str) -> Response[ConnectionOut | InstallOut]:
    async with parts.database.write(principal.shop_id) as session:
        oauth, settings = parts.shopify_oauth, parts.settings
        found = await connecting.begin_install(session, oauth, parts.signer, settings, shop, principal)
    # The way back must come to the browser that began: else one could be made to connect one's shop to a stranger's.
    cookie = Cookie(
        key=COOKIE,
        value=found.state,
        path=connecting.RETURN_PATH,
        httponly=True,
        secure=settings.secure,
        samesite="lax",
        max_age=600,
    )
    return Response(InstallOut(authorize_url=found.authorize_url), cookies=[cookie])


async def _view(parts: Parts, principal: Principal, connection: UUID) -> ConnectionOut:
    async with parts.database.read(principal.shop_id) as session:
        return await connecting.view(session, parts.vault, parts.settings, connection)


@get(connecting.RETURN_PATH, operation_id="shopifyCallback", opt={"permission": PUBLIC}, include_in_schema=False)
async def shopify_callback(request: Web, services: NamedDependency[Any]) -> Redirect:
    """The way back from Shopify after the merchant granted access; leads to the studio's settings."""
    parts: Parts = services
    pairs = [(name, value) for name, value in request.query_params.multi_items()]
    state = dict(pairs).get("state")
    if not state or request.cookies.get(COOKIE) != state:
        raise BadRedirect
    shop, oauth = parts.storefronts["shopify"], parts.shopify_oauth
    await connecting.finish_install(parts.database, parts.vault, shop, oauth, parts.signer, pairs)
    return Redirect("/studio/settings/connections", status_code=303)


@post("/api/v1/connections/woocommerce", operation_id="connectWooCommerce", opt=WRITE, status_code=200)
async def connect_woocommerce(
    data: JSONBody[WooIn], principal: NamedDependency[Principal], services: NamedDependency[Any]
) -> ConnectionOut:
    """Connects by a consumer key; the shop is called first."""
    parts: Parts = services
    shop = parts.storefronts["woocommerce"]
    made = await connecting.by_woo_key(parts.database, parts.vault, shop, data, principal)
    return await _view(parts, principal, made)


@patch("/api/v1/connections/{connection_id:str}", operation_id="changeConnection", opt=WRITE)
async def change_connection(
    connection_id: FromPath[str],
    data: JSONBody[ConnectionPatch],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    services: NamedDependency[Any],
) -> ConnectionOut:
    """What is written back, and the cheapest standard delivery."""
    parts: Parts = services
    known = _known(connection_id)
    await connecting.change(session, known, data, principal)
    return await connecting.view(session, parts.vault, parts.settings, known)


@delete("/api/v1/connections/{connection_id:str}", operation_id="disconnect", opt=WRITE, status_code=204)
async def disconnect(
    connection_id: FromPath[str], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> None:
    """Ends a connection: what is known stays, mails go on, nothing is read or written any more."""
    await connecting.disconnect(session, _known(connection_id), principal)


@post("/api/v1/connections/{connection_id:str}/backfill", operation_id="backfill", opt=WRITE, status_code=202)
async def backfill(
    connection_id: FromPath[str], data: JSONBody[BackfillIn], session: NamedDependency[WriteSession]
) -> TaskOut:
    """Takes in what was created since then, as history: nobody is written to."""
    row = await find_row(session, _known(connection_id))
    if row.state == ConnectionState.OFF:
        raise Off
    return TaskOut(task=await sweeping.begin_backfill(session, row.id, data.since, list(data.kinds)))


@post("/api/v1/connections/{connection_id:str}/reconcile", operation_id="reconcile", opt=WRITE, status_code=202)
async def reconcile(connection_id: FromPath[str], session: NamedDependency[WriteSession]) -> TaskOut:
    """Looks for what no webhook told; the task's total is what was missing."""
    row = await find_row(session, _known(connection_id))
    if row.state == ConnectionState.OFF:
        raise Off
    return TaskOut(task=await sweeping.reconcile_task(session, row.id))


@get("/api/v1/connections/{connection_id:str}/writes", operation_id="listWrites", opt=READ)
async def list_writes(
    connection_id: FromPath[str], read: NamedDependency[ReadSession], cursor: FromQuery[str | None] = None
) -> WritePage:
    """What was or will be written into the shop, newest first."""
    row = await find_row(read, _known(connection_id))
    key = decode_cursor(cursor) if cursor else None
    found = await repository.writes(read, row.id, parse_id(str(key[0])) if key else None, PAGE + 1)
    items = [WriteOut(**entry) for entry in found[:PAGE]]
    return WritePage(items=items, next=encode_cursor(str(items[-1].id)) if len(found) > PAGE else None)


@get("/api/v1/privacy-requests", operation_id="listPrivacyRequests", opt={"permission": "customers:read"})
async def list_privacy(read: NamedDependency[ReadSession]) -> PrivacyPage:
    """What shop systems asked for their customers, with the date it is due."""
    return PrivacyPage(items=[PrivacyOut(**entry) for entry in await repository.requests(read)])


@post(
    "/hooks/shopify/{token:str}",
    operation_id="shopifyHook",
    opt={"permission": PUBLIC},
    status_code=200,
    request_max_body_size=MAX_HOOK,
)
async def shopify_hook(token: FromPath[str], request: Web, services: NamedDependency[Any]) -> ASGIResponse:
    """A Shopify webhook: the address's shop, its signature over the raw bytes, its domain; then durable, then 200."""
    parts: Parts = services
    body = await request.body()
    hook = await resolve_hook(parts.database, parts.vault, "storefront", token)
    headers = _single_headers(request)
    if hook is None or hook.vendor != "shopify" or headers is None:
        raise NotAccepted()
    signed = parts.storefronts["shopify"].verify(body, headers, hook.secrets)
    if not signed or headers.get("x-shopify-shop-domain", "").lower() != hook.options.get("shop"):
        raise NotAccepted()
    return await _accept(parts, hook, headers.get("x-shopify-topic", ""), headers.get("x-shopify-webhook-id", ""), body)


@post(
    "/hooks/woocommerce/{token:str}",
    operation_id="wooCommerceHook",
    opt={"permission": PUBLIC},
    status_code=200,
    request_max_body_size=MAX_HOOK,
)
async def woocommerce_hook(token: FromPath[str], request: Web, services: NamedDependency[Any]) -> ASGIResponse:
    """A WooCommerce webhook, as Shopify's. The unsigned ping that WooCommerce sends first is answered and forgotten."""
    parts: Parts = services
    body = await request.body()
    hook = await resolve_hook(parts.database, parts.vault, "storefront", token)
    headers = _single_headers(request)
    if hook is None or hook.vendor != "woocommerce" or headers is None:
        raise NotAccepted()
    if "x-wc-webhook-topic" not in headers and body.startswith(b"webhook_id=") and len(body) < 100:
        return ACCEPTED
    signed = parts.storefronts["woocommerce"].verify(body, headers, hook.secrets)
    if not signed or not _same_site(headers.get("x-wc-webhook-source", ""), str(hook.options.get("shop"))):
        raise NotAccepted()
    delivery = headers.get("x-wc-webhook-delivery-id", "")
    return await _accept(parts, hook, headers.get("x-wc-webhook-topic", ""), delivery, body)


def _same_site(source: str, shop: str) -> bool:
    return source.rstrip("/").lower().split("://")[-1] == shop.rstrip("/").lower().split("://")[-1]


def _single_headers(request: Web) -> dict[str, str] | None:
    """Headers in lower case; None where one of the sender's stands twice."""
    found: dict[str, str] = {}
    for raw, value in request.scope["headers"]:
        name = raw.decode("latin-1").lower()
        if name.startswith(("x-shopify-", "x-wc-")) and name in found:
            return None
        found[name] = value.decode("latin-1")
    return found


async def _accept(parts: Parts, hook: Hook, topic: str, provider_id: str, body: bytes) -> ASGIResponse:
    if not topic or len(topic) > 100 or len(provider_id) > 200:
        raise NotAccepted()
    await parts.inbox.accept(Delivery(hook.shop_id, hook.connection_id, hook.vendor, topic, provider_id, body))
    return ACCEPTED


ROUTES = (
    list_connections,
    connect_shopify,
    shopify_callback,
    connect_woocommerce,
    change_connection,
    disconnect,
    backfill,
    reconcile,
    list_writes,
    list_privacy,
    shopify_hook,
    woocommerce_hook,
)
