"""`comeback shop`: opens a shop in the database of `DATABASE_URL`, with its owner, mails and flows."""

import argparse
import asyncio
import os
from collections.abc import Sequence

import msgspec

from comeback.app.console import Refused, pairs, say
from comeback.app.demo import SETUPS
from comeback.app.wiring import Services, build_services
from comeback.core.errors import ComebackError
from comeback.core.settings import load_settings
from comeback.kit.ids import new_id
from comeback.kit.tokens import random_token
from comeback.merchants.schemas import ShopIn, StaffIn
from comeback.merchants.service import create_shop, create_staff, shop_by_slug


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="comeback shop", description="Opens a shop with its owner.")
    parser.add_argument("slug", help="the shop's short name, part of its addresses: a-z, 0-9 and -")
    parser.add_argument("name", help="the name that customers read")
    parser.add_argument("--owner", required=True, metavar="MAIL", help="the owner's mail address: the log-in")
    parser.add_argument("--owner-name", default="Owner")
    parser.add_argument("--country", default="DE", help="ISO 3166-1 (%(default)s)")
    parser.add_argument("--currency", default="EUR", help="ISO 4217 (%(default)s)")
    parser.add_argument("--timezone", default="Europe/Berlin", help="IANA name (%(default)s)")
    parser.add_argument("--locale", default="en", help="en, it, es, pl, ro, ru, de or fr (%(default)s)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Opens the shop and prints the owner's first password, once; raises Refused where something is not valid."""
    asked = _asked(arguments)
    try:
        shop = msgspec.convert(
            {name: getattr(asked, name) for name in ("slug", "name", "country", "currency", "timezone", "locale")},
            ShopIn,
        )
        password = random_token(90)
        owner = StaffIn(email=asked.owner, name=asked.owner_name, role="owner", password=password)
        asyncio.run(_open(shop, owner))
    except msgspec.ValidationError as error:
        raise Refused(f"{error}.") from error
    except ComebackError as error:
        fields = "; ".join(f"{e.pointer.strip('/')}: {e.message}" for e in error.errors)
        raise Refused(f"{error.title}. {error.detail} {fields}".strip()) from error
    base = load_settings(os.environ).base_url
    say(f"The shop {shop.name} is open.\n")
    say(pairs([("Studio", f"{base}/studio"), ("log in as", owner.email), ("password", password)]))
    say("\n  Change the password under Settings → Profile.")


async def _open(shop: ShopIn, owner: StaffIn) -> None:
    services = build_services(load_settings(os.environ))
    try:
        await _make(services, shop, owner)
    finally:
        for close in services.closers:
            await close()


async def _make(services: Services, shop: ShopIn, owner: StaffIn) -> None:
    if await shop_by_slug(services.database, shop.slug) is not None:
        raise Refused(f"There is a shop {shop.slug} already.")
    async with services.database.write(new_id()) as session:
        await create_shop(session, shop)
        await create_staff(session, None, owner)
        for setup in SETUPS:
            await setup(session)
