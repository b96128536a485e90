"""The two demo shops: their brand, staff, key, connections and sending domain; made once, found again later."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import msgspec

from comeback.app.wiring import Services
from comeback.core.access import PERMISSIONS
from comeback.core.db import WriteSession
from comeback.kit.ids import new_id
from comeback.merchants.schemas import Brand, ConnectionIn, ShopIn, StaffIn
from comeback.merchants.service import (
    add_sending_domain,
    authenticate_key,
    connect,
    connection,
    create_api_key,
    create_shop,
    create_staff,
    hook_token,
    mark_verified,
    set_brand,
    shop_by_slug,
)


class ShopPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a demo shop is made of."""

    shop: ShopIn
    domain: str
    staff: tuple[tuple[str, str, str], ...]
    """(address, name, role)."""


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """The vendors' accounts that a demo shop is connected to."""

    staff_password: str
    stripe_key: str
    stripe_webhook: str
    carrier_key: str
    carrier_webhook: str
    api_key: str
    """The shop's key as made by an earlier start, or empty."""


class DemoShop(msgspec.Struct, frozen=True, kw_only=True):
    """A demo shop that stands."""

    shop_id: UUID
    slug: str
    email: str
    api_key: str
    carrier_hook: str
    stripe_hook: str
    carrier_key: str
    stripe_key: str


Setup = Callable[[WriteSession], Awaitable[object]]
"""What a room lays down in a new shop (default templates, flows, policy)."""

CASA = ShopPlan(
    shop=ShopIn(
        slug="casa-lume",
        name="Casa Lume",
        locale="de",
        timezone="Europe/Berlin",
        currency="EUR",
        country="DE",
        brand=Brand(
            primary="#c26a43",
            primary_dark="#8f4526",
            radius=14,
            support_email="hallo@casa-lume.example",
            support_hours="Mo–Fr 9–17 Uhr",
            address="Casa Lume GmbH, Lindenallee 4, 04109 Leipzig",
        ),
    ),
    domain="casa-lume.example",
    staff=(
        ("demo@casa-lume.example", "Dana Demo", "owner"),
        ("agnes@casa-lume.example", "Agnes Amsel", "agent"),
        ("willi@casa-lume.example", "Willi Wagner", "warehouse"),
    ),
)
NORD = ShopPlan(
    shop=ShopIn(
        slug="nordkap",
        name="Nordkap Outdoor",
        locale="en",
        timezone="Europe/Dublin",
        currency="EUR",
        country="IE",
        brand=Brand(
            primary="#2f7d6b",
            primary_dark="#1f5a4c",
            radius=8,
            support_email="crew@nordkap.example",
            support_hours="Mon–Fri 9–5",
            address="Nordkap Outdoor Ltd, 12 Harbour Row, Galway",
        ),
    ),
    domain="nordkap.example",
    staff=(("demo@nordkap.example", "Nora North", "owner"),),
)
PLANS = (CASA, NORD)


async def ensure_shop(
    services: Services, plan: ShopPlan, accounts: Accounts, setups: Sequence[Setup], logo_url: str | None = None
) -> DemoShop:
    """The shop of a plan; made in one transaction when it does not stand yet."""
    shop_id = await shop_by_slug(services.database, plan.shop.slug)
    if shop_id is None:
        shop_id = new_id()
        async with services.database.write(shop_id) as session:
            await _open_shop(session, services, plan, accounts, setups)
            if logo_url is not None:
                await set_brand(session, None, msgspec.structs.replace(plan.shop.brand, logo_url=logo_url))
    async with services.database.write(shop_id) as session:
        carrier, stripe = await _reconnect(session, services, accounts)
    known = await authenticate_key(services.database, accounts.api_key)
    key = accounts.api_key
    if known is None or known.shop_id != shop_id:
        async with services.database.write(shop_id) as session:
            _, key = await create_api_key(session, "Storefront (demo)", PERMISSIONS)
    return DemoShop(
        shop_id=shop_id,
        slug=plan.shop.slug,
        email=plan.staff[0][0],
        api_key=key,
        carrier_hook=carrier,
        stripe_hook=stripe,
        carrier_key=accounts.carrier_key,
        stripe_key=accounts.stripe_key,
    )


async def _open_shop(
    session: WriteSession, services: Services, plan: ShopPlan, accounts: Accounts, setups: Sequence[Setup]
) -> None:
    await create_shop(session, plan.shop)
    for email, name, role in plan.staff:
        person = StaffIn(email=email, name=name, role=role, password=accounts.staff_password)
        await create_staff(session, None, person)
    await add_sending_domain(session, services.vault, plan.domain)
    # A stand-in mailbox asks no name server; in production the records are looked up first.
    await mark_verified(session, plan.domain)
    for setup in setups:
        await setup(session)


async def _reconnect(session: WriteSession, services: Services, accounts: Accounts) -> tuple[str, str]:
    """Hook tokens of carrier and Stripe; the accounts are written again only when they changed."""
    wanted = (
        ConnectionIn(
            kind="carrier",
            vendor="sandbox",
            credentials={"api_key": accounts.carrier_key},
            secret=accounts.carrier_webhook,
        ),
        ConnectionIn(
            kind="stripe",
            vendor="stripe",
            credentials={"api_key": accounts.stripe_key},
            secret=accounts.stripe_webhook,
        ),
    )
    tokens = [await _one_connection(session, services, account) for account in wanted]
    return tokens[0], tokens[1]


async def _one_connection(session: WriteSession, services: Services, account: ConnectionIn) -> str:
    row = await connection(session, account.kind, account.vendor)
    if row is not None:
        sealed = row.credentials
        plain = await services.vault.open(session, "connections", "credentials", row.id, sealed)
        if msgspec.json.decode(plain) == account.credentials:
            return await hook_token(session, services.vault, row)
    return (await connect(session, services.vault, account))[1]
