"""HTTP of messages: lists, raw bytes, templates with preview, and the three addresses that stand in mails."""

from typing import Annotated
from uuid import UUID

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from comeback.core.access import PUBLIC
from comeback.core.db import Database, ReadSession
from comeback.kit.ids import parse_id
from comeback.kit.paging import Page
from comeback.kit.tokens import Signer
from comeback.merchants.service import get_shop
from comeback.messages import service
from comeback.messages.errors import UnknownMessage
from comeback.messages.schemas import MessageOut, PreviewIn, PreviewOut, TemplateOut
from comeback.messages.sender.addresses import UNSUBSCRIBE, read_pair
from comeback.messages.tracking.page import HEADERS, page

HTML = MediaType.HTML


def _id(text: str | None) -> UUID | None:
    """An id of a query; an unreadable one finds nothing rather than everything."""
    return None if text is None else parse_id(text) or UUID(int=0)


@get("/api/v1/messages", operation_id="listMessages", opt={"permission": "messages:read"})
async def list_messages(
    read: NamedDependency[ReadSession],
    order: FromQuery[str | None] = None,
    customer: FromQuery[str | None] = None,
    message_state: Annotated[str | None, QueryParameter(query="state")] = None,
    cursor: FromQuery[str | None] = None,
) -> Page[MessageOut]:
    """Messages of an order, a customer or the shop, newest first, with why they were sent or not."""
    return await service.list_messages(
        read, order_id=_id(order), customer_id=_id(customer), state=message_state, cursor=cursor
    )  # fmt: skip


@get(
    "/api/v1/messages/{message_id:str}/raw", operation_id="rawMessage", opt={"permission": "messages:read"},
    media_type="message/rfc822",
)  # fmt: skip
async def raw_message(message_id: FromPath[str], read: NamedDependency[ReadSession]) -> Response[bytes]:
    """The mail as it was handed over (RFC 5322), while its bytes are kept."""
    found = parse_id(message_id)
    if found is None:
        raise UnknownMessage()
    return Response(await service.raw_message(read, found), media_type="message/rfc822")


@get("/api/v1/templates", operation_id="listTemplates", opt={"permission": "messages:read"})
async def list_templates(read: NamedDependency[ReadSession]) -> Page[TemplateOut]:
    """The shop's message types with their published languages."""
    return Page(await service.list_templates(read))


@post(
    "/api/v1/templates/{template:str}/preview", operation_id="previewTemplate", opt={"permission": "messages:read"},
    status_code=200,
)  # fmt: skip
async def preview_template(
    template: FromPath[str], data: JSONBody[PreviewIn], read: NamedDependency[ReadSession]
) -> PreviewOut:
    """What a recipient would get, by id or key; stores nothing and reserves no coupon."""
    return await service.preview(read, template, data)


def _page(locale: str, shop: str, state: str, status: int = 200) -> Response[str]:
    return Response(page(locale, shop, state), media_type=HTML, status_code=status, headers=HEADERS)


@get("/u/{token:str}", operation_id="askUnsubscribe", opt={"permission": PUBLIC}, include_in_schema=False)
async def ask_unsubscribe(
    token: FromPath[str], signer: NamedDependency[Signer], database: NamedDependency[Database]
) -> Response[str]:
    """A page with a button; changes nothing, so that scanners may look at it."""
    found = read_pair(signer, UNSUBSCRIBE, token)
    if found is None:
        return _page("en", "", "unknown", 404)
    async with database.read(found[0]) as session:
        try:
            target = await service.unsubscribe_target(session, found[1])
        except UnknownMessage:
            return _page("en", "", "unknown", 404)
        shop = await get_shop(session)
        return _page(target["locale"], shop.name, "ask")


@post(
    "/u/{token:str}", operation_id="unsubscribe", opt={"permission": PUBLIC}, include_in_schema=False, status_code=200
)
async def unsubscribe(
    token: FromPath[str], signer: NamedDependency[Signer], database: NamedDependency[Database]
) -> Response[str]:
    """RFC 8058: ends marketing mail. The body is not looked at, no cookie is needed, no redirect is given."""
    found = read_pair(signer, UNSUBSCRIBE, token)
    if found is None:
        return _page("en", "", "unknown", 404)
    async with database.write(found[0]) as session:
        try:
            target = await service.unsubscribe(session, found[1])
        except UnknownMessage:
            return _page("en", "", "unknown", 404)
        shop = await get_shop(session)
    return _page(target["locale"], shop.name, "done")


ROUTES = [
    list_messages, raw_message, list_templates, preview_template, ask_unsubscribe, unsubscribe, ]  # fmt: skip
