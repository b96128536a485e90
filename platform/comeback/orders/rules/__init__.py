"""The pure decisions of the orders room: frozen amounts, what is wrong with a body, what an update changes."""

from comeback.orders.rules.amounts import (
    FRESH,
    FrozenLine,
    FrozenOrder,
    LineShares,
    UnitAmount,
    freeze,
    is_history,
    lowest_free,
    remaining,
    slot_amounts,
    slots_total,
)
from comeback.orders.rules.changes import (
    Change,
    PlannedRefund,
    StoredLine,
    StoredOrder,
    StoredTender,
    plan_change,
    record_refund,
)
from comeback.orders.rules.checks import order_problems

__all__ = [
    "FRESH",
    "Change",
    "FrozenLine",
    "FrozenOrder",
    "LineShares",
    "PlannedRefund",
    "StoredLine",
    "StoredOrder",
    "StoredTender",
    "UnitAmount",
    "freeze",
    "is_history",
    "lowest_free",
    "order_problems",
    "plan_change",
    "record_refund",
    "remaining",
    "slot_amounts",
    "slots_total",
]
