"""One call's view: the account it may touch, its parameters, the fault armed for it, and what it did."""

import base64
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from comeback.sandbox.stripe.errors import StripeFault, invalid, missing_param, no_such
from comeback.sandbox.stripe.form import Params
from comeback.sandbox.stripe.objects import Account, Event, Thing

T = TypeVar("T")
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_AMOUNT = 99_999_999_999


def new_id(prefix: str) -> str:
    return f"{prefix}_3{''.join(secrets.choice(ALPHABET) for _ in range(23))}"


class Call(msgspec.Struct, kw_only=True):
    """`emit(event)` queues a webhook; events of a call that fails are never emitted by the caller."""

    account: Account
    params: Params
    now: int
    request_id: str
    idempotency_key: str | None
    emit: Callable[[Account, Event], None]
    fault: str | None = None
    effect: str | None = None
    effect_id: str | None = None
    effect_amount: int | None = None

    def did(self, effect: str, id_: str, amount: int | None = None) -> None:
        self.effect, self.effect_id, self.effect_amount = effect, id_, amount

    def publish(self, type_: str, thing: Thing) -> None:
        """An event with the object as it is now."""
        event = Event(
            id=new_id("evt"),
            type=type_,
            created=self.now,
            data={"object": msgspec.to_builtins(thing)},
            request={"id": self.request_id, "idempotency_key": self.idempotency_key},
        )
        self.account.events[event.id] = event
        self.emit(self.account, event)

    def text(self, name: str) -> str | None:
        value = self.params.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {name}", param=name, remember=False)
        return value

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing_param(name)
        return value

    def amount(self, name: str) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        if not text.lstrip("-").isdigit():
            raise invalid(f"Invalid integer: {text}", param=name, code="parameter_invalid_integer", remember=False)
        value = int(text)
        if value < 1:
            message = "This value must be greater than or equal to 1."
            raise invalid(message, param=name, code="parameter_invalid_integer", remember=False)
        if value > MAX_AMOUNT:
            raise invalid("Amount is too large.", param=name, code="amount_too_large", remember=False)
        return value

    def flag(self, name: str) -> bool:
        return self.text(name) == "true"

    def metadata(self) -> dict[str, str]:
        given = self.params.get("metadata") or {}
        if not isinstance(given, dict):
            raise invalid("Invalid hash", param="metadata", remember=False)
        return {str(key): str(value) for key, value in given.items()}

    def merge_metadata(self, thing: Thing) -> None:
        """Stripe's update rule: given keys replace, an empty value removes."""
        thing.metadata = {key: value for key, value in (thing.metadata | self.metadata()).items() if value}


def look(table: dict[str, T], kind: str, id_: str, *, param: str | None = None) -> T:
    found = table.get(id_)
    if found is None:
        raise no_such(kind, id_, param=param)
    return found


def listing(call: Call, url: str, things: list[Any]) -> dict[str, Any]:
    """Newest first, by cursors of ids: `limit` (1 to 100), `starting_after`, `ending_before`, `created[gte]` …"""
    things = [thing for thing in reversed(things) if _created_within(call, thing.created)]
    ids = [thing.id for thing in things]
    after, before = call.text("starting_after"), call.text("ending_before")
    start = ids.index(after) + 1 if after in ids else 0
    limit = min(max(call.amount("limit") or 10, 1), 100)
    page = things[start : start + limit]
    more = len(things) > start + limit
    if before in ids:
        end = ids.index(before)
        page, more = things[max(0, end - limit) : end], end > limit
    return {"object": "list", "url": url, "has_more": more, "data": msgspec.to_builtins(page)}


def _created_within(call: Call, created: int) -> bool:
    limits = call.params.get("created")
    if isinstance(limits, str) and limits.isdigit():
        return created == int(limits)
    if not isinstance(limits, dict):
        return True
    bounds = {name: int(value) for name, value in limits.items() if str(value).isdigit()}
    return (
        bounds.get("gte", 0) <= created
        and bounds.get("gt", -1) < created
        and created <= bounds.get("lte", created)
        and created < bounds.get("lt", created + 1)
    )


def api_key(headers: dict[str, str]) -> str:
    """The key of `Authorization: Bearer` or of Basic, where it is the user name. Raises StripeFault 401."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            credentials = base64.b64decode(credentials, validate=True).decode().partition(":")[0]
        except ValueError:
            credentials = ""
    if not credentials.startswith(("sk_test_", "rk_test_")):
        shown = f"{credentials[:8]}****{credentials[-4:]}" if credentials else ""
        message = f"Invalid API Key provided: {shown}" if shown else "You did not provide an API key."
        raise StripeFault(401, "invalid_request_error", message, remember=False)
    return credentials
