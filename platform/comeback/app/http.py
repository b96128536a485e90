"""The HTTP application: routes of every room behind one edge."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp
from sqlalchemy import text

from comeback.app import docs, files, metrics, rehearsal, tasks
from comeback.app.describe import PROBLEM_TYPE, describe
from comeback.app.edge import EdgeMiddleware, edge_of, log, provide_principal, provide_read, provide_session
from comeback.app.problems import Problem, problem_of
from comeback.app.wiring import ROUTES, Services
from comeback.core.access import CUSTOMER, PERMISSIONS, PUBLIC, Principal, resolve
from comeback.core.db import NO_SHOP, Database
from comeback.core.errors import Forbidden, Replay, Unauthorized
from comeback.core.strict import StrictRequest
from comeback.core.validation import collect
from comeback.desk.service.people import cookie_name
from comeback.kit.tokens import digest
from comeback.merchants.service import authenticate_key, authenticate_session
from comeback.messages.tracking.handlers import Front
from comeback.portal.pages.trouble import error_page, wants_page

MAX_BODY = 2_000_000
PORTAL_COOKIE = "comeback_portal"


class Undeclared(Exception):
    """A route without a known permission: the application does not start."""


def check_routes(app: Litestar) -> None:
    """Raises Undeclared for the first route of ours whose permission is missing or unknown."""
    known = PERMISSIONS | {PUBLIC, CUSTOMER}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            ours = isinstance(handler, HTTPRouteHandler) and not str(handler.fn.__module__).startswith("litestar.")
            if ours and handler.opt.get("permission") not in known:
                raise Undeclared(f"{route.path} declares no permission")


async def _principal(connection: ASGIConnection[Any, Any, Any, Any], services: Services) -> Principal | None:
    database = services.database
    header = connection.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return await authenticate_key(database, header[7:].strip())
    token = connection.cookies.get(cookie_name(services.settings.secure))
    return await authenticate_session(database, token) if token else None


async def _customer(connection: ASGIConnection[Any, Any, Any, Any], database: Database) -> Principal | None:
    token = connection.cookies.get(PORTAL_COOKIE)
    found = await resolve(database, "portal", digest(token)) if token else []
    return Principal("customer", found[0][0], found[0][1], frozenset({CUSTOMER})) if found else None


def make_guard(services: Services) -> Callable[..., Any]:
    """The guard of every route: who asks, may they, and is an unsafe cookie request meant."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        state = connection.scope["comeback"]  # type: ignore[typeddict-item]
        state.operation = getattr(handler, "operation_id", None) or handler.handler_name
        permission = handler.opt.get("permission", PUBLIC)
        if permission == PUBLIC:
            return
        customer = permission == CUSTOMER
        who = await (_customer(connection, services.database) if customer else _principal(connection, services))
        if who is None:
            raise Unauthorized()
        if not who.may(permission):
            raise Forbidden(f"This needs the permission {permission}.")
        unsafe = connection.scope["method"] not in ("GET", "HEAD", "OPTIONS")  # type: ignore[typeddict-item]
        if who.kind == "staff" and unsafe and connection.headers.get("x-csrf-token") != who.csrf:
            raise Forbidden("The page is out of date; reload it and try again.")
        state.principal = who
        state.vault = services.vault if handler.opt.get("secret") else None

    return guard


def _respond(problem: Problem) -> Response[Problem]:
    return Response(problem, status_code=problem.status, media_type=PROBLEM_TYPE)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Any exception as an answer; bodies that failed to convert get every bad field named."""
    if isinstance(error, Replay):
        return Response(
            error.body, status_code=error.status, media_type=error.media_type, headers={"Idempotent-Replayed": "true"}
        )
    problem = problem_of(error)
    if problem.status == 500:
        edge_log(request, error)
    if wants_page(request):
        return error_page(request, problem.status)
    if isinstance(error, HTTPException) and error.status_code == 400:
        problem = _named_fields(request, problem)
    return _respond(problem)


def edge_log(request: Request[Any, Any, Any], error: Exception) -> None:
    """Says that something unexpected broke, without what the customer sent."""
    log.error("unexpected", operation=edge_of(request).operation, exc_info=error)


def _named_fields(request: Request[Any, Any, Any], problem: Problem) -> Problem:
    handler = request.scope.get("route_handler")
    field = getattr(handler, "parsed_data_field", None)
    raw = request.scope.get("_body") or getattr(request, "_body", b"")
    if field is None or not isinstance(raw, bytes):
        return problem
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decode_problem(problem, str(error))
    errors = collect(field.annotation, value)
    if not errors:
        return problem
    return Problem(type="urn:comeback:problem:invalid", title="Some fields are not valid", status=422,
                   detail=f"{len(errors)} field(s) are not valid.", errors=errors)  # fmt: skip


def _decode_problem(problem: Problem, reason: str) -> Problem:
    return msgspec.structs.replace(problem, detail=f"The body is not valid JSON: {reason}"[:200])


@get("/health/live", opt={"permission": PUBLIC}, operation_id="live", include_in_schema=False)
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", opt={"permission": PUBLIC}, operation_id="ready", include_in_schema=False)
async def ready(database: NamedDependency[Database]) -> dict[str, str]:
    """The database answers; 503 otherwise. Redis is not asked: the web serves without it."""
    async with database.read(NO_SHOP) as session:
        await session.execute(text("SELECT 1"))
    return {"status": "ok"}


def dependencies(services: Services) -> dict[str, Provide]:
    """What handlers may ask for by name."""
    fixed = {
        "settings": services.settings, "database": services.database, "vault": services.vault,
        "blobs": services.blobs, "limiter": services.limiter, "signer": services.signer, "inbox": services.inbox,
        "stripe_gateway": services.stripe_gateway, "carriers": services.carriers, "egress": services.egress,
        "services": services,
    }  # fmt: skip
    table = {name: Provide(_constant(value), sync_to_thread=False) for name, value in fixed.items()}
    return table | {
        "session": Provide(provide_session), "read": Provide(provide_read), "principal": Provide(provide_principal),
    }  # fmt: skip


def _constant(value: Any) -> Callable[[], Any]:
    def give() -> Any:
        return value

    return give


def create_app(services: Services, *, extra: tuple[Any, ...] = (), lifespan: tuple[Any, ...] = ()) -> ASGIApp:
    """The ASGI application; raises Undeclared where a route has no permission."""

    @asynccontextmanager
    async def closing(_: Litestar) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            for close in services.closers:
                await close()

    own = (*files.ROUTES, *docs.ROUTES, *metrics.ROUTES, *tasks.ROUTES, *rehearsal.routes(services))
    app = Litestar(
        route_handlers=[live, ready, *own, *ROUTES, *extra],
        dependencies=dependencies(services),
        guards=[make_guard(services)],
        exception_handlers={Exception: on_error, HTTPException: on_error},
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY,
        lifespan=[closing, *lifespan],
        openapi_config=OpenAPIConfig(
            title="Comeback", version="1", path="/api", render_plugins=[JsonRenderPlugin(path="/openapi.json")]
        ),
        logging_config=None,
        debug=False,
    )
    check_routes(app)
    describe(app)
    wrapped = EdgeMiddleware(app, services.database)  # type: ignore[arg-type]
    wrapped.litestar = app  # type: ignore[attr-defined]
    return Front(wrapped, services.database)  # type: ignore[arg-type,return-value]


def schema(services: Services) -> dict[str, Any]:
    """The OpenAPI document of the application."""
    return create_app(services).litestar.openapi_schema.to_schema()  # type: ignore[attr-defined,union-attr]
