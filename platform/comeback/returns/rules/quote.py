"""The quote: one pure function behind quote and execution (M16). Amounts are minor units of the order's currency."""

from uuid import UUID

import msgspec

from comeback.kit.money import allocate
from comeback.returns.rules.exchange import swap
from comeback.returns.rules.facts import Ask, LineFacts
from comeback.returns.rules.fees import fees
from comeback.returns.rules.policy import percent_of
from comeback.returns.rules.quoted import Fee, Quote, QuotedLine, QuoteInput, Step, TenderShare
from comeback.returns.rules.shipping import shipping_refund
from comeback.returns.rules.tenders import after, waterfall


class NothingLeft(Exception):
    """More units were asked than are free; `key` names the line, `free` says how many are left."""

    def __init__(self, key: str, free: int) -> None:
        super().__init__(f"{key}: {free} left")
        self.key, self.free = key, free


class _Pots(msgspec.Struct):
    """What each line gives, by outcome, before fees and caps."""

    refund: list[int]
    credit: list[int]
    carried: list[int]
    charge: list[int]
    over: int = 0


def pick_slots(line: LineFacts, ask: Ask) -> tuple[int, ...]:
    """The slots of an ask: those of its case, else the lowest free ones (M4). Raises NothingLeft."""
    wanted = ask.slots or line.lowest(ask.quantity)
    if len(wanted) < ask.quantity or not set(wanted).isdisjoint(line.taken) or max(wanted) > line.shares.quantity:
        raise NothingLeft(line.key, line.free)
    return tuple(wanted)


def _taken(asked: QuoteInput) -> list[tuple[int, ...]]:
    """Slots per ask; two asks for one line never share a unit."""
    used: dict[UUID, set[int]] = {}
    found: list[tuple[int, ...]] = []
    for ask in asked.asks:
        line = asked.order.line(ask.line)
        mine = used.setdefault(ask.line, set())
        slots = pick_slots(msgspec.structs.replace(line, taken=(*line.taken, *mine)), ask)
        mine.update(slots)
        found.append(slots)
    return found


def price_line(asked: QuoteInput, ask: Ask, slots: tuple[int, ...]) -> QuotedLine:
    """One ask priced from its frozen slots."""
    line = asked.order.line(ask.line)
    units = tuple(line.unit(slot) for slot in slots)
    exchange = None
    if ask.resolution == "exchange" and ask.variant is not None:
        exchange = swap(line, units, ask.variant, tax_included=asked.order.tax_included)
    return QuotedLine(
        line=line.id,
        key=line.key,
        quantity=len(units),
        slots=slots,
        goods=sum(u.goods for u in units),
        discount_share=sum(u.discount_share for u in units),
        tax=sum(u.tax for u in units),
        amount=sum(u.amount for u in units),
        resolution=ask.resolution,
        reason=ask.reason,
        exchange=exchange,
    )


def _pots(asked: QuoteInput, lines: list[QuotedLine]) -> _Pots:
    """Each line's value by outcome, within what is still refundable on the line (M6)."""
    pots, room = _Pots([], [], [], []), dict[UUID, int]()
    for line in lines:
        left = room.setdefault(line.line, asked.order.line(line.line).remaining)
        value = min(line.amount, left)
        room[line.line] = left - value
        pots.over += line.amount - value
        price = line.exchange.price if line.exchange else 0
        swapped, credited = line.resolution == "exchange", line.resolution == "store_credit"
        pots.refund.append(max(0, value - price) if swapped else 0 if credited else value)
        pots.credit.append(value if credited else 0)
        pots.carried.append(min(value, price) if swapped else 0)
        pots.charge.append(max(0, price - value) if swapped else 0)
    return pots


def _split_fees(asked: QuoteInput, lines: list[QuotedLine], pots: _Pots, charged: tuple[Fee, ...]) -> tuple[int, int]:
    """The fees taken from refund and from credit; lines of the shop's fault are spared."""
    total = sum(f.amount for f in charged)
    spared = [ask.merchant_fault or line.resolution == "exchange" for ask, line in zip(asked.asks, lines, strict=True)]
    cash = sum(a for a, free in zip(pots.refund, spared, strict=True) if not free)
    credit = sum(a for a, free in zip(pots.credit, spared, strict=True) if not free)
    from_cash = min(total, cash)
    return from_cash, min(total - from_cash, credit)


class _Totals(msgspec.Struct):
    refund: int
    credit: int
    carried: int
    charge: int
    shipping: int
    cut: int


def _totals(asked: QuoteInput, pots: _Pots, shipping: int, taken: tuple[int, int]) -> _Totals:
    """Totals within the caps of order and tenders; what is missing comes off cash, then credit, then the exchange."""
    order = asked.order
    cap = min(order.remaining, sum(t.remaining for t in order.tenders))
    refund, credit = sum(pots.refund) + shipping - taken[0], sum(pots.credit) - taken[1]
    carried, charge = sum(pots.carried), sum(pots.charge)
    missing = max(0, refund + credit + carried - cap)
    cut = pots.over + missing
    from_refund = min(missing, refund)
    from_credit = min(missing - from_refund, credit)
    from_carried = missing - from_refund - from_credit
    refund, credit, carried = refund - from_refund, credit - from_credit, carried - from_carried
    return _Totals(refund, credit, carried, charge + from_carried, min(shipping, refund), cut)


def bonus(asked: QuoteInput, credit: int) -> int:
    """Promotional credit on top of `credit`, which is what is left after fees (M13)."""
    if not credit:
        return 0
    return sum(percent_of(credit, b.percent) if b.percent is not None else (b.amount or 0) for b in asked.policy.bonus)


def _by_line(lines: list[QuotedLine], amount: int, weights: list[int]) -> dict[UUID, int]:
    shares = allocate(amount, weights) if amount and sum(weights) else [0] * len(lines)
    found: dict[UUID, int] = {}
    for line, share in zip(lines, shares, strict=True):
        if share:
            found[line.line] = found.get(line.line, 0) + share
    return found


def _line_steps(line: QuotedLine) -> list[Step]:
    steps = [
        Step(
            code="line",
            params={
                "line": line.key,
                "quantity": line.quantity,
                "goods": line.goods,
                "discount_share": line.discount_share,
                "tax": line.tax,
                "amount": line.amount,
            },
        )
    ]
    if line.exchange:
        swapped = line.exchange
        code = "exchange_more" if swapped.difference > 0 else "exchange_less" if swapped.difference else "exchange_even"
        params = {"line": line.key, "variant": swapped.key, "price": swapped.price, "amount": abs(swapped.difference)}
        steps.append(Step(code=code, params=params))
    return steps


def _total_steps(asked: QuoteInput, got: _Totals, extra: int, shares: tuple[TenderShare, ...]) -> list[Step]:
    steps: list[Step] = []
    if got.shipping:
        steps.append(Step(code="shipping_refunded", params={"amount": got.shipping}))
    elif asked.order.shipping_remaining:
        steps.append(Step(code="shipping_kept", params={"amount": asked.order.shipping_remaining}))
    if got.cut:
        paid = asked.order.refunded + asked.order.reserved
        steps.append(Step(code="already_paid", params={"paid": paid, "amount": got.cut}))
    steps += [Step(code="tender", params={"tender": s.key, "amount": s.amount}) for s in shares]
    for code, amount in (("credit", got.credit), ("bonus", extra), ("charge", got.charge)):
        if amount:
            steps.append(Step(code=code, params={"amount": amount}))
    return steps


def quote(asked: QuoteInput) -> Quote:
    """The whole answer for a set of asks. Raises NothingLeft where a unit is not free."""
    lines = [price_line(asked, ask, slots) for ask, slots in zip(asked.asks, _taken(asked), strict=True)]
    pots = _pots(asked, lines)
    charged, fee_steps = fees(asked, lines)
    taken = _split_fees(asked, lines, pots, charged)
    got = _totals(asked, pots, shipping_refund(asked, lines), taken)
    order, extra = asked.order, bonus(asked, got.credit)
    shares = waterfall(got.refund, order.tenders, asked.policy.tender_order)
    moved = waterfall(got.credit + got.carried, after(order.tenders, shares), asked.policy.tender_order)
    steps = [s for line in lines for s in _line_steps(line)] + list(fee_steps)
    return Quote(
        currency=order.currency,
        policy_version=asked.policy_version,
        kind=asked.kind,
        lines=tuple(lines),
        fees=charged,
        shipping_refund=got.shipping,
        refund_total=got.refund,
        credit_total=got.credit,
        bonus_total=extra,
        carried_total=got.carried,
        charge_total=got.charge,
        already_refunded=order.refunded + order.reserved,
        cut=got.cut,
        tenders=shares,
        moved=moved,
        line_refunds=_by_line(lines, got.refund - got.shipping, pots.refund),
        line_moves=_by_line(
            lines, got.credit + got.carried, [c + x for c, x in zip(pots.credit, pots.carried, strict=True)]
        ),
        explanation=tuple(steps + _total_steps(asked, got, extra, shares)),
    )
