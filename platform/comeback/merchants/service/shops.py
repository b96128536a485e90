"""Shops: open one, find one, change its look."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.exc import IntegrityError

from comeback.core.access import Principal, add_entry, resolve
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.kit.tokens import digest
from comeback.merchants import repository, rules
from comeback.merchants.errors import SlugTaken, UnknownShop
from comeback.merchants.models import Shop
from comeback.merchants.schemas import Brand, ShopIn, ShopView
from comeback.merchants.service.audit import audit


async def create_shop(session: WriteSession, shop: ShopIn) -> Shop:
    """Opens the shop that `session` belongs to (the caller made its id). Raises Invalid or SlugTaken."""
    problem = rules.slug_problem(shop.slug)
    if problem is not None:
        raise Invalid(problem, [FieldError("/slug", problem)])
    row = Shop(
        shop_id=session.shop_id,
        slug=shop.slug,
        name=shop.name,
        locale=shop.locale,
        timezone=shop.timezone,
        currency=shop.currency,
        country=shop.country,
        brand=msgspec.to_builtins(shop.brand),
        settings=shop.settings,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise SlugTaken(f"“{shop.slug}” is another shop's short name.") from error
    await add_entry(session, "slug", digest(shop.slug), session.shop_id)
    return row


async def get_shop(session: ReadSession) -> Shop:
    """The shop of this session. Raises UnknownShop."""
    row = await repository.shop(session)
    if row is None:
        raise UnknownShop()
    return row


async def shop_by_slug(database: Database, slug: str) -> UUID | None:
    """The shop behind a short name, before any shop is known."""
    if rules.slug_problem(slug) is not None:
        return None
    found = await resolve(database, "slug", digest(slug))
    return found[0][0] if found else None


async def set_brand(session: WriteSession, actor: Principal | None, brand: Brand) -> Shop:
    """Changes how the shop looks from the next mail and page on."""
    row = await get_shop(session)
    row.brand = msgspec.to_builtins(brand)
    await audit(session, actor, "brand.changed", session.shop_id)
    return row


async def set_settings(session: WriteSession, actor: Principal | None, changes: dict[str, Any]) -> Shop:
    """Merges `changes` into the shop's settings."""
    row = await get_shop(session)
    row.settings = {**row.settings, **changes}
    await audit(session, actor, "settings.changed", session.shop_id, {"keys": sorted(changes)})
    return row


def shop_view(row: Shop) -> ShopView:
    """The shop as the studio shows it."""
    return ShopView(
        id=row.shop_id,
        slug=row.slug,
        name=row.name,
        locale=row.locale,
        timezone=row.timezone,
        currency=row.currency,
        country=row.country,
        brand=row.brand,
    )
