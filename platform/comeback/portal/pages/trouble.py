"""Errors as pages, in the shop's look as far as it is known; the database is not asked."""

import re
from typing import Any

from litestar import Request, Response

from comeback.portal.pages.look import Look
from comeback.portal.pages.render import Made, answer, make
from comeback.portal.pages.visit import reader_for, remembered
from comeback.portal.words.reader import Reader

_OURS = re.compile(r"^/(?:t/|[^/]+/(?:track|returns)(?:/|$))")
_MACHINES = re.compile(r"^/(?:api|internal|hooks|static|media|health|metrics|studio|o|c|u)(?:/|$)")
_TEXTS = {401: "401", 403: "403", 400: "403", 409: "403", 413: "403", 422: "403", 404: "404", 405: "404", 429: "429"}
RETRY_SECONDS = "600"


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person reads the answer: a customer page, or a browser at an address that is no machine's."""
    path = request.url.path
    if _OURS.match(path):
        return True
    return not _MACHINES.match(path) and "text/html" in request.headers.get("accept", "")


def error_page(request: Request[Any, Any, Any], status: int) -> Response[bytes]:
    """The page for a status."""
    look = remembered(request.url.path)
    reader = reader_for(request, look)
    headers = {"Retry-After": RETRY_SECONDS} if status == 429 else {}
    return answer(error_made(look, reader, status), status, headers)


def error_made(look: Look, reader: Reader, status: int) -> Made:
    """The page for a status, ready but for its nonce."""
    name = _TEXTS.get(status, "500")
    link = None
    if look.slug:
        way = "returns" if status in (401, 403) else "track"
        words = "foot.returns" if way == "returns" else "error.home"
        link = {"url": f"/{look.slug}/{way}", "label": reader.t(words)}
    return make(
        "message.html", look, reader, title=reader.t(f"error.{name}"), body=reader.t(f"error.{name}_body"),
        status=str(status), link=link,
    )  # fmt: skip
