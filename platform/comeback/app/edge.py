"""The edge: one request is one transaction, committed after the answer is rendered and before it is sent.

Handlers get `session` (write) or `read` lazily; a status of 400 or more rolls back. With an Idempotency-Key the
rendered answer is stored in the same transaction as the effect.
"""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import msgspec
import structlog
from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from comeback.app.problems import problem_of
from comeback.core import idempotency
from comeback.core.access import ANYONE, Principal
from comeback.core.base import ReadSession, WriteSession
from comeback.core.db import APP, Database, enter
from comeback.core.errors import Unauthorized
from comeback.core.metrics import REQUESTS
from comeback.core.secrets import Vault

log = structlog.get_logger("edge")


@dataclass
class EdgeState:
    """What one request holds open."""

    database: Database
    principal: Principal = ANYONE
    session: WriteSession | None = None
    key: str | None = None
    vault: Vault | None = None
    """Seals the stored answer of a route that shows a secret."""
    operation: str = ""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def finish(self, status: int, body: bytes, media_type: str) -> None:
        """Commits what the request wrote, or rolls it back where it answers an error."""
        session, self.session = self.session, None
        if session is None:
            return
        try:
            if status >= 400:
                await session.rollback()
                return
            if self.key is not None:
                await idempotency.finish(session, self.key, status, body, media_type, self.vault)
            await self.database.commit(session)
        finally:
            await session.close()

    async def abandon(self) -> None:
        """Closes whatever is still open; nothing is committed here."""
        session, self.session = self.session, None
        if session is not None:
            await session.close()
        await self.stack.aclose()


def edge_of(request: Request) -> EdgeState:  # type: ignore[type-arg]
    """The edge state of a request."""
    return request.scope["comeback"]  # type: ignore[typeddict-item]


async def provide_session(request: Request) -> WriteSession:  # type: ignore[type-arg]
    """The request's unit of work."""
    state = edge_of(request)
    if state.session is None:
        if state.principal.kind == "public":
            raise Unauthorized()
        shop = state.principal.shop_id
        state.session = state.database.session(shop)
        await enter(state.session, APP, shop)
        key = request.headers.get("idempotency-key")
        if key and request.method == "POST":
            state.key = idempotency.checked(key)
            digest = idempotency.request_hash("POST", request.url.path, state.principal.id, await request.body())
            await idempotency.begin(state.session, state.key, digest, state.vault)
    return state.session


async def provide_read(request: Request) -> ReadSession:  # type: ignore[type-arg]
    """A read-only session of the request's shop."""
    state = edge_of(request)
    if state.principal.kind == "public":
        raise Unauthorized()
    return await state.stack.enter_async_context(state.database.read(state.principal.shop_id))


async def provide_principal(request: Request) -> Principal:  # type: ignore[type-arg]
    """Who asks."""
    return edge_of(request).principal


class EdgeMiddleware:
    """Outermost: holds the answer back until the transaction stands."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self.app, self.database = app, database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = EdgeState(self.database)
        scope["comeback"] = state  # type: ignore[typeddict-unknown-key]
        held = _Held(state, send)
        started = time.perf_counter()
        try:
            await self.app(scope, receive, held.send)
        finally:
            await state.abandon()
            spent = time.perf_counter() - started
            if state.operation:
                REQUESTS.labels(state.operation, f"{held.status // 100}xx").observe(spent)
                log.debug("request", operation=state.operation, status=held.status, seconds=round(spent, 4))


class _Held:
    """Sends through at once where no transaction is open, else only after the commit."""

    def __init__(self, state: EdgeState, send: Send) -> None:
        self.state, self._send = state, send
        self.status = 500
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        """ASGI send."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.state.session is None:
                await self._send(message)
            else:
                self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")  # type: ignore[operator]
            if not message.get("more_body", False):
                await self._release(self._start)

    async def _release(self, start: Message) -> None:
        self._start = None
        headers = {k.lower(): v for k, v in start["headers"]}  # type: ignore[typeddict-item]
        media = headers.get(b"content-type", b"application/json").decode("latin-1")
        try:
            await self.state.finish(self.status, bytes(self._body), media)
        except Exception as error:
            problem = problem_of(error)
            self.status = problem.status
            log.warning("commit failed", operation=self.state.operation, status=problem.status, exc_info=error)
            body = msgspec.json.encode(problem)
            start = {
                "type": "http.response.start",
                "status": problem.status,
                "headers": [
                    (b"content-type", b"application/problem+json"),
                    (b"content-length", str(len(body)).encode()),
                ],
            }
            self._body = bytearray(body)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(self._body), "more_body": False})
