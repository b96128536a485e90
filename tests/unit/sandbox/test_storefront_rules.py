"""The rehearsal shops' arithmetic and search syntax, without a server."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.sandbox.clock import SandboxClock
from comeback.sandbox.storefront import sums
from comeback.sandbox.storefront.handing import RefundRefused, WantedRefund, WantedRefundLine, refund
from comeback.sandbox.storefront.objects import Memory, Order, Shop
from comeback.sandbox.storefront.shopify.bodies import order as order_body
from comeback.sandbox.storefront.shopify.cost import bucket
from comeback.sandbox.storefront.shopify.names import amount, plain_id, served, utc
from comeback.sandbox.storefront.shopify.search import matcher
from comeback.sandbox.storefront.store import Store
from comeback.sandbox.storefront.trade import Purchase, WantedDiscount, WantedLine, WantedShipping, place


def opened(**change: Any) -> tuple[Store, Shop]:
    store = Store(SandboxClock(), Memory(), lambda: None)
    shop = store.open("shopify", "unit.myshopify.com", "secret")
    for name, value in change.items():
        setattr(shop, name, value)
    return store, shop


def sold(store: Store, shop: Shop, *lines: tuple[int, int], off: int = 0, shipping: int = 490) -> Order:
    wanted = Purchase(
        email="ada@example.com",
        lines=[
            WantedLine(title=f"Thing {n}", price=price, quantity=count, tax_rate_bp=1900)
            for n, (price, count) in enumerate(lines)
        ],
        shipping=WantedShipping(price=shipping, tax_rate_bp=1900),
        discounts=[WantedDiscount(code="OFF", amount=off)] if off else [],
    )
    return place(store, shop, wanted)


@given(
    lines=st.lists(st.tuples(st.integers(1, 9999), st.integers(1, 6)), min_size=1, max_size=5),
    off=st.integers(0, 5000),
    included=st.booleans(),
)
def test_all_units_refunded_are_the_whole_order(lines: list[tuple[int, int]], off: int, included: bool) -> None:
    store, shop = opened(taxes_included=included)
    order = sold(store, shop, *lines, off=off)
    assert sums.discount_total(order) == min(off, sum(price * count for price, count in lines))
    assert sums.captured(order) == sums.total(order)
    for line in order.lines:
        for _ in range(line.quantity):
            refund(store, shop, order, WantedRefund(lines=[WantedRefundLine(line_id=line.id)]))
    goods = sums.subtotal(order) + (0 if included else sum(line.tax for line in order.lines))
    assert sums.refunded(order) == goods
    with pytest.raises(RefundRefused):
        refund(store, shop, order, WantedRefund(lines=[WantedRefundLine(line_id=order.lines[0].id)]))


def test_money_never_leaves_twice() -> None:
    store, shop = opened()
    order = sold(store, shop, (5000, 2))
    refund(store, shop, order, WantedRefund(amount=10_000))
    with pytest.raises(RefundRefused):
        refund(store, shop, order, WantedRefund(amount=500))
    assert sums.refunded(order) == 10_000
    assert sums.financial_status(order) == "partially_refunded"
    refund(store, shop, order, WantedRefund(amount=490))
    assert sums.financial_status(order) == "refunded"


@pytest.mark.parametrize(
    ("value", "currency", "graph", "rest"),
    [
        (1000, "EUR", "10.0", "10.00"),
        (999, "EUR", "9.99", "9.99"),
        (1000, "JPY", "1000.0", "1000"),
        (1250, "KWD", "1.25", "1.250"),
        (-50, "EUR", "-0.5", "-0.50"),
    ],
)  # fmt: skip
def test_money_as_each_interface_writes_it(value: int, currency: str, graph: str, rest: str) -> None:
    assert amount(value, currency) == graph
    assert sums.decimal(value, currency) == rest
    assert sums.minor(graph, currency) == value


def test_what_is_no_amount() -> None:
    for text in ("ten", "1.005", ""):
        with pytest.raises(ValueError, match=r".+"):
            sums.minor(text, "EUR")


def test_rest_times_are_the_shops_own() -> None:
    store, shop = opened(timezone="America/New_York")
    order = sold(store, shop, (100, 1))
    order.created_at = datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()
    body = order_body(shop, order)
    assert body["created_at"] == "2026-07-01T08:00:00-04:00"
    assert utc(order.created_at) == "2026-07-01T12:00:00Z"


FACTS: dict[str, Any] = {
    "id": 7, "name": ["#1007", "1007"], "updated_at": 1_800_000_000.0, "tag": ["vip", "exchange"],
    "email": "ada@x.example",
    "source_identifier": "comeback:x1", "status": ["open", "any"], "default": ["#1007", "1007"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "met"),
    [
        (None, True), ("", True), ("id:7", True), ("id:>=8", False), ("name:1007", True), ("name:'#1007'", True),
        ("tag:vip tag:exchange", True), ("tag:vip AND tag:none", False), ("tag:none OR tag:vip", True),
        ("-tag:vip", False), ("NOT tag:none", True), ("updated_at:>='2027-01-15T08:00:00Z'", True),
        ("updated_at:>2027-01-15T08:00:00Z", False),
        ("updated_at:<'2027-01-15T08:00:01Z'", True), ("source_identifier:'comeback:x1'", True), ("email:ada*", True),
        ("status:any", True), ("unknown_field:1", True), ("1007", True), ("1008", False),
    ],
)  # fmt: skip
def test_search(query: str | None, met: bool) -> None:
    assert matcher(query)(FACTS) is met


def test_global_ids() -> None:
    assert plain_id("gid://shopify/Order/12", "Order") == 12
    assert plain_id("gid://shopify/InventoryLevel/3?inventory_item_id=4") == 3
    for text in ("12", "gid://shopify/Order/x", "gid://shopify/DraftOrder/12", "gid://other/Order/1"):
        with pytest.raises(ValueError, match=r".+"):
            plain_id(text, "Order")


def test_versions_fall_forward() -> None:
    assert (served("2026-04"), served("2019-01"), served("unstable")) == ("2026-04", "2025-07", "unstable")


def test_the_bucket_leaks() -> None:
    points = bucket("standard", 0.0)
    assert points.take(2000, 0.0) and not points.take(1, 0.0)
    assert points.take(100, 1.0) and not points.take(100, 1.5)
    assert points.status()["currentlyAvailable"] == 50


def test_ids_of_two_shops_never_meet() -> None:
    store, shop = opened()
    other = store.open("shopify", "other.myshopify.com", "secret")
    assert abs(sold(store, shop, (100, 1)).id - sold(store, other, (100, 1)).id) > 1_000_000
