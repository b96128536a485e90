"""Which milestones are told: G2, G3, G5 and the five conditions of E4."""

from datetime import UTC, datetime, timedelta

from comeback.shipments.rules.folding import fold
from comeback.shipments.rules.milestones import Decision, decide
from comeback.shipments.rules.vocabulary import Milestone
from tests.unit.shipments.test_fold import G2, at, event

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def told(decisions: tuple[Decision, ...]) -> list[str]:
    return [decision.name.value for decision in decisions if decision.notify]


def test_g2_one_batch_one_mail() -> None:
    decisions = decide(fold(G2), (), now=NOW)
    assert told(decisions) == ["delivered"]
    assert [decision.name for decision in decisions] == [Milestone.PICKED_UP, Milestone.DELIVERED]
    assert decisions[0].why == "Not told: superseded by delivered."


def test_milestones_that_arrive_apart_are_each_told_once() -> None:
    events = [event("in_transit", at("08:00")), event("out_for_delivery", at("09:00")), event("delivered", at("10:00"))]
    known: set[str] = set()
    mails: list[str] = []
    for length in range(1, 4):
        decisions = decide(fold(events[:length]), known, now=NOW)
        known |= {decision.name.value for decision in decisions}
        mails += told(decisions)
    assert mails == ["picked_up", "out_for_delivery", "delivered"]


def test_a_milestone_that_arrives_late_is_superseded() -> None:
    events = [event("delivered", at("10:00")), event("out_for_delivery", at("09:00"))]
    decisions = decide(fold(events), {"delivered", "picked_up"}, now=NOW)
    assert [(one.name.value, one.notify) for one in decisions] == [("out_for_delivery", False)]


def test_g5_old_news_is_recorded_but_not_told() -> None:
    decisions = decide(fold([event("delivered", at("10:00"))]), {"picked_up"}, now=at("11:00", 9))
    assert decisions[0].why == "Not told: it happened 9 days ago, the limit is 7."
    assert told(decide(fold([event("delivered", at("10:00"))]), (), now=at("10:00", 7))) == ["delivered"]


def test_history_is_never_told() -> None:
    assert told(decide(fold(G2), (), now=NOW, history=True)) == []


def test_g3_returned_is_told_as_returned_and_delivered_never() -> None:
    events = [event("returning", at("08:00")), event("delivered", at("10:00"))]
    decisions = decide(fold(events), {"picked_up", "returning"}, now=NOW)
    assert told(decisions) == ["returned"]


def test_what_was_corrected_or_solved_in_the_same_batch_is_not_told() -> None:
    reversed_ = [event("delivered", at("10:00")), event(None, at("10:10"), code="delivery_reversed")]
    assert told(decide(fold(reversed_), (), now=NOW)) == []
    solved = [event("in_transit", at("08:00")), event("exception", at("09:00")), event("in_transit", at("10:00"))]
    assert told(decide(fold(solved), {"picked_up", "in_transit"}, now=NOW)) == []
    cleared = [
        event("out_for_delivery", at("08:00")),
        event("attempt_failed", at("09:00")),
        event("out_for_delivery", at("10:00")),
    ]
    assert told(decide(fold(cleared), {"picked_up", "out_for_delivery"}, now=NOW)) == []


def test_a_disputed_delivery_is_not_told() -> None:
    events = [event("delivered", at("01:00")), event("in_transit", at("08:00")), event("in_transit", at("09:00"))]
    assert told(decide(fold(events), {"picked_up"}, now=NOW)) == []


def test_an_open_exception_is_told() -> None:
    events = [event("in_transit", at("08:00")), event("exception", at("09:00"))]
    assert told(decide(fold(events), (), now=NOW + timedelta(hours=1))) == ["exception"]
