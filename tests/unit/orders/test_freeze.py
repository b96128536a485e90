"""Frozen shares to the cent: scenarios 2–8 and B1 of the returns rules."""

from typing import Any

import pytest

from comeback.orders.rules import FrozenOrder, freeze, slot_amounts, slots_total
from tests.factories.orders import line_body, order_in


def frozen(lines: list[dict[str, Any]], **fields: Any) -> FrozenOrder:
    return freeze(order_in(lines=lines, **fields))


def units(order: FrozenOrder, line: int = 0) -> list[int]:
    return [slot_amounts(order.lines[line], i + 1).amount for i in range(order.lines[line].quantity)]


def test_scenario_1_plain_with_tax_and_shipping() -> None:
    order = frozen([line_body(unit_price=8000, tax=660)], shipping={"amount": 500})
    assert (order.total, order.captured, order.shipping_paid) == (9160, 9160, 500)
    assert units(order) == [8660]


def test_scenario_2_thirds_come_out_whole() -> None:
    order = frozen([line_body(quantity=3, unit_price=334, discount=2)])
    assert units(order) == [333, 334, 333]
    assert slots_total(order.lines[0], [1, 2]).amount == 667
    assert slots_total(order.lines[0], [1]).amount == 333
    assert slots_total(order.lines[0], [2, 3]).amount == 667


def test_scenario_3_order_discount_by_line_subtotals() -> None:
    order = frozen(
        [line_body("a", 15000), line_body("b", 6000)], discounts=[{"code": "20OFF", "amount": 4200, "lines": None}]
    )
    assert (units(order, 0), units(order, 1), order.total) == ([12000], [4800], 16800)


def test_scenario_4_fixed_coupon_odd_cents_and_tax() -> None:
    lines = [line_body("a", 1999, tax=109), line_body("b", 1499, tax=82), line_body("c", 999, tax=54)]
    order = frozen(lines, discounts=[{"code": "TEN", "amount": 1000, "lines": None}])
    assert [line.discount_share for line in order.lines] == [445, 333, 222]
    assert [line.net for line in order.lines] == [1554, 1166, 777]
    assert [units(order, i) for i in (1, 0, 2)] == [[1248], [1663], [831]]
    assert order.total == order.captured == 3742


def test_scenario_5_quantity_with_tax() -> None:
    line = frozen([line_body(quantity=7, unit_price=999, tax=621)]).lines[0]
    first, rest = slots_total(line, [1, 2, 3]), slots_total(line, [4, 5, 6, 7])
    assert (first.net, first.tax, first.amount) == (2997, 266, 3263)
    assert (rest.net, rest.tax, rest.amount) == (3996, 355, 4351)


def test_scenario_6_charged_tax_is_shared_not_recomputed() -> None:
    lines = [line_body(i, 333, tax=None) for i in ("a", "b", "c")]
    order = frozen(lines, tax_total=230)
    assert [units(order, i) for i in range(3)] == [[410], [410], [409]]
    assert order.total == 1229


def test_scenario_7_free_item_is_shared_and_never_redistributed() -> None:
    order = frozen([line_body("a", 4000), line_body("b", 3000)], discounts=[{"code": "BOGO", "amount": 3000}])
    assert [line.discount_share for line in order.lines] == [1714, 1286]
    assert (units(order, 0), units(order, 1)) == ([2286], [1714])


def test_scenario_8_minimum_order_coupon() -> None:
    order = frozen([line_body(quantity=6, unit_price=5000)], discounts=[{"amount": 3000, "minimum": 30000}])
    assert slots_total(order.lines[0], range(1, 6)).amount == 22500


def test_b1_yen_with_included_tax_and_dinars() -> None:
    yen = frozen(
        [line_body(quantity=2, unit_price=1500, tax=264)],
        discounts=[{"amount": 100}], currency="JPY", tax_included=True,
    )  # fmt: skip
    assert (units(yen), yen.total) == ([1450, 1450], 2900)
    dinars = frozen([line_body(quantity=3, unit_price=3334, discount=2)], currency="KWD")
    assert units(dinars) == [3333, 3334, 3333]


def test_own_tax_wins_and_the_rest_of_the_total_is_shared() -> None:
    order = frozen([line_body("a", 1000, tax=500), line_body("b", 1000, tax=None)], tax_total=690)
    assert [line.tax for line in order.lines] == [500, 190]
    order = frozen([line_body("a", 1000, tax=500), line_body("b", 1000, tax=200)], tax_total=5)
    assert [line.tax for line in order.lines] == [500, 200]


def test_tax_that_nobody_states_was_not_charged() -> None:
    body = line_body()
    del body["tax"]
    assert frozen([body]).tax_total == 0


def test_included_tax_is_inside_goods() -> None:
    order = frozen([line_body(unit_price=11900, tax=1900)], tax_included=True, shipping={"amount": 1290, "tax": 206})
    unit = slot_amounts(order.lines[0], 1)
    assert (unit.goods, unit.discount_share, unit.net, unit.tax, unit.amount) == (11900, 0, 10000, 1900, 11900)
    assert (order.total, order.shipping_paid, order.tax_total) == (13190, 1290, 2106)


def test_discount_for_named_lines_only() -> None:
    order = frozen(
        [line_body("a", 1000), line_body("b", 1000), line_body("c", 1000)],
        discounts=[{"amount": 500, "lines": ["b"]}, {"amount": 300, "lines": ["b", "c"]}, {"amount": 30}],
    )
    assert [line.discount_share for line in order.lines] == [10, 660, 160]


def test_a_discount_never_takes_a_line_below_zero() -> None:
    order = frozen([line_body("a", 1000), line_body("b", 1000)],
                   discounts=[{"amount": 900, "lines": ["a"]}, {"amount": 1000}])  # fmt: skip
    assert [line.discount_share for line in order.lines] == [1000, 900]


@pytest.mark.parametrize("amount", [0, 1, 2000])
def test_line_discount_and_order_discount_are_one_share(amount: int) -> None:
    order = frozen([line_body("a", 1000, discount=500), line_body("b", 1500)], discounts=[{"amount": amount}])
    assert sum(line.discount_share for line in order.lines) == 500 + amount
    assert order.discount_total == 500 + amount
