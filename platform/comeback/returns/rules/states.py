"""The machines of a return as tables (spec/returns.md): intent, goods, entitlement, exchange."""

from comeback.kit.states import Machine

CASE = Machine(
    "return case",
    {
        "requested": {"approved", "declined", "needs_review", "canceled"},
        "needs_review": {"approved", "declined", "canceled"},
        "approved": {"open", "closed", "canceled", "expired"},
        "open": {"closed", "canceled", "expired"},
        "declined": set(),
        "closed": set(),
        "canceled": set(),
        "expired": set(),
    },
)

GOODS = Machine(
    "return line",
    {
        # A receipt may bring grade and disposition along: the steps between are passed at once.
        "expected": {"partial", "received", "graded", "disposed", "missing", "kept"},
        "partial": {"received", "graded", "disposed", "missing"},
        "received": {"graded", "disposed", "partial", "expected"},
        "graded": {"disposed", "received", "partial", "expected"},
        "disposed": {"graded", "received", "partial", "expected"},
        "missing": {"partial", "received", "graded", "disposed"},
        "kept": set(),
    },
)

SETTLEMENT = Machine(
    "settlement",
    {
        "computed": {"approved", "blocked"},
        "approved": {"executing", "settled"},
        "executing": {"settled", "partially_settled", "failed", "blocked"},
        "partially_settled": {"settled", "failed"},
        "blocked": {"approved", "executing", "settled_by_chargeback"},
        "settled": {"partially_settled", "failed"},
        "failed": {"settled", "partially_settled"},
        "settled_by_chargeback": set(),
    },
)

EXCHANGE = Machine(
    "exchange",
    {
        "quoted": {"reserved", "awaiting_payment", "canceled"},
        "awaiting_payment": {"reserved", "canceled"},
        "reserved": {"released", "converted_to_refund", "canceled"},
        "released": {"shipped"},
        "shipped": set(),
        "converted_to_refund": set(),
        "canceled": set(),
    },
)

LIVE_CASES = frozenset({"requested", "needs_review", "approved", "open"})


def settlement_state(attempts: list[str]) -> str:
    """The entitlement's state from the states of its refund attempts.

    Attempts on their way keep it executing; all paid settles it; some paid and some failed is partial.
    """
    if any(s in {"created", "sent", "unknown", "pending", "requires_action"} for s in attempts):
        return "executing"
    paid = [s for s in attempts if s == "succeeded"]
    if len(paid) == len(attempts):
        return "settled"
    return "partially_settled" if paid else "failed"


def goods_state(expected: int, seen: list[tuple[str | None, str | None]]) -> str:
    """A line's goods from its received units, each (grade, disposition); `expected` is the line's quantity."""
    if not seen:
        return "expected"
    if len(seen) < expected:
        return "partial"
    if all(disposition for _, disposition in seen):
        return "disposed"
    return "graded" if all(grade for grade, _ in seen) else "received"
