"""The mailbox over HTTP: list, read, clear, and the page for people."""

import re
from collections.abc import Callable
from pathlib import Path

import anyio.to_thread

from comeback.sandbox.http import HttpError, Paths, Request, Response, answer
from comeback.sandbox.mailbox import reader
from comeback.sandbox.mailbox.faults import MailFault, MailFaults
from comeback.sandbox.mailbox.store import LIST_LIMIT, Envelope, MailStore

PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LOCAL = "http://127.0.0.1:* http://localhost:*"
SAFE_NAME = re.compile(r"[^\w.-]+", re.ASCII)
INLINE = ("image/png", "image/jpeg", "image/gif", "application/pdf")
_HERE = Path(__file__).parent
_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}


def frame_csp(pictures: str) -> str:
    """For a mail's HTML: no script, no form, no frame; inline styles; pictures from this machine and the shop's web."""
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src data: {LOCAL} {pictures}; font-src data:; form-action 'none'; frame-ancestors 'self'"
    )


class MailboxSandbox:
    def __init__(self, store: MailStore, faults: MailFaults, web_url: Callable[[], str | None]) -> None:
        self.store = store
        self.faults = faults
        self._web_url = web_url
        self._paths = Paths()
        for method, template, handler in (
            ("GET", "/messages", self._list),
            ("DELETE", "/messages", self._clear),
            ("GET", "/messages/{id}", self._detail),
            ("GET", "/messages/{id}/raw", self._raw),
            ("GET", "/messages/{id}/html", self._html),
            ("GET", "/messages/{id}/parts/{part}", self._part),
            ("GET", "/faults", self._faults),
            ("POST", "/faults", self._arm),
            ("DELETE", "/faults", self._disarm),
        ):
            self._paths.add(method, template, handler)
        for path in _FILES:
            self._paths.add("GET", path, self._file)

    async def __call__(self, request: Request) -> Response:
        response = await self._paths(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _found(self, request: Request) -> Envelope:
        envelope = self.store.get(request.params["id"])
        if envelope is None:
            raise HttpError(404, f"No message {request.params['id']}.")
        return envelope

    async def _list(self, request: Request) -> Response:
        """`to` filters by recipient; `limit` up to 20,000, by default the newest 500."""
        limit = request.query.get("limit", "")
        found = self.store.find(request.query.get("to"), int(limit) if limit.isdigit() else LIST_LIMIT)
        items = await anyio.to_thread.run_sync(lambda: [reader.summary(self.store, envelope) for envelope in found])
        return answer({"items": items, "next": None, "total": len(self.store)})

    async def _clear(self, _: Request) -> Response:
        self.store.clear()
        return Response(204)

    async def _detail(self, request: Request) -> Response:
        return answer(reader.detail(self.store, self._found(request)))

    async def _raw(self, request: Request) -> Response:
        return Response(200, self.store.raw(self._found(request)), "message/rfc822")

    async def _html(self, request: Request) -> Response:
        envelope = self._found(request)
        html = reader.framed(self.store.parsed(envelope), envelope.id, request.query.get("scheme", "light"))
        pictures = f"http://{request.headers.get('host', '')} {self._web_url() or ''}".strip()
        headers = {"Content-Security-Policy": frame_csp(pictures)}
        return Response(200, html.encode(), "text/html; charset=utf-8", headers)

    async def _part(self, request: Request) -> Response:
        found = reader.part(self.store.parsed(self._found(request)), request.params["part"])
        if found is None:
            raise HttpError(404, "No such part.")
        data, type_, name = found
        shown = "inline" if type_ in INLINE else "attachment"
        file = SAFE_NAME.sub("-", name or "part")
        headers = {"Content-Disposition": f'{shown}; filename="{file}"', "Content-Security-Policy": "sandbox"}
        return Response(200, data, type_ if type_ in INLINE else "application/octet-stream", headers)

    async def _file(self, request: Request) -> Response:
        name, type_ = _FILES[request.path]
        content = (_HERE / name).read_bytes()
        return Response(200, content, type_, {"Content-Security-Policy": PAGE_CSP})

    async def _faults(self, _: Request) -> Response:
        return answer({"items": self.faults.armed})

    async def _arm(self, request: Request) -> Response:
        self.faults.arm(request.json(MailFault))
        return await self._faults(request)

    async def _disarm(self, request: Request) -> Response:
        self.faults.armed.clear()
        return await self._faults(request)
