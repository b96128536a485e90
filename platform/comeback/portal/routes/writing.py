"""“Write to us” on an order's page and on a return, and the page of the conversation. Works without JavaScript."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core.access import CUSTOMER, PUBLIC, Principal
from comeback.core.db import Database
from comeback.core.limits import Limiter
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.portal.errors import NoPage, StaleForm
from comeback.portal.pages.render import answer, make, redirect
from comeback.portal.pages.visit import (
    Visit,
    address_of,
    check_form,
    csrf_of,
    form_of,
    own_visit,
    visit,
    visit_shop,
)
from comeback.portal.rules.access import form_token, same
from comeback.portal.rules.wizard import one
from comeback.portal.schemas import FormError, WriteForm
from comeback.portal.service import cases
from comeback.portal.service import writing as service
from comeback.support import service as support


def _page(seen: Visit, form: WriteForm, back: str | None, errors: list[FormError]) -> Response[bytes]:
    made = make("write.html", seen.look, seen.reader, keep_language=seen.asked is not None, form=form, back=back,
                errors=errors)  # fmt: skip
    return answer(made, 422 if errors else 200)


def _sent(seen: Visit, settings: Settings, ticket_id: UUID) -> Response[bytes]:
    path = support.page_path(settings, seen.look.slug, seen.shop_id, ticket_id)
    return redirect(f"{path}{seen.suffix}{'&' if seen.suffix else '?'}sent=1")


@get("/t/{token:str}/write", opt={"permission": PUBLIC}, operation_id="writeForm", include_in_schema=False)
async def write_form(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The form on a page of its own."""
    shop_id, _ = await service.order_behind(database, token)
    seen = await visit_shop(request, database, shop_id)
    return _page(seen, service.order_form(settings, token, seen.reader), f"/t/{token}{seen.suffix}", [])


@post("/t/{token:str}/write", opt={"permission": PUBLIC}, operation_id="writeAboutOrder", include_in_schema=False)
async def write_about_order(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    limiter: NamedDependency[Limiter],
) -> Response[bytes]:
    """Opens a ticket about the order behind the page and leads to the conversation."""
    shop_id, order_id = await service.order_behind(database, token)
    seen = await visit_shop(request, database, shop_id)
    sent = await form_of(request)
    if not same(one(sent, "csrf"), form_token(settings.secret_key.reveal(), token)):
        raise StaleForm()
    topic, body = one(sent, "topic"), one(sent, "body")
    if errors := service.problems(body, seen.reader):
        again = service.order_form(settings, token, seen.reader, chosen=topic, body=body)
        return _page(seen, again, f"/t/{token}{seen.suffix}", errors)
    await service.guard(limiter, shop_id, address_of(request, settings), order_id)
    async with database.write(shop_id) as session:
        ticket_id = await service.ask(session, settings, order_id, topic, body, seen.reader.language)
    return _sent(seen, settings, ticket_id)


@post(
    "/{slug:str}/returns/{case_id:str}/write", opt={"permission": CUSTOMER}, operation_id="writeAboutReturn",
    include_in_schema=False,
)  # fmt: skip
async def write_about_return(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    case_id: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    limiter: NamedDependency[Limiter],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Opens a ticket about one's own return."""
    seen = await own_visit(request, database, slug, principal)
    sent, wanted = await form_of(request), parse_id(case_id)
    check_form(request, settings, sent)
    if wanted is None:
        raise NoPage()
    async with database.read(seen.shop_id) as read:
        await cases.own_case(read, settings, principal.id, wanted, seen.reader.language)
    topic, body = one(sent, "topic"), one(sent, "body")
    if errors := service.problems(body, seen.reader):
        action = f"/{slug}/returns/{wanted}/write{seen.suffix}"
        again = service.form(seen.reader, action, csrf_of(request, settings), chosen=topic, body=body)
        return _page(seen, again, None, errors)
    await service.guard(limiter, seen.shop_id, address_of(request, settings), principal.id)
    async with database.write(seen.shop_id) as session:
        ticket_id = await service.ask(
            session, settings, principal.id, topic, body, seen.reader.language, return_id=wanted
        )
    return _sent(seen, settings, ticket_id)


async def _talk(
    request: Request[Any, Any, Any], seen: Visit, database: Database, settings: Settings, token: str, body: str = ""
) -> Response[bytes]:
    ticket_id = await _ticket(database, seen, token)
    errors = service.problems(body, seen.reader) if request.method == "POST" else []
    csrf = form_token(settings.secret_key.reveal(), token)
    form = service.form(seen.reader, f"/{seen.look.slug}/help/{token}{seen.suffix}", csrf, body=body, topics=False)
    sent = request.method == "GET" and request.query_params.get("sent") == "1"
    async with database.read(seen.shop_id) as session:
        page = await service.talk(session, settings, ticket_id, seen.reader, sent=sent)
    made = make("talk.html", seen.look, seen.reader, keep_language=seen.asked is not None, page=page, form=form,
                errors=errors)  # fmt: skip
    return answer(made, 422 if errors else 200)


async def _ticket(database: Database, seen: Visit, token: str) -> UUID:
    ticket_id = await support.by_token(database, seen.shop_id, token)
    if ticket_id is None:
        raise NoPage()
    return ticket_id


@get("/{slug:str}/help/{token:str}", opt={"permission": PUBLIC}, operation_id="talkPage", include_in_schema=False)
async def talk_page(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The conversation; its token (160 bits) is the right to read it and to go on with it, nothing more."""
    return await _talk(request, await visit(request, database, slug), database, settings, token)


@post("/{slug:str}/help/{token:str}", opt={"permission": PUBLIC}, operation_id="answerTalk", include_in_schema=False)
async def answer_talk(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    limiter: NamedDependency[Limiter],
) -> Response[bytes]:
    """The customer goes on; a closed ticket opens again."""
    seen = await visit(request, database, slug)
    ticket_id = await _ticket(database, seen, token)
    sent = await form_of(request)
    if not same(one(sent, "csrf"), form_token(settings.secret_key.reveal(), token)):
        raise StaleForm()
    body = one(sent, "body")
    if service.problems(body, seen.reader):
        return await _talk(request, seen, database, settings, token, body)
    await service.guard(limiter, seen.shop_id, address_of(request, settings), ticket_id)
    async with database.write(seen.shop_id) as session:
        await support.customer_wrote(session, settings, ticket_id, body)
    return _sent(seen, settings, ticket_id)


ROUTES = (write_form, write_about_order, write_about_return, talk_page, answer_talk)
