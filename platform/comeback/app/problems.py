"""Errors as RFC 9457 problem+json: sentences for people, pointers for programs, nothing internal."""

from typing import Any

import msgspec
from litestar.exceptions import HTTPException
from sqlalchemy.exc import DBAPIError, InterfaceError, NoResultFound, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from comeback.core.errors import (
    ComebackError,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from comeback.kit.states import IllegalMove

_BY_SQLSTATE: dict[str, type[ComebackError]] = {
    "23505": Conflict, "23503": Conflict, "23514": Conflict, "23P01": Conflict,
    "40001": Unavailable, "40P01": Unavailable, "55P03": Unavailable, "57014": Unavailable,
    "22P05": Invalid, "22021": Invalid, "22003": Invalid, "25006": Forbidden,
}  # fmt: skip
_BY_STATUS: dict[int, type[ComebackError]] = {
    400: Malformed, 401: Unauthorized, 403: Forbidden, 404: NotFound, 413: TooLarge, 422: Invalid, 429: TooMany,
    503: Unavailable,
}  # fmt: skip


class Problem(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The body of an error answer."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    extra: dict[str, Any] = {}


def _from(error: ComebackError) -> Problem:
    return Problem(
        type=f"urn:comeback:problem:{error.slug}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        errors=list(error.errors),
        extra=error.extra,
    )


def problem_of(error: BaseException) -> Problem:
    """The problem that stands for any exception; the unknown says nothing of its inside."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, ComebackError):
        return _from(error)
    if isinstance(error, IllegalMove):
        return _from(Conflict(str(error)))
    if isinstance(error, NoResultFound):
        return _from(NotFound())
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, RecursionError | UnicodeDecodeError | msgspec.DecodeError) and not isinstance(
        error, msgspec.ValidationError
    ):
        return _from(Malformed("The body is nested too deep or is not valid UTF-8 JSON."))
    if isinstance(error, msgspec.ValidationError):
        return _from(Invalid(str(error)))
    if isinstance(error, DBAPIError):
        return _from(_database(error))
    if isinstance(error, PoolTimeout | OSError):
        return _from(Unavailable())
    return Problem(
        type="urn:comeback:problem:internal",
        title="Something went wrong on our side",
        status=500,
        detail="The request was not carried out. Please try again.",
    )


def _database(error: DBAPIError) -> ComebackError:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _BY_SQLSTATE:
        return _BY_SQLSTATE[state]()
    if (
        error.connection_invalidated
        or isinstance(error, InterfaceError | OperationalError)
        or state[:2] in ("08", "57")
    ):
        return Unavailable()
    return ComebackError("The request was not carried out. Please try again.")


def _http(error: HTTPException) -> Problem:
    kind = _BY_STATUS.get(error.status_code)
    detail = error.detail if error.status_code < 500 else ""
    if kind is not None:
        return _from(kind(detail))
    return Problem(type="about:blank", title=error.detail or "Error", status=error.status_code, detail=detail)
