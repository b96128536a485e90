"""Coupon codes."""

import secrets
from math import log2

from hypothesis import given
from hypothesis import strategies as st

from comeback.offers.rules.codes import (
    ALPHABET,
    ENTROPY_BITS,
    PREVIEW,
    RANDOM_LETTERS,
    code_of,
    fold,
    fold_shared,
    shown,
)

codes = st.integers(0, 2**ENTROPY_BITS - 1).map(code_of)


def test_enough_random_bits_and_no_look_alikes() -> None:
    assert RANDOM_LETTERS * log2(len(ALPHABET)) >= 60
    assert not set("0O1IL5S") & set(ALPHABET)
    assert len({code_of(secrets.randbits(ENTROPY_BITS)) for _ in range(2000)}) == 2000


@given(codes)
def test_any_spelling_is_the_same_code(code: str) -> None:
    assert fold(shown(code)) == fold(code.lower()) == fold(f" {' '.join(code)} ") == code


@given(codes, st.integers(0, RANDOM_LETTERS), st.sampled_from(ALPHABET))
def test_a_wrong_letter_is_noticed(code: str, place: int, letter: str) -> None:
    changed = code[:place] + letter + code[place + 1 :]
    assert changed == code or fold(changed) is None


@given(codes, st.integers(0, RANDOM_LETTERS - 2))
def test_swapped_neighbours_are_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or fold(swapped) is None


@given(st.text(max_size=30))
def test_anything_else_is_no_code(typed: str) -> None:
    found = fold(typed)
    assert found is None or (len(found) == RANDOM_LETTERS + 1 and set(found) <= set(ALPHABET))


def test_the_preview_is_no_code() -> None:
    assert fold(PREVIEW) is None


def test_codes_chosen_by_the_shop() -> None:
    assert fold_shared(" save 10 ") == "SAVE10"
    assert [fold_shared(t) for t in ("", "ab", "SAVE%", "x" * 41, "ÜBER10")] == [None] * 5
