"""Misbehaviour on demand for the carrier: of its webhooks (see hooks) and of buying labels."""

import itertools
from typing import Literal

import msgspec

from comeback.sandbox.hooks import HookFaults
from comeback.sandbox.http import Drop, HttpError

LabelFault = Literal["timeout_after_success", "timeout_before", "500", "429"]


class CarrierFault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Only given fields change something. `label` meets the next `count` calls of `POST /labels`."""

    duplicate: float | bool | None = None
    shuffle: float | bool | None = None
    drop: float | bool | None = None
    label: LabelFault | None = None
    count: int = 1


class Faults:
    def __init__(self, hooks: HookFaults) -> None:
        self.hooks = hooks
        self.labels: list[LabelFault] = []

    def arm(self, fault: CarrierFault) -> None:
        self.hooks.change(fault.duplicate, fault.shuffle, fault.drop)
        if fault.label is not None:
            self.labels.extend(itertools.repeat(fault.label, fault.count))

    def clear(self) -> None:
        self.hooks.change(0, False, 0)
        self.labels.clear()

    def before_label(self) -> LabelFault | None:
        """Raises what stops the purchase; returns what spoils its answer."""
        fault = self.labels.pop(0) if self.labels else None
        if fault == "timeout_before":
            raise Drop
        if fault == "500":
            raise HttpError(500, "The label service is unavailable.")
        if fault == "429":
            raise HttpError(429, "Too many requests.")
        return fault
