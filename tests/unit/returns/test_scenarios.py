"""The acceptance scenarios of the specification that are pure arithmetic, to the cent."""

from decimal import Decimal

import msgspec
import pytest

from comeback.returns.rules.explain import sentence
from comeback.returns.rules.policy import FeeRule, Policy
from comeback.returns.rules.quote import NothingLeft, quote
from comeback.returns.rules.tenders import Over, waterfall
from tests.unit.returns.sale import Sale, ask, body, line, variant


def test_1_plain_return_keeps_shipping() -> None:
    sale = Sale(body([line("A", 8000, tax=660)], [("t", "card", 9160)], shipping={"amount": 500}))
    got = sale.give_back(ask("A"))
    assert got.refund_total == 8660
    assert [(s.key, s.amount) for s in got.tenders] == [("t", 8660)]
    assert sale.facts.remaining == 500
    assert got.explanation[-1].code == "tender"
    with pytest.raises(NothingLeft):
        sale.quote(ask("A"))


@pytest.mark.parametrize(
    ("batches", "amounts"), [((1, 1, 1), (333, 334, 333)), ((2, 1), (667, 333)), ((1, 2), (333, 667))]
)
def test_2_thirds(batches: tuple[int, ...], amounts: tuple[int, ...]) -> None:
    # A line of 10.00 for three: 3 × 3.34 less 0.02 of its own discount.
    sale = Sale(body([line("B", 334, 3, discount=2)], [("t", "card", 1000)]))
    assert tuple(sale.give_back(ask("B", n)).refund_total for n in batches) == amounts
    with pytest.raises(NothingLeft):
        sale.quote(ask("B"))


def test_3_order_discount() -> None:
    sale = Sale(body([line("A", 15000), line("B", 6000)], [("t", "card", 16800)], discounts=[{"amount": 4200}]))
    assert sale.give_back(ask("A")).refund_total == 12000
    assert sale.give_back(ask("B")).refund_total == 4800


def test_4_fixed_coupon_and_tax() -> None:
    lines = [line("1", 1999, tax=109), line("2", 1499, tax=82), line("3", 999, tax=54)]
    sale = Sale(body(lines, [("t", "card", 3742)], discounts=[{"amount": 1000}]))
    assert sale.total == 3742
    got = [sale.give_back(ask(k)) for k in ("2", "1", "3")]
    assert [g.refund_total for g in got] == [1248, 1663, 831]
    assert [g.lines[0].discount_share for g in got] == [333, 445, 222]
    assert all(x.amount == x.goods - x.discount_share + x.tax for g in got for x in g.lines)


def test_5_quantity_with_tax() -> None:
    sale = Sale(body([line("A", 999, 7, tax=621)], [("t", "card", 7614)]))
    assert sale.give_back(ask("A", 3)).refund_total == 3263
    assert sale.give_back(ask("A", 4)).refund_total == 4351


@pytest.mark.parametrize("at_once", [True, False])
def test_6_charged_tax_is_authoritative(at_once: bool) -> None:
    sale = Sale(body([line(k, 333) for k in "abc"], [("t", "card", 1229)], tax_total=230))
    if at_once:
        assert sale.give_back(*[ask(k) for k in "abc"]).refund_total == 1229
    else:
        assert [sale.give_back(ask(k)).refund_total for k in "abc"] == [410, 410, 409]


def test_7_frozen_bogo() -> None:
    sale = Sale(body([line("A", 4000), line("B", 3000)], [("t", "card", 4000)], discounts=[{"amount": 3000}]))
    assert sale.give_back(ask("A")).refund_total == 2286
    assert sale.give_back(ask("B")).refund_total == 1714


def test_8_minimum_coupon_is_not_clawed_back() -> None:
    sale = Sale(body([line("A", 5000, 6)], [("t", "card", 27000)], discounts=[{"amount": 3000, "minimum": 30000}]))
    assert sale.give_back(ask("A", 5)).refund_total == 22500


FEES = Policy(
    fees=(FeeRule(kind="return_shipping", amount=595), FeeRule(kind="restocking", percent=Decimal(15))),
)


def test_9_fees() -> None:
    def sale() -> Sale:
        return Sale(body([line("A", 5000, tax=400)], [("t", "card", 5400)]), FEES)

    got = sale().quote(ask("A"))
    assert (got.refund_total, [(f.kind, f.amount) for f in got.fees]) == (
        3995, [("return_shipping", 595), ("restocking", 810)],
    )  # fmt: skip
    got = sale().quote(ask("A", reason="damaged"))
    assert (got.refund_total, got.fees) == (5400, ())
    small = Sale(body([line("A", 400)], [("t", "card", 400)]), Policy(fees=FEES.fees[:1]))
    got = small.quote(ask("A"))
    assert (got.refund_total, [f.amount for f in got.fees]) == (0, [400])


def test_10_split_tender() -> None:
    order = body([line("A", 4000), line("B", 6000)], [("gc", "gift_card", 2500), ("card", "card", 7500)])
    sale = Sale(order)
    assert [(s.key, s.amount) for s in sale.give_back(ask("A")).tenders] == [("gc", 2500), ("card", 1500)]
    assert [(s.key, s.amount) for s in sale.give_back(ask("B")).tenders] == [("card", 6000)]
    sale = Sale(order, Policy(tender_order="proportional"))
    assert [s.amount for s in sale.give_back(ask("A")).tenders] == [1000, 3000]
    assert [s.amount for s in sale.give_back(ask("B")).tenders] == [1500, 4500]
    reverse = Sale(order, Policy(tender_order="original_order_reverse"))
    assert [(s.key, s.amount) for s in reverse.quote(ask("A")).tenders] == [("card", 4000)]


def test_11_goodwill_before() -> None:
    sale = Sale(body([line("A", 2500, 2)], [("t", "card", 5000)]))
    sale.goodwill("t", 2000)
    got = sale.give_back(ask("A", 2))
    assert (got.refund_total, got.already_refunded, got.cut) == (3000, 2000, 2000)
    assert [s.params for s in got.explanation if s.code == "already_paid"] == [{"paid": 2000, "amount": 2000}]
    assert sale.facts.remaining == 0


def test_16_full_withdrawal_returns_the_cheapest_shipping() -> None:
    lines = [line("A", 11900, tax=1900, final_sale=True)]
    shipping = {"amount": 1290, "cheapest_standard": 490}
    sale = Sale(body(lines, [("t", "card", 13190)], tax_included=True, shipping=shipping), FEES)
    got = sale.quote(ask("A", reason=None), kind="withdrawal")
    assert (got.refund_total, got.shipping_refund, got.fees) == (12390, 490, ())


@pytest.mark.parametrize(("rule", "amounts"), [("proportional", (6245, 6245)), ("none", (6000, 6490))])
def test_17_partial_withdrawal(rule: str, amounts: tuple[int, int]) -> None:
    policy = msgspec.convert({"shipping": {"partial_withdrawal": rule}}, Policy)
    sale = Sale(body([line("A", 6000, 2)], [("t", "card", 12490)], shipping={"amount": 490}), policy)
    got = tuple(sale.give_back(ask("A", reason=None), kind="withdrawal").refund_total for _ in range(2))
    assert got == amounts


def test_21_inspection_mix() -> None:
    sale = Sale(body([line("A", 2500, 3, tax=750)], [("t", "card", 8250)]), Policy(fees=(FEES.fees[0],)))
    sale.policy = Policy(fees=(FeeRule(kind="return_shipping", amount=500),))
    got = sale.give_back(ask("A", 2, slots=[1, 2], deductions={2: 40}))
    assert got.refund_total == 3900
    again = sale.asked(ask("A", 1, slots=[3]))
    again = msgspec.structs.replace(again, fees_charged=("return_shipping",))
    assert quote(again).refund_total == 2750


@pytest.mark.parametrize(
    ("price", "rate", "charge", "refund"),
    [(5000, 800, 0, 0), (5000, None, 0, 0), (7000, 800, 2160, 0), (3000, 800, 0, 2160), (3000, None, 0, 2160)],
)
def test_22_exchanges(price: int, rate: int | None, charge: int, refund: int) -> None:
    sale = Sale(body([line("A", 5000, tax=400)], [("t", "card", 5400)]))
    got = sale.give_back(ask("A", resolution="exchange", variant=variant(price, rate)))
    assert (got.charge_total, got.refund_total, got.credit_total) == (charge, refund, 0)
    assert got.carried_total + got.refund_total == 5400
    assert sale.facts.remaining == 0


@pytest.mark.parametrize(("price", "charge"), [(10000, 0), (12000, 1500)])
def test_23_the_discount_stays_on_the_replacement(price: int, charge: int) -> None:
    sale = Sale(body([line("A", 10000, discount=2500)], [("t", "card", 7500)]))
    got = sale.quote(ask("A", resolution="exchange", variant=variant(price)))
    assert (got.charge_total, got.refund_total) == (charge, 0)


@pytest.mark.parametrize("included", [True, False])
@pytest.mark.parametrize("quantity", [1, 2, 3])
def test_an_equal_list_price_is_even_whatever_was_rounded(included: bool, quantity: int) -> None:
    tax = 1337
    lines = [line("A", 4999, 3, tax=tax, discount=100)]
    sale = Sale(body(lines, [("t", "card", 14897 + (0 if included else tax))], tax_included=included))
    got = sale.quote(ask("A", quantity, resolution="exchange", variant=variant(4999)))
    assert (got.charge_total, got.refund_total) == (0, 0)


def test_store_credit_takes_the_value_off_the_tenders() -> None:
    policy = msgspec.convert({"bonus": [{"resolution": "store_credit", "percent": 10}]}, Policy)
    sale = Sale(body([line("A", 5000, tax=400)], [("t", "card", 5400)]), policy)
    got = sale.give_back(ask("A", resolution="store_credit"))
    assert (got.refund_total, got.credit_total, got.bonus_total, got.tenders) == (0, 5400, 540, ())
    assert sale.facts.remaining == 0


def test_b1_yen_and_dinar() -> None:
    yen = body([line("A", 1500, 2, tax=264)], [("t", "card", 2900)], currency="JPY", tax_included=True,
               discounts=[{"amount": 100}])  # fmt: skip
    sale = Sale(yen)
    assert [sale.give_back(ask("A")).refund_total for _ in range(2)] == [1450, 1450]
    dinar = Sale(body([line("A", 3334, 3, discount=2)], [("t", "card", 10000)], currency="KWD"))
    assert [dinar.give_back(ask("A")).refund_total for _ in range(3)] == [3333, 3334, 3333]


def test_mixed_outcomes_of_one_line_never_share_a_unit() -> None:
    sale = Sale(body([line("B", 334, 3, discount=2)], [("t", "card", 1000)]))
    got = sale.quote(ask("B"), ask("B", resolution="store_credit"), ask("B"))
    assert [x.slots for x in got.lines] == [(1,), (2,), (3,)]
    assert (got.refund_total, got.credit_total) == (666, 334)
    with pytest.raises(NothingLeft):
        sale.quote(ask("B", 2), ask("B", 2))


def test_merchant_fault_gives_shipping_back() -> None:
    order = body([line("A", 3000), line("B", 1000)], [("t", "card", 4500)], shipping={"amount": 500})
    assert Sale(order).quote(ask("A", reason="damaged")).shipping_refund == 375
    both = Sale(order).quote(ask("A", reason="damaged"), ask("B", reason="wrong_item"))
    assert (both.shipping_refund, both.refund_total) == (500, 4500)


def test_a_waterfall_never_overdraws() -> None:
    sale = Sale(body([line("A", 4000)], [("gc", "gift_card", 2500), ("card", "card", 7500)]))
    assert [s.amount for s in waterfall(6000, sale.facts.tenders, "gift_card_first")] == [2500, 3500]
    with pytest.raises(Over):
        waterfall(10001, sale.facts.tenders, "proportional")


def test_every_step_has_words() -> None:
    sale = Sale(body([line("A", 8000, tax=660)], [("t", "card", 9160)], shipping={"amount": 500}))
    said = [sentence(s, "USD") for s in sale.quote(ask("A")).explanation]
    assert said == [
        "1 × A: $80.00 less $0.00 discount, tax $6.60, paid $86.60.",
        "Shipping $5.00 is not refunded.",
        "$86.60 goes back to t.",
    ]
    assert "86,60" in sentence(sale.quote(ask("A")).explanation[-1], "EUR", "de-DE")
