"""Shops: open one, find one, change its look."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import msgspec
from sqlalchemy.exc import IntegrityError

from comeback.core.access import Principal, add_entry, resolve
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.kit.money import KNOWN
from comeback.kit.tokens import digest
from comeback.merchants import repository, rules
from comeback.merchants.errors import SlugTaken, UnknownShop
from comeback.merchants.models import Shop
from comeback.merchants.schemas import Brand, BrandChange, ShopChange, ShopIn, ShopProfile, ShopView
from comeback.merchants.service.audit import audit

_COUNTRY = re.compile(r"^[A-Z]{2}$")
_LOCALE = re.compile(r"^[a-z]{2,3}(?:-[A-Z]{2})?$")


async def create_shop(session: WriteSession, shop: ShopIn) -> Shop:
    """Opens the shop that `session` belongs to (the caller made its id). Raises Invalid naming every bad field, or
    SlugTaken."""
    errors = list(_opening_problems(shop))
    if errors:
        raise Invalid("The shop cannot be opened like this.", errors)
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


def _opening_problems(shop: ShopIn) -> Iterator[FieldError]:
    problem = rules.slug_problem(shop.slug)
    if problem is not None:
        yield FieldError("/slug", problem)
    if not shop.name.strip():
        yield FieldError("/name", "Give it a name.")
    if not _LOCALE.match(shop.locale):
        yield FieldError("/locale", "Use a language like en or de-AT.")
    if not _zone(shop.timezone):
        yield FieldError("/timezone", "Use a time zone like Europe/Berlin.")
    if shop.currency not in KNOWN:
        yield FieldError("/currency", "Use a currency of ISO 4217, like EUR.")
    if not _COUNTRY.match(shop.country):
        yield FieldError("/country", "Use two letters of ISO 3166-1, like DE.")


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


async def change_shop(session: WriteSession, actor: Principal, change: ShopChange) -> ShopProfile:
    """Changes what was given and leaves the rest. Raises Invalid naming every bad field."""
    row = await get_shop(session)
    look = {**msgspec.to_builtins(shop_profile(row).brand), **_given(change.brand)}
    errors = [FieldError(f"/brand/{name}", message) for name, message in rules.brand_problems(look)]
    if change.timezone is not msgspec.UNSET and not _zone(change.timezone):
        errors.append(FieldError("/timezone", "Use a time zone like Europe/Berlin."))
    if change.locale is not msgspec.UNSET and not _LOCALE.match(change.locale):
        errors.append(FieldError("/locale", "Use a language like en or de-AT."))
    if errors:
        raise Invalid("The shop cannot be changed like this.", errors)
    plain = {name: value for name, value in _given(change).items() if name != "brand"}
    for name, value in plain.items():
        setattr(row, name, value)
    if plain:
        await audit(session, actor, "shop.changed", session.shop_id, {"fields": sorted(plain)})
    if change.brand is not msgspec.UNSET:
        await set_brand(session, actor, msgspec.convert(look, Brand))
    return shop_profile(row)


def _given(change: ShopChange | BrandChange | msgspec.UnsetType) -> dict[str, Any]:
    return {} if change is msgspec.UNSET else msgspec.to_builtins(change)


def _zone(name: str) -> bool:
    return name in available_timezones()


def shop_profile(row: Shop) -> ShopProfile:
    """The shop with its whole look; what it has not chosen is the default."""
    known = {field: row.brand[field] for field in Brand.__struct_fields__ if row.brand.get(field) is not None}
    return ShopProfile(
        id=row.shop_id,
        slug=row.slug,
        name=row.name,
        locale=row.locale,
        timezone=row.timezone,
        currency=row.currency,
        country=row.country,
        brand=msgspec.convert(known, Brand, strict=False),
    )


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
