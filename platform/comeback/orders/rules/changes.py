"""What an update of a stored order changes: only what is not frozen. Pure.

New lines are added; removed or reduced lines become refunds made elsewhere; units that a case holds never change;
what does not fit goes to review. An update says what the order is now, so planning it twice plans nothing more.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from comeback.kit.money import allocate, allocate_within
from comeback.orders.rules.amounts import (
    FrozenLine,
    LineShares,
    charged_taxes,
    freeze_line,
    line_subtotal,
    lowest_free,
    remaining,
    slots_total,
    spread_over_tenders,
)
from comeback.orders.schemas import LineIn, OrderIn, RefundIn, TenderIn


class StoredLine(LineShares, kw_only=True):
    """A stored line with its units: `elsewhere` were given back elsewhere, `held` belong to return cases."""

    id: str
    external_id: str
    unit_price: int
    own_discount: int
    refunded: int
    elsewhere: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)

    def free(self, wanted: int) -> list[int]:
        """The lowest free slots."""
        return lowest_free(self.quantity, self.elsewhere | self.held, wanted)


class StoredTender(Struct, kw_only=True):
    """A stored tender."""

    id: str
    external_id: str
    kind: str
    captured: int
    refunded: int
    reserved: int

    @property
    def left(self) -> int:
        """What the tender's cap leaves."""
        return remaining(self.captured, self.refunded, self.reserved)


class StoredOrder(Struct, kw_only=True):
    """What planning needs of a stored order."""

    currency: str
    tax_included: bool
    shipping_amount: int
    shipping_tax: int
    captured: int
    refunded: int
    reserved: int
    lines: dict[str, StoredLine]
    tenders: dict[str, StoredTender]
    known_refunds: set[str]


class PlannedRefund(Struct, kw_only=True):
    """Money that went back elsewhere, on one tender; `external_id` is None where the update only implies it."""

    external_id: str | None
    tender_id: str
    amount: int
    origin: str
    lines: list[str] = field(default_factory=list)


class Change(Struct, kw_only=True):
    """The plan. Ids are those of the stored rows; amounts in minor units."""

    new_lines: list[tuple[LineIn, FrozenLine]] = field(default_factory=list)
    new_tenders: list[TenderIn] = field(default_factory=list)
    captured_more: dict[str, int] = field(default_factory=dict)
    refunds: list[PlannedRefund] = field(default_factory=list)
    line_refunds: dict[str, int] = field(default_factory=dict)
    units: dict[str, list[int]] = field(default_factory=dict)
    unallocated: int = 0
    review: list[str] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        """All money that went back elsewhere."""
        return sum(refund.amount for refund in self.refunds)


def plan_change(stored: StoredOrder, order: OrderIn) -> Change:
    """What an update changes. `stored` is worked on: give a fresh one."""
    change = Change()
    if (stored.currency, stored.tax_included) != (order.currency, order.tax_included):
        change.review.append("the currency or the kind of prices changed")
        return change
    if (stored.shipping_amount, stored.shipping_tax) != (order.shipping.amount, order.shipping.tax):
        change.review.append("the shipping charge changed")
    _tenders(change, stored, order.tenders)
    _stated_refunds(change, stored, order.refunds)
    _net_tenders(change, stored, order.tenders)
    removed = _removed_units(change, stored, order.lines)
    _cover(change, stored, removed)
    _new_lines(change, stored, order)
    return change


def record_refund(stored: StoredOrder, refund: RefundIn) -> Change:
    """What one refund seen outside (dashboard, shop system) changes; nothing where it is known."""
    change = Change()
    _stated_refunds(change, stored, [refund])
    return change


def _tenders(change: Change, stored: StoredOrder, tenders: Sequence[TenderIn]) -> None:
    for tender in tenders:
        known = stored.tenders.get(tender.id)
        if known is None:
            change.new_tenders.append(tender)
        elif tender.amount > known.captured:
            change.captured_more[known.id] = tender.amount - known.captured
            known.captured = tender.amount
        else:
            continue
        stored.captured += tender.amount if known is None else change.captured_more[known.id]


def _take(change: Change, stored: StoredOrder, tender: StoredTender, refund: PlannedRefund, what: str) -> int:
    """Books a refund as far as tender and order leave room; answers how much."""
    room = min(tender.left, remaining(stored.captured, stored.refunded, stored.reserved))
    if refund.amount > room:
        change.review.append(f"{what} is more than what is left of tender {tender.external_id}")
        refund.amount = room
    if refund.amount:
        tender.refunded += refund.amount
        stored.refunded += refund.amount
        change.refunds.append(refund)
    return refund.amount


def _stated_refunds(change: Change, stored: StoredOrder, refunds: Sequence[RefundIn]) -> None:
    for stated in refunds:
        tender = stored.tenders.get(stated.tender)
        if stated.id in stored.known_refunds:
            continue
        if tender is None:
            change.review.append(f"refund {stated.id} names a new tender")
            continue
        named = [part if isinstance(part, str) else part.line for part in stated.lines or ()]
        refund = PlannedRefund(
            external_id=stated.id, tender_id=tender.id, amount=stated.amount, origin=stated.origin, lines=named
        )
        amount = _take(change, stored, tender, refund, f"refund {stated.id}")
        change.unallocated += amount - _to_lines(change, stored, stated, amount)


def _to_lines(change: Change, stored: StoredOrder, refund: RefundIn, amount: int) -> int:
    """Gives a refund to the units it names, or, where it is less than they cost, to their lines as a lower price."""
    wanted: list[tuple[StoredLine, list[int]]] = []
    for part in refund.lines or ():
        line = stored.lines.get(part if isinstance(part, str) else part.line)
        if line is not None:
            wanted.append((line, line.free(line.quantity if isinstance(part, str) else part.quantity)))
    worth = [min(slots_total(line, slots).amount, line.amount - line.refunded) for line, slots in wanted]
    if not wanted:
        return 0
    shares = worth if amount >= sum(worth) else allocate_within(amount, worth, worth)
    # Another system rounds a unit's part its own way: a minor unit apiece less is still the whole unit.
    complete = amount + sum(len(slots) for _, slots in wanted) >= sum(worth)
    for (line, slots), share in zip(wanted, shares, strict=True):
        line.refunded += share
        change.line_refunds[line.id] = change.line_refunds.get(line.id, 0) + share
        if complete:
            _give_back(change, line, slots)
    return sum(shares)


def _give_back(change: Change, line: StoredLine, slots: Sequence[int]) -> None:
    line.elsewhere.update(slots)
    change.units.setdefault(line.id, []).extend(slots)


def _net_tenders(change: Change, stored: StoredOrder, tenders: Sequence[TenderIn]) -> None:
    """A tender stated lower than what is left of it gave the difference back elsewhere."""
    for tender in tenders:
        known = stored.tenders.get(tender.id)
        back = 0 if known is None else known.left - tender.amount
        if known is not None and back > 0:
            refund = PlannedRefund(external_id=None, tender_id=known.id, amount=back, origin="external")
            change.unallocated += _take(change, stored, known, refund, f"tender {tender.id}")


def _removed_units(change: Change, stored: StoredOrder, lines: Sequence[LineIn]) -> dict[str, int]:
    """Takes the units that the update no longer has; answers what they were worth per line."""
    now = {line.external_id: line for line in lines}
    worth: dict[str, int] = {}
    for line in stored.lines.values():
        body = now.get(line.external_id)
        if body is not None and _differs(line, body):
            change.review.append(f"line {line.external_id}: price or quantity went up or changed, which is frozen")
            continue
        gone = line.quantity - (body.quantity if body else 0) - len(line.elsewhere)
        if gone <= 0:
            continue
        if line.held:
            change.review.append(f"line {line.external_id}: reduced while units of it are in a return")
            continue
        slots = line.free(gone)
        _give_back(change, line, slots)
        worth[line.external_id] = min(slots_total(line, slots).amount, line.amount - line.refunded)
    return worth


def _differs(line: StoredLine, body: LineIn) -> bool:
    if body.unit_price != line.unit_price or body.quantity > line.quantity:
        return True
    if body.quantity < line.quantity:
        return False
    return body.discount != line.own_discount or (isinstance(body.tax, int) and body.tax != line.tax)


def _cover(change: Change, stored: StoredOrder, removed: Mapping[str, int]) -> None:
    """Matches removed units with money: what already went back in this update, else what the tenders have left."""
    worth = sum(removed.values())
    seen = min(worth, change.unallocated)
    change.unallocated -= seen
    left = {t.external_id: t.left for t in stored.tenders.values()}
    kinds = {t.external_id: t.kind for t in stored.tenders.values()}
    room = min(worth - seen, remaining(stored.captured, stored.refunded, stored.reserved))
    covered = seen
    for tender_id, amount in spread_over_tenders(room, left, kinds).items():
        tender = stored.tenders[tender_id]
        refund = PlannedRefund(
            external_id=None, tender_id=tender.id, amount=amount, origin="external", lines=sorted(removed)
        )
        covered += _take(change, stored, tender, refund, "the removed lines")
    if covered < worth and stored.captured:
        change.review.append("the removed units cost more than what is left to refund")
    names = list(removed)
    for name, share in zip(names, allocate(covered, [removed[n] for n in names]), strict=True):
        line = stored.lines[name]
        line.refunded += share
        change.line_refunds[line.id] = change.line_refunds.get(line.id, 0) + share


def _new_lines(change: Change, stored: StoredOrder, order: OrderIn) -> None:
    """Lines that came later take what the stored ones leave of discounts and taxes; the stored ones keep theirs."""
    fresh = [line for line in order.lines if line.external_id not in stored.lines]
    if not fresh:
        return
    kept = [stored.lines[line.external_id] for line in order.lines if line.external_id in stored.lines]
    discount = sum(d.amount for d in order.discounts) - sum(k.discount_share - k.own_discount for k in kept)
    subtotals = [line_subtotal(line) for line in fresh]
    if discount > sum(subtotals):
        change.review.append("the discounts are more than what the new lines cost")
    shares = allocate_within(max(0, min(discount, sum(subtotals))), subtotals, subtotals)
    paid = [subtotal - share for subtotal, share in zip(subtotals, shares, strict=True)]
    own = sum(line.tax for line in fresh if isinstance(line.tax, int))
    tax_total = None if order.tax_total is None else max(order.tax_total - sum(k.tax for k in kept), own)
    taxes = charged_taxes(fresh, tax_total, paid)
    for line, goods, tax in zip(fresh, paid, taxes, strict=True):
        inside = min(tax, goods) if order.tax_included else tax
        change.new_lines.append((line, freeze_line(line, goods, inside, tax_included=order.tax_included)))
