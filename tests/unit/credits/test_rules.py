"""Store credit is spent from promotional lots first, then from those that end first."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.credits.rules import Lot, Short, live, spend

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def lot(n: int, remaining: int, promotional: bool = False, days: int | None = None) -> Lot:
    """A lot that ends in `days`."""
    end = None if days is None else NOW + timedelta(days=days)
    return Lot(id=UUID(int=n), remaining=remaining, promotional=promotional, expires_at=end, issued_at=NOW)


def test_promotional_first_then_the_one_that_ends_first() -> None:
    lots = [lot(1, 6000), lot(2, 600, promotional=True, days=90), lot(3, 500, days=10), lot(4, 900, days=-1)]
    assert spend(lots, 5000, NOW) == [(UUID(int=2), 600), (UUID(int=3), 500), (UUID(int=1), 3900)]
    assert not live(lots[3], NOW)
    with pytest.raises(Short) as caught:
        spend(lots, 7101, NOW)
    assert caught.value.available == 7100


@given(st.lists(st.tuples(st.integers(0, 900), st.booleans(), st.none() | st.integers(-5, 5))), st.integers(0, 4000))
def test_parts_sum_to_the_amount_and_never_overdraw(given_lots: list[tuple[int, bool, int | None]], want: int) -> None:
    lots = [lot(i, *values) for i, values in enumerate(given_lots)]
    room = {x.id: x.remaining for x in lots if live(x, NOW)}
    if want > sum(room.values()):
        with pytest.raises(Short):
            spend(lots, want, NOW)
        return
    parts = spend(lots, want, NOW)
    assert sum(a for _, a in parts) == want
    assert all(0 < a <= room[i] for i, a in parts) and len({i for i, _ in parts}) == len(parts)
