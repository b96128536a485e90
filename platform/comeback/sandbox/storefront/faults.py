"""Misbehaviour on demand for the shop systems: of their webhooks, and of the next calls of their interfaces."""

import random
from typing import Literal

import msgspec

from comeback.sandbox.hooks import HookFaults
from comeback.sandbox.http import HttpError

Kind = Literal[
    "timeout_after_success", "timeout_before", "500", "502", "throttle", "401", "402", "403", "404", "423",
    "user_error", "stall",
]  # fmt: skip


class StorefrontFault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Only given fields change something.

    Webhooks: `drop` (share lost for ever), `duplicate` (extra copies, or a share below 1), `shuffle`, `corrupt` (share
    of attempts that carry a wrong signature), `delay` (seconds). Search: `index_lag` (seconds until a new order is
    found by a search, not by its id). Calls: `next` meets the next `count` calls whose operation or path contains
    `on`, of the shop `shop` or any; `seconds` is how long `stall` waits, and what `throttle` asks to wait. A fault
    without `on` waits for a write; reads are met when `on` names them.
    """

    drop: float | bool | None = None
    duplicate: float | bool | None = None
    shuffle: float | bool | None = None
    corrupt: float | bool | None = None
    delay: float | None = None
    index_lag: float | None = None
    next: Kind | None = None
    on: str = ""
    shop: str | None = None
    count: int = 1
    seconds: float = 1.0
    message: str = "The change was refused by the rehearsal."


class Faults:
    def __init__(self, hooks: HookFaults, seed: int) -> None:
        self.hooks = hooks
        self.corrupt = 0.0
        self.index_lag = 0.0
        self.armed: list[StorefrontFault] = []
        self._random = random.Random(seed)

    def arm(self, fault: StorefrontFault) -> None:
        """Raises HttpError 422."""
        if fault.count < 1:
            raise HttpError(422, "count must be at least 1")
        self.hooks.change(fault.duplicate, fault.shuffle, fault.drop, fault.delay)
        self.corrupt = self.corrupt if fault.corrupt is None else float(fault.corrupt)
        self.index_lag = self.index_lag if fault.index_lag is None else fault.index_lag
        if fault.next is not None:
            self.armed.append(fault)

    def clear(self) -> None:
        self.hooks.change(0, False, 0, 0)
        self.corrupt = self.index_lag = 0.0
        self.armed.clear()

    def take(self, shop: str, names: str, *, write: bool) -> StorefrontFault | None:
        """The first fault that fits a call; `names` are its operation's fields, or its method and path."""
        for fault in self.armed:
            met = fault.on in names if fault.on else write
            if not met or fault.shop not in (None, shop):
                continue
            fault.count -= 1
            if fault.count == 0:
                self.armed.remove(fault)
            return fault
        return None

    def signed(self, value: str) -> str:
        """The signature to send: sometimes a wrong one."""
        if self._random.random() >= self.corrupt:
            return value
        return ("A" if value[:1] != "A" else "B") + value[1:]

    def view(self) -> dict[str, object]:
        hooks = msgspec.to_builtins(self.hooks)
        return {**hooks, "corrupt": self.corrupt, "index_lag": self.index_lag, "armed": self.armed}
