"""Which milestones are new, and which may be told to the customer, with the reason in words (E4)."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from comeback.shipments.rules.folding import Folded, Reached
from comeback.shipments.rules.vocabulary import FRESH_DAYS, Milestone, Status

# A correction is for the shop, not for the customer: it is recorded and shown, never mailed.
SILENT = frozenset({Milestone.DELIVERY_REVERSED})


class Decision(msgspec.Struct, frozen=True):
    """A new milestone; `notify` false means: recorded, but no mail. `why` is the sentence shown to the shop."""

    name: Milestone
    occurred_at: datetime
    notify: bool
    why: str


def decide(
    folded: Folded,
    known: Collection[str],
    *,
    now: datetime,
    history: bool = False,
    fresh_days: int = FRESH_DAYS,
) -> tuple[Decision, ...]:
    """Decisions for milestones not in `known`; at most the last one reached by the fold is told."""
    last = folded.milestones[-1] if folded.milestones else None
    fresh = timedelta(days=fresh_days)
    return tuple(
        _decision(folded, reached, _refusal(folded, reached, last, now, history, fresh))
        for reached in folded.milestones
        if reached.name not in known
    )


def _decision(folded: Folded, reached: Reached, refusal: str | None) -> Decision:
    why = refusal or f"Told: {reached.name.value} is the highest new milestone."
    return Decision(reached.name, reached.occurred_at, refusal is None, why)


def _refusal(
    folded: Folded, reached: Reached, last: Reached | None, now: datetime, history: bool, fresh: timedelta
) -> str | None:
    if history:
        return "Not told: the parcel was imported as history."
    if reached.name in SILENT:
        return "Not told: a correction concerns the shop, not the customer."
    if not reached.standing:
        return "Not told: it was corrected by a later event."
    if now - reached.occurred_at > fresh:
        return f"Not told: it happened {(now - reached.occurred_at).days} days ago, the limit is {fresh.days}."
    if last is not None and last.name != reached.name:
        return f"Not told: superseded by {last.name.value}."
    if not _still_true(folded, reached.name):
        return f"Not told: no longer true, the parcel is {folded.status.value}."
    if "delivery_disputed" in folded.flags:
        return "Not told: the delivery is in doubt, someone should look first."
    return None


def _still_true(folded: Folded, name: Milestone) -> bool:
    """A solved problem or a cleared attempt is no news, even when nothing after it was a new milestone."""
    if name == Milestone.EXCEPTION:
        return folded.exception is not None
    if name == Milestone.PICKED_UP:
        return folded.status == Status.IN_TRANSIT
    return folded.status.value == name.value
