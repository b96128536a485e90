"""Connecting a shop system: test call, keys sealed, webhooks subscribed, and the way out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import FieldError
from comeback.core.events import publish
from comeback.core.outbox import enqueue
from comeback.core.secrets import Secret, Vault
from comeback.core.settings import Settings
from comeback.kit.ids import new_id
from comeback.kit.tokens import Signer, random_token
from comeback.merchants import service as merchants
from comeback.merchants.models import Connection, ConnectionState
from comeback.merchants.schemas import ConnectionIn
from comeback.storefronts.errors import BadRedirect, CannotConnect, NotInstalled
from comeback.storefronts.events import Connected, Disconnected
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.schemas import (
    ConnectionOut,
    ConnectionPage,
    ConnectionPatch,
    ShopifyIn,
    SyncOut,
    WooIn,
    WriteBack,
)
from comeback.storefronts.service.links import KIND, find_row, rows_of, write_back_of
from comeback.storefronts.service.sweeping import KINDS
from comeback.vendors.errors import ProviderError, ProviderRefused
from comeback.vendors.shopify.oauth import ShopifyOAuth, missing_scopes
from comeback.vendors.shopify.signing import shop_domain, verify_query
from comeback.vendors.storefronts import Access, Identity, Storefront

SUBSCRIBE = "storefronts.subscribe"
RETURN_PATH = "/connections/shopify/callback"
INSTALL_MINUTES = timedelta(minutes=10)
STATE_KIND = "shopify-install"
WORDS = {
    "authentication_failed": "The shop does not accept this key. Copy it again; it must belong to this shop.",
    "missing_scope": "The key has too few rights: it must read orders, products and customers.",
    "shop_frozen": "The shop is frozen by its provider.",
    "refused_address": "This address cannot be called. Use the public https address of the shop.",
}
ABOUT_KEY = {"authentication_failed", "missing_scope"}
"""Refusals that another key may cure."""


async def test_call(shop: Storefront, access: Access, key: str = "/shop") -> Identity:
    """Who answers. Raises CannotConnect with what to do, in words for the merchant; `key` points at the field that
    holds the key."""
    try:
        found = await shop.identity(access)
    except ProviderRefused as error:
        words = WORDS.get(error.code, f"The shop refused the call ({error.code}).")
        raise CannotConnect(words, [FieldError(key if error.code in ABOUT_KEY else "/shop", words)]) from None
    except ProviderError:
        words = "The shop did not answer. Check the address and try again."
        raise CannotConnect(words, [FieldError("/shop", words)]) from None
    return found


async def by_token(
    database: Database, vault: Vault, shop: Storefront, body: ShopifyIn, settings: Settings, who: Principal
) -> UUID:
    """Connects a Shopify shop by a custom app's token; the test call is made before anything is stored."""
    domain = checked_domain(body.shop)
    if body.access_token is None or body.api_secret is None:
        raise CannotConnect(
            "The app's API secret key is needed: it signs the webhooks.",
            [FieldError("/api_secret", "is required with access_token")],
        )
    access = Access(shop=domain, token=Secret(body.access_token))
    identity = await test_call(shop, access, "/access_token")
    if identity.shop != domain:
        raise CannotConnect(f"This token belongs to {identity.shop}.", [FieldError("/shop", "is another shop")])
    return await open_shopify(database, vault, access, identity, body.api_secret, body.write_back, who)


def checked_domain(text: str) -> str:
    """The shop's myshopify.com domain. Raises CannotConnect."""
    domain = shop_domain(text)
    if domain is None:
        words = "must be the shop's myshopify.com domain"
        raise CannotConnect(f"The shop {words}.", [FieldError("/shop", words)])
    return domain


async def open_shopify(
    database: Database,
    vault: Vault,
    access: Access,
    identity: Identity,
    secret: str,
    write_back: WriteBack,
    who: Principal,
) -> UUID:
    """Stores a connection that answered, and subscribes its webhooks."""
    missing = missing_scopes(identity.scopes) if identity.scopes else []
    if missing:
        words = f"The key lacks these rights: {', '.join(missing)}."
        raise CannotConnect(words, [FieldError("/access_token", words)])
    keys = {"token": access.token.reveal()}
    return await _open(database, vault, who, "shopify", access.shop, identity, keys, secret, write_back)


async def by_woo_key(database: Database, vault: Vault, shop: Storefront, body: WooIn, who: Principal) -> UUID:
    """Connects a WooCommerce shop by its consumer key. The webhook secret is ours: we give it to the shop."""
    address = body.shop.strip().rstrip("/")
    if not address.startswith(("https://", "http://")):
        address = f"https://{address}"
    access = Access(shop=address, token=Secret(body.consumer_key), secret=Secret(body.consumer_secret))
    identity = await test_call(shop, access, "/consumer_key")
    keys = {"token": body.consumer_key, "secret": body.consumer_secret}
    secret = random_token()
    return await _open(database, vault, who, "woocommerce", address, identity, keys, secret, body.write_back)


async def _open(
    database: Database,
    vault: Vault,
    who: Principal,
    vendor: str,
    shop: str,
    identity: Identity,
    keys: dict[str, str],
    secret: str,
    write_back: WriteBack,
) -> UUID:
    async with database.write(who.shop_id) as session:
        others = [row for row in await rows_of(session) if row.vendor != vendor]
        known = await merchants.connection(session, KIND, vendor)
        prefix = known.options.get("prefix", "") if known else f"{vendor}:" if others else ""
        options = {"shop": shop, "name": identity.name, "currency": identity.currency, "prefix": prefix}
        options |= {"scopes": list(identity.scopes), "write_back": msgspec.to_builtins(write_back)}
        account = ConnectionIn(kind=KIND, vendor=vendor, credentials=keys, secret=secret, options=options)
        row, _ = await merchants.connect(session, vault, account, actor=who)
        await merchants.set_state(session, row, ConnectionState.LIVE)
        now = clock.now()
        for kind in KINDS:
            await repository.begin_sync(session, row.id, kind, now)
        await enqueue(session, SUBSCRIBE, {"connection": str(row.id)})
        await publish(session, Connected(occurred_at=now, connection_id=row.id, vendor=vendor))
        return row.id


class Begun(msgspec.Struct, frozen=True):
    """An installation that began: where to go, and the state that must come back to the same browser."""

    authorize_url: str
    state: str


async def begin_install(
    session: WriteSession, oauth: ShopifyOAuth | None, signer: Signer, settings: Settings, shop: str, who: Principal
) -> Begun:
    """Where to send the merchant's browser. Raises NotInstalled where this installation has no app."""
    if oauth is None:
        raise NotInstalled
    domain, install = checked_domain(shop), new_id()
    await repository.add_install(
        session, {"id": install, "domain": domain, "staff": who.id, "name": who.name, "now": clock.now()}
    )
    state = signer.sign(STATE_KIND, session.shop_id, install)
    return Begun(oauth.address(domain, f"{settings.base_url}{RETURN_PATH}", state), state)


async def finish_install(
    database: Database,
    vault: Vault,
    shop: Storefront,
    oauth: ShopifyOAuth | None,
    signer: Signer,
    pairs: Sequence[tuple[str, str]],
) -> UUID:
    """The way back from Shopify: signed query, our own state (once, for ten minutes), the same shop, then the token."""
    query = dict(pairs)
    if oauth is None or not verify_query(pairs, oauth.client_secret):
        raise BadRedirect
    named = signer.read(STATE_KIND, query.get("state", ""))
    domain = shop_domain(query.get("shop", ""))
    if named is None or len(named) != 2 or domain is None or not query.get("code"):
        raise BadRedirect
    now = clock.now()
    async with database.write(named[0]) as session:
        install = await repository.use_install(session, named[1], now, now - INSTALL_MINUTES)
    if install is None or install["shop_domain"] != domain:
        raise BadRedirect
    try:
        grant = await oauth.exchange(domain, query["code"])
    except ProviderError:
        raise BadRedirect from None
    access = Access(shop=domain, token=Secret(grant.access_token))
    identity = msgspec.structs.replace(await test_call(shop, access), scopes=tuple(grant.scope.split(",")))
    who = Principal("staff", named[0], install["staff_id"], name=install["staff_name"])
    secret = oauth.client_secret.reveal()
    return await open_shopify(database, vault, access, identity, secret, WriteBack(), who)


async def change(session: WriteSession, connection: UUID, patch: ConnectionPatch, who: Principal) -> None:
    """Changes what is written back and the cheapest delivery. Raises NoStorefront."""
    row = await find_row(session, connection)
    options = dict(row.options)
    if isinstance(patch.write_back, WriteBack):
        options["write_back"] = msgspec.to_builtins(patch.write_back)
    if isinstance(patch.cheapest_standard, dict):
        options["cheapest_standard"] = patch.cheapest_standard
    row.options = options
    await session.flush()
    await merchants.audit(session, who, "connection.changed", row.id, {"vendor": row.vendor})


async def disconnect(session: WriteSession, connection: UUID, who: Principal) -> None:
    """Ends a connection: what is known stays, nothing is read or written any more. Raises NoStorefront."""
    row = await find_row(session, connection)
    if row.state == ConnectionState.OFF:
        return
    await merchants.set_state(session, row, ConnectionState.OFF)
    await repository.forget_sync(session, row.id)
    await enqueue(session, SUBSCRIBE, {"connection": str(row.id), "drop": True})
    await merchants.audit(session, who, "connection.removed", row.id, {"vendor": row.vendor})
    told = Disconnected(occurred_at=clock.now(), connection_id=row.id, vendor=row.vendor, why="removed")
    await publish(session, told)


async def list_all(session: ReadSession, vault: Vault, settings: Settings) -> ConnectionPage:
    """Every connection of the shop; storefronts with how far they were read."""
    syncs, counts = await repository.syncs(session), await repository.write_counts(session)
    items = [
        await _out(session, vault, settings, row, syncs, counts) for row in await merchants.list_connections(session)
    ]
    return ConnectionPage(items=items)


async def view(session: ReadSession, vault: Vault, settings: Settings, connection: UUID) -> ConnectionOut:
    """One storefront connection. Raises NoStorefront."""
    row = await find_row(session, connection)
    syncs, counts = await repository.syncs(session), await repository.write_counts(session)
    return await _out(session, vault, settings, row, syncs, counts)


def hook_address(settings: Settings, vendor: str, token: str) -> str:
    """The address that a shop calls."""
    return f"{settings.base_url}/hooks/{vendor}/{token}"


async def _out(
    session: ReadSession,
    vault: Vault,
    settings: Settings,
    row: Connection,
    syncs: Sequence[dict[str, Any]],
    counts: Mapping[UUID, tuple[int, int]],
) -> ConnectionOut:
    ours, options = row.kind == KIND, row.options
    hook = hook_address(settings, row.vendor, await merchants.hook_token(session, vault, row)) if ours else None
    open_, failed = counts.get(row.id, (0, 0))
    mine = [
        SyncOut(**{k: v for k, v in s.items() if k != "connection_id"}) for s in syncs if s["connection_id"] == row.id
    ]
    return ConnectionOut(
        id=row.id,
        kind=row.kind,
        vendor=row.vendor,
        state=row.state,
        problem=row.problem,
        shop=options.get("shop") if ours else None,
        name=options.get("name") if ours else None,
        currency=options.get("currency") if ours else None,
        scopes=options.get("scopes", []) if ours else [],
        hook_url=hook,
        write_back=write_back_of(options) if ours else None,
        cheapest_standard=options.get("cheapest_standard") or {},
        syncs=mine,
        open_writes=open_,
        failed_writes=failed,
        created_at=row.created_at,
    )
