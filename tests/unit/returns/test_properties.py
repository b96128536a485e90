"""P1–P3 of the specification over random orders and random ways to return them."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.orders.schemas import OrderIn
from comeback.returns.rules.policy import DEFAULT_POLICY, Policy
from comeback.returns.rules.quote import quote
from comeback.returns.rules.quoted import Quote, QuoteInput
from tests.unit.returns.sale import Sale, ask, body, line

PRICES = st.integers(0, 200_000) | st.integers(1, 40)


@st.composite
def orders(draw: st.DrawFn) -> OrderIn:
    """1–8 lines of 1–9, own and order discounts, mixed tax, 0/2/3 decimals, one to three tenders."""
    n = draw(st.integers(1, 8))
    included = draw(st.booleans())
    lines: list[dict[str, Any]] = []
    for i in range(n):
        price, quantity = draw(PRICES), draw(st.integers(1, 9))
        own = draw(st.integers(0, price * quantity // 2))
        lines.append(line(f"l{i}", price, quantity, discount=own, tax=None))
    subtotals = [x["unit_price"] * x["quantity"] - x["discount"] for x in lines]
    discounts = [{"amount": draw(st.integers(0, sum(subtotals) // 2))}] if draw(st.booleans()) else []
    paid = sum(subtotals) - sum(d["amount"] for d in discounts)
    tax = draw(st.integers(0, paid // 4))
    if draw(st.booleans()):
        for x in lines[:-1]:
            room = (x["unit_price"] * x["quantity"] - x["discount"]) // 8
            x["tax"] = draw(st.integers(0, min(room, tax)))
            tax -= x["tax"] if not included else 0
    own_taxes = sum(x["tax"] or 0 for x in lines)
    total_tax = own_taxes + (tax if not included else min(tax, max(0, paid // 8)))
    shipping = draw(st.integers(0, 2000))
    total = paid + shipping + (0 if included else total_tax)
    first, second = draw(st.integers(0, total)), draw(st.integers(0, total))
    cuts = sorted((first, second))
    parts = [cuts[0], cuts[1] - cuts[0], total - cuts[1]]
    kinds = [("gc", "gift_card"), ("card", "card"), ("bank", "bank")]
    tenders = [(k, kind, a) for (k, kind), a in zip(kinds, parts, strict=True)]
    return body(lines, tenders, currency=draw(st.sampled_from(["JPY", "EUR", "KWD"])), tax_included=included,
                discounts=discounts, tax_total=total_tax, shipping={"amount": shipping})  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> tuple[OrderIn, list[list[tuple[str, int]]]]:
    """An order and a random partition of all its units into returns, in random order."""
    order = draw(orders())
    units = draw(st.permutations([x.external_id for x in order.lines for _ in range(x.quantity)]))
    batches: list[list[tuple[str, int]]] = []
    while units:
        size = draw(st.integers(1, len(units)))
        batch, units = units[:size], units[size:]
        batches.append([(key, batch.count(key)) for key in dict.fromkeys(batch)])
    return order, batches


POLICIES = st.sampled_from(
    [DEFAULT_POLICY, Policy(tender_order="proportional"), Policy(tender_order="original_order_reverse")]
)
OUTCOMES = st.sampled_from(["refund", "store_credit"])


def within_caps(sale: Sale, got: Quote) -> None:
    """The four caps of M6 before booking `got`."""
    facts = sale.facts
    out = got.refund_total + got.credit_total + got.carried_total
    assert out <= facts.captured - facts.refunded - facts.reserved
    for share in (*got.tenders, *got.moved):
        tender = next(t for t in facts.tenders if t.id == share.tender)
        both = sum(s.amount for s in (*got.tenders, *got.moved) if s.tender == share.tender)
        assert share.amount > 0 and both <= tender.captured - tender.refunded - tender.reserved
    for x in facts.lines:
        assert got.line_refunds.get(x.id, 0) + got.line_moves.get(x.id, 0) <= x.remaining
    assert 0 <= got.shipping_refund <= facts.shipping_remaining
    assert sum(s.amount for s in got.tenders) == got.refund_total
    assert sum(got.line_refunds.values()) + got.shipping_refund == got.refund_total
    assert sum(got.line_moves.values()) == got.credit_total + got.carried_total


@settings(max_examples=300, deadline=None)
@given(plans(), POLICIES, st.data())
def test_p1_any_partition_sums_to_what_was_paid(
    plan: tuple[OrderIn, list[list[tuple[str, int]]]], policy: Policy, data: st.DataObject
) -> None:
    order, batches = plan
    sale = Sale(order, policy)
    assert sale.facts.captured == sale.total
    back = 0
    for batch in batches:
        outcome = data.draw(OUTCOMES)
        got = sale.quote(*[ask(k, n, resolution=outcome) for k, n in batch])
        within_caps(sale, got)
        sale.give_back(*[ask(k, n, resolution=outcome) for k, n in batch])
        assert got.refund_total + got.credit_total == sum(x.amount for x in got.lines)
        back += got.refund_total + got.credit_total
    assert back == sale.facts.goods_paid
    assert back == sum(x.unit(s).amount for x in sale.facts.lines for s in range(1, x.shares.quantity + 1))
    assert sale.facts.remaining == sale.facts.shipping_paid
    assert not any(x.free or x.remaining for x in sale.facts.lines)


@settings(max_examples=200, deadline=None)
@given(plans(), POLICIES, st.lists(st.integers(0, 5000), max_size=4), st.data())
def test_p2_no_prefix_exceeds_a_cap(
    plan: tuple[OrderIn, list[list[tuple[str, int]]]], policy: Policy, extras: list[int], data: st.DataObject
) -> None:
    order, batches = plan
    policy = msgspec.convert(
        msgspec.to_builtins(policy)
        | {"shipping": {"refund": data.draw(st.sampled_from(["never", "full_return", "always"]))}},
        Policy,
    )
    sale = Sale(order, policy)
    for batch in batches:
        tender = data.draw(st.sampled_from(sale.facts.tenders))
        sale.goodwill(tender.key, min(tender.remaining, extras.pop() if extras else 0))
        reason = data.draw(st.sampled_from(["changed_mind", "damaged"]))
        asks = [ask(k, n, reason=reason) for k, n in batch]
        within_caps(sale, sale.quote(*asks))
        sale.give_back(*asks)
        assert sum(t.refunded for t in sale.facts.tenders) == sale.facts.refunded <= sale.facts.captured
        assert all(t.refunded <= t.captured for t in sale.facts.tenders)


@settings(max_examples=200, deadline=None)
@given(plans(), POLICIES)
def test_p3_quote_is_execution(plan: tuple[OrderIn, list[list[tuple[str, int]]]], policy: Policy) -> None:
    order, batches = plan
    sale = Sale(order, policy)
    for batch in batches:
        promised = sale.asked(*[ask(k, n) for k, n in batch])
        first = quote(promised)
        # The settlement reads the promise back from storage and names the slots its case holds.
        stored = msgspec.json.decode(msgspec.json.encode(promised), type=QuoteInput)
        held = [msgspec.structs.replace(a, slots=x.slots) for a, x in zip(stored.asks, first.lines, strict=True)]
        assert quote(msgspec.structs.replace(stored, asks=tuple(held))) == first
        assert msgspec.json.decode(msgspec.json.encode(first), type=Quote) == first
        sale.give_back(*[ask(k, n) for k, n in batch])
