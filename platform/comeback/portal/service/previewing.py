"""The tracking page with a look that is not saved yet: the page itself, not a likeness of it."""

import re
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import Database
from comeback.core.settings import Settings
from comeback.merchants import service as merchants
from comeback.portal import repository
from comeback.portal.pages.look import Look, look_of
from comeback.portal.pages.render import make
from comeback.portal.rules.sample import sample_view
from comeback.portal.rules.tracking import tracking_page
from comeback.portal.schemas import PreviewIn, ReturnLink
from comeback.portal.service import tracking
from comeback.portal.service.writing import blank_form
from comeback.shipments.errors import NoShipment

_BY_SYSTEM = "@media(prefers-color-scheme:dark)"
_SCHEMES = {"light": "@media not all", "dark": "@media all"}
_SCRIPT = re.compile(r"<script\b.*?</script>\n?", re.DOTALL)
_META = '<meta name="color-scheme" content="light dark">'


async def preview(database: Database, settings: Settings, shop_id: UUID, wanted: PreviewIn) -> str:
    """HTML of the page of a recent order, or of a made-up one, as it would look; scripts are left out."""
    async with database.read(shop_id) as session:
        row = await merchants.get_shop(session)
        order_id = await repository.order_to_show(session)
    look = _look(row, wanted)
    shown = await _shown(database, settings, row, order_id, wanted.language) or _sample(row, look, wanted.language)
    html = b"".join(make("tracking.html", look, shown.reader, page=shown.page)).decode()
    fixed = _SCRIPT.sub("", html).replace(_BY_SYSTEM, _SCHEMES[wanted.scheme])
    return fixed.replace(_META, f'<meta name="color-scheme" content="{wanted.scheme}"><base target="_blank">')


def _look(row: Any, wanted: PreviewIn) -> Look:
    brand = {**row.brand, **msgspec.to_builtins(wanted.brand)}
    return look_of(
        SimpleNamespace(
            slug=row.slug,
            name=wanted.name or row.name,
            locale=row.locale,
            country=row.country,
            timezone=row.timezone,
            brand=brand,
        )
    )


async def _shown(
    database: Database, settings: Settings, row: Any, order_id: UUID | None, language: str | None
) -> tracking.Shown | None:
    if order_id is None:
        return None
    try:
        async with database.read(row.shop_id) as session:
            return await tracking.show(session, settings, order_id, language)
    except NoShipment:
        return None


def _sample(row: Any, look: Look, language: str | None) -> tracking.Shown:
    view = sample_view(row.shop_id, row.currency, row.country, clock.now())
    reader = tracking.reader_of(view, None, look, language)
    return tracking.Shown(tracking_page(view, reader, ReturnLink(), write=blank_form(reader)), reader, look)
