"""Whatever `order_problems` lets pass can be frozen; the quick look agrees with the long one."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.orders.rules import freeze, order_problems
from comeback.orders.schemas import OrderIn
from tests.factories.orders import line_body, order_body, order_in

TEXT = st.one_of(
    st.sampled_from(["", " ", "a", "x" * 201, "\x00", "\u2028", "\x85", "a\nb", "ü", "https://a.example", "ftp://x"]),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=5),
)
REFUND: dict[str, Any] = {"id": "r", "tender": "t1", "amount": 1}
NUMBER = st.sampled_from([-1, 0, 1, 2, 999, 10**6, 10**6 + 1, 10**12, 10**12 + 1, 10**30])


def encoded(order: OrderIn) -> bytes:
    return msgspec.json.encode(order, order="sorted")


@st.composite
def odd_lines(draw: st.DrawFn) -> dict[str, Any]:
    line = line_body(draw(TEXT), draw(NUMBER), draw(NUMBER), title=draw(TEXT), discount=draw(NUMBER))
    for name in ("sku", "product_id", "variant_id", "category", "art16_ground", "image_url", "url"):
        if draw(st.booleans()):
            line[name] = draw(TEXT)
    for name in ("tax", "weight_grams", "compare_at_price"):
        if draw(st.booleans()):
            line[name] = draw(NUMBER)
    line["attributes"] = draw(st.dictionaries(TEXT, st.one_of(TEXT, NUMBER), max_size=3))
    return line


@settings(max_examples=300, deadline=None)
@given(st.lists(odd_lines(), min_size=1, max_size=2))
def test_the_quick_look_agrees(lines: list[dict[str, Any]]) -> None:
    order = order_in(lines=lines, tenders=[])
    thorough = order_problems(order)
    assert order_problems(order, encoded=encoded(order)) == thorough
    if not thorough:
        assert freeze(order).total >= 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 5), st.integers(0, 3000), st.none() | st.integers(0, 900)),
             min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 9000), st.none() | st.lists(st.integers(0, 4), min_size=1, unique=True)),
             max_size=3),
    st.none() | st.integers(0, 3000),
    st.booleans(),
)  # fmt: skip
def test_sound_orders_always_freeze(
    lines: list[tuple[int, int, int, int | None]],
    discounts: list[tuple[int, list[int] | None]],
    tax_total: int | None,
    included: bool,
) -> None:
    body = order_body(
        lines=[line_body(f"l{n}", price, count, discount=less, tax=tax)
               for n, (price, count, less, tax) in enumerate(lines)],
        discounts=[{"amount": amount, "lines": None if named is None else [f"l{n}" for n in named]}
                   for amount, named in discounts],
        tax_total=tax_total, tax_included=included, tenders=[],
    )  # fmt: skip
    order = msgspec.convert(body, OrderIn)
    if order_problems(order):
        return
    frozen = freeze(order)
    assert all(line.net >= 0 and line.tax >= 0 and line.discount_share >= 0 for line in frozen.lines)
    assert frozen.discount_total == sum(d.amount for d in order.discounts) + sum(line.discount for line in order.lines)


@pytest.mark.parametrize(
    ("refunds", "pointers"),
    [
        ([REFUND | {"lines": [{"line": "gone", "quantity": 1}]}], ["/refunds/0/lines/0/line"]),
        ([REFUND | {"lines": [{"line": "l1", "quantity": 9}]}], ["/refunds/0/lines/0/quantity"]),
        ([REFUND, REFUND], ["/refunds/1/id"]),
    ],
)
def test_refunds_refer_to_what_is_there(refunds: list[dict[str, Any]], pointers: list[str]) -> None:
    order = order_in(refunds=refunds)
    assert [at for at, _ in order_problems(order)] == pointers


def test_a_refund_may_name_a_line_that_the_update_no_longer_has() -> None:
    order = order_in(refunds=[{"id": "r", "tender": "t1", "amount": 1, "lines": ["gone"]}])
    assert order_problems(order, ["gone"]) == []


def test_more_discounts_than_goods() -> None:
    order = order_in(lines=[line_body(unit_price=100)], discounts=[{"amount": 60}, {"amount": 41}], tenders=[])
    assert order_problems(order) == [("/discounts/1/amount", "must not exceed what its lines cost")]


def test_someone_must_have_bought() -> None:
    assert order_problems(order_in(customer={"first_name": "Ada"}))[0][0] == "/customer/email"
