"""Pure decisions of support."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.kit.states import IllegalMove
from comeback.support import rules
from comeback.support.rules import Said

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "direction", "after"),
    [
        ("open", "out", "waiting"), ("waiting", "in", "open"), ("closed", "in", "open"), ("closed", "out", "waiting"),
        ("closed", "note", "closed"), ("waiting", "note", "waiting"), ("open", "in", "open"),
    ],
)  # fmt: skip
def test_each_word_moves_the_state(state: str, direction: str, after: str) -> None:
    assert rules.state_after(state, direction) == after
    rules.TICKET.check(state, after)


def test_unknown_states_are_refused() -> None:
    with pytest.raises(IllegalMove):
        rules.TICKET.check("open", "spam")


@given(st.integers(min_value=0, max_value=2**rules.BITS - 1))
def test_numbers_read_well(entropy: int) -> None:
    number = rules.number_of(entropy)
    assert number.startswith("T-") and len(number) == 8 and not set(number[2:]) & set("01IL5SO")


@given(st.text(max_size=300))
def test_tidy_text_stays_as_it_is(text: str) -> None:
    once = rules.tidy(text)
    assert rules.tidy(once) == once
    assert "\r" not in once and "\x00" not in once and "\n\n\n" not in once


def test_a_subject_is_one_short_line() -> None:
    assert rules.subject_of("", "Where is it?\nPlease help") == "Where is it?"
    assert len(rules.subject_of("x" * 500, "")) == rules.SUBJECT_MAX
    assert rules.subject_of(" Two\nlines ", "b") == "Two lines"


def test_macros_fill_what_they_know_and_nothing_else() -> None:
    values = {"first_name": "Ada {last_name}", "order_number": "#1001"}
    assert (
        rules.filled("Hi {first_name}, {order_number} {tracking_number}{x}", values) == "Hi Ada {last_name}, #1001 {x}"
    )
    assert rules.unknown_places("{first_name} {iban} {x}") == ["iban", "x"]


def test_a_mail_never_quotes_a_note_and_cuts_long_words() -> None:
    thread = [Said("in", "Ada", "1", NOW), Said("note", "Mia", "rude customer", NOW), Said("out", "Mia", "2", NOW),
              Said("in", "Ada", "3", NOW), Said("in", "Ada", "x" * 5000, NOW)]  # fmt: skip
    quoted = rules.quoted(thread)
    assert [said.body[:1] for said in quoted] == ["x", "3", "2"]
    assert len(quoted[0].body) < rules.QUOTE_MAX + 5
