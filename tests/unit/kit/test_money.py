"""Allocation, slots, rounding, display."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.kit.money import KNOWN, allocate, allocate_within, exponent, format_money, half_up, slot

AMOUNT = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (1000, [1999, 1499, 999], [445, 333, 222]),
        (230, [333, 333, 333], [77, 77, 76]),
        (3000, [4000, 3000], [1714, 1286]),
        (1, [1, 1, 1], [1, 0, 0]),
        (2, [0, 0, 0], [1, 1, 0]),
        (5, [0, 3, 0], [0, 5, 0]),
        (0, [], []),
    ],
)
def test_allocate(total: int, weights: list[int], shares: list[int]) -> None:
    assert allocate(total, weights) == shares


def test_allocate_refuses_what_makes_no_sense() -> None:
    for total, weights in ((-1, [1]), (1, [-1]), (1, [])):
        with pytest.raises(ValueError, match="alloca"):
            allocate(total, weights)


@given(AMOUNT, st.lists(AMOUNT, min_size=1, max_size=12))
def test_allocation_is_exact_and_fair(total: int, weights: list[int]) -> None:
    shares, whole = allocate(total, weights), sum(weights)
    assert sum(shares) == total
    if whole:
        assert all(total * w // whole <= s <= -(-total * w // whole) for s, w in zip(shares, weights, strict=True))


@given(st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=12), st.data())
def test_allocation_within_caps(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    weights, caps = [w for w, _ in pairs], [c for _, c in pairs]
    total = data.draw(st.integers(0, sum(caps)))
    shares = allocate_within(total, weights, caps)
    assert sum(shares) == total
    assert all(0 <= s <= c for s, c in zip(shares, caps, strict=True))
    with pytest.raises(ValueError, match="caps"):
        allocate_within(sum(caps) + 1, weights, caps)


@given(AMOUNT, st.integers(1, 60))
def test_slots_sum_to_the_total_and_prefixes_are_rounded_once(total: int, n: int) -> None:
    shares = [slot(total, n, i) for i in range(1, n + 1)]
    assert sum(shares) == total
    assert all(sum(shares[:i]) == half_up(total * i, n) for i in range(n + 1))
    assert max(shares) - min(shares) <= 2


@pytest.mark.parametrize(("n", "d", "r"), [(5, 2, 3), (-5, 2, -3), (7, 3, 2), (8, 3, 3), (0, 9, 0), (1, 2, 1)])
def test_half_up(n: int, d: int, r: int) -> None:
    assert half_up(n, d) == r


def test_slot_outside_the_line() -> None:
    for i in (0, 4):
        with pytest.raises(ValueError, match="slot"):
            slot(10, 3, i)


def test_exponents_follow_iso_4217() -> None:
    assert [exponent(c) for c in ("JPY", "USD", "KWD", "CLF", "ISK", "HUF", "IQD")] == [0, 2, 3, 4, 0, 2, 3]
    assert "XXX" not in KNOWN and "eur" not in KNOWN
    assert all(len(c) == 3 and c.isupper() for c in KNOWN)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (123456, "EUR", "de", "1.234,56 €"),
        (123456, "EUR", "en-GB", "€1,234.56"),
        (1450, "JPY", "en", "¥1,450"),
        (10000, "KWD", "en", "KWD 10.000"),
        (5, "USD", "en", "$0.05"),
        (-500, "USD", "xx-unknown", "-$5.00"),
    ],
)
def test_display(minor: int, currency: str, locale: str, shown: str) -> None:
    assert format_money(minor, currency, locale).replace("\xa0", " ") == shown
