"""The pure helpers."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.kit.conditions import evaluate, problems
from comeback.kit.ids import floor_id, new_id, parse_id
from comeback.kit.paging import decode_cursor, encode_cursor
from comeback.kit.states import IllegalMove, Machine
from comeback.kit.tables import text_table
from comeback.kit.tokens import Signer, derive_token, digest, random_token


@given(st.lists(st.uuids(), min_size=1, max_size=3), st.integers(0, 400))
def test_signed_ids_come_back_and_no_changed_bit_does(ids: list[UUID], bit: int) -> None:
    signer = Signer("k")
    token = signer.sign("open", *ids)
    assert signer.read("open", token) == tuple(ids)
    assert signer.read("click", token) is None and Signer("other").read("open", token) is None
    position = bit % len(token)
    changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
    assert signer.read("open", changed) is None


@pytest.mark.parametrize("junk", ["", "a", "ä" * 30, "A" * 31, "%%%", "A" * 500])
def test_junk_is_no_signature(junk: str) -> None:
    assert Signer("k").read("open", junk) is None
    assert Signer("k").open_text("quote", junk) is None


def test_sealed_text() -> None:
    signer = Signer("k")
    assert signer.open_text("quote", signer.seal_text("quote", "{…}")) == "{…}"
    assert signer.open_text("draft", signer.seal_text("quote", "x")) is None


def test_tokens() -> None:
    assert len({random_token() for _ in range(1000)}) == 1000 and len(digest("x")) == 32
    assert derive_token("k", "page", 1) == derive_token("k", "page", 1) != derive_token("k", "page", 2)
    assert derive_token("k", "a", "b") != derive_token("k", "a\x1fb", "")


def test_ids_follow_time() -> None:
    first, second = new_id(), new_id()
    assert first < second and floor_id(0) < first
    assert parse_id(str(first)) == first and parse_id("x") is None


def test_machine() -> None:
    machine = Machine("m", {"a": {"b"}, "b": {"c"}})
    machine.check("a", "b")
    machine.check("a", "a")
    with pytest.raises(IllegalMove):
        machine.check("a", "c")
    assert machine.final("c") and not machine.final("a") and machine.states == {"a", "b", "c"}


@given(st.lists(st.one_of(st.text(), st.integers(-(2**40), 2**40)), max_size=4))
def test_cursor(key: list[str | int]) -> None:
    assert decode_cursor(encode_cursor(*key)) == tuple(key)
    assert decode_cursor("\x00") is None and decode_cursor("e30") is None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"field": "order.total", "op": "gte", "value": 100}, True),
        ({"field": "order.total", "op": "gt", "value": "x"}, False),
        ({"field": "order.missing.deep", "op": "lt", "value": 1}, False),
        ({"field": "order.missing", "op": "eq", "value": None}, True),
        ({"not": {"field": "order.tags", "op": "contains", "value": "vip"}}, False),
        ({"all": [{"field": "country", "op": "in", "value": ["DE", "AT"]}, {"any": []}]}, False),
        (
            {"any": [{"field": "country", "op": "ne", "value": "DE"}, {"not": {"field": "x", "op": "eq", "value": 1}}]},
            True,
        ),
    ],
)
def test_conditions(condition: dict[str, object], expected: bool) -> None:
    facts = {"order": {"total": 100, "tags": ["vip"]}, "country": "DE"}
    assert problems(condition) == []
    assert evaluate(condition, facts) is expected


def test_condition_problems_have_pointers() -> None:
    bad = {"all": [{"field": 1, "op": "like", "value": 1}, {"not": 3}, {"op": "eq"}]}
    assert {p for p, _ in problems(bad)} == {"/all/0/field", "/all/0/op", "/all/1/not", "/all/2", "/all/2/field"}


def test_text_table() -> None:
    assert text_table(["a", "n"], [["x", 10], ["long", 2]]).splitlines()[2] == "x     10"
