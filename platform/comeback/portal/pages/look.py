"""A shop as its pages show it: readable colours for light and dark, its name, its ways to be reached."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from comeback.messages.render.brand import brand_values

STATIC = Path(__file__).resolve().parents[2] / "static" / "portal"


class Look(msgspec.Struct, frozen=True):
    """What every page needs of the shop. `colours` are safe to stand in a style sheet: hex and lengths only."""

    slug: str = ""
    name: str = "Comeback"
    locale: str = "en"
    country: str = ""
    timezone: str = "UTC"
    colours: dict[str, str] = {}
    logo: str | None = None
    support_email: str | None = None
    support_hours: str | None = None
    address: str | None = None


def look_of(shop: Any) -> Look:
    """The look of a shop's row."""
    brand: Mapping[str, Any] = shop.brand
    colours = brand_values(brand)
    return Look(
        slug=shop.slug,
        name=shop.name,
        locale=shop.locale,
        country=shop.country,
        timezone=shop.timezone,
        colours=colours,
        logo=colours.get("logo_url"),
        support_email=brand.get("support_email"),
        support_hours=brand.get("support_hours"),
        address=brand.get("address") if isinstance(brand.get("address"), str) else None,
    )


NEUTRAL = Look(colours=brand_values({"primary": "#2f5d50"}))
"""For pages of no shop in particular (an unknown address)."""


@lru_cache(maxsize=8)
def _enhancer(_changed: int) -> str | None:
    manifest: dict[str, Any] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    entry = next((e for e in manifest.values() if e.get("isEntry")), None)
    return f"/static/portal/{entry['file']}" if entry else None


def enhancer() -> str | None:
    """Address of the built script, None where none was built: every page works without it."""
    try:
        return _enhancer((STATIC / "manifest.json").stat().st_mtime_ns)
    except OSError:
        return None
