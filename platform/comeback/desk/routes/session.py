"""Signing in, signing out, and who is signed in."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from comeback.core.access import PUBLIC, Principal
from comeback.core.db import Database, ReadSession
from comeback.core.limits import Limiter, client_address
from comeback.core.settings import Settings
from comeback.desk.schemas.session import LoginIn, SessionOut
from comeback.desk.service import people

STAFF = {"permission": "orders:read"}


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
    agent = request.headers.get("user-agent", "")
    token, session = await people.sign_in(database, limiter, data, address, agent)
    return Response(session, status_code=201, cookies=[people.cookie(settings, token)])


@delete("/api/studio/session", operation_id="studioLogout", opt=STAFF, tags=["studio"])
async def log_out(
    request: Request[Any, Any, Any], database: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[None]:
    """Signs out."""
    await people.sign_out(database, request.cookies.get(people.cookie_name(settings.secure), ""))
    return Response(None, status_code=204, cookies=[people.cookie(settings, "", max_age=0)])


@get("/api/studio/session", operation_id="studioSession", opt=STAFF, tags=["studio"])
async def session_now(read: NamedDependency[ReadSession], principal: NamedDependency[Principal]) -> SessionOut:
    """Who is signed in, in which shop, with which permissions."""
    return await people.who(read, principal)


ROUTES = (log_in, log_out, session_now)
