"""Stripe's error bodies, by the names of its documentation."""

from typing import Any

import msgspec

from comeback.sandbox.http import Response


class StripeFault(Exception):
    """An error answer. `remember` is false where Stripe stores no idempotent result: the call never began to run."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        remember: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.remember = remember
        fields = {"type": kind, "message": message, "code": code, "param": param, **(extra or {})}
        self.body = {"error": {name: value for name, value in fields.items() if value is not None}}

    def response(self) -> Response:
        return Response(self.status, msgspec.json.encode(self.body))


def invalid(message: str, *, param: str | None = None, code: str | None = None, remember: bool = True) -> StripeFault:
    return StripeFault(400, "invalid_request_error", message, code=code, param=param, remember=remember)


def missing_param(param: str) -> StripeFault:
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing", remember=False)


def no_such(kind: str, id_: str, *, param: str | None = None) -> StripeFault:
    """404 for an id in the path, 400 for one in a parameter."""
    return StripeFault(
        400 if param else 404,
        "invalid_request_error",
        f"No such {kind}: '{id_}'",
        code="resource_missing",
        param=param or "id",
    )


def declined(payment_intent: str | None = None, code: str = "card_declined") -> StripeFault:
    return StripeFault(
        402,
        "card_error",
        "Your card was declined.",
        code=code,
        extra={"decline_code": "generic_decline", "payment_intent_id": payment_intent},
    )


def server_error() -> StripeFault:
    return StripeFault(500, "api_error", "An unknown error occurred. Please try again.")


def rate_limited() -> StripeFault:
    message = "Request rate limit exceeded."
    return StripeFault(429, "invalid_request_error", message, code="rate_limit", remember=False)


def bad_key(shown: str) -> StripeFault:
    message = f"Invalid API Key provided: {shown}" if shown else "You did not provide an API key."
    return StripeFault(401, "invalid_request_error", message, remember=False)


def key_in_use(key: str) -> StripeFault:
    message = (
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later."
    )
    return StripeFault(409, "idempotency_error", message, code="idempotency_key_in_use", remember=False)


def key_reused(key: str) -> StripeFault:
    message = (
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using "
        f"a key other than '{key}' if you meant to execute a different request."
    )
    return StripeFault(400, "idempotency_error", message, remember=False)
