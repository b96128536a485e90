"""What a settlement covers and books, where goods go, what a customer reads."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.returns.rules import states
from comeback.returns.rules.goods import pick, stock_of
from comeback.returns.rules.progress import Facts, status, steps
from comeback.returns.rules.quote import quote
from comeback.returns.rules.quoted import TenderShare
from comeback.returns.rules.settlement import CaseLine, divide, due_asks, journal, kept, promised, settled_units
from comeback.returns.rules.states import goods_state, settlement_state
from tests.unit.returns.sale import Sale, ask, body, line, uid, variant
from tests.unit.returns.test_properties import plans

T0 = datetime(2026, 11, 20, tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(plans(), st.sampled_from(["refund", "store_credit"]), st.integers(0, 5000))
def test_the_journal_always_balances(plan: tuple[object, list[list[tuple[str, int]]]], outcome: str, good: int) -> None:
    order, batches = plan
    sale = Sale(order)  # type: ignore[arg-type]
    for batch in batches:
        tender = sale.facts.tenders[0]
        sale.goodwill(tender.key, min(tender.remaining, good))
        got = sale.give_back(*[ask(k, n, resolution=outcome) for k, n in batch])
        entries = journal(got)
        assert sum(amount for _, _, amount in entries) == 0
        owed = {account: -amount for account, _, amount in entries}
        assert owed.get("refund_clearing", 0) == got.refund_total
        assert owed.get("store_credit_liability", 0) == got.credit_total


def test_the_journal_of_54_to_credit_is_the_books_example() -> None:
    sale = Sale(body([line("A", 5000, tax=400)], [("t", "card", 5400)]))
    entries = journal(sale.quote(ask("A", resolution="store_credit")))
    assert entries == [
        ("sales_returns", "USD", 5000), ("tax_payable", "USD", 400), ("store_credit_liability", "USD", -5400),
    ]  # fmt: skip


def test_a_later_settlement_is_promised_the_rest() -> None:
    sale = Sale(body([line("B", 334, 3, discount=2)], [("t", "card", 1000)]))
    basis = sale.asked(ask("B", 3))
    first = due_asks([CaseLine(id=uid("x"), ask=basis.asks[0], slots=(1, 2), deductions={})])
    assert (first[0].quantity, first[0].slots) == (2, (1, 2))
    assert sale.give_back(*first).refund_total == 667
    rest = due_asks([CaseLine(id=uid("x"), ask=basis.asks[0], slots=(3,), deductions={})])
    question = promised(basis, rest, (), {(uid("B"), 1), (uid("B"), 2)})
    assert kept(sale.quote(*rest), quote(question))
    gone = settled_units([("executing", {str(uid("x")): [1, 2]}), ("blocked", {str(uid("x")): [3]})])
    assert gone == {(uid("x"), 1), (uid("x"), 2)}


def test_moved_value_is_credit_first_then_replacement() -> None:
    shares = [TenderShare(tender=uid("a"), key="a", amount=2500), TenderShare(tender=uid("b"), key="b", amount=1500)]
    credited, carried = divide(shares, 3000)
    assert [(s.key, s.amount) for s in credited] == [("a", 2500), ("b", 500)]
    assert [(s.key, s.amount) for s in carried] == [("b", 1000)]


def test_goods_and_their_stock() -> None:
    assert [stock_of(d) for d in ("restock", "quarantine", "refurbish", "destroy", None)] == [
        "sellable", "quarantine", "quarantine", None, None,
    ]  # fmt: skip
    picked = pick([[3, 1], [2]], 3)
    assert picked is not None and [(p.line, p.slots) for p in picked] == [(0, (1, 3)), (1, (2,))]
    assert pick([[1]], 2) is None
    assert goods_state(2, []) == "expected"
    assert goods_state(2, [("A", "restock")]) == "partial"
    assert goods_state(1, [(None, None)]) == "received"
    assert goods_state(1, [("A", None)]) == "graded"
    assert goods_state(1, [("A", "restock")]) == "disposed"


@pytest.mark.parametrize(
    ("attempts", "state"),
    [
        ([], "settled"), (["succeeded"], "settled"), (["succeeded", "pending"], "executing"), (["failed"], "failed"),
        (["succeeded", "failed"], "partially_settled"), (["unknown", "failed"], "executing"),
    ],
)  # fmt: skip
def test_a_settlement_follows_its_attempts(attempts: list[str], state: str) -> None:
    assert settlement_state(attempts) == state


def test_final_states_stay() -> None:
    assert {s for s in states.CASE.states if states.CASE.final(s)} == {"declined", "closed", "canceled", "expired"}
    assert not states.CASE.allows("closed", "open") and not states.EXCHANGE.allows("released", "canceled")


def test_steps_and_status_grow_with_the_case() -> None:
    known = Facts(state="requested", requested_at=T0)
    assert [s.state for s in steps(known)] == ["done", "current", *["next"] * 4]
    assert status(known) == "requested"
    walk = [
        ("approved", {"state": "approved", "approved_at": T0}),
        ("on_its_way", {"scanned_at": T0 + timedelta(days=1)}),
        ("received", {"state": "open", "received_at": T0 + timedelta(days=2)}),
        ("inspected", {"inspected_at": T0 + timedelta(days=2)}),
        ("refunding", {"settled_at": T0 + timedelta(days=3)}),
        ("refunded", {"paid": True, "state": "closed"}),
    ]
    for n, (word, change) in enumerate(walk):
        known = msgspec.structs.replace(known, **change)
        bar = [s.state for s in steps(known)]
        assert status(known) == word
        assert bar.count("done") == (n + 2 if n < 4 else 5 if word == "refunding" else 6)
        assert bar.count("current") == (0 if word == "refunded" else 1)
    assert status(msgspec.structs.replace(known, failed=True)) == "refund_failed"
    assert status(Facts(state="canceled", requested_at=T0, approved_at=T0)) == "canceled"


def test_a_dearer_replacement_after_goodwill_asks_for_money() -> None:
    sale = Sale(body([line("A", 5000)], [("t", "card", 5000)]))
    sale.goodwill("t", 1000)
    got = sale.quote(ask("A", resolution="exchange", variant=variant(5000)))
    assert (got.carried_total, got.charge_total, got.refund_total) == (4000, 1000, 0)
    assert UUID(int=0) not in got.line_moves
