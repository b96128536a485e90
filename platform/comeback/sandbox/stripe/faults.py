"""Misbehaviour on demand for the Stripe stand-in: armed once, spent by the next calls it fits."""

from typing import Literal

import msgspec

from comeback.sandbox.http import HttpError

Kind = Literal[
    "timeout_after_success", "timeout_before", "500", "429", "decline", "pending", "requires_action", "stall"
]


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`next`: timeout_after_success (work done, connection reset), timeout_before (reset, nothing done), 500 (nothing
    done, remembered under the idempotency key), 429, decline, pending, requires_action, stall (`seconds` before work).
    `on`: part of the path; `account`: API key; `count`: how many calls."""

    next: Kind
    on: str = ""
    account: str | None = None
    count: int = 1
    seconds: float = 1.0


class Faults:
    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        if fault.count < 1:
            raise HttpError(422, "count must be at least 1")
        self.armed.append(fault)

    def take(self, account: str, path: str) -> Fault | None:
        """The first fault that fits; writes only: `pending` waits for a refund or a payment."""
        for fault in self.armed:
            if fault.on not in path or fault.account not in (None, account) or not _fits(fault, path):
                continue
            fault.count -= 1
            if fault.count == 0:
                self.armed.remove(fault)
            return fault
        return None


def _fits(fault: Fault, path: str) -> bool:
    money = path.startswith(("/v1/refunds", "/v1/payment_intents"))
    return money or fault.next not in ("decline", "pending", "requires_action")
