"""The pixel and the click as bare ASGI: no router parsing, no dependencies, nothing between the id and the answer."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any, cast
from weakref import WeakKeyDictionary

from litestar import asgi
from litestar.types import Receive, Scope, Send

from comeback.core.access import PUBLIC
from comeback.core.db import Database
from comeback.kit.tokens import Signer
from comeback.messages.sender.addresses import CLICK, OPEN, read_pair
from comeback.messages.tracking.recorder import NewHit, Recorder

GIF = b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
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
NOT_FOUND = b"This link is not known."


class Trackers:
    """What both handlers need, by process; set by `jobs.idle_work` when the services are built."""

    def __init__(self, signer: Signer, recorder: Recorder) -> None:
        self.signer, self.recorder = signer, recorder


KNOWN: WeakKeyDictionary[Database, Trackers] = WeakKeyDictionary()


def _trackers(scope: Scope) -> Trackers:
    # The edge puts its state, and with it this process's database, into every scope.
    return KNOWN[cast("Any", scope)["comeback"].database]


@asgi("/o", is_mount=True, opt={"permission": PUBLIC}, copy_scope=True)
async def pixel(scope: Scope, receive: Receive, send: Send) -> None:
    """`GET /o/{id}.gif`: always the same picture; recorded when the id is ours (HEAD is not)."""
    method = cast("Any", scope)["method"]
    await send(_GIF_START)
    await send(_GIF_BODY if method != "HEAD" else _EMPTY)
    if method != "GET":
        return
    trackers = _trackers(scope)
    token = scope["path"].strip("/")
    found = read_pair(trackers.signer, OPEN, token[:-4]) if token.endswith(".gif") else None
    if found is not None:
        _record(trackers, scope, "open", found[0], found[1], None, method)


@asgi("/c", is_mount=True, opt={"permission": PUBLIC}, copy_scope=True)
async def click(scope: Scope, receive: Receive, send: Send) -> None:
    """`GET /c/{id}`: 302 to the stored destination; anything else in the address is ignored, an unknown id is 404."""
    method = cast("Any", scope)["method"]
    trackers = _trackers(scope)
    token, _, position = scope["path"].strip("/").partition(".")
    found = read_pair(trackers.signer, CLICK, token)
    url = None
    if found is not None and method in ("GET", "HEAD") and position.isascii() and position.isdigit():
        url = await trackers.recorder.destination(found[0], found[1], int(position[:4]))
    if found is None or url is None:
        await _answer(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], NOT_FOUND, method)
        return
    await _answer(send, 302, [(b"location", url.encode("ascii", "ignore"))], b"", method)
    if method == "GET":
        _record(trackers, scope, "click", found[0], found[1], int(position), method)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes, method: str) -> None:
    length = [(b"content-length", str(len(body)).encode())]
    start: Any = {"type": "http.response.start", "status": status, "headers": [*headers, *length, *_NEVER_STORED]}
    end: Any = {"type": "http.response.body", "body": b"" if method == "HEAD" else body, "more_body": False}
    await send(start)
    await send(end)


def _record(
    trackers: Trackers, scope: Scope, kind: str, shop: Any, message: Any, link: int | None, method: str
) -> None:
    agent = b""
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
            break
    client = scope["client"]
    ip = trackers.recorder.hashed(client[0]) if client else ""
    now = datetime.now(UTC)
    trackers.recorder.add(NewHit(shop, message, kind, link, method, agent.decode("latin-1"), ip, now))
