"""The pixel and the click as bare ASGI: no routing, no dependencies, nothing between the signed id and the answer.

`Front` stands before the application and takes these two paths off it; where it is not used, the same functions are
mounted as handlers.
"""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from litestar.types import ASGIApp, Receive, Scope, Send

from comeback.core.db import Database
from comeback.kit.tokens import Signer
from comeback.messages.sender.addresses import CLICK, OPEN, read_pair
from comeback.messages.tracking.recorder import NewHit, Recorder

GIF = b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
NOT_FOUND = b"This link is not known."
_NEVER_STORED = [
    (b"cache-control", b"no-store, private, max-age=0"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex"),
]
_GIF_START: Any = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"image/gif"), (b"content-length", str(len(GIF)).encode()), *_NEVER_STORED],
}
_GIF_BODY: Any = {"type": "http.response.body", "body": GIF, "more_body": False}
_EMPTY: Any = {"type": "http.response.body", "body": b"", "more_body": False}


class Trackers:
    """Answers both kinds; one a process."""

    def __init__(self, signer: Signer, recorder: Recorder) -> None:
        self.signer, self.recorder = signer, recorder

    async def pixel(self, scope: Any, token: str, send: Send) -> None:
        """Always the same picture; recorded when the id is ours and it was a GET."""
        get = scope["method"] == "GET"
        await send(_GIF_START)
        await send(_GIF_BODY if scope["method"] != "HEAD" else _EMPTY)
        found = read_pair(self.signer, OPEN, token[:-4]) if get and token.endswith(".gif") else None
        if found is not None:
            self._record(scope, "open", found, None)

    async def click(self, scope: Any, token: str, send: Send) -> None:
        """302 to the stored destination; whatever else the address holds is ignored; an unknown id is 404."""
        method = scope["method"]
        signed, _, position = token.partition(".")
        found = read_pair(self.signer, CLICK, signed)
        url = None
        if found is not None and method in ("GET", "HEAD") and position.isascii() and position.isdigit():
            url = await self.recorder.destination(found[0], found[1], int(position[:4]))
        if found is None or url is None:
            await _answer(send, 404, (b"content-type", b"text/plain; charset=utf-8"), NOT_FOUND, method)
            return
        await _answer(send, 302, (b"location", url.encode("ascii", "ignore")), b"", method)
        if method == "GET":
            self._record(scope, "click", found, int(position[:4]))

    def _record(self, scope: Any, kind: str, found: tuple[UUID, UUID], link: int | None) -> None:
        agent = b""
        for name, value in scope["headers"]:
            if name == b"user-agent":
                agent = value
                break
        client = scope["client"]
        ip = self.recorder.hashed(client[0]) if client else ""
        hit = NewHit(found[0], found[1], kind, link, "GET", agent.decode("latin-1"), ip, datetime.now(UTC))
        self.recorder.add(hit)


async def _answer(send: Send, status: int, header: tuple[bytes, bytes], body: bytes, method: str) -> None:
    headers = [header, (b"content-length", str(len(body)).encode()), *_NEVER_STORED]
    start: Any = {"type": "http.response.start", "status": status, "headers": headers}
    end: Any = {"type": "http.response.body", "body": b"" if method == "HEAD" else body, "more_body": False}
    await send(start)
    await send(end)


KNOWN: WeakKeyDictionary[Database, Trackers] = WeakKeyDictionary()
"""The trackers of each process, by its database; set when the services are built."""


class Front:
    """Before the application: pixels and clicks are answered here, everything else goes on."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self.app, self.trackers = app, KNOWN[database]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.app, name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            path = cast("str", scope["path"])
            if path.startswith("/o/"):
                await self.trackers.pixel(scope, path[3:], send)
                return
            if path.startswith("/c/"):
                await self.trackers.click(scope, path[3:], send)
                return
        await self.app(scope, receive, send)
