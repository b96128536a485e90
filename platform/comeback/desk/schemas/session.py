"""Signing in, and who is signed in.

Amounts are integers in the currency's minor unit, times are UTC, ids are opaque strings.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct


class LoginIn(Struct, kw_only=True, forbid_unknown_fields=True):
    """A member of staff signs in."""

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class StaffOut(Struct, kw_only=True):
    """Who is signed in."""

    id: str
    name: str
    email: str
    role: str


class BrandOut(Struct, kw_only=True):
    """The shop's look; colours are `#rrggbb`, the radius is in CSS pixels."""

    primary: str
    logo_url: str | None
    radius: int


class ShopOut(Struct, kw_only=True):
    """The shop the session belongs to."""

    id: str
    name: str
    slug: str
    locale: str
    timezone: str
    currency: str
    country: str
    brand: BrandOut


class SessionOut(Struct, kw_only=True):
    """The session: `csrf` goes into the header `X-CSRF-Token` of every write; `now` is business time."""

    staff: StaffOut
    shop: ShopOut
    permissions: list[str]
    csrf: str
    now: datetime
