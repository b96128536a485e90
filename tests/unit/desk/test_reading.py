"""A flow as a list to read, a parcel in one word."""

import pytest

from comeback.desk import rules

BRANCHED = {
    "entry": {"event": ["shipment.shipped", "order.placed"], "key": "order"},
    "start": "fit",
    "nodes": {
        "fit": {"kind": "condition", "when": {}, "yes": "send", "no": "wait"},
        "wait": {
            "kind": "wait",
            "until_event": "shipment.delivered",
            "timeout": "P3D",
            "next": "send",
            "timed_out": "end",
        },
        "send": {"kind": "send", "template": "delivered", "next": "fit"},
        "end": {"kind": "exit", "reason": "late"},
    },
}


def test_a_flow_reads_from_top_to_bottom_and_ends_even_in_a_circle() -> None:
    told = [(p.name, p.depth, p.branch, p.again) for p in rules.walk(BRANCHED)]
    assert told == [
        ("fit", 0, None, False),
        ("send", 1, "yes", False),
        ("fit", 1, None, True),
        ("wait", 1, "no", False),
        ("end", 2, "timed_out", False),
        ("send", 1, None, True),
    ]
    assert rules.entry_events(BRANCHED) == ["shipment.shipped", "order.placed"]


@pytest.mark.parametrize(
    "broken", [{}, {"start": "x"}, {"start": "x", "nodes": {}}, {"nodes": {"a": {"kind": "exit"}}}]
)
def test_an_unfinished_draft_is_no_trouble(broken: dict[str, object]) -> None:
    assert rules.walk(broken) == []
    assert rules.entry_events(broken) == []


def test_conditions_keep_their_ties() -> None:
    when = {
        "all": [
            {"field": "order.total", "op": "gte", "value": 1000},
            {"not": {"field": "event.notify", "op": "eq", "value": True}},
            {"any": [{"field": "a", "op": "in", "value": ["x", "y"]}, {"field": "b", "op": "eq", "value": None}]},
        ]
    }
    told = [(c.join, c.negated, c.field, c.op, c.value) for c in rules.clauses(when)]
    assert told == [
        ("all", False, "order.total", "gte", "1000"),
        ("all", True, "event.notify", "eq", "true"),
        ("all", False, "a", "in", "x, y"),
        ("any", False, "b", "eq", "None"),
    ]
    assert rules.clauses({}) == rules.clauses(None) == []


@pytest.mark.parametrize(
    ("parcel", "word"),
    [
        (("outbound", "in_transit", "none", False, False), "in_transit"),
        (("outbound", "in_transit", "none", True, False), "delayed"),
        (("outbound", "in_transit", "none", True, True), "exception"),
        (("outbound", "cancelled", "none", False, False), "cancelled"),
        (("return", "pending", "label_ready", False, False), "label_ready"),
        (("return", "in_transit", "label_ready", False, False), "in_transit"),
    ],
)
def test_a_parcel_in_one_word(parcel: tuple[str, str, str, bool, bool], word: str) -> None:
    assert rules.parcel_word(*parcel) == word
