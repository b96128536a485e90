"""What a customer reads of a case: one word and a bar of six steps, projected from the machines. Pure."""

from datetime import datetime

import msgspec

STEPS = ("requested", "approved", "on_its_way", "received", "inspected", "refunded")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The moments of a case as far as they are known."""

    state: str
    requested_at: datetime
    approved_at: datetime | None = None
    scanned_at: datetime | None = None
    received_at: datetime | None = None
    inspected_at: datetime | None = None
    settled_at: datetime | None = None
    paid: bool = False
    failed: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: done, current or next; when it was reached, where that is known."""

    name: str
    state: str
    at: datetime | None


def steps(facts: Facts) -> tuple[Step, ...]:
    """The bar. A later step that was reached makes the earlier ones done; refunded is done when money is back."""
    moments = (
        facts.requested_at,
        facts.approved_at,
        facts.scanned_at,
        facts.received_at,
        facts.inspected_at,
        facts.settled_at,
    )
    reached = max(i for i, at in enumerate(moments) if at is not None)
    found: list[Step] = []
    for i, (name, at) in enumerate(zip(STEPS, moments, strict=True)):
        state = "done" if i < reached or (i == reached and (i < 5 or facts.paid)) else "next"
        if state == "next" and (i == reached or (i == reached + 1 and reached != 5)):
            state = "current"
        found.append(Step(name=name, state=state, at=at))
    return tuple(found)


def status(facts: Facts) -> str:
    """One word for the whole case."""
    if facts.state in ("declined", "canceled", "expired", "needs_review", "requested"):
        return facts.state
    if facts.failed:
        return "refund_failed"
    if facts.settled_at:
        return "refunded" if facts.paid else "refunding"
    for name, at in (
        ("inspected", facts.inspected_at),
        ("received", facts.received_at),
        ("on_its_way", facts.scanned_at),
    ):
        if at:
            return name
    return "approved"
