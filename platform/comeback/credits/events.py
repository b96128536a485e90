"""What store credit tells the rooms above. Amounts in minor units of `currency`."""

from typing import ClassVar

from comeback.core.events import Event


class CreditIssued(Event, frozen=True, kw_only=True):
    """Credit was given; `balance` is what the account holds now, `promotional` its part that never becomes cash."""

    name: ClassVar[str] = "credit.issued"
    currency: str
    amount: int
    bonus: int
    balance: int
    promotional: int
    source_kind: str
    source_id: str


class CreditRedeemed(Event, frozen=True, kw_only=True):
    """Credit was spent."""

    name: ClassVar[str] = "credit.redeemed"
    currency: str
    amount: int
    balance: int
    promotional: int
    source_id: str
