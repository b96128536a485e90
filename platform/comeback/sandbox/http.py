"""A small HTTP/1.1 server on h11, because stand-ins must misbehave below ASGI.

"Do the work, then drop the connection" needs the socket itself: an ASGI server would turn it into a 500 or into a
half-written 200. Here a handler raises `Drop` and the peer sees a reset with no byte of an answer.
"""

import asyncio
import contextlib
import logging
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote

import h11
import msgspec

MAX_BODY = 16 * 1024 * 1024
IDLE_SECONDS = 75.0
CHUNK = 65536

T = TypeVar("T")


class Request(msgspec.Struct, kw_only=True):
    """One decoded request; header names are lower case, `query` keeps the last value of a repeated name."""

    method: str
    path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    params: dict[str, str] = {}

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    def json(self, type_: type[T]) -> T:
        """The body as `type_`; an empty body counts as `{}`. Raises HttpError 422 naming the place."""
        try:
            return msgspec.json.decode(self.body or b"{}", type=type_)
        except msgspec.ValidationError as error:
            raise HttpError(422, str(error)) from error
        except msgspec.DecodeError as error:
            raise HttpError(400, str(error)) from error


class Response(msgspec.Struct):
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = {}


class HttpError(Exception):
    """An answer in the form of RFC 9457."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail

    def response(self) -> Response:
        body = {"type": "about:blank", "title": reason(self.status), "status": self.status, "detail": self.detail}
        return Response(self.status, msgspec.json.encode(body), "application/problem+json")


class Drop(Exception):
    """Raised by a handler: reset the connection without an answer."""


Handler = Callable[[Request], Awaitable[Response]]
H = TypeVar("H")
log = logging.getLogger("comeback.sandbox")


def reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` (struct, dict or list) as a JSON answer."""
    return Response(status, msgspec.json.encode(value), "application/json", dict(headers or {}))


class Router(Generic[H]):
    """Method and path template (`/labels/{id}`) to anything. A segment matches all but a slash."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], H]] = []

    def add(self, method: str, template: str, target: H) -> None:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
        self._routes.append((method, re.compile(f"^{pattern}$"), target))

    def find(self, request: Request) -> H:
        """The target, with `request.params` filled. Raises HttpError 404 or 405."""
        known = False
        for method, pattern, target in self._routes:
            match = pattern.match(request.path)
            if match is None:
                continue
            known = True
            if method == request.method or (method, request.method) == ("GET", "HEAD"):
                request.params = {name: unquote(value) for name, value in match.groupdict().items()}
                return target
        raise HttpError(405, "Method not allowed.") if known else HttpError(404, "No such path.")


class Paths(Router[Handler]):
    """A router of handlers is itself a handler."""

    async def __call__(self, request: Request) -> Response:
        return await self.find(request)(request)


class Server:
    """Serves one handler on one port; `port=0` asks the system for a free one."""

    def __init__(self, handler: Handler, name: str) -> None:
        self._handler = handler
        self._name = name
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self, host: str, port: int) -> int:
        """Begins to listen; returns the bound port. Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._connection, host, port, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        await self._server.wait_closed()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._talk(reader, writer)
        except Drop:
            reset(writer)
        except (h11.RemoteProtocolError, ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            with contextlib.suppress(ConnectionError, RuntimeError):
                writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=65536)
        while True:
            request = await _read(connection, reader, writer)
            if request is None:
                return
            response = await self._respond(request)
            _write(connection, writer, request, response, self._name)
            await writer.drain()
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()

    async def _respond(self, request: Request) -> Response:
        try:
            return await self._handler(request)
        except HttpError as error:
            return error.response()
        except Drop:
            raise
        except Exception:
            log.exception("sandbox handler failed: %s %s", request.method, request.path)
            return HttpError(500, "The sandbox itself failed; its log says why.").response()


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST instead of FIN: linger of zero seconds."""
    peer = writer.get_extra_info("socket")
    if peer is not None:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _next(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> h11.Event | None:
    while True:
        event = connection.next_event()
        if event is h11.PAUSED:
            return None
        if isinstance(event, h11.Event):
            return event
        if connection.they_are_waiting_for_100_continue:
            go_on = connection.send(h11.InformationalResponse(status_code=100, headers=[]))
            writer.write(go_on or b"")
        async with asyncio.timeout(IDLE_SECONDS):
            connection.receive_data(await reader.read(CHUNK))


async def _read(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    head = await _next(connection, reader, writer)
    if not isinstance(head, h11.Request):
        return None
    body = bytearray()
    while isinstance(event := await _next(connection, reader, writer), h11.Data):
        body += event.data
        if len(body) > MAX_BODY:
            raise h11.RemoteProtocolError("body too large")
    if not isinstance(event, h11.EndOfMessage):
        return None
    path, _, query = head.target.decode("ascii", "replace").partition("?")
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
    return Request(method=head.method.decode("ascii"), path=path, raw_query=query, headers=headers, body=bytes(body))


def _write(
    connection: h11.Connection, writer: asyncio.StreamWriter, request: Request, response: Response, name: str
) -> None:
    headers = {
        "Server": name,
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        **response.headers,
    }
    head = h11.Response(
        status_code=response.status, headers=list(headers.items()), reason=reason(response.status).encode()
    )
    writer.write(connection.send(head) or b"")
    if request.method != "HEAD":
        writer.write(connection.send(h11.Data(data=response.body)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
