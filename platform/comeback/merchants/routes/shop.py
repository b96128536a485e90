"""The shop and its look."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from comeback.core.access import PUBLIC, Principal
from comeback.core.blobs import Blobs
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import NotFound
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.merchants import service
from comeback.merchants.schemas import LogoOut, ShopChange, ShopProfile

READ = {"permission": "settings:read"}
WRITE = {"permission": "settings:write"}


@get("/api/v1/shop", operation_id="getShop", opt=READ, tags=["settings"])
async def get_shop(read: NamedDependency[ReadSession]) -> ShopProfile:
    """The shop with its look."""
    return service.shop_profile(await service.get_shop(read))


@patch("/api/v1/shop", operation_id="changeShop", opt=WRITE, tags=["settings"])
async def change_shop(
    data: JSONBody[ShopChange], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> ShopProfile:
    """Changes name, language, time zone or look; what is left out stays."""
    return await service.change_shop(session, principal, data)


@put("/api/v1/shop/logo", operation_id="uploadLogo", opt=WRITE, tags=["settings"])
async def upload_logo(
    request: Request[Any, Any, Any],
    blobs: NamedDependency[Any],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> LogoOut:
    """Stores the picture in the body (PNG, JPEG, WebP or GIF); it is drawn anew as PNG. The brand names it later."""
    store: Blobs = blobs
    return await service.store_logo(store, principal, settings.base_url, await request.body())


@get(
    "/media/brand/{shop_id:str}/{name:str}",
    operation_id="brandPicture", opt={"permission": PUBLIC}, include_in_schema=False,
)  # fmt: skip
async def brand_picture(shop_id: FromPath[str], name: FromPath[str], blobs: NamedDependency[Any]) -> Response[bytes]:
    """A logo, as mails and customer pages link it. Its name is its content's digest, so it never changes."""
    shop: UUID | None = parse_id(shop_id)
    if shop is None or not name.endswith(".png"):
        raise NotFound("No such picture.")
    store: Blobs = blobs
    png = await service.load_logo(store, shop, name.removesuffix(".png"))
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response(png, media_type="image/png", headers=headers)


ROUTES = (get_shop, change_shop, upload_logo, brand_picture)
