"""Messages: what was sent, why, and how it looked."""

from typing import Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from comeback.core.db import ReadSession
from comeback.desk.errors import NoContent
from comeback.desk.schemas.messages import MessageDetail, MessageList, Pile
from comeback.desk.schemas.shipments import Period
from comeback.desk.service import messages
from comeback.kit.ids import parse_id
from comeback.messages import service as message_room

READ = {"permission": "messages:read"}
MAIL_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; "
    "font-src https: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A mail is somebody else's HTML: it gets no script, no form, no way out, and only the studio may frame it."""


@get("/api/studio/messages", operation_id="studioMessages", opt=READ, tags=["studio"])
async def list_messages(
    read: NamedDependency[ReadSession],
    pile: FromQuery[Pile | None] = None,
    kind: FromQuery[Literal["service", "marketing"] | None] = None,
    template: FromQuery[str | None] = None,
    days: FromQuery[Period | None] = None,
    cursor: FromQuery[str | None] = None,
) -> MessageList:
    """A page of messages, newest first."""
    return await messages.list_messages(read, pile, kind, template, int(days) if days else None, cursor)


@get("/api/studio/messages/{message_id:str}", operation_id="studioMessage", opt=READ, tags=["studio"])
async def get_message(message_id: FromPath[str], read: NamedDependency[ReadSession]) -> MessageDetail:
    """One message: why it was sent or not, each try, each open and click."""
    return await messages.detail(read, parse_id(message_id))


@get(
    "/api/studio/messages/{message_id:str}/html",
    operation_id="studioMessageHtml", opt=READ, tags=["studio"], media_type="text/html",
)  # fmt: skip
async def message_html(message_id: FromPath[str], read: NamedDependency[ReadSession]) -> Response[str]:
    """A mail as the customer sees it, without its pixel: reading it at the desk is no open."""
    known = parse_id(message_id)
    html = await message_room.rendered_html(read, known) if known else None
    if html is None:
        raise NoContent()
    return Response(html, headers=MAIL_HEADERS, media_type="text/html")


ROUTES = (list_messages, get_message, message_html)
