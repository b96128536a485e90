"""Fees are lines of their own: never more than the goods they are taken from, never for the shop's fault (M10)."""

from collections.abc import Sequence

from comeback.kit import conditions
from comeback.returns.rules.eligibility import condition_facts
from comeback.returns.rules.facts import Ask
from comeback.returns.rules.policy import FeeRule, percent_of
from comeback.returns.rules.quoted import Fee, QuotedLine, QuoteInput, Step

PAID_OUT = frozenset({"refund", "store_credit"})


def inspection_amounts(asked: QuoteInput, ask: Ask) -> dict[int, int]:
    """What an inspector takes off per slot, in minor units; nothing where the shop answers for the reason."""
    if ask.merchant_fault:
        return {}
    line = asked.order.line(ask.line)
    return {slot: percent_of(line.unit(slot).amount, percent) for slot, percent in ask.deductions.items() if percent}


def _liable(asked: QuoteInput, lines: Sequence[QuotedLine]) -> list[tuple[Ask, QuotedLine]]:
    if asked.kind == "withdrawal":
        return []
    return [
        (ask, line)
        for ask, line in zip(asked.asks, lines, strict=True)
        if not ask.merchant_fault and line.resolution in PAID_OUT
    ]


def _rule_amount(rule: FeeRule, hit: Sequence[QuotedLine]) -> int:
    if rule.percent is not None:
        return percent_of(sum(line.amount for line in hit), rule.percent)
    return (rule.amount or 0) * (len(hit) if rule.once_per == "line" else 1)


def _matches(asked: QuoteInput, rule: FeeRule, ask: Ask) -> bool:
    line = asked.order.line(ask.line)
    return conditions.evaluate(rule.when, condition_facts(asked.order, line, ask, asked.kind))


def fees(asked: QuoteInput, lines: Sequence[QuotedLine]) -> tuple[tuple[Fee, ...], tuple[Step, ...]]:
    """The fees of a case and the steps that explain them; once per case means never again in a later settlement."""
    liable = _liable(asked, lines)
    room = sum(line.amount for _, line in liable)
    wanted: list[tuple[str, int]] = []
    deducted = sum(sum(inspection_amounts(asked, ask).values()) for ask, _ in liable)
    if deducted:
        wanted.append(("inspection", deducted))
    for rule in asked.policy.fees:
        if rule.once_per == "case" and rule.percent is None and rule.kind in asked.fees_charged:
            continue
        hit = [line for ask, line in liable if _matches(asked, rule, ask)]
        if hit:
            wanted.append((rule.kind, _rule_amount(rule, hit)))
    charged, steps = list[Fee](), list[Step]()
    for kind, amount in wanted:
        taken = min(amount, room)
        room -= taken
        charged.append(Fee(kind=kind, amount=taken))
        steps.append(Step(code="fee", params={"kind": kind, "amount": taken}))
        if taken < amount:
            steps.append(Step(code="fee_capped", params={"kind": kind, "amount": amount - taken}))
    if asked.policy.fees and len(liable) < len(lines) and any(a.merchant_fault for a in asked.asks):
        steps.append(Step(code="fee_waived"))
    return tuple(f for f in charged if f.amount), tuple(steps)
