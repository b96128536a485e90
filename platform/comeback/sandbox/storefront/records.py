"""Webhooks and effects: who is told, what is on its way, what was done. Times are epoch seconds."""

from typing import Literal

import msgspec


class Subscription(msgspec.Struct, kw_only=True):
    """A webhook. `fixed` ones come from the configuration and are never removed for failing."""

    id: int
    topic: str
    url: str
    secret: str
    name: str = ""
    api_version: str = "2026-01"
    status: Literal["active", "paused", "disabled"] = "active"
    failures: int = 0
    fixed: bool = False
    created_at: float
    updated_at: float


class Outgoing(msgspec.Struct, kw_only=True):
    """A webhook that is not accepted yet; it outlives a restart. `tries` 0: until accepted."""

    id: str
    shop: str
    subscription: int
    url: str
    body: str
    headers: dict[str, str]
    signature: str
    lane: str
    tries: int = 0


class Done(msgspec.Struct, kw_only=True):
    """One effect that the API really had, for the oracle. `answered` is false where the connection was cut after it."""

    at: float
    shop: str
    effect: str
    id: str
    order: int | None = None
    amount: int | None = None
    key: str | None = None
    note: str | None = None
    answered: bool = True
