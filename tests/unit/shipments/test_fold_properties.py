"""The fold is a function of a set: order, copies and batches make no difference; rank falls by listed rules only."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.shipments.rules.events import CarrierEvent, RawEvent, normalise, unite
from comeback.shipments.rules.folding import Folded, fold
from comeback.shipments.rules.milestones import decide
from comeback.shipments.rules.vocabulary import AGENT, RANK, TERMINAL, Status
from comeback.vendors.carriers import codes

START = datetime(2026, 11, 1, tzinfo=UTC)
CODES = [None, "delivery_reversed", "problem_resolved", "customs_hold", "PO", "ZU", "nobody-knows", "damaged"]
STATUSES = [None, "gibberish", *(status.value for status in Status)]


@st.composite
def carrier_events(draw: st.DrawFn, statuses: list[str | None] = STATUSES, coded: bool = True) -> CarrierEvent:
    code = draw(st.sampled_from(CODES)) if coded else None
    minutes = draw(st.one_of(st.none(), st.integers(0, 60), st.integers(0, 40 * 24 * 60)))
    raw = RawEvent(
        carrier="DHL",
        tracking_number="JJD 1",
        source=draw(st.sampled_from(["dhl", "poll", "karrio"])),
        code=code,
        status=draw(st.sampled_from(statuses)),
        description=draw(st.sampled_from([None, "A", "B"])),
        occurred_at=None if minutes is None else (START + timedelta(minutes=minutes, seconds=7)).isoformat(),
        city=draw(st.sampled_from([None, "Köln", "KOLN", "Bonn"])),
        child_number=draw(st.sampled_from([None, None, "X9"])),
    )
    received = START + timedelta(minutes=draw(st.integers(0, 45 * 24 * 60)))
    return normalise(raw, codes.lookup("dhl", code) if code else None, received_at=received)


@st.composite
def agent_events(draw: st.DrawFn) -> CarrierEvent:
    name = draw(st.integers(0, 3))
    when = START + timedelta(minutes=draw(st.integers(0, 40 * 24 * 60)))
    revokes = draw(st.sampled_from([None, None, "agent0", "agent1"]))
    return CarrierEvent(
        key=f"agent{name}",
        received_at=when,
        occurred_at=when,
        sources=(AGENT,),
        status=None if revokes else draw(st.sampled_from(list(Status))),
        text="because",
        revokes=revokes,
    )


histories = st.lists(st.one_of(carrier_events(), carrier_events(), carrier_events(), agent_events()), max_size=12)


@settings(max_examples=400, deadline=None)
@given(st.data(), histories)
def test_every_order_and_duplication_gives_the_same_bytes(data: st.DataObject, events: list[CarrierEvent]) -> None:
    shuffled = data.draw(st.permutations(events))
    again = data.draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
    assert msgspec.json.encode(fold([*again, *shuffled])) == msgspec.json.encode(fold(events))


@settings(max_examples=200, deadline=None)
@given(histories, histories)
def test_copies_unite_alike_in_any_grouping(one: list[CarrierEvent], other: list[CarrierEvent]) -> None:
    together = unite([*one, *other])
    assert unite([*unite(one).values(), *unite(other).values()]) == together
    assert unite([*together.values(), *one]) == together


@settings(max_examples=200, deadline=None)
@given(histories)
def test_folding_again_from_what_was_stored_is_the_same(events: list[CarrierEvent]) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(list(unite(events).values())), type=list[CarrierEvent])
    assert fold(stored) == fold(events)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        carrier_events(
            statuses=["info_received", "in_transit", "out_for_delivery", "available_for_pickup", "delivered"],
            coded=False,
        ),
        max_size=12,
    )
)
def test_rank_never_falls_as_time_goes_on(events: list[CarrierEvent]) -> None:
    ordered = sorted(unite(events).values(), key=lambda event: event.at)
    ranks = [RANK[fold(ordered[:length]).status] for length in range(len(ordered) + 1)]
    assert ranks == sorted(ranks)


@settings(max_examples=300, deadline=None)
@given(histories)
def test_what_a_fold_always_keeps(events: list[CarrierEvent]) -> None:
    folded = fold(events)
    assert folded.status != Status.EXCEPTION
    assert (folded.delivered_at is not None) == (folded.status == Status.DELIVERED)
    assert not (folded.status in TERMINAL and folded.exception and folded.status == Status.CANCELLED)
    assert len({reached.name for reached in folded.milestones}) == len(folded.milestones)
    assert [entry.at for entry in folded.timeline] == sorted(entry.at for entry in folded.timeline)
    assert all(one.seconds is not None and one.seconds >= 0 for one in folded.exceptions)


@settings(max_examples=300, deadline=None)
@given(st.data(), histories)
def test_milestones_are_told_at_most_once_however_events_arrive(
    data: st.DataObject, events: list[CarrierEvent]
) -> None:
    now = START + timedelta(days=10)
    known: set[str] = set()
    seen: list[CarrierEvent] = []
    told: list[str] = []
    for event in data.draw(st.permutations(events)):
        seen.append(event)
        new = decide(fold(seen), known, now=now)
        assert sum(decision.notify for decision in new) <= 1
        assert not {decision.name for decision in new} & known
        known |= {decision.name.value for decision in new}
        told += [decision.name.value for decision in new if decision.notify]
        assert decide(fold(seen), known, now=now) == ()
    assert len(told) == len(set(told))
    assert {reached.name.value for reached in fold(seen).milestones} <= known


def test_an_empty_history_is_the_default() -> None:
    assert fold([]) == Folded()
