"""Puts the demo range on the shelves: pictures into the media folder, products and stock into the shops."""

from collections.abc import Iterable
from pathlib import Path

from comeback.app.seeds.catalogue import DRAWINGS, Range, products
from comeback.app.wiring import Services
from comeback.catalog.service import upsert_product
from comeback.core.db import WriteSession


def draw_pictures(media: Path) -> int:
    """Draws what is missing; answers how many were drawn."""
    folder = media / "products"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in DRAWINGS if not (folder / f"{name}.png").exists()]
    for name in missing:
        fresh = folder / f"{name}.new"
        fresh.write_bytes(DRAWINGS[name]())
        fresh.replace(folder / f"{name}.png")
    return len(missing)


async def stock_shelves(session: WriteSession, services: Services, range_: Range) -> Iterable[str]:
    """Every product of the range with its stock; answers their titles."""
    made = products(range_, services.settings.base_url)
    for product in made:
        await upsert_product(session, product)
    return [product.title for product in made]
