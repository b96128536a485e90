"""The demo data in a running local stack: the two shops, then, once, everything they sold."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from comeback.app.console import Refused
from comeback.app.seeds.catalogue import products
from comeback.app.seeds.goods import draw_pictures, stock_shelves
from comeback.app.seeds.loading import Loader, Tick, tell_the_neighbours
from comeback.app.seeds.returning import COUNTS, Desk
from comeback.app.seeds.shops import PLANS, Accounts, DemoShop, Setup, ensure_shop
from comeback.app.seeds.storefront import fill_storefront
from comeback.app.seeds.tickets import Helper
from comeback.app.state import Secrets
from comeback.app.storefront import CONNECTED_SLUG, Hooks, Keys, connect_storefronts
from comeback.app.wiring import Services, build_services
from comeback.core.secrets import SealBroken
from comeback.core.settings import Settings
from comeback.flows.service import install_default_flows
from comeback.merchants.service import get_shop, set_settings
from comeback.messages.service import install_default_templates

SETUPS: tuple[Setup, ...] = (install_default_templates, install_default_flows)
"""What the rooms lay down in a new shop."""
LOADED = "demo_loaded"
BEGUN = "demo_day"


@asynccontextmanager
async def _services(settings: Settings) -> AsyncGenerator[Services]:
    services = build_services(settings)
    try:
        yield services
    finally:
        for close in services.closers:
            await close()


def accounts(slug: str, secrets: Secrets, env: Mapping[str, str]) -> Accounts:
    """The vendors' accounts of a demo shop. A real Stripe key serves both; the stand-in has an account for each."""
    return Accounts(
        staff_password=secrets.staff_password,
        stripe_key=env.get("STRIPE_API_KEY") or f"sk_test_{slug}_{secrets.carrier_key}",
        stripe_webhook=env.get("STRIPE_WEBHOOK_SECRET") or secrets.stripe_webhook,
        carrier_key=f"{secrets.carrier_key}_{slug}",
        carrier_webhook=secrets.carrier_webhook,
        api_key=secrets.api_keys.get(slug, ""),
    )


async def open_shops(settings: Settings, secrets: Secrets, env: Mapping[str, str]) -> list[DemoShop]:
    """Both shops, made when they do not stand yet."""
    async with _services(settings) as services:
        try:
            return [await ensure_shop(services, plan, accounts(plan.shop.slug, secrets, env), SETUPS) for plan in PLANS]
        except SealBroken as error:
            raise Refused("This database was made with other secrets than those in .comeback/secrets.") from error


async def connect(
    settings: Settings, shops: Sequence[DemoShop], known: Keys, storefront_url: str, control_url: str
) -> Hooks:
    """The demo shop and its storefronts."""
    async with _services(settings) as services:
        shop = next(shop for shop in shops if shop.slug == CONNECTED_SLUG)
        return await connect_storefronts(services, shop, known, storefront_url, control_url)


async def load(settings: Settings, shops: Sequence[DemoShop], control_url: str | None) -> bool:
    """Everything the shops sold, with a progress bar; False when it was loaded before. An interrupted load goes on
    where it stopped: every door takes the same thing only once. Without `control_url` the stand-ins are not told."""
    async with _services(settings) as services:
        waiting = [shop for shop in shops if not (await _note(services, shop)).get(LOADED)]
        if not waiting:
            return False
        loaders = [Loader(services, shop, await _day(services, shop)) for shop in waiting]
        total = sum(loader.work + COUNTS[loader.shop.slug] for loader in loaders)
        with tqdm(total=total, desc="  demo data", unit="", leave=False) as bar:
            async with asyncio.TaskGroup() as side_by_side:
                side_by_side.create_task(asyncio.to_thread(draw_pictures, Path(settings.media_dir)))
                for loader in loaders:
                    side_by_side.create_task(_load_shop(loader, bar.update, control_url))
    return True


async def _load_shop(loader: Loader, tick: Tick, control_url: str | None) -> None:
    services, shop = loader.services, loader.shop
    async with services.database.write(shop.shop_id) as session:
        await stock_shelves(session, services, loader.range)
    if control_url is not None and shop.slug == CONNECTED_SLUG:
        goods, rate = products(loader.range, services.settings.base_url), loader.range.tax_rate_bp
        await fill_storefront(control_url, f"{shop.slug}.myshopify.com", goods, loader.sales, rate)
    await loader.load(tick)
    if control_url is not None:
        await tell_the_neighbours(control_url, shop, loader.sales)
    await Desk(loader).work(tick)
    await Helper(loader).work()
    async with services.database.write(shop.shop_id) as session:
        await set_settings(session, None, {LOADED: True})


async def _note(services: Services, shop: DemoShop) -> dict[str, object]:
    async with services.database.read(shop.shop_id) as read:
        return (await get_shop(read)).settings


async def _day(services: Services, shop: DemoShop) -> datetime:
    """The day that all dates are counted from: the first attempt's, so that a second one makes the same orders."""
    known = (await _note(services, shop)).get(BEGUN)
    if isinstance(known, str):
        return datetime.fromisoformat(known)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    async with services.database.write(shop.shop_id) as session:
        await set_settings(session, None, {BEGUN: now.isoformat()})
    return now
