"""What can go wrong with the ledger."""

from comeback.core.errors import Conflict


class Unbalanced(Conflict):
    """The entries do not sum to zero in each currency, or are fewer than two: a mistake of the caller."""

    slug, title = "unbalanced", "The ledger entries do not balance"
