"""The person at the desk: log-ins, password, and coming in by an invitation."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from comeback.core.access import PUBLIC, Principal
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import NotFound, TooMany
from comeback.core.limits import Limiter, client_address
from comeback.core.settings import Settings
from comeback.desk.schemas.session import SessionOut
from comeback.desk.schemas.welcome import AcceptIn, InvitationIn, PasswordIn
from comeback.desk.service import people
from comeback.kit.ids import parse_id
from comeback.merchants import service as merchants
from comeback.merchants.schemas import Invitation, SessionRecord

STAFF = {"permission": "orders:read"}
TRIES = "30/minute"


def _agent(request: Request[Any, Any, Any]) -> str:
    return request.headers.get("user-agent", "")


def _address(request: Request[Any, Any, Any], settings: Settings) -> str:
    peer = request.client.host if request.client else ""
    return client_address(peer, request.headers.get("x-forwarded-for", ""), settings.trusted_proxies)


@get("/api/studio/profile/sessions", operation_id="studioSessions", opt=STAFF, tags=["studio"])
async def my_sessions(
    request: Request[Any, Any, Any],
    read: NamedDependency[ReadSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> list[SessionRecord]:
    """Where the person is logged in, the last used first."""
    people.require_staff(principal)
    token = request.cookies.get(people.cookie_name(settings.secure), "")
    return await merchants.list_sessions(read, principal.id, token)


@delete("/api/studio/profile/sessions/{session_id:str}", operation_id="studioEndSession", opt=STAFF, tags=["studio"])
async def end_session(
    session_id: FromPath[str], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> None:
    """Ends one of the person's own log-ins."""
    people.require_staff(principal)
    known = parse_id(session_id)
    if known is None:
        raise NotFound("There is no log-in like this.")
    await merchants.end_session(session, principal, known)


@post("/api/studio/profile/password", operation_id="studioPassword", opt=STAFF, status_code=200, tags=["studio"])
async def change_password(
    request: Request[Any, Any, Any],
    data: JSONBody[PasswordIn],
    database: NamedDependency[Database],
    principal: NamedDependency[Principal],
    limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
) -> Response[SessionOut]:
    """Another password. All log-ins of the person end; this browser gets a new one."""
    people.require_staff(principal)
    if not await limiter.hit(TRIES, "password", str(principal.id)):
        raise TooMany("Wait a minute, then try again.")
    token, shape = await people.renew(database, principal, data, _agent(request))
    return Response(shape, cookies=[people.cookie(settings, token)])


@post("/api/studio/invitation/look", operation_id="studioInvitation", opt={"permission": PUBLIC}, status_code=200,
      tags=["studio"])  # fmt: skip
async def look_at_invitation(
    request: Request[Any, Any, Any],
    data: JSONBody[InvitationIn],
    database: NamedDependency[Database],
    limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
) -> Invitation:
    """Who is invited where; 404 for a link that was used or has run out."""
    if not await limiter.hit(TRIES, "invitation", _address(request, settings)):
        raise TooMany("Wait a minute, then try again.")
    return await merchants.invitation(database, data.token)


@post("/api/studio/invitation", operation_id="studioAccept", opt={"permission": PUBLIC}, tags=["studio"])
async def accept_invitation(
    request: Request[Any, Any, Any],
    data: JSONBody[AcceptIn],
    database: NamedDependency[Database],
    limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
) -> Response[SessionOut]:
    """Sets the password, ends the link and signs in."""
    if not await limiter.hit(TRIES, "invitation", _address(request, settings)):
        raise TooMany("Wait a minute, then try again.")
    token, shape = await people.come_in(database, data, _agent(request))
    return Response(shape, status_code=201, cookies=[people.cookie(settings, token)])


ROUTES = (my_sessions, end_session, change_password, look_at_invitation, accept_invitation)
