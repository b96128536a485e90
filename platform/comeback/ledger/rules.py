"""Pure rules of the ledger."""

from collections.abc import Sequence

Entry = tuple[str, str, int]
"""Account, currency, signed amount in minor units: debit positive, credit negative."""


def balances(entries: Sequence[Entry]) -> bool:
    """Whether entries may be posted: two or more, none of zero, and each currency sums to zero."""
    sums: dict[str, int] = {}
    for _, currency, amount in entries:
        sums[currency] = sums.get(currency, 0) + amount
    return len(entries) >= 2 and all(amount for _, _, amount in entries) and not any(sums.values())


def without_zeros(entries: Sequence[Entry]) -> list[Entry]:
    """Entries that say something."""
    return [entry for entry in entries if entry[2]]
