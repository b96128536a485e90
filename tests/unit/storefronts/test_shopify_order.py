"""Shopify orders of every version: to the cent, in one currency, never lost, never silently wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.orders.rules import freeze
from comeback.storefronts.rules.carriers import carrier_name, split_pieces
from comeback.storefronts.rules.reading import minor, moment, words
from comeback.storefronts.rules.shopify_order import read_order
from comeback.storefronts.rules.taking import Unusable


def body(**more: Any) -> dict[str, Any]:
    return {
        "id": 5, "name": "#5", "created_at": "2026-11-01T10:00:00+01:00", "currency": "EUR", "taxes_included": True,
        "email": "a@example.com", "total_price": "100.00", "current_total_price": "100.00",
        "line_items": [line(1, "50.00", 2)],
    } | more  # fmt: skip


def line(key: int, price: Any, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": key, "title": f"Item {key}", "price": price, "quantity": quantity} | more


def test_amounts_are_read_by_the_currency() -> None:
    assert (minor("12.9", "EUR"), minor(5800, "JPY"), minor("5800.00", "JPY")) == (1290, 5800, 5800)
    assert minor("1.234", "KWD") == 1234
    assert (minor(None, "EUR"), minor("x", "EUR"), minor("NaN", "EUR"), minor(True, "EUR")) == (None, None, None, None)
    assert words('"Big Air", Barnes & Noble,, x') == ['"Big Air"', "Barnes & Noble", "x"]
    assert moment("2026-11-01T10:00:00") is not None and moment("yesterday") is None


def test_allocations_of_the_shop_win_and_codes_are_kept() -> None:
    lines = [
        line(1, "50.00", 2, discount_allocations=[{"amount": "3.34"}], total_discount="0.00"),
        line(2, "49.99", discount_allocations=[{"amount": "1.66"}]),
    ]
    found = read_order(body(line_items=lines, total_discounts="5.00", discount_codes=[{"code": "FIVE"}],
                            current_total_price="144.99"))  # fmt: skip
    assert found.review == []
    assert [x.discount for x in found.order.lines] == [334, 166]
    assert [(d.code, d.amount) for d in found.order.discounts] == [("FIVE", 0)]


def test_an_order_discount_without_allocations_is_shared() -> None:
    found = read_order(body(total_discounts="10.00", discount_codes=[{"code": "TEN"}], current_total_price="90.00"))
    assert found.review == [] and freeze(found.order).total == 9000
    assert found.order.discounts[0].amount == 1000


def test_tax_on_top_of_lines_and_shipping() -> None:
    found = read_order(body(
        taxes_included=False, total_tax="20.93", current_total_price="131.10",
        line_items=[line(1, "50.00", 2, tax_lines=[{"price": "19.00"}])],
        shipping_lines=[{"title": "Express", "price": "10.17", "tax_lines": [{"price": "1.93"}]}],
    ))  # fmt: skip
    assert found.review == [] and found.order.shipping.tax == 193 and found.order.lines[0].tax == 1900
    assert found.order.shipping.cheapest_standard is None


def test_a_total_tax_without_taxes_of_lines_is_shared() -> None:
    found = read_order(body(taxes_included=False, total_tax="19.00", current_total_price="119.00"))
    assert found.review == [] and freeze(found.order).tax_total == 1900


def test_a_cent_of_rounding_goes_to_the_largest_tax() -> None:
    taxed = [line(1, "10.00", tax_lines=[{"price": "1.90"}]), line(2, "1.00", tax_lines=[{"price": "0.19"}])]
    found = read_order(body(taxes_included=False, line_items=taxed, total_tax="2.10", current_total_price="13.10"))
    assert found.review == [] and [x.tax for x in found.order.lines] == [191, 19]


def test_presentment_money_throughout() -> None:
    def both(shop: str, paid: str) -> dict[str, Any]:
        return {"shop_money": {"amount": shop, "currency_code": "USD"},
                "presentment_money": {"amount": paid, "currency_code": "JPY"}}  # fmt: skip

    found = read_order(body(
        currency="USD", presentment_currency="JPY", total_price_set=both("20.00", "3000"),
        current_total_price_set=both("20.00", "3000"),
        line_items=[line(1, "10.00", 2, price_set=both("10.00", "1500"))],
        transactions=[{"id": 1, "kind": "sale", "status": "success", "amount": "3000", "currency": "JPY"}],
    ))  # fmt: skip
    assert (found.order.currency, freeze(found.order).total, found.order.tenders[0].amount) == ("JPY", 3000, 3000)
    assert found.review == [] and found.order.fx_rate is not None


def test_tips_duties_and_gift_cards() -> None:
    found = read_order(body(
        total_tip_received="5.00", current_total_price="117.00",
        line_items=[line(1, "50.00", 2, duties=[{"price": "12.00", "tax_lines": []}])],
        transactions=[
            {"id": 1, "kind": "sale", "status": "success", "gateway": "gift_card", "amount": "17.00"},
            {"id": 2, "kind": "capture", "status": "success", "gateway": "cash_on_delivery", "amount": 100},
            {"id": 3, "kind": "authorization", "status": "success", "gateway": "x", "amount": "100"},
            {"id": 4, "kind": "sale", "status": "failure", "gateway": "x", "amount": "100"},
        ],
    ))  # fmt: skip
    assert found.review == []
    assert {x.external_id: x.unit_price for x in found.order.lines} == {"1": 5000, "duties": 1200, "tip": 500}
    assert [(t.kind, t.amount) for t in found.order.tenders] == [("gift_card", 1700), ("cash_on_delivery", 10000)]


def test_refunds_name_their_units_and_ours_are_known_already() -> None:
    def refund(key: int, note: str) -> dict[str, Any]:
        part = {"line_item_id": 1, "quantity": 1, "subtotal": "50.00", "total_tax": "0.00"}
        money = {"id": key, "kind": "refund", "status": "success", "amount": "50.00", "parent_id": 9}
        return {"id": key, "note": note, "refund_line_items": [part], "transactions": [money]}

    paid = [{"id": 9, "kind": "sale", "status": "success", "gateway": "visa", "amount": "100.00"}]
    lines = [line(1, "50.00", 2, current_quantity=0)]
    refunds = [refund(1, ""), refund(2, "Refunded [comeback:x]")]
    found = read_order(body(transactions=paid, line_items=lines, refunds=refunds, current_total_price="0.00"))
    assert found.review == [] and found.order.lines[0].quantity == 2
    assert [(r.id, r.amount) for r in found.order.refunds] == [("1:1", 5000)]


def test_units_that_an_edit_removed_are_not_sold() -> None:
    found = read_order(body(line_items=[line(1, "50.00", 2, current_quantity=1)], current_total_price="50.00"))
    assert found.review == [] and found.order.lines[0].quantity == 1


def test_sums_that_do_not_fit_are_named_and_the_order_is_taken() -> None:
    found = read_order(body(current_total_price="99.00"))
    assert any("9900" in reason for reason in found.review)
    found = read_order(body(email="no address", shipping_address={"country_code": "XX"}, customer_locale="klingon"))
    assert found.order.customer.email is None and found.order.customer.external_id == "guest:5"
    assert found.order.shipping_address is None and len(found.review) >= 2
    foreign = [{"id": 1, "kind": "sale", "status": "success", "amount": "79.60", "currency": "AUD"}]
    found = read_order(body(transactions=foreign))
    assert found.order.tenders == [] and "currency" in found.review[0]


def test_several_numbers_share_the_pieces() -> None:
    assert split_pieces({"a": 3, "b": 1}, 2) == [{"a": 2}, {"a": 1, "b": 1}]
    assert split_pieces({"a": 1}, 3) == [{"a": 1}]
    assert [carrier_name(n) for n in ("DHL Express", "GLS", "United Parcel Service", "Blue Dart!", None)] == [
        "dhl_express", "gls", "ups", "blue_dart", "other",
    ]  # fmt: skip


@pytest.mark.parametrize("missing", ["id", "created_at", "line_items", "currency"])
def test_what_is_no_order_is_told_so(missing: str) -> None:
    whole = body()
    del whole[missing]
    with pytest.raises(Unusable):
        read_order(whole)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted([*body(), "customer", "refunds", "shipping_lines", "transactions",
                                               "discount_codes", "fulfillments", "tags", "presentment_currency",
                                               "total_discounts", "total_tax"])), JUNK, max_size=5))  # fmt: skip
def test_no_odd_body_breaks_the_reader(odd: dict[str, Any]) -> None:
    """It is read, with a review where sums differ, or refused by name: nothing else."""
    try:
        found = read_order(body() | odd)
    except Unusable:
        return
    freeze(found.order)
