"""The demo data in a running local stack: the two shops, then, once, everything they sold."""

from collections.abc import Mapping, Sequence

from comeback.app.console import Refused
from comeback.app.seeds.shops import PLANS, Accounts, DemoShop, Setup, ensure_shop
from comeback.app.state import Secrets
from comeback.app.wiring import Services, build_services
from comeback.core.secrets import SealBroken
from comeback.core.settings import Settings


async def _close(services: Services) -> None:
    for close in services.closers:
        await close()


def setups(services: Services) -> Sequence[Setup]:
    """What the rooms lay down in a new shop."""
    return ()


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
    services = build_services(settings)
    try:
        return [
            await ensure_shop(services, plan, accounts(plan.shop.slug, secrets, env), setups(services))
            for plan in PLANS
        ]
    except SealBroken as error:
        raise Refused("This database was made with other secrets than those in .comeback/secrets.") from error
    finally:
        await _close(services)


async def load(settings: Settings, shops: Sequence[DemoShop], control_url: str) -> bool:
    """Everything the shops sold; False when it was loaded before."""
    return False
