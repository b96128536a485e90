"""HTTP of the studio, all under /api/studio. Writes carry the session's `X-CSRF-Token`; the edge checks it."""

from typing import Any, Literal

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.access import PUBLIC, Principal
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.limits import Limiter, client_address
from comeback.core.settings import Settings
from comeback.desk import rules
from comeback.desk.errors import NoContent
from comeback.desk.schemas.orders import OrderDetail, OrderList
from comeback.desk.schemas.overview import OverviewOut, SearchOut
from comeback.desk.schemas.returns import DeclineIn, InspectIn, ReturnDetail, ReturnList, SettleIn
from comeback.desk.schemas.session import LoginIn, SessionOut
from comeback.desk.service import orders, overview, people, returns
from comeback.kit.ids import parse_id
from comeback.messages import service as messages
from comeback.orders import service as order_room
from comeback.returns import service as return_room

STAFF = {"permission": "orders:read"}
RETURNS = {"permission": "returns:read"}
DECIDE = {"permission": "returns:decide"}
GOODS = {"permission": "returns:write"}
MONEY = {"permission": "refunds:write"}
MAIL_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; "
    "font-src https: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A mail is somebody else's HTML: it gets no script, no form, no way out, and only the studio may frame it."""


def _locale(request: Request[Any, Any, Any]) -> str:
    return rules.reading_locale(request.headers.get("accept-language", ""))


def _cookie(settings: Settings, value: str, **more: Any) -> Cookie:
    name = people.cookie_name(settings.secure)
    return Cookie(name, value=value, path="/", httponly=True, secure=settings.secure, samesite="lax", **more)


@post("/api/studio/session", operation_id="studioLogin", opt={"permission": PUBLIC}, tags=["studio"])
async def log_in(
    request: Request[Any, Any, Any],
    data: JSONBody[LoginIn],
    database: NamedDependency[Database],
    limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
) -> Response[SessionOut]:
    """Signs in: a cookie for the browser, the CSRF token for the page. 401 for a wrong pair, 429 after too many."""
    peer = request.client.host if request.client else ""
    address = client_address(peer, request.headers.get("x-forwarded-for", ""), settings.trusted_proxies)
    token, session = await people.sign_in(database, limiter, data, address)
    return Response(session, status_code=201, cookies=[_cookie(settings, token)])


@delete("/api/studio/session", operation_id="studioLogout", opt=STAFF, tags=["studio"])
async def log_out(
    request: Request[Any, Any, Any], database: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[None]:
    """Signs out."""
    await people.sign_out(database, request.cookies.get(people.cookie_name(settings.secure), ""))
    return Response(None, status_code=204, cookies=[_cookie(settings, "", max_age=0)])


@get("/api/studio/session", operation_id="studioSession", opt=STAFF, tags=["studio"])
async def session_now(read: NamedDependency[ReadSession], principal: NamedDependency[Principal]) -> SessionOut:
    """Who is signed in, in which shop, with which permissions."""
    return await people.who(read, principal)


@get("/api/studio/overview", operation_id="studioOverview", opt=STAFF, tags=["studio"])
async def first_page(read: NamedDependency[ReadSession]) -> OverviewOut:
    """Four numbers with their change in 30 days, and the piles of waiting work."""
    return await overview.overview(read)


@get("/api/studio/search", operation_id="studioSearch", opt=STAFF, tags=["studio"])
async def search(read: NamedDependency[ReadSession], q: FromQuery[str] = "") -> SearchOut:
    """Finds by the beginning of an order, return or tracking number, a mail address or a name."""
    return await overview.search(read, q[:200])


@get("/api/studio/returns", operation_id="studioReturns", opt=RETURNS, tags=["studio"])
async def list_returns(
    read: NamedDependency[ReadSession],
    tab: FromQuery[Literal["new", "review", "on_the_way", "received", "inspect", "done"]] = "new",
    cursor: FromQuery[str | None] = None,
) -> ReturnList:
    """A page of one stage of the inbox, with the counts of all stages."""
    return await returns.inbox(read, tab, cursor)


@get("/api/studio/returns/{return_id:str}", operation_id="studioReturn", opt=RETURNS, tags=["studio"])
async def get_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    read: NamedDependency[ReadSession],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """One return with everything an agent needs, and what may be done with it."""
    return await returns.detail(read, settings, return_room.known_id(return_id), _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/approve",
    operation_id="studioApproveReturn", opt=DECIDE, status_code=200, tags=["studio"],
)  # fmt: skip
async def approve_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Approves: the label is made, the customer is told."""
    case_id = return_room.known_id(return_id)
    await returns.approve(session, principal, case_id)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/decline",
    operation_id="studioDeclineReturn", opt=DECIDE, status_code=200, tags=["studio"],
)  # fmt: skip
async def decline_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    data: JSONBody[DeclineIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Declines with a reason that the customer reads; a withdrawal cannot be declined (409)."""
    case_id = return_room.known_id(return_id)
    await returns.decline(session, principal, case_id, data.reason)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/receive",
    operation_id="studioReceiveReturn", opt=GOODS, status_code=200, tags=["studio"],
)  # fmt: skip
async def receive_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Checks the parcel in; the inspection says what was in it."""
    case_id = return_room.known_id(return_id)
    await returns.receive(session, principal, case_id)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/inspect",
    operation_id="studioInspectReturn", opt=GOODS, status_code=200, tags=["studio"],
)  # fmt: skip
async def inspect_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    data: JSONBody[InspectIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Saves grade, destination and deduction of every line; stock moves with it."""
    case_id = return_room.known_id(return_id)
    await returns.inspect(session, principal, case_id, data)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/settle",
    operation_id="studioSettleReturn", opt=MONEY, status_code=200, tags=["studio"],
)  # fmt: skip
async def settle_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    data: JSONBody[SettleIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Pays exactly the amounts that were read and confirmed; other amounts now are a 409."""
    case_id = return_room.known_id(return_id)
    await returns.settle(session, principal, case_id, data)
    return await returns.detail(session, settings, case_id, _locale(request))


@get("/api/studio/orders", operation_id="studioOrders", opt=STAFF, tags=["studio"])
async def list_orders(
    read: NamedDependency[ReadSession], q: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None
) -> OrderList:
    """A page of orders, newest first."""
    return await orders.list_orders(read, q[:200] if q else None, cursor)


@get("/api/studio/orders/{order_id:str}", operation_id="studioOrder", opt=STAFF, tags=["studio"])
async def get_order(
    order_id: FromPath[str], read: NamedDependency[ReadSession], settings: NamedDependency[Settings]
) -> OrderDetail:
    """One order: lines, money, parcels, returns, messages, one timeline."""
    return await orders.order_page(read, settings, order_room.known_id(order_id))


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


ROUTES = (
    log_in,
    log_out,
    session_now,
    first_page,
    search,
    list_returns,
    get_return,
    approve_return,
    decline_return,
    receive_return,
    inspect_return,
    settle_return,
    list_orders,
    get_order,
    message_html,
)
