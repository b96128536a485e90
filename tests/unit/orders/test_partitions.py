"""P1 and P2: returned in any order and in any batches, the units of an order give back exactly what was paid."""

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.orders.rules import freeze, lowest_free, order_problems, slot_amounts, slots_total
from tests.factories.orders import line_body, order_in

PRICE = st.integers(0, 99_999)


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """1–8 lines of 1–9 units, own and shared discounts, stated and shared taxes, 0/2/3 decimals."""
    lines: list[dict[str, Any]] = []
    for n in range(draw(st.integers(1, 8))):
        quantity, price = draw(st.integers(1, 9)), draw(PRICE)
        discount = draw(st.integers(0, quantity * price))
        lines.append(line_body(f"l{n}", price, quantity, discount=discount, tax=None))
    subtotals = [line["unit_price"] * line["quantity"] - line["discount"] for line in lines]
    discounts: list[dict[str, Any]] = [{"amount": draw(st.integers(0, sum(subtotals)))}]
    if draw(st.booleans()):
        left = sum(subtotals) - discounts[0]["amount"]
        discounts.append({"amount": draw(st.integers(0, left))})
    left = sum(subtotals) - sum(d["amount"] for d in discounts)
    return {
        "lines": lines,
        "discounts": discounts,
        "tax_total": draw(st.integers(0, left)),
        "tax_included": draw(st.booleans()),
        "currency": draw(st.sampled_from(["JPY", "EUR", "KWD"])),
        "shipping": {"amount": draw(PRICE)},
    }


@settings(max_examples=200, deadline=None)
@given(orders(), st.integers(0, 2**32))
def test_any_partition_gives_back_exactly_what_was_paid(body: dict[str, Any], seed: int) -> None:
    lines = body.pop("lines")
    order = order_in(lines=lines, **body)
    assert order_problems(order) == []
    frozen, random = freeze(order), Random(seed)
    taken: list[set[int]] = [set() for _ in frozen.lines]
    back = 0
    while open_ := [i for i, line in enumerate(frozen.lines) if len(taken[i]) < line.quantity]:
        i = random.choice(open_)
        line = frozen.lines[i]
        slots = lowest_free(line.quantity, taken[i], random.randint(1, line.quantity - len(taken[i])))
        taken[i] |= set(slots)
        amount = slots_total(line, slots).amount
        assert amount >= 0
        back += amount
        assert sum(slot_amounts(line, s).amount for s in taken[i]) <= line.amount
        assert back <= frozen.captured - frozen.shipping_paid
    assert back == frozen.total - frozen.shipping_paid == sum(line.amount for line in frozen.lines)


@settings(max_examples=200, deadline=None)
@given(orders())
def test_what_is_shown_adds_up(body: dict[str, Any]) -> None:
    lines = body.pop("lines")
    frozen = freeze(order_in(lines=lines, **body))
    for line in frozen.lines:
        whole = slots_total(line, range(1, line.quantity + 1))
        assert (whole.goods, whole.discount_share, whole.net, whole.tax) == (
            line.goods, line.discount_share, line.net, line.tax,
        )  # fmt: skip
        for i in range(1, line.quantity + 1):
            unit = slot_amounts(line, i)
            paid = unit.amount if line.tax_included else unit.net
            assert unit.goods - unit.discount_share == paid
            assert unit.discount_share >= 0


def test_lowest_free_slots() -> None:
    assert lowest_free(5, {1, 3}, 2) == [2, 4]
    assert lowest_free(3, {1, 2, 3}, 1) == []
    assert lowest_free(3, set(), 5) == [1, 2, 3]
