"""What a settlement covers, whether it keeps the promise, and what it books. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from comeback.returns.rules.facts import Ask, LineFacts, OrderFacts
from comeback.returns.rules.quoted import Quote, QuoteInput, TenderShare


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a case for settling: the units due now and their deductions in percent."""

    id: UUID
    ask: Ask
    slots: tuple[int, ...]
    deductions: dict[int, int]


def due_asks(lines: Sequence[CaseLine]) -> tuple[Ask, ...]:
    """The asks of the units that are due; replacements keep the terms of the quote."""
    return tuple(
        msgspec.structs.replace(x.ask, quantity=len(x.slots), slots=x.slots, deductions=x.deductions) for x in lines
    )


def promised(basis: QuoteInput, asks: tuple[Ask, ...], charged: tuple[str, ...], settled: set[tuple[UUID, int]]) -> (
    QuoteInput
):  # fmt: skip
    """The same question on the facts of the quote: what those units were promised."""

    def less(line: LineFacts) -> LineFacts:
        gone = tuple(slot for owner, slot in sorted(settled) if owner == line.id)
        return msgspec.structs.replace(line, taken=(*line.taken, *gone))

    order = msgspec.structs.replace(basis.order, lines=tuple(less(x) for x in basis.order.lines))
    return msgspec.structs.replace(basis, order=order, asks=asks, fees_charged=charged)


def after_paid(order: OrderFacts, paid: Sequence[Mapping[str, Any]]) -> OrderFacts:
    """The facts of the quote once earlier settlements of the case (their computed quotes) took their part."""
    shipping = sum(p["shipping_refund"] for p in paid)
    moved = sum(p["refund_total"] + p["credit_total"] + p["carried_total"] for p in paid)
    return msgspec.structs.replace(
        order, refunded=order.refunded + moved, shipping_refunded=order.shipping_refunded + shipping
    )


def as_promised(now: OrderFacts, basis: OrderFacts, settled: set[tuple[UUID, int]]) -> OrderFacts:
    """The order as it is now, as far as it concerns a case with the facts `basis` (its own payments taken off).

    Cases of one order do not move each other's promises (M8, M16): units that another case took since the quote count
    as still with the customer, and shipping that was promised elsewhere before stays promised there. What was there
    at the quote and is not any more (a case that was cancelled) does change the result, for a human to see.
    """
    was = {line.id: set(line.taken) for line in basis.lines}

    def own_view(line: LineFacts) -> LineFacts:
        taken = tuple(s for s in line.taken if s in was.get(line.id, ()) or (line.id, s) in settled)
        return msgspec.structs.replace(line, taken=taken)

    return msgspec.structs.replace(
        now,
        lines=tuple(own_view(line) for line in now.lines),
        shipping_refunded=max(now.shipping_refunded, basis.shipping_refunded),
    )


def kept(expected: Quote, computed: Quote) -> bool:
    """Whether execution brings what was promised, to the minor unit (M16)."""
    return totals(expected) == totals(computed)


def totals(got: Quote) -> tuple[int, int, int, int]:
    """What a customer sees of a quote: money, credit, value in the replacement, to be paid."""
    return got.refund_total, got.credit_total, got.carried_total, got.charge_total


def divide(moved: Sequence[TenderShare], credit: int) -> tuple[tuple[TenderShare, ...], tuple[TenderShare, ...]]:
    """The moved value of the tenders: first what becomes credit, then what the replacement carries."""
    first: list[TenderShare] = []
    rest: list[TenderShare] = []
    for share in moved:
        part = min(credit, share.amount)
        credit -= part
        if part:
            first.append(msgspec.structs.replace(share, amount=part))
        if share.amount > part:
            rest.append(msgspec.structs.replace(share, amount=share.amount - part))
    return tuple(first), tuple(rest)


def journal(got: Quote) -> list[tuple[str, str, int]]:
    """Ledger entries of an entitlement (D4): returns and tax against what is owed; Σ = 0, debit positive."""
    tax = sum(line.tax for line in got.lines)
    fees = sum(fee.amount for fee in got.fees)
    owed = got.refund_total + got.credit_total + got.carried_total
    entries = [
        ("sales_returns", owed + fees - tax - got.shipping_refund),
        ("tax_payable", tax),
        ("shipping_refunds", got.shipping_refund),
        ("return_fee_income", -fees),
        ("refund_clearing", -got.refund_total),
        ("store_credit_liability", -got.credit_total),
        ("exchange_clearing", -got.carried_total),
    ]
    return [(account, got.currency, amount) for account, amount in entries if amount]


def settled_units(settlements: Sequence[tuple[str, Mapping[str, Any]]]) -> set[tuple[UUID, int]]:
    """(return line, slot) of every unit that a settlement (state, units) covers; blocked ones cover none."""
    return {
        (line, slot)
        for state, units in settlements
        if state != "blocked"
        for line, slots in ((UUID(key), slots) for key, slots in units.items())
        for slot in slots
    }
