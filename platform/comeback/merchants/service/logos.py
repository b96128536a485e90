"""Logos: what is uploaded is drawn anew, so that nothing but pixels is ever served."""

import asyncio
import io
import re
import warnings
from uuid import UUID

from PIL import Image, ImageOps, UnidentifiedImageError

from comeback.core.access import Principal
from comeback.core.blobs import Blobs
from comeback.core.errors import FieldError, NotFound
from comeback.merchants.errors import BadPicture
from comeback.merchants.schemas import LogoOut

MAX_BYTES = 1_500_000
MAX_PIXELS = 24_000_000
BOX = (640, 240)
"""Twice the largest size at which a page shows a logo, in pixels."""
NAME = "brand-logo.png"
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_DIGEST = re.compile(r"^[0-9a-f]{32}$")


def _redraw(data: bytes) -> tuple[bytes, int, int]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError("too many pixels")
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    picture.thumbnail(BOX, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue(), picture.width, picture.height


async def store_logo(blobs: Blobs, actor: Principal, base_url: str, data: bytes) -> LogoOut:
    """Stores a picture (PNG, JPEG, WebP or GIF) as PNG of at most `BOX` and answers its address. Raises BadPicture."""
    if not 0 < len(data) <= MAX_BYTES:
        message = f"Use a picture of at most {MAX_BYTES // 1_000_000 + 0.5} MB." if data else "Choose a picture."
        raise BadPicture(message, [FieldError("/logo", message)])
    try:
        png, width, height = await asyncio.to_thread(_redraw, data)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        message = "Use a PNG, JPEG, WebP or GIF picture."
        raise BadPicture(message, [FieldError("/logo", message)]) from error
    key = await blobs.put(actor.shop_id, NAME, png, "image/png")
    digest = key.rsplit("/", 1)[1].removesuffix(f"-{NAME}")
    return LogoOut(url=f"{base_url}/media/brand/{actor.shop_id}/{digest}.png", width=width, height=height)


async def load_logo(blobs: Blobs, shop_id: UUID, digest: str) -> bytes:
    """The PNG behind an address of `store_logo`. Raises NotFound; no other blob of the shop can be named here."""
    if not _DIGEST.match(digest):
        raise NotFound("No such picture.")
    try:
        return await blobs.get(shop_id, f"{shop_id}/{digest[:2]}/{digest}-{NAME}")
    except KeyError:
        raise NotFound("No such picture.") from None
