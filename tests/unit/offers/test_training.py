"""EASE against its definition, and what it learns."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.offers.rules import training


def _direct(pairs: set[tuple[int, int]], items: list[int], regularisation: float) -> np.ndarray:
    people = sorted({p for p, _ in pairs})
    x = np.zeros((len(people), len(items)))
    for person, item in pairs:
        x[people.index(person), items.index(item)] = 1
    p = np.linalg.inv(x.T @ x + regularisation * np.eye(len(items)))
    b = np.eye(len(items)) - p @ np.diag(1 / np.diag(p))
    np.fill_diagonal(b, 0)
    return b


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 7)), min_size=1, max_size=40))
def test_is_the_closed_form(pairs: set[tuple[int, int]]) -> None:
    people, products = (np.array(a) for a in zip(*pairs, strict=True))
    found = training.train(np.tile(people, 2), np.tile(products, 2), regularisation=3.0)
    items = [int(i) for i in found.items]
    dense = np.zeros((len(items), len(items)))
    np.put_along_axis(dense, found.index, found.weight, axis=1)
    wanted = np.maximum(_direct(pairs, items, 3.0), 0)
    assert np.allclose(dense, wanted, atol=1e-4)
    assert (np.diff(found.weight, axis=1) <= 0).all()
    assert [int(b) for b in found.buyers] == [sum(i == item for _, i in pairs) for item in items]


def test_things_bought_together_are_neighbours() -> None:
    baskets = [(0, 1), (0, 1), (0, 1), (2, 3), (2, 3), (0, 2), (4, 5)] * 20
    people = np.repeat(np.arange(len(baskets)), 2)
    found = training.train(people, np.array(baskets).ravel(), regularisation=5.0)
    nearest = {int(found.items[r]): int(found.items[found.index[r, 0]]) for r in range(len(found.items))}
    assert nearest == {0: 1, 1: 0, 2: 3, 3: 2, 4: 5, 5: 4}


def test_no_purchases_no_neighbours() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(training.train(none, none).items) == 0
    alone = training.train(np.array([1]), np.array([7]))
    assert alone.items.tolist() == [7] and alone.weight.max() == 0


@pytest.mark.long
def test_a_million_lines_within_two_seconds_and_ten_thousand_products_within_a_minute() -> None:
    rng = np.random.default_rng(7)
    for products, limit in ((1_000, 2.0), (10_000, 60.0)):
        item = np.minimum(rng.zipf(1.3, 1_000_000), products) - 1
        start = time.perf_counter()
        training.train(rng.integers(0, 100_000, 1_000_000), item)
        assert time.perf_counter() - start < limit
