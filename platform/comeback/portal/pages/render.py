"""Templates to bytes. The nonce is left out of what may be cached and put in anew for each answer."""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.types import Receive, Scope, Send
from markupsafe import Markup, escape

from comeback.portal.pages.look import Look, enhancer
from comeback.portal.schemas import TrackingPage
from comeback.portal.words.catalogue import NAMES
from comeback.portal.words.reader import Reader

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
# Random, so that nothing a customer or a shop wrote can be taken for the place of the nonce.
_MARK = f"nonce-{secrets.token_hex(16)}"
_MARK_BYTES = _MARK.encode()
_CUT = f"cut-{secrets.token_hex(16)}"

ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
    undefined=StrictUndefined, auto_reload=False,
)  # fmt: skip

Made = tuple[bytes, ...]
"""A page, cut where its nonce stands."""

PRIVATE = "private, no-cache"
_FIXED = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@cache
def _css() -> Markup:
    sheet = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    return Markup("".join(line.strip() for line in sheet.splitlines()))


def make(template: str, look: Look, reader: Reader, *, keep_language: bool = False, **values: Any) -> Made:
    """A page, ready but for its nonce. `keep_language`: links of the page carry the language that was asked for."""
    return _cut(_render(template, look, reader, keep_language, values))


def _render(template: str, look: Look, reader: Reader, keep_language: bool, values: dict[str, Any]) -> str:
    suffix = f"?lang={reader.language}" if keep_language else ""
    values.setdefault("query", "")
    return ENVIRONMENT.get_template(template).render(
        css=_css(), nonce=_MARK, shop=look, lang=reader.language, tongues=NAMES.items(), enhancer=enhancer(),
        t=reader.words.marked, a=reader.t, suffix=suffix, **values,
    )  # fmt: skip


def _cut(page: str) -> Made:
    return tuple(page.encode().split(_MARK_BYTES))


_SHELLS: OrderedDict[tuple[str, str, bool], tuple[Look, str | None, tuple[str, str, str]]] = OrderedDict()
_SHELLS_KEPT = 1000


def make_order(look: Look, reader: Reader, page: TrackingPage, *, keep_language: bool = False) -> Made:
    """`make("tracking.html", …)`, with what is around the page's middle kept: it is more than half of the work."""
    top, between, bottom = _shell(look, reader, keep_language)
    middle = ENVIRONMENT.get_template("order.html").render(shop=look, page=page, t=reader.words.marked, a=reader.t)
    return _cut(f"{top}{escape(page.headline)} · {escape(look.name)}{between}{middle}{bottom}")


def _shell(look: Look, reader: Reader, keep_language: bool) -> tuple[str, str, str]:
    key, script = (look.slug, reader.language, keep_language), enhancer()
    known = _SHELLS.get(key)
    if known is None or known[:2] != (look, script):
        top, between, bottom = _render("shell.html", look, reader, keep_language, {"cut": _CUT}).split(_CUT)
        known = _SHELLS[key] = (look, script, (top, between, bottom))
        if len(_SHELLS) > _SHELLS_KEPT:
            _SHELLS.popitem(last=False)
    return known[2]


def policy(nonce: str) -> str:
    """The content security policy of a page: our own style and script, pictures of the shop, nothing else."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "img-src 'self' https: http: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def answer(made: Made, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """The page with a fresh nonce and the headers that every customer page has."""
    nonce = secrets.token_urlsafe(16)
    return Response(
        nonce.encode().join(made),
        status_code=status,
        media_type="text/html",
        headers={"Content-Security-Policy": policy(nonce), "Cache-Control": PRIVATE, **_FIXED, **(headers or {})},
    )


_BARE_HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", PRIVATE.encode()),
    *((name.lower().encode(), value.encode()) for name, value in _FIXED.items()),
]


class Sent:
    """As `answer`, for the page that is looked at most: its own ASGI application, with headers that are ready."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, made: Made, status: int = 200) -> None:
        nonce = secrets.token_urlsafe(16)
        self.status, self.body = status, nonce.encode().join(made)
        own = [
            (b"content-security-policy", policy(nonce).encode()),
            (b"content-length", str(len(self.body)).encode()),
        ]
        self.headers = _BARE_HEADERS + own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def redirect(path: str) -> Response[bytes]:
    """POST, redirect, GET: 303 to a path of ours."""
    return Response(b"", status_code=303, headers={"Location": path, "Cache-Control": PRIVATE, **_FIXED})
