"""Into the returns portal: which order, the mailed code, the session; and out again."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.core.access import CUSTOMER, PUBLIC, Principal, resolve
from comeback.core.db import Database
from comeback.core.limits import Limiter
from comeback.core.settings import Settings
from comeback.kit.tokens import digest
from comeback.portal.pages.render import answer, make, redirect
from comeback.portal.pages.visit import (
    COOKIE,
    Visit,
    address_of,
    check_form,
    form_of,
    own_visit,
    session_cookie,
    visit,
)
from comeback.portal.routes.finding import NUMBER_MAX, asked_for, find_page
from comeback.portal.rules.access import MINUTES
from comeback.portal.rules.wizard import one
from comeback.portal.schemas import FormError
from comeback.portal.service import cases, finding
from comeback.portal.service import entering as service

CODES_PER_ADDRESS = "30/10 minutes"


@get("/{slug:str}/returns", opt={"permission": PUBLIC}, operation_id="returnsForm", include_in_schema=False)
async def returns_form(
    request: Request[Any, Any, Any], slug: FromPath[str], database: NamedDependency[Database]
) -> Response[bytes]:
    """The form that asks for an order; the number may come along from the tracking page."""
    seen = await visit(request, database, slug)
    return find_page(seen, "return", number=request.query_params.get("order", "")[:NUMBER_MAX])


@post("/{slug:str}/returns", opt={"permission": PUBLIC}, operation_id="returnsClaim", include_in_schema=False)
async def claim(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    limiter: NamedDependency[Limiter],
) -> Response[bytes]:
    """A code to the address of the order, if there is such an order; the same screen if there is none."""
    seen = await visit(request, database, slug)
    number, proof, errors = asked_for(await form_of(request), seen)
    if errors:
        return find_page(seen, "return", number=number, proof=proof, errors=errors)
    await finding.guard(limiter, "returns", seen.shop_id, address_of(request, settings), number)
    async with database.write(seen.shop_id) as session:
        found = await finding.find(session, number, proof)
        key = await service.claim_order(session, found.order_id if found else None, seen.reader.language)
    return redirect(seen.path(f"returns/code/{key}"))


def _code_page(seen: Visit, key: str, errors: list[FormError] | None = None) -> Response[bytes]:
    made = make(
        "code.html", seen.look, seen.reader, keep_language=seen.asked is not None, minutes=MINUTES,
        action=seen.path(f"returns/code/{quote(key, safe='')}"), errors=errors or [],
    )  # fmt: skip
    return answer(made, 422 if errors else 200)


@get("/{slug:str}/returns/code/{key:str}", opt={"permission": PUBLIC}, operation_id="codeForm", include_in_schema=False)
async def code_form(
    request: Request[Any, Any, Any], slug: FromPath[str], key: FromPath[str], database: NamedDependency[Database]
) -> Response[bytes]:
    """Asks for the code; the same for every address, known or not."""
    return _code_page(await visit(request, database, slug), key[:100])


@post(
    "/{slug:str}/returns/code/{key:str}", opt={"permission": PUBLIC}, operation_id="enterPortal",
    include_in_schema=False,
)  # fmt: skip
async def enter(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    key: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    limiter: NamedDependency[Limiter],
) -> Response[bytes]:
    """Uses the code up and begins a session; a wrong one counts as a try."""
    seen = await visit(request, database, slug)
    await limiter.require(CODES_PER_ADDRESS, "portal", "code", str(seen.shop_id), address_of(request, settings))
    code = one(await form_of(request), "code")
    async with database.write(seen.shop_id) as session:
        got = await service.enter(session, settings, key[:100], code)
    if got is None:
        return _code_page(seen, key[:100], [FormError(field="code", message=seen.reader.t("code.wrong"))])
    token, _, target = got
    made = redirect(seen.path(f"returns/{target}" if target else "returns/new/items"))
    made.set_cookie(session_cookie(settings, slug, token))
    return made


@get(
    "/{slug:str}/returns/r/{token:str}", opt={"permission": PUBLIC}, operation_id="mailedReturn",
    include_in_schema=False,
)  # fmt: skip
async def mailed(
    request: Request[Any, Any, Any], slug: FromPath[str], token: FromPath[str], database: NamedDependency[Database]
) -> Response[bytes]:
    """A mailed address of a return: a button that asks for a code; with a session of the order at once the return."""
    seen = await visit(request, database, slug)
    async with database.read(seen.shop_id) as session:
        case_id, order_id = await cases.mailed_case(session, token)
    cookie = request.cookies.get(COOKIE)
    if cookie and (seen.shop_id, order_id) in await resolve(database, "portal", digest(cookie)):
        return redirect(seen.path(f"returns/{case_id}"))
    action = seen.path(f"returns/r/{quote(token, safe='')}")
    label = f"/{slug}/returns/r/{quote(token, safe='')}/label.pdf"
    return answer(
        make("gate.html", seen.look, seen.reader, keep_language=seen.asked is not None, action=action, label_url=label)
    )


@post(
    "/{slug:str}/returns/r/{token:str}", opt={"permission": PUBLIC}, operation_id="claimMailedReturn",
    include_in_schema=False,
)  # fmt: skip
async def claim_mailed(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    token: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    limiter: NamedDependency[Limiter],
) -> Response[bytes]:
    """Mails a code for the return behind a mailed address."""
    seen = await visit(request, database, slug)
    await finding.guard(limiter, "mailed", seen.shop_id, address_of(request, settings), token)
    async with database.write(seen.shop_id) as session:
        case_id, order_id = await cases.mailed_case(session, token)
        key = await service.claim_order(session, order_id, seen.reader.language, case_id)
    return redirect(seen.path(f"returns/code/{key}"))


@post("/{slug:str}/returns/leave", opt={"permission": CUSTOMER}, operation_id="leavePortal", include_in_schema=False)
async def leave(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Ends the order's sessions."""
    seen = await own_visit(request, database, slug, principal)
    check_form(request, settings, await form_of(request))
    async with database.write(seen.shop_id) as session:
        await service.leave(session, principal.id)
    made = redirect(seen.path("returns"))
    made.set_cookie(session_cookie(settings, slug, ""))
    return made


ROUTES = (returns_form, claim, code_form, enter, mailed, claim_mailed, leave)
