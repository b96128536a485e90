"""Templates to bytes. The nonce is left out of what may be cached and put in anew for each answer."""

import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup

from comeback.portal.pages.look import Look, enhancer
from comeback.portal.words.catalogue import NAMES
from comeback.portal.words.reader import Reader

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
# Random, so that nothing a customer or a shop wrote can be taken for the place of the nonce.
_MARK = f"nonce-{secrets.token_hex(16)}"
_MARK_BYTES = _MARK.encode()

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
    suffix = f"?lang={reader.language}" if keep_language else ""
    values.setdefault("query", "")
    page = ENVIRONMENT.get_template(template).render(
        css=_css(), nonce=_MARK, shop=look, lang=reader.language, tongues=NAMES.items(), enhancer=enhancer(),
        t=reader.words.marked, a=reader.t, suffix=suffix, **values,
    )  # fmt: skip
    return tuple(page.encode().split(_MARK_BYTES))


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


def bare(made: Made) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body as `answer` gives them, for a handler without a framework around it."""
    nonce = secrets.token_urlsafe(16)
    body = nonce.encode().join(made)
    own = [(b"content-security-policy", policy(nonce).encode()), (b"content-length", str(len(body)).encode())]
    return _BARE_HEADERS + own, body


def redirect(path: str) -> Response[bytes]:
    """POST, redirect, GET: 303 to a path of ours."""
    return Response(b"", status_code=303, headers={"Location": path, "Cache-Control": PRIVATE, **_FIXED})
