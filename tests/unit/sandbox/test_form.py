"""Nested form fields, as Stripe's clients write them."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode  # the client's own writer is the reference

from comeback.sandbox.stripe.form import decode


@pytest.mark.parametrize(("text", "tree"), [
    ("", {}),
    ("amount=10&currency=eur", {"amount": "10", "currency": "eur"}),
    ("metadata[refund_id]=r%201&metadata[x]=", {"metadata": {"refund_id": "r 1", "x": ""}}),
    ("expand[]=a&expand[]=b.c", {"expand": ["a", "b.c"]}),
    ("expand[0]=a&expand[1]=b", {"expand": ["a", "b"]}),
    ("items[1][p]=b&items[0][p]=a", {"items": [{"p": "a"}, {"p": "b"}]}),
    ("a[b][c][d]=1&a[b][e]=2", {"a": {"b": {"c": {"d": "1"}, "e": "2"}}}),
    ("created[gte]=5", {"created": {"gte": "5"}}),
    ("a=1&a=2", {"a": "2"}),
    ("metadata[0x]=hex&metadata[1]=one", {"metadata": {"0x": "hex", "1": "one"}}),
])  # fmt: skip
def test_decode(text: str, tree: object) -> None:
    assert decode(text) == tree


@pytest.mark.parametrize("text", ["a[b=1", "a]b=1", "a[b]c=1", "a=1&a[b]=2", "a[b]=1&a=2", "a" + "[b]" * 20 + "=1"])
def test_broken_names_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid parameter|too deep|both a value"):
        decode(text)


NAMES = st.text("abcdefghijk_", min_size=1, max_size=6)
LEAVES = st.text(st.characters(codec="utf-8"), max_size=8)
TREES = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


@given(TREES)
def test_what_the_official_client_writes_is_read_back(tree: dict[str, object]) -> None:
    assert decode(urlencode(list(_api_encode(tree)))) == tree
