"""Business errors: each is a class with a status; the edge turns them into RFC 9457 problem+json or a page."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One bad field: a JSON pointer (RFC 6901) and a sentence."""

    pointer: str
    message: str


class ComebackError(Exception):
    """Base of all business errors."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self, detail: str = "", errors: Sequence[FieldError] = (), *, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


class Malformed(ComebackError):
    """The body cannot be read (400)."""

    status, slug, title = 400, "malformed", "The request cannot be read"


class Unauthorized(ComebackError):
    """No valid credentials (401)."""

    status, slug, title = 401, "unauthorized", "Please sign in"


class Forbidden(ComebackError):
    """Known, but not allowed (403)."""

    status, slug, title = 403, "forbidden", "This is not allowed for you"


class NotFound(ComebackError):
    """No such thing in this shop (404)."""

    status, slug, title = 404, "not-found", "Not found"


class Conflict(ComebackError):
    """The state forbids it (409)."""

    status, slug, title = 409, "conflict", "This does not fit the present state"


class TooLarge(ComebackError):
    """The body is over the cap (413)."""

    status, slug, title = 413, "too-large", "The request is too large"


class Invalid(ComebackError):
    """Well-formed, but wrong (422); `errors` names every bad field."""

    status, slug, title = 422, "invalid", "Some fields are not valid"


class TooMany(ComebackError):
    """Over a rate limit (429)."""

    status, slug, title = 429, "too-many-requests", "Too many requests, please wait a moment"


class Unavailable(ComebackError):
    """A part we need is down (503)."""

    status, slug, title = 503, "unavailable", "This is not available right now"


class Replay(Exception):
    """Not an error: the answer given earlier under the same Idempotency-Key."""

    def __init__(self, status: int, body: bytes, media_type: str) -> None:
        super().__init__("replayed")
        self.status, self.body, self.media_type = status, body, media_type
