"""Messages: what was sent, why, and how it looked."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core.db import ReadSession
from comeback.desk.errors import NoContent
from comeback.kit.ids import parse_id
from comeback.messages import service as messages

MAIL_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; "
    "font-src https: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A mail is somebody else's HTML: it gets no script, no form, no way out, and only the studio may frame it."""


@get(
    "/api/studio/messages/{message_id:str}/html",
    operation_id="studioMessageHtml", opt={"permission": "messages:read"}, tags=["studio"], media_type="text/html",
)  # fmt: skip
async def message_html(message_id: FromPath[str], read: NamedDependency[ReadSession]) -> Response[str]:
    """A mail as the customer sees it, without its pixel: reading it at the desk is no open."""
    known = parse_id(message_id)
    html = await messages.rendered_html(read, known) if known else None
    if html is None:
        raise NoContent()
    return Response(html, headers=MAIL_HEADERS, media_type="text/html")


ROUTES = (message_html,)
