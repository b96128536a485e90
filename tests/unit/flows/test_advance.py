"""One person's way through a flow: waits, branches, history, and every flow a generator can think of."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.flows.nodes.base import Happened, Moment, parse_duration
from comeback.flows.rules.advance import Transition, advance, enters, entry_key
from comeback.flows.rules.definition import Definition, Entry, Plan, parse, problems

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ORDER, PARCEL, OTHER = uuid4(), uuid4(), uuid4()
NOTIFY = {"field": "event.notify", "op": "eq", "value": True}
ME = {"order_id": ORDER, "shipment_id": PARCEL}


def flow(**nodes: dict[str, Any]) -> Definition:
    raw = {"entry": {"event": "shipment.shipped", "key": "shipment"}, "start": next(iter(nodes)), "nodes": nodes}
    assert problems(raw) == []
    return parse(raw)


def taken(transition: Transition) -> list[str]:
    return [f"{s.node} {s.result}" for s in transition.steps]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT2H", timedelta(hours=2)),
        ("P3D", timedelta(days=3)),
        ("P1W", timedelta(weeks=1)),
        ("P1DT30M5S", timedelta(days=1, minutes=30, seconds=5)),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("2h", None),
        ("P-1D", None),
        ("P401D", None),
        ("P99999999999999999D", None),
        ("PT99999999999999999999S", None),
        ("", None),
    ],
)
def test_durations(text: str, length: timedelta | None) -> None:
    assert parse_duration(text) == length


def test_condition_then_send_runs_at_once() -> None:
    d = flow(
        c={"kind": "condition", "when": NOTIFY, "yes": "s", "no": "x", "why": "event.why"},
        s={"kind": "send", "template": "shipped"},
        x={"kind": "exit", "reason": "not told"},
    )  # fmt: skip
    assert taken(advance(d, "c", None, Moment(NOW, {"event": {"notify": True}}))) == ["c yes", "s send"]
    stale = advance(d, "c", None, Moment(NOW, {"event": {"notify": False, "why": "stale: 9 days old"}}))
    assert taken(stale) == ["c no", "x exited"] and stale.through
    assert [s.why for s in stale.steps] == ["stale: 9 days old", "not told"]


def test_a_wait_of_seven_days() -> None:
    d = flow(w={"kind": "wait", "for": "P7D", "next": "s"}, s={"kind": "send", "template": "feedback"})
    first = advance(d, "w", None, Moment(NOW))
    assert (first.steps, first.node, first.due_at) == ((), "w", NOW + timedelta(days=7))
    early = advance(d, "w", first.due_at, Moment(NOW + timedelta(days=7, microseconds=-1)))
    assert (early.steps, early.due_at) == ((), first.due_at)
    assert taken(advance(d, "w", first.due_at, Moment(NOW + timedelta(days=7)))) == ["w waited", "s send"]


UNTIL = flow(
    w={"kind": "wait", "until_event": "shipment.delivered", "timeout": "P3D", "next": "a", "timed_out": "b"},
    a={"kind": "exit", "reason": "delivered"},
    b={"kind": "exit", "reason": "late"},
)


def _delivered(**subjects: UUID) -> Happened:
    return Happened("shipment.delivered", NOW - timedelta(days=1), subjects)


@pytest.mark.parametrize(
    ("history", "passes"),
    [
        ([], False),
        ([_delivered(order_id=ORDER, shipment_id=PARCEL)], True),
        ([_delivered(order_id=ORDER)], True),
        ([_delivered(order_id=ORDER, shipment_id=OTHER)], False),
        ([_delivered(order_id=OTHER)], False),
        ([Happened("shipment.shipped", NOW, ME)], False),
    ],
)
def test_a_wait_reads_what_already_happened(history: list[Happened], passes: bool) -> None:
    found = advance(UNTIL, "w", None, Moment(NOW, {}, history, ME))
    assert found.through is passes
    if passes:
        assert taken(found) == ["w happened", "a exited"]
    else:
        assert (found.node, found.awaiting, found.due_at) == ("w", "shipment.delivered", NOW + timedelta(days=3))


def test_a_wait_for_an_event_times_out() -> None:
    late = advance(UNTIL, "w", NOW, Moment(NOW, {}, [], ME))
    assert taken(late) == ["w timed_out", "b exited"]
    assert late.steps[0].why == "no shipment.delivered within P3D"


def test_entry_keys() -> None:
    facts = {"event": {"name": "refund.submitted", "source_id": "s1"}}
    assert entry_key(Entry(event="a.b", key="shipment"), ME, facts) == str(PARCEL)
    assert entry_key(Entry(event="a.b", key="return"), ME, facts) is None
    assert entry_key(Entry(event="a.b", key="event.source_id"), ME, facts) == "s1"
    assert entry_key(Entry(event="a.b", key="event.none"), ME, facts) is None
    leaf = {"field": "event.name", "op": "in", "value": ["refund.submitted"]}
    assert enters(Entry(event="a.b", when=leaf), facts) and not enters(Entry(event="a.b", when={"not": leaf}), facts)


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """Any graph without loops: nodes lead only to later ones; what cannot be reached is left out."""
    size = draw(st.integers(1, 8))
    names = [f"n{i}" for i in range(size)]
    nodes: dict[str, Any] = {}
    for i, name in enumerate(names):
        later = st.sampled_from([None, *names[i + 1 :]])
        leaf = {"field": "event.x", "op": "eq", "value": draw(st.integers(0, 2))}
        kinds = [
            {"kind": "send", "template": "t", "next": draw(later)},
            {"kind": "wait", "for": draw(st.sampled_from(["PT1H", "P2D"])), "next": draw(later)},
            {"kind": "wait", "until_event": "a.b", "timeout": "P1D", "next": draw(later), "timed_out": draw(later)},
            {"kind": "condition", "when": leaf, "yes": draw(later), "no": draw(later)},
            {"kind": "exit", "reason": "end"},
        ]
        nodes[name] = draw(st.sampled_from(kinds))
    reached, todo = set[str](), [names[0]]
    while todo:
        name = todo.pop()
        reached.add(name)
        todo += [n for w in ("next", "yes", "no", "timed_out") if (n := nodes[name].get(w)) and n not in reached]
    return {"entry": {"event": "a.c"}, "start": names[0], "nodes": {n: nodes[n] for n in names if n in reached}}


@given(definitions(), st.integers(0, 2), st.sets(st.integers(0, 300)))
def test_everybody_arrives_and_no_node_runs_twice(raw: dict[str, Any], x: int, hours: set[int]) -> None:
    assert problems(raw) == []
    d, plan = parse(raw), Plan(parse(raw))
    node, due, steps, now = d.start, None, list[str](), NOW
    history = [Happened("a.b", NOW + timedelta(hours=h), {"order_id": ORDER}) for h in hours]
    for _ in range(20):
        seen = [e for e in history if e.occurred_at <= now]
        needs = plan.needs(node)
        facts = {"event": {"x": x}} if "event" in needs.roots else {}
        moment = Moment(now, facts, seen if needs.history else [], ME)
        found = advance(d, node, due, moment)
        assert found == advance(d, node, due, Moment(now, {"event": {"x": x}}, seen, ME)), "needs miss something"
        steps += [s.node for s in found.steps]
        if found.through:
            break
        assert found.node and found.due_at and found.due_at > now, "nobody stays without a time to go on"
        node, due, now = found.node, found.due_at, found.due_at
    else:
        pytest.fail("never arrived")
    assert len(steps) == len(set(steps))


@given(definitions(), st.integers(0, 2), st.lists(st.integers(0, 50), max_size=8))
def test_asking_early_changes_nothing(raw: dict[str, Any], x: int, hours: list[int]) -> None:
    """A run that is looked at before it is due ends up the same as one that is not."""
    d = parse(raw)
    facts = {"event": {"x": x}}
    first = advance(d, d.start, None, Moment(NOW, facts, [], ME))
    if first.through:
        return
    assert first.node and first.due_at
    for hour in hours:
        now = min(NOW + timedelta(hours=hour), first.due_at - timedelta(microseconds=1))
        again = advance(d, first.node, first.due_at, Moment(now, facts, [], ME))
        assert (again.steps, again.node, again.due_at) == ((), first.node, first.due_at)
