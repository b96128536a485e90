"""What every resolution is given."""

from typing import Protocol

import msgspec

from comeback.core.db import WriteSession
from comeback.orders.models import Order, OrderTender
from comeback.returns.models import ReturnCase, ReturnLine, Settlement
from comeback.returns.rules.quoted import Quote, TenderShare


class Execution(msgspec.Struct, frozen=True):
    """One settlement about to be executed; `carried` and `credited` split what `computed.moved` says of tenders."""

    case: ReturnCase
    order: Order
    tenders: list[OrderTender]
    settlement: Settlement
    computed: Quote
    lines: list[ReturnLine]
    credited: tuple[TenderShare, ...]
    carried: tuple[TenderShare, ...]


class Resolution(Protocol):
    """One way to make good."""

    async def execute(self, session: WriteSession, given: Execution) -> None:
        """Does its part; nothing to do is fine. Amounts come from `given.computed` alone (M16)."""
        ...
