"""The fold (E4): one status, one timeline and the milestones out of a set of events, whatever order they came in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from comeback.shipments.rules.clusters import Cluster, Entry, clusters_of, position, timeline_of
from comeback.shipments.rules.events import CarrierEvent, unite
from comeback.shipments.rules.vocabulary import (
    DELAYED,
    DISPUTE_SCANS,
    ENDS_DELAY,
    LATE_SCAN,
    MOVEMENT,
    RANK,
    TERMINAL,
    Milestone,
    Status,
)


class Reached(msgspec.Struct, frozen=True):
    """A milestone where the fold first reached it; `standing` is false when it was corrected later."""

    name: Milestone
    occurred_at: datetime
    standing: bool = True


class Overlay(msgspec.Struct, frozen=True):
    """A problem laid over the status; closed by the next movement. `seconds` is how long it lasted."""

    reason: str
    since: datetime
    until: datetime | None = None
    seconds: int | None = None


class Delay(msgspec.Struct, frozen=True):
    """A flag, never a status: the parcel is where it is, only later. `kind`: carrier (announced by it)."""

    reason: str
    since: datetime
    kind: str = "carrier"


class Folded(msgspec.Struct, frozen=True):
    """What the events say. `flags`: delivery_disputed, cancel_conflict. `numbers`: child numbers handed over to."""

    status: Status = Status.PENDING
    substatus: str | None = None
    reason: str | None = None
    exception: Overlay | None = None
    exceptions: tuple[Overlay, ...] = ()
    delay: Delay | None = None
    first_scan_at: datetime | None = None
    delivered_at: datetime | None = None
    last_event_at: datetime | None = None
    attempts: int = 0
    flags: tuple[str, ...] = ()
    milestones: tuple[Reached, ...] = ()
    timeline: tuple[Entry, ...] = ()
    numbers: tuple[str, ...] = ()
    why: str = "No event of the carrier is known yet."


@dataclass(slots=True)
class _State:
    moved: bool  # some movement exists anywhere in the set
    status: Status = Status.PENDING
    cause: CarrierEvent | None = None
    before: Status = Status.PENDING  # what a reversal of "delivered" falls back to
    anchor: datetime | None = None  # the latest "delivered"
    delivered_at: datetime | None = None
    first_scan_at: datetime | None = None
    scans_after: int = 0
    attempts: int = 0
    overlay: Overlay | None = None
    delay: Delay | None = None
    closed: list[Overlay] = field(default_factory=list[Overlay])
    flags: set[str] = field(default_factory=set[str])
    milestones: dict[Milestone, Reached] = field(default_factory=dict[Milestone, Reached])
    expired: CarrierEvent | None = None

    def reach(self, name: Milestone, at: datetime) -> None:
        self.milestones.setdefault(name, Reached(name, at))

    def become(self, status: Status, cause: CarrierEvent) -> None:
        self.status, self.cause = status, cause


def fold(events: Iterable[CarrierEvent]) -> Folded:
    """E4 over a set of events; copies, order and batches of arrival make no difference."""
    ordered = sorted(unite(events).values(), key=position)
    if not ordered:
        return Folded()
    revoked = frozenset(event.revokes for event in ordered if event.revokes and event.by_agent)
    counted = [event for event in ordered if event.key not in revoked and event.revokes is None]
    state = _State(moved=any(event.physical and event.status in MOVEMENT for event in counted))
    marked = [
        (cluster, ["revoked"] if cluster.lead.key in revoked else _step(state, cluster))
        for cluster in clusters_of(ordered)
    ]
    _expire(state, ordered)
    return _result(state, ordered, timeline_of(marked))


def _step(state: _State, cluster: Cluster) -> list[str]:
    """Apply one timeline entry; answers the marks it earned."""
    event = cluster.lead
    if event.revokes is not None:
        return ["revocation"]
    if event.by_agent and event.status is not None:
        return _override(state, event)
    if event.reversal:
        return _reverse(state, event)
    if event.status is None:
        return []
    if event.status == Status.EXCEPTION:
        return _open_exception(state, event)
    if event.status == Status.CANCELLED:
        return _cancel(state, event)
    if event.status == Status.EXPIRED:
        state.expired = event
        return []
    return _move(state, cluster)


def _move(state: _State, cluster: Cluster) -> list[str]:
    event, status = cluster.lead, cluster.lead.status
    assert status is not None
    if cluster.physical and status in MOVEMENT:
        _first_scan(state, event)
    if state.status == Status.DELIVERED and status not in {Status.RETURNING, Status.RETURNED, Status.DELIVERED}:
        return _after_delivery(state, cluster)
    scanned = cluster.physical or status not in MOVEMENT
    if (scanned and status in MOVEMENT) or event.resolved:
        _close_exception(state, event.at)
    _note_delay(state, event)
    if not scanned:  # an electronic notice moves nothing
        return []
    if state.status in {Status.RETURNING, Status.RETURNED}:
        return _on_the_way_back(state, event, status)
    if status == Status.DELIVERED:
        return _deliver(state, event)
    if status == Status.ATTEMPT_FAILED:
        state.attempts += 1
    if status == Status.RETURNED:
        state.before = Status.RETURNING
    if _raises(state.status, status):
        state.become(status, event)
    if state.status == status:
        _milestone_of(state, status, event.at)
    return []


def _note_delay(state: _State, event: CarrierEvent) -> None:
    if event.substatus == DELAYED and state.delay is None and state.status not in TERMINAL:
        state.delay = Delay(event.reason or "carrier_delay", event.at)
    elif event.status in ENDS_DELAY and event.physical:
        state.delay = None


def _raises(old: Status, new: Status) -> bool:
    """Rank decides, but a failed attempt is cleared by any movement and a delivery gives way to a return."""
    cleared = old == Status.ATTEMPT_FAILED and new in MOVEMENT
    turned = old == Status.DELIVERED and new == Status.RETURNING
    return cleared or turned or RANK[new] > RANK[old]


def _first_scan(state: _State, event: CarrierEvent) -> None:
    if state.first_scan_at is None:
        state.first_scan_at = event.at
        state.reach(Milestone.PICKED_UP, event.at)


def _milestone_of(state: _State, status: Status, at: datetime) -> None:
    """`in_transit` is the hub scan after the pick-up, so the very first scan does not count for both."""
    if status == Status.IN_TRANSIT and state.first_scan_at in {None, at}:
        return
    if status in MOVEMENT:
        state.reach(Milestone(status.value), at)


def _deliver(state: _State, event: CarrierEvent) -> list[str]:
    if state.status != Status.DELIVERED:
        state.before, state.delivered_at = _fallback(state.status), event.at
        state.become(Status.DELIVERED, event)
        state.reach(Milestone.DELIVERED, event.at)
    elif "delivery_disputed" in state.flags:  # seen moving, then delivered for good
        state.flags.discard("delivery_disputed")
        state.delivered_at = event.at
    state.anchor, state.scans_after = event.at, 0
    return []


def _fallback(status: Status) -> Status:
    return status if RANK[status] >= RANK[Status.IN_TRANSIT] and status not in TERMINAL else Status.IN_TRANSIT


def _after_delivery(state: _State, cluster: Cluster) -> list[str]:
    """E4.2 and E4.3: early stragglers are late scans; two scans long after throw doubt on the delivery."""
    assert state.anchor is not None
    if cluster.lead.at - state.anchor <= LATE_SCAN:
        return ["late_scan"]
    if cluster.physical:
        state.scans_after += 1
        if state.scans_after >= DISPUTE_SCANS:
            state.flags.add("delivery_disputed")
        return ["after_delivery"]
    return []


def _on_the_way_back(state: _State, event: CarrierEvent, status: Status) -> list[str]:
    """E4.4: on the way back only "delivered" (at the sender) and "returned" change anything."""
    if status in {Status.DELIVERED, Status.RETURNED} and state.status == Status.RETURNING:
        state.before = Status.RETURNING
        state.become(Status.RETURNED, event)
        state.reach(Milestone.RETURNED, event.at)
    return ["return_leg"]


def _open_exception(state: _State, event: CarrierEvent) -> list[str]:
    if state.status in TERMINAL:
        return ["late_scan"] if state.anchor and event.at - state.anchor <= LATE_SCAN else ["after_end"]
    if state.overlay is None:
        state.overlay = Overlay(event.reason or "other", event.at)
        state.reach(Milestone.EXCEPTION, event.at)
    elif event.reason and event.reason != state.overlay.reason:
        _close_exception(state, event.at)
        state.overlay = Overlay(event.reason, event.at)
    return []


def _close_exception(state: _State, at: datetime) -> None:
    if state.overlay is not None:
        seconds = int((at - state.overlay.since).total_seconds())
        state.closed.append(msgspec.structs.replace(state.overlay, until=at, seconds=seconds))
        state.overlay = None


def _cancel(state: _State, event: CarrierEvent) -> list[str]:
    if state.moved:
        state.flags.add("cancel_conflict")
        return ["conflict"]
    state.overlay = None
    state.become(Status.CANCELLED, event)
    return []


def _reverse(state: _State, event: CarrierEvent) -> list[str]:
    """The carrier takes a "delivered" back: the status falls to what it was, the milestone stays but stands no more."""
    if state.status not in {Status.DELIVERED, Status.RETURNED}:
        return ["nothing_to_reverse"]
    name = Milestone(state.status.value)
    _withdraw(state, name, event.at)
    state.become(state.before, event)
    return ["reversal"]


def _withdraw(state: _State, name: Milestone, at: datetime) -> None:
    reached = state.milestones.get(name)
    if reached is not None:
        state.milestones[name] = msgspec.structs.replace(reached, standing=False)
    if name == Milestone.DELIVERED:
        state.delivered_at = state.anchor = None
        state.scans_after = 0
        state.flags.discard("delivery_disputed")
        state.reach(Milestone.DELIVERY_REVERSED, at)


def _override(state: _State, event: CarrierEvent) -> list[str]:
    """E4.10: a person sets the status, whatever its rank; taking it back removes it from the fold."""
    status = event.status
    assert status is not None
    if status == Status.EXCEPTION:
        return ["agent", *_open_exception(state, event)]
    if status == Status.EXPIRED:
        state.expired = event
        return ["agent"]
    if state.status == Status.DELIVERED and status not in {Status.DELIVERED, Status.RETURNING, Status.RETURNED}:
        _withdraw(state, Milestone.DELIVERED, event.at)
    _close_exception(state, event.at)
    if status == Status.DELIVERED:
        _deliver(state, event)
    else:
        state.become(status, event)
        _milestone_of(state, status, event.at)
    return ["agent"]


def _expire(state: _State, ordered: Sequence[CarrierEvent]) -> None:
    """E4.8: silence is not truth: whatever is later, or came to us later, revives the parcel."""
    gone = state.expired
    if gone is None or state.status in TERMINAL:
        return
    news = (event for event in ordered if event.status != Status.EXPIRED)
    if not any(event.at > gone.at or event.received_at > gone.received_at for event in news):
        state.become(Status.EXPIRED, gone)


def _result(state: _State, ordered: Sequence[CarrierEvent], timeline: tuple[Entry, ...]) -> Folded:
    cause = state.cause
    return Folded(
        status=state.status,
        substatus=cause.substatus if cause else None,
        reason=state.overlay.reason if state.overlay else (cause.reason if cause else None),
        exception=state.overlay,
        exceptions=tuple(state.closed),
        delay=state.delay,
        first_scan_at=state.first_scan_at,
        delivered_at=state.delivered_at if state.status == Status.DELIVERED else None,
        last_event_at=ordered[-1].at,
        attempts=state.attempts,
        flags=tuple(sorted(state.flags)),
        milestones=tuple(state.milestones.values()),
        timeline=timeline,
        numbers=tuple(sorted({event.child_number for event in ordered if event.child_number})),
        why=_why(state),
    )


def _why(state: _State) -> str:
    """What set the status, and what stands against it, in sentences."""
    words = [_cause_in_words(state.status, state.cause)]
    if state.overlay:
        words.append(f"A problem is open since {state.overlay.since:%Y-%m-%d %H:%M} UTC: {state.overlay.reason}.")
    if "delivery_disputed" in state.flags:
        words.append("Scans long after the delivery throw doubt on it; someone should look.")
    if "cancel_conflict" in state.flags:
        words.append("A cancellation was reported although the parcel had moved.")
    return " ".join(words)


def _cause_in_words(status: Status, event: CarrierEvent | None) -> str:
    if event is None:
        return "The carrier's events have not moved the parcel yet."
    when = f"{event.at:%Y-%m-%d %H:%M} UTC"
    if event.by_agent:
        return f"A person set {status.value} for {when}: {event.text or 'no reason given'}."
    said = f" (code {event.code})" if event.code else ""
    return f"{event.carrier or 'The carrier'} reported {event.status or 'a correction'} for {when}{said}."
