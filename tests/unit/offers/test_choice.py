"""What is shown and what never is."""

from hypothesis import given
from hypothesis import strategies as st

from comeback.offers.rules.choice import Choice, Facts, candidates, choose

products = st.sampled_from("abcdefgh")
some = st.sets(products)
weights = st.dictionaries(products, st.floats(0, 1))
facts = st.builds(
    Facts,
    seeds=some,
    neighbours=st.dictionaries(products, weights),
    appeal=st.dictionaries(products, st.floats(-3, 3)),
    items=st.integers(0, 50),
    owned=some,
    sellable=some,
    exclude=some,
)


@given(facts, st.integers(0, 9))
def test_never_bought_sold_out_or_excluded(known: Facts, count: int) -> None:
    shown = [c.product for c in choose(known, count)]
    assert len(shown) == len(set(shown)) <= count
    assert not set(shown) & {*known.owned, *known.exclude, *known.seeds}
    assert set(shown) <= set(known.sellable)


@given(facts)
def test_fills_up_as_far_as_it_can(known: Facts) -> None:
    barred = {*known.owned, *known.exclude, *known.seeds}
    assert {c.product for c in choose(known, 99)} == (set(known.appeal) & set(known.sellable)) - barred


APPEAL = {"b": -1.0, "c": 0.0, "d": 2.0}


def test_what_goes_together_comes_first() -> None:
    known = Facts(seeds=["a"], neighbours={"a": {"b": 0.4}}, appeal=APPEAL, items=30, sellable="bcd")
    assert choose(known, 2) == [Choice("b", "bought_together"), Choice("d", "popular")]


def test_falls_back_to_best_sellers_then_to_nothing() -> None:
    known = Facts(seeds=["a"], neighbours={"a": {"b": 0.4}}, appeal=APPEAL, items=30, sellable="cd")
    assert [c.product for c in choose(known, 3)] == ["d", "c"]
    assert [c.product for c in candidates(known, 2)] == ["b", "d"]
    assert choose(Facts(appeal=APPEAL, sellable=""), 3) == []
