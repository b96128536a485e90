"""E4: the fold, rule by rule."""

import itertools
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from comeback.shipments.rules.events import CarrierEvent, RawEvent, normalise
from comeback.shipments.rules.folding import fold
from comeback.shipments.rules.vocabulary import AGENT, Milestone, Status
from comeback.vendors.carriers import codes

DAY = datetime(2026, 11, 20, tzinfo=UTC)
RECEIVED = DAY + timedelta(days=1)


def at(clock: str, day: int = 0) -> datetime:
    hour, minute = clock.split(":")
    return DAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


def event(
    status: str | None,
    when: datetime | None,
    *,
    city: str | None = "Köln",
    code: str | None = None,
    source: str = "dhl",
    number: str = "JJD1",
    received: datetime = RECEIVED,
    child: str | None = None,
) -> CarrierEvent:
    raw = RawEvent(
        carrier="dhl",
        tracking_number=number,
        source=source,
        code=code,
        status=status,
        description=f"Parcel: {status or code}",
        occurred_at=when.isoformat() if when else None,
        city=city,
        country="DE",
        child_number=child,
    )
    return normalise(raw, codes.lookup("dhl", code) if code else None, received_at=received)


def agent(status: Status | None, when: datetime, *, revokes: str | None = None, key: str = "") -> CarrierEvent:
    return CarrierEvent(
        key=key or f"agent-{when.isoformat()}",
        received_at=when,
        occurred_at=when,
        sources=(AGENT,),
        status=status,
        text="customer called",
        revokes=revokes,
    )


G2 = (
    event("delivered", at("10:05")),
    event("out_for_delivery", at("10:10")),
    event("in_transit", at("08:00")),
)


def test_g2_every_order_and_duplication_folds_to_the_same_bytes() -> None:
    results: set[bytes] = set()
    for order in itertools.permutations(G2):
        for copies in itertools.product((1, 2), repeat=3):
            batch = [one for one, count in zip(order, copies, strict=True) for _ in range(count)]
            results.add(msgspec.json.encode(fold(batch)))
    assert len(results) == 1
    folded = fold(G2)
    assert folded.status == Status.DELIVERED
    assert folded.delivered_at == at("10:05")
    assert [entry.status for entry in folded.timeline] == ["in_transit", "delivered", "out_for_delivery"]
    assert folded.timeline[-1].marks == ("late_scan",)
    assert [reached.name for reached in folded.milestones] == [Milestone.PICKED_UP, Milestone.DELIVERED]


def test_nothing_known_is_pending() -> None:
    assert fold([]).status == Status.PENDING


def test_first_scan_is_picked_up_and_the_next_hub_in_transit() -> None:
    folded = fold([event("info_received", at("07:00")), event("in_transit", at("08:00"))])
    assert (folded.status, folded.first_scan_at) == (Status.IN_TRANSIT, at("08:00"))
    assert [reached.name for reached in folded.milestones] == [Milestone.PICKED_UP]
    folded = fold([event("in_transit", at("08:00")), event("in_transit", at("12:00"), city="Bonn")])
    assert [reached.name for reached in folded.milestones] == [Milestone.PICKED_UP, Milestone.IN_TRANSIT]


def test_an_electronic_notice_is_no_scan() -> None:
    folded = fold([event(None, at("08:00"), code="customs_cleared")])
    assert folded.status == Status.PENDING
    assert folded.first_scan_at is None
    assert folded.milestones == ()


def test_rank_does_not_fall_without_a_reason() -> None:
    folded = fold([event("out_for_delivery", at("08:00")), event("in_transit", at("09:00"))])
    assert folded.status == Status.OUT_FOR_DELIVERY


@pytest.mark.parametrize(("minutes", "mark"), [(360, "late_scan"), (361, "after_delivery")])
def test_late_scans_end_after_six_hours(minutes: int, mark: str) -> None:
    late = at("10:00") + timedelta(minutes=minutes)
    folded = fold([event("delivered", at("10:00")), event("in_transit", late)])
    assert folded.status == Status.DELIVERED
    assert folded.flags == ()
    assert mark in folded.timeline[-1].marks


def test_two_scans_long_after_dispute_the_delivery_and_a_second_delivery_settles_it() -> None:
    events = [
        event("delivered", at("10:00")),
        event("in_transit", at("17:00")),
        event("in_transit", at("09:00", 1), city="Bonn"),
    ]
    assert fold(events[:2]).flags == ()
    assert (fold(events).status, fold(events).flags) == (Status.DELIVERED, ("delivery_disputed",))
    settled = fold([*events, event("delivered", at("12:00", 1))])
    assert (settled.flags, settled.delivered_at) == ((), at("12:00", 1))


def test_notices_do_not_dispute_a_delivery() -> None:
    events = [
        event("delivered", at("10:00")),
        event("info_received", at("17:00")),
        event("info_received", at("19:00")),
    ]
    assert fold(events).flags == ()


def test_delivered_falls_by_a_reversal_and_the_milestone_stands_no_more() -> None:
    events = [
        event("out_for_delivery", at("09:00")),
        event("delivered", at("10:00")),
        event(None, at("10:30"), code="delivery_reversed"),
    ]
    folded = fold(events)
    assert (folded.status, folded.delivered_at) == (Status.OUT_FOR_DELIVERY, None)
    assert {reached.name: reached.standing for reached in folded.milestones} == {
        Milestone.PICKED_UP: True,
        Milestone.OUT_FOR_DELIVERY: True,
        Milestone.DELIVERED: False,
        Milestone.DELIVERY_REVERSED: True,
    }
    assert fold([*events, event("delivered", at("15:00"))]).delivered_at == at("15:00")


def test_a_reversal_without_a_delivery_changes_nothing() -> None:
    folded = fold([event("in_transit", at("09:00")), event(None, at("10:30"), code="delivery_reversed")])
    assert folded.status == Status.IN_TRANSIT
    assert "nothing_to_reverse" in folded.timeline[-1].marks


def test_g3_delivered_on_the_way_back_is_returned() -> None:
    folded = fold(
        [
            event("in_transit", at("08:00")),
            event("returning", at("09:00")),
            event("out_for_delivery", at("08:00", 1)),
            event("delivered", at("10:00", 1)),
        ]
    )
    assert (folded.status, folded.delivered_at) == (Status.RETURNED, None)
    names = [reached.name for reached in folded.milestones]
    assert names == [Milestone.PICKED_UP, Milestone.RETURNING, Milestone.RETURNED]


def test_delivered_gives_way_to_returning() -> None:
    folded = fold([event("delivered", at("10:00")), event("returning", at("12:00"))])
    assert (folded.status, folded.delivered_at) == (Status.RETURNING, None)


@pytest.mark.parametrize("then", ["out_for_delivery", "in_transit", "available_for_pickup"])
def test_a_failed_attempt_is_cleared_and_counted(then: str) -> None:
    attempts = [
        event("out_for_delivery", at("08:00")),
        event("attempt_failed", at("12:00")),
        event("attempt_failed", at("12:00", 1)),
    ]
    assert fold(attempts).status == Status.ATTEMPT_FAILED
    folded = fold([*attempts, event(then, at("14:00", 1))])
    assert (folded.status.value, folded.attempts) == (then, 2)


def test_an_exception_is_an_overlay_with_a_duration() -> None:
    events = [event("in_transit", at("08:00")), event(None, at("09:00"), code="customs_hold")]
    folded = fold(events)
    assert (folded.status, folded.reason) == (Status.IN_TRANSIT, "customs_hold")
    assert folded.exception is not None
    closed = fold([*events, event(None, at("11:30"), code="problem_resolved")])
    assert closed.exception is None
    assert closed.reason is None
    assert [(one.reason, one.seconds) for one in closed.exceptions] == [("customs_hold", 9000)]


def test_a_delay_is_a_flag_until_the_van_comes() -> None:
    events = [event("in_transit", at("08:00")), event(None, at("09:00"), code="weather_delay")]
    folded = fold(events)
    assert folded.status == Status.IN_TRANSIT
    assert folded.delay is not None
    assert (folded.delay.reason, folded.delay.since) == ("weather_delay", at("09:00"))
    assert fold([*events, event("in_transit", at("10:00"), city="Bonn")]).delay == folded.delay
    assert fold([*events, event("out_for_delivery", at("08:00", 1))]).delay is None


def test_a_notice_closes_no_exception() -> None:
    events = [event("exception", at("09:00")), event("info_received", at("10:00"))]
    assert fold(events).exception is not None


def test_cancelled_only_without_movement() -> None:
    void = event("cancelled", at("09:00"))
    assert fold([event("info_received", at("08:00")), void]).status == Status.CANCELLED
    for scan in ("08:00", "10:00"):
        folded = fold([void, event("in_transit", at(scan))])
        assert (folded.status, folded.flags) == (Status.IN_TRANSIT, ("cancel_conflict",))


def test_expired_is_not_truth() -> None:
    moving = event("in_transit", at("08:00"))
    gone = event("expired", at("08:00", 30), received=at("08:00", 30))
    assert fold([moving, gone]).status == Status.EXPIRED
    later = event("out_for_delivery", at("08:00", 31), received=at("08:00", 31))
    assert fold([moving, gone, later]).status == Status.OUT_FOR_DELIVERY
    old_but_new_to_us = event("out_for_delivery", at("08:00", 2), received=at("08:00", 31))
    assert fold([moving, gone, old_but_new_to_us]).status == Status.OUT_FOR_DELIVERY
    assert fold([event("delivered", at("09:00")), gone]).status == Status.DELIVERED


def test_a_hand_over_names_the_child_and_both_timelines_merge() -> None:
    parent = event(None, at("08:00"), code="transferred_to_destination_carrier", child="9205 50-1")
    child = event("delivered", at("10:00", 1), number="9205501")
    folded = fold([child, parent])
    assert folded.numbers == ("9205501",)
    assert [entry.number for entry in folded.timeline] == ["JJD1", "9205501"]
    assert folded.status == Status.DELIVERED


def test_an_agent_may_lower_the_status_with_a_reason_and_take_it_back() -> None:
    delivered = event("delivered", at("10:00"))
    lowered = agent(Status.IN_TRANSIT, at("12:00"), key="a1")
    folded = fold([delivered, lowered])
    assert (folded.status, folded.delivered_at) == (Status.IN_TRANSIT, None)
    assert folded.why == "A person set in_transit for 2026-11-20 12:00 UTC: customer called."
    assert "agent" in folded.timeline[-1].marks
    back = fold([delivered, lowered, agent(None, at("13:00"), revokes="a1")])
    assert (back.status, back.delivered_at) == (Status.DELIVERED, at("10:00"))
    assert "revoked" in back.timeline[1].marks


def test_a_carrier_cannot_revoke_what_a_person_said() -> None:
    forged = msgspec.structs.replace(agent(None, at("13:00"), revokes="a1"), sources=("dhl",))
    assert fold([agent(Status.DELIVERED, at("12:00"), key="a1"), forged]).status == Status.DELIVERED


def test_an_unknown_code_changes_nothing_and_is_kept() -> None:
    folded = fold([event("info_received", at("08:00")), event(None, at("09:00"), code="QX-77")])
    assert folded.status == Status.INFO_RECEIVED
    assert (folded.timeline[-1].code, folded.timeline[-1].marks, folded.timeline[-1].noise) == (
        "QX-77",
        ("unmapped",),
        True,
    )


def test_near_duplicates_of_another_source_are_one_entry() -> None:
    first = event("delivered", at("10:00"))
    other = event("delivered", at("10:10"), source="karrio", code="DLVRD")
    folded = fold([other, first])
    assert len(folded.timeline) == 1
    assert folded.timeline[0].sources == ("dhl", "karrio")
    apart = event("delivered", at("10:11"), source="karrio", code="DLVRD")
    assert len(fold([first, apart]).timeline) == 2
    same_source = event("in_transit", at("10:05"), city="Bonn")
    assert len(fold([event("in_transit", at("10:00")), same_source]).timeline) == 2


def test_an_undated_event_counts_when_any_copy_was_first_received() -> None:
    early, late = at("09:00", 1), at("11:00", 3)
    copies = [event("out_for_delivery", None, received=late), event("out_for_delivery", None, received=early)]
    folded = fold([event("in_transit", at("08:00")), *copies])
    assert folded.timeline[-1].at == early
    assert folded.timeline[-1].marks == ("undated",)
    assert folded == fold([copies[1], event("in_transit", at("08:00")), copies[0]])


def test_events_of_one_instant_are_read_by_rank() -> None:
    now = at("10:00")
    folded = fold([event("delivered", now), event("in_transit", now), event("out_for_delivery", now)])
    assert [entry.status for entry in folded.timeline] == ["in_transit", "out_for_delivery", "delivered"]
    assert folded.status == Status.DELIVERED
