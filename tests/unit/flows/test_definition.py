"""What keeps a definition from being published."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.flows.nodes.send import Send, refusal
from comeback.flows.rules.definition import Plan, parse, problems

GOOD: dict[str, Any] = {
    "entry": {"event": ["shipment.shipped", "shipment.picked_up"], "key": "shipment"},
    "start": "c",
    "nodes": {
        "c": {"kind": "condition", "when": {"field": "order.total", "op": "gte", "value": 1000}, "yes": "w"},
        "w": {"kind": "wait", "for": "PT2H", "next": "u"},
        "u": {"kind": "wait", "until_event": "shipment.delivered", "timeout": "P3D", "next": "s", "timed_out": "x"},
        "s": {"kind": "send", "template": "tips", "class": "marketing", "next": "x"},
        "x": {"kind": "exit", "reason": "done"},
    },
}  # fmt: skip


def test_a_good_one_has_no_problems() -> None:
    assert problems(GOOD, {"tips"}) == []
    assert parse(GOOD).entry.events() == ["shipment.shipped", "shipment.picked_up"]


BAD: list[tuple[str, Any, str]] = [
    ("entry/event", "shipped", "/entry/event"),
    ("entry/event", [], "/entry/event"),
    ("entry/key", "parcel", "/entry/key"),
    ("entry/when", {"field": "weather.sun", "op": "eq", "value": 1}, "/entry/when"),
    ("start", "nowhere", "/start"),
    ("nodes/c/yes", "nowhere", "/nodes/c/yes"),
    ("nodes/c/when", {"field": "order.total", "op": "about", "value": 1}, "/nodes/c/when/op"),
    ("nodes/c/when", {"all": [{"field": "secrets.key", "op": "eq", "value": 1}]}, "/nodes/c/when"),
    ("nodes/c/kind", "split", "/nodes/c"),
    ("nodes/w/for", "two hours", "/nodes/w/for"),
    ("nodes/w/for", "PT0S", "/nodes/w/for"),
    ("nodes/w/for", None, "/nodes/w"),
    ("nodes/w/timeout", "P1D", "/nodes/w/timeout"),
    ("nodes/w/next", "c", "/nodes/w/next"),
    ("nodes/w/next", "w", "/nodes/w/next"),
    ("nodes/u/timeout", None, "/nodes/u/timeout"),
    ("nodes/u/next", "c", "/nodes/u/next"),
    ("nodes/u/wings", 2, "/nodes/u/wings"),
    ("nodes/s/class", "spam", "/nodes/s/class"),
    ("nodes/s/template", "unknown", "/nodes/s/template"),
    ("nodes/s/template", None, "/nodes/s/template"),
    ("nodes/lost", {"kind": "exit"}, "/nodes/lost"),
    ("nodes", 5, "/nodes"),
]


@pytest.mark.parametrize(("path", "value", "pointer"), BAD)
def test_problems_name_the_node(path: str, value: Any, pointer: str) -> None:
    raw = deepcopy(GOOD)
    *way, last = path.split("/")
    place = raw
    for step in way:
        place = place[step]
    place[last] = value
    found = problems(raw, {"tips"})
    assert any(f.pointer.startswith(pointer) for f in found), found
    assert all(f.message for f in found)


def test_all_problems_at_once() -> None:
    raw = deepcopy(GOOD)
    raw["nodes"]["c"]["yes"] = "a"
    raw["nodes"]["w"]["for"] = "soon"
    raw["nodes"]["s"]["template"] = "b"
    assert [f.pointer for f in problems(raw, set())] == ["/nodes/c/yes", "/nodes/w/for", "/nodes/s/template"]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "nodes", "a"]), inner),
    max_leaves=8,
)


@given(json, st.sampled_from(["entry", "start", "nodes"]))
def test_anything_gets_an_answer(value: Any, place: str) -> None:
    assert isinstance(problems({**GOOD, place: value}), list)
    assert problems(value)


def test_needs_of_a_run_stop_at_the_next_wait() -> None:
    plan = Plan(parse(GOOD))
    first, waiting, until = plan.needs("c"), plan.needs("w"), plan.needs("u")
    assert (first.roots, first.history, first.sends) == ({"order"}, False, False)
    assert (waiting.history, waiting.sends, waiting.marketing) == (True, True, True)
    assert until.history and until.sends and not until.roots
    assert plan.needs("s").alike and not first.alike


@pytest.mark.parametrize(
    ("class_", "address", "consent", "why"),
    [
        ("service", "a@b.example", False, ""),
        ("service", None, True, "no e-mail address"),
        ("marketing", "a@b.example", True, ""),
        ("marketing", "a@b.example", False, "complaint"),
        ("marketing", "", True, "no e-mail address"),
    ],
)
def test_marketing_needs_consent_and_everything_an_address(class_: Any, address: str, consent: bool, why: str) -> None:
    assert refusal(Send(template="t", class_=class_), address, consent, "complaint") == why
