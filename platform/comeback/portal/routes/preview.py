"""The tracking page as it would look, for the studio's settings."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from comeback.core.access import Principal
from comeback.core.db import Database
from comeback.core.settings import Settings
from comeback.portal.schemas import PreviewIn
from comeback.portal.service import previewing

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self' https: http: data:; "
    "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
}


@post("/api/studio/preview/tracking", operation_id="studioPreviewTracking", opt={"permission": "settings:read"},
      status_code=200, media_type="text/html", tags=["studio"])  # fmt: skip
async def preview_tracking(
    data: JSONBody[PreviewIn],
    database: NamedDependency[Database],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The real tracking page of a sample order in a look that is not saved; nothing is changed."""
    html = await previewing.preview(database, settings, principal.shop_id, data)
    return Response(html, headers=HEADERS, media_type="text/html")


ROUTES = (preview_tracking,)
