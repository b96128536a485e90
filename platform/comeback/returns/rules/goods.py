"""Where returned goods go: which stock a disposition means, and what a revision has to undo. Pure."""

import msgspec

STOCK: dict[str, str] = {"restock": "sellable", "quarantine": "quarantine", "refurbish": "quarantine"}
"""Dispositions that put a unit into stock; all others never do (I1, I9)."""


def stock_of(disposition: str | None) -> str | None:
    """The state of stock a disposition puts a unit in, or None."""
    return STOCK.get(disposition or "")


class Picked(msgspec.Struct, frozen=True, kw_only=True):
    """Slots of one return line that a finding is about."""

    line: int
    slots: tuple[int, ...]


def pick(free: list[list[int]], quantity: int) -> list[Picked] | None:
    """The lowest `quantity` slots over candidate lines, in their order; None where there are not so many."""
    found: list[Picked] = []
    left = quantity
    for index, slots in enumerate(free):
        taken = tuple(sorted(slots)[:left])
        if taken:
            found.append(Picked(line=index, slots=taken))
            left -= len(taken)
    return None if left else found
