"""A sale in memory: frozen by the rules of orders, given back by the rules of returns."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5

import msgspec

from comeback.orders.rules.amounts import freeze
from comeback.orders.schemas import OrderIn
from comeback.returns.rules.facts import Ask, ClockFacts, LineFacts, OrderFacts, TenderFacts, VariantFacts
from comeback.returns.rules.policy import DEFAULT_POLICY, Policy
from comeback.returns.rules.quote import quote
from comeback.returns.rules.quoted import Quote, QuoteInput

SPACE = UUID(int=7)
PLACED = datetime(2026, 11, 1, 10, tzinfo=UTC)


def uid(name: str) -> UUID:
    """A stable id for a name."""
    return uuid5(SPACE, name)


def line(key: str, price: int, quantity: int = 1, **rest: object) -> dict[str, object]:
    """A line of an order body."""
    return {"external_id": key, "title": key, "quantity": quantity, "unit_price": price, **rest}


def body(lines: Sequence[Mapping[str, object]], tenders: Sequence[tuple[str, str, int]], **rest: object) -> OrderIn:
    """An order body of these lines and tenders (key, kind, amount)."""
    raw = {
        "external_id": "1",
        "number": "#1",
        "placed_at": PLACED,
        "currency": "USD",
        "customer": {"email": "a@example.com"},
        "lines": list(lines),
        "tenders": [{"id": k, "kind": kind, "amount": amount} for k, kind, amount in tenders],
        **rest,
    }
    return msgspec.convert(raw, OrderIn)


class Sale:
    """An order's facts that remember what was paid back."""

    def __init__(self, order: OrderIn, policy: Policy = DEFAULT_POLICY) -> None:
        frozen = freeze(order)
        lines = []
        for i, (sold, shares) in enumerate(zip(order.lines, frozen.lines, strict=True)):
            lines.append(
                LineFacts(
                    id=uid(sold.external_id),
                    key=sold.external_id,
                    position=i,
                    unit_price=sold.unit_price,
                    shares=shares,
                    remaining=shares.amount,
                    final_sale=sold.final_sale,
                )
            )
        tenders = [TenderFacts(id=uid(t.id), key=t.id, kind=t.kind, captured=t.amount) for t in order.tenders]
        cheapest = order.shipping.cheapest_standard
        self.policy, self.total = policy, frozen.total
        self.facts = OrderFacts(
            currency=order.currency,
            tax_included=order.tax_included,
            captured=frozen.captured,
            refunded=0,
            reserved=0,
            shipping_amount=order.shipping.amount,
            shipping_tax=order.shipping.tax,
            shipping_refunded=0,
            cheapest_standard=order.shipping.amount if cheapest is None else cheapest,
            clock=ClockFacts(placed_at=order.placed_at),
            lines=tuple(lines),
            tenders=tuple(tenders),
        )

    def asked(self, *wanted: Ask, kind: str = "return") -> QuoteInput:
        """A question to the quote."""
        return QuoteInput(order=self.facts, policy=self.policy, policy_version=1, asks=wanted, kind=kind)

    def quote(self, *wanted: Ask, kind: str = "return") -> Quote:
        """The quote for these asks."""
        return quote(self.asked(*wanted, kind=kind))

    def give_back(self, *wanted: Ask, kind: str = "return") -> Quote:
        """Quotes and books: units taken, tenders, order, lines and shipping reduced."""
        got = self.quote(*wanted, kind=kind)
        out = {s.tender: s.amount for s in got.tenders}
        for s in got.moved:
            out[s.tender] = out.get(s.tender, 0) + s.amount
        gone: dict[UUID, set[int]] = {}
        for quoted in got.lines:
            gone.setdefault(quoted.line, set()).update(quoted.slots)
        facts = self.facts
        self.facts = msgspec.structs.replace(
            facts,
            refunded=facts.refunded + got.refund_total + got.credit_total + got.carried_total,
            shipping_refunded=facts.shipping_refunded + got.shipping_refund,
            tenders=tuple(msgspec.structs.replace(t, refunded=t.refunded + out.get(t.id, 0)) for t in facts.tenders),
            lines=tuple(
                msgspec.structs.replace(
                    x,
                    taken=(*x.taken, *sorted(gone.get(x.id, set()))),
                    remaining=x.remaining - got.line_refunds.get(x.id, 0) - got.line_moves.get(x.id, 0),
                )
                for x in facts.lines
            ),
        )
        return got

    def goodwill(self, tender: str, amount: int) -> None:
        """An unallocated refund that happened before."""
        facts = self.facts
        self.facts = msgspec.structs.replace(
            facts,
            refunded=facts.refunded + amount,
            tenders=tuple(
                msgspec.structs.replace(t, refunded=t.refunded + (amount if t.key == tender else 0))
                for t in facts.tenders
            ),
        )


def ask(key: str, quantity: int = 1, reason: str = "changed_mind", resolution: str = "refund", **rest: object) -> Ask:
    """An ask by the line's key."""
    return msgspec.convert(
        {"line": uid(key), "quantity": quantity, "reason": reason, "resolution": resolution, **rest}, Ask
    )


def variant(price: int, rate_bp: int | None = None, available: int = 5) -> VariantFacts:
    """A replacement on offer."""
    return VariantFacts(id=uid(f"v{price}"), key=f"v{price}", price=price, tax_rate_bp=rate_bp, available=available)
