"""Which means of payment gives back how much (M11)."""

from collections.abc import Sequence

import msgspec

from comeback.kit.money import allocate
from comeback.returns.rules.facts import TenderFacts
from comeback.returns.rules.policy import TenderOrder
from comeback.returns.rules.quoted import TenderShare

GIFTS = frozenset({"gift_card", "store_credit", "points"})


class Over(Exception):
    """More was asked than the tenders can give back."""


def _sequence(tenders: Sequence[TenderFacts], order: TenderOrder) -> list[TenderFacts]:
    if order == "original_order_reverse":
        return list(reversed(tenders))
    return sorted(tenders, key=lambda t: t.kind not in GIFTS)


def waterfall(amount: int, tenders: Sequence[TenderFacts], order: TenderOrder) -> tuple[TenderShare, ...]:
    """`amount` over the tenders' remainders; shares of 0 are left out.

    Proportional weights are the remainders, so later returns stay in proportion and no tender is overdrawn.
    Raises Over where the remainders do not suffice.
    """
    if amount > sum(t.remaining for t in tenders):
        raise Over(amount)
    if order == "proportional":
        shares = allocate(amount, [t.remaining for t in tenders]) if amount else [0] * len(tenders)
        pairs = list(zip(tenders, shares, strict=True))
    else:
        pairs, left = [], amount
        for tender in _sequence(tenders, order):
            share = min(left, tender.remaining)
            pairs.append((tender, share))
            left -= share
    return tuple(TenderShare(tender=t.id, key=t.key, amount=a) for t, a in pairs if a)


def after(tenders: Sequence[TenderFacts], shares: Sequence[TenderShare]) -> tuple[TenderFacts, ...]:
    """The tenders once `shares` are reserved on them."""
    taken = {s.tender: s.amount for s in shares}
    return tuple(msgspec.structs.replace(t, reserved=t.reserved + taken.get(t.id, 0)) for t in tenders)
