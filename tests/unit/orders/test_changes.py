"""Updates of stored orders: what is frozen stays, what is gone was refunded elsewhere, what does not fit is flagged."""

from typing import Any

from comeback.orders.rules import freeze
from comeback.orders.rules.changes import Change, StoredLine, StoredOrder, StoredTender, plan_change, record_refund
from comeback.orders.schemas import OrderIn, RefundIn, RefundLineIn
from tests.factories.orders import line_body, order_in


def stored(order: OrderIn, held: dict[str, set[int]] | None = None) -> StoredOrder:
    frozen = freeze(order)
    lines = {
        line.external_id: StoredLine(
            id=f"id-{line.external_id}", external_id=line.external_id, unit_price=line.unit_price,
            own_discount=line.discount, refunded=0, quantity=f.quantity, goods=f.goods,
            discount_share=f.discount_share, net=f.net, tax=f.tax, tax_included=f.tax_included,
            held=(held or {}).get(line.external_id, set()),
        )
        for line, f in zip(order.lines, frozen.lines, strict=True)
    }  # fmt: skip
    tenders = {
        t.id: StoredTender(id=f"id-{t.id}", external_id=t.id, kind=t.kind, captured=t.amount, refunded=0, reserved=0)
        for t in order.tenders
    }
    return StoredOrder(
        currency=order.currency, tax_included=order.tax_included, shipping_amount=order.shipping.amount,
        shipping_tax=order.shipping.tax, captured=frozen.captured, refunded=0, reserved=0, lines=lines,
        tenders=tenders, known_refunds=set(),
    )  # fmt: skip


def after(first: OrderIn, *, held: dict[str, set[int]] | None = None, **changes: Any) -> Change:
    body: dict[str, Any] = {
        "tenders": [{"id": t.id, "kind": t.kind, "amount": t.amount} for t in first.tenders],
        **changes,
    }
    return plan_change(stored(first, held), order_in(first.external_id, **body))


def two_lines(**fields: Any) -> OrderIn:
    return order_in(lines=[line_body("a", 1000, 3), line_body("b", 500)], **fields)


def test_the_same_again_changes_nothing() -> None:
    assert after(two_lines(), lines=[line_body("a", 1000, 3), line_body("b", 500)]) == Change()


def test_a_new_line_takes_what_is_left_of_discount_and_tax() -> None:
    first = order_in(lines=[line_body("a", 1000, tax=None)], discounts=[{"amount": 100}], tax_total=90)
    change = after(first, lines=[line_body("a", 1000, tax=None), line_body("b", 500, tax=None)],
                   discounts=[{"amount": 150}], tax_total=130)  # fmt: skip
    ((line, frozen),) = change.new_lines
    assert (line.external_id, frozen.discount_share, frozen.net, frozen.tax) == ("b", 50, 450, 40)
    assert change.review == []


def test_a_removed_line_went_back_elsewhere() -> None:
    change = after(two_lines(), lines=[line_body("a", 1000, 3)])
    assert change.units == {"id-b": [1]}
    assert change.line_refunds == {"id-b": 500}
    assert [(r.tender_id, r.amount) for r in change.refunds] == [("id-t1", 500)]
    assert (change.unallocated, change.review) == (0, [])


def test_a_reduced_line_gives_the_lowest_free_slots() -> None:
    first = order_in(lines=[line_body("a", 334, 3, discount=2)])
    change = after(first, lines=[line_body("a", 334, 1)])
    assert change.units == {"id-a": [1, 2]}
    assert change.refunded == 667


def test_a_reduced_line_that_is_being_returned_goes_to_review() -> None:
    change = after(two_lines(), held={"a": {1}}, lines=[line_body("a", 1000, 2), line_body("b", 500)])
    assert (change.units, change.refunds) == ({}, [])
    assert "line a" in change.review[0]


def test_planning_again_plans_nothing_more() -> None:
    first = two_lines()
    state = stored(first)
    update = order_in(lines=[line_body("a", 1000, 2)], tenders=[{"id": "t1", "kind": "card", "amount": 3500}])
    assert plan_change(state, update).refunded == 1500
    again = plan_change(state, update)
    assert (again.refunds, again.units, again.review) == ([], {}, [])


def test_a_lower_tender_is_the_refund_of_the_removed_line() -> None:
    change = after(two_lines(), lines=[line_body("a", 1000, 3)], tenders=[{"id": "t1", "kind": "card", "amount": 3000}])
    assert change.refunded == 500
    assert (change.line_refunds, change.unallocated) == ({"id-b": 500}, 0)


def test_a_stated_refund_for_a_line_covers_its_removal() -> None:
    change = after(two_lines(), lines=[line_body("a", 1000, 3), line_body("b", 500)],
                   refunds=[{"id": "r1", "tender": "t1", "amount": 500, "lines": ["b"]}])  # fmt: skip
    assert change.units == {"id-b": [1]}
    assert (change.refunded, change.unallocated, change.line_refunds) == (500, 0, {"id-b": 500})


def test_goodwill_without_lines_lowers_the_cap_only() -> None:
    change = after(two_lines(), lines=[line_body("a", 1000, 3), line_body("b", 500)],
                   refunds=[{"id": "r1", "tender": "t1", "amount": 200, "origin": "goodwill"}])  # fmt: skip
    assert (change.refunded, change.unallocated, change.line_refunds, change.units) == (200, 200, {}, {})


def test_a_refund_below_the_price_lowers_the_value_of_the_line() -> None:
    state = stored(two_lines())
    part = RefundIn(id="r1", tender="t1", amount=300, lines=[RefundLineIn(line="a", quantity=2)])
    change = record_refund(state, part)
    assert (change.line_refunds, change.units, change.unallocated) == ({"id-a": 300}, {}, 0)


def test_money_beyond_the_cap_goes_to_review() -> None:
    state = stored(two_lines())
    change = record_refund(state, RefundIn(id="r1", tender="t1", amount=9999))
    assert change.refunded == 3500
    assert change.review


def test_frozen_fields_go_to_review() -> None:
    same = [line_body("a", 1000, 3), line_body("b", 500)]
    assert after(two_lines(), lines=same, currency="USD").review
    assert after(two_lines(), lines=same, tax_included=True).review
    assert after(two_lines(), lines=same, shipping={"amount": 100}).review
    assert after(two_lines(), lines=[line_body("a", 999, 3), same[1]]).review
    assert after(two_lines(), lines=[line_body("a", 1000, 4), same[1]]).review
    assert after(two_lines(), lines=[line_body("a", 1000, 3, discount=5), same[1]]).review


def test_more_captured_and_a_new_tender() -> None:
    same = [line_body("a", 1000, 3), line_body("b", 500)]
    change = after(two_lines(), lines=same, tenders=[
        {"id": "t1", "kind": "card", "amount": 3600}, {"id": "t2", "kind": "bank", "amount": 50}])  # fmt: skip
    assert change.captured_more == {"id-t1": 100}
    assert [t.id for t in change.new_tenders] == ["t2"]
