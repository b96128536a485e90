"""May this line come back? Small checks that each answer yes, no or review with a reason.

The strictest answer wins: one `no` refuses, else one `review` asks a human.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from comeback.kit import conditions
from comeback.returns.rules.facts import Ask, LineFacts, OrderFacts
from comeback.returns.rules.policy import Policy
from comeback.returns.rules.quoted import Decision, Step, Verdict
from comeback.returns.rules.windows import pick_window, window_end


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One ask with all a check may look at; `now` is business time."""

    order: OrderFacts
    line: LineFacts
    ask: Ask
    policy: Policy
    kind: str
    now: datetime

    def facts(self) -> dict[str, Any]:
        """The facts that conditions of a policy see."""
        return condition_facts(self.order, self.line, self.ask, self.kind) | {"date": self.now.isoformat()}


Answer = tuple[Decision, Step]
Check = Callable[[Candidate], Answer | None]


def condition_facts(order: OrderFacts, line: LineFacts, ask: Ask, kind: str) -> dict[str, Any]:
    """Facts of one line for a policy's conditions: order.* customer.* line.* and the short names."""
    return {
        **order.facts,
        "line": line.facts,
        "reason": ask.reason,
        "resolution": ask.resolution,
        "kind": kind,
        "price": line.unit_price,
    }


class InWindow:
    """The return window of the policy, in whole local days."""

    def __call__(self, case: Candidate) -> Answer | None:
        """No after the last day or without any window for this resolution."""
        window = pick_window(case.policy, case.facts(), case.ask.resolution)
        if window is None:
            return "no", Step(code="no_window")
        end = window_end(window, case.order.clock, case.policy.buffer_days)
        if end is None:
            return "yes", Step(code="window_not_started", params={"days": window.days})
        if case.now >= end:
            return "no", Step(code="window_closed", params={"days": window.days, "end": end.isoformat()})
        return None


class NotFinalSale:
    """Final sale stays sold, unless the shop answers for the reason: then a human looks."""

    def __call__(self, case: Candidate) -> Answer | None:
        """Withdrawals ignore final sale (Directive 2011/83/EU art. 16 is a closed list)."""
        if not case.line.final_sale or case.kind == "withdrawal":
            return None
        return ("review" if case.ask.merchant_fault else "no"), Step(code="final_sale")


class ResolutionOffered:
    """Only outcomes the policy offers."""

    def __call__(self, case: Candidate) -> Answer | None:
        """No where the policy does not list the outcome."""
        if case.ask.resolution in case.policy.resolutions:
            return None
        return "no", Step(code="resolution_not_offered", params={"resolution": case.ask.resolution})


class VariantAvailable:
    """A replacement must be in stock."""

    def __call__(self, case: Candidate) -> Answer | None:
        """No for an exchange without a variant or without enough stock."""
        if case.ask.resolution != "exchange":
            return None
        if case.ask.variant is None:
            return "no", Step(code="no_variant")
        if case.ask.variant.available < case.ask.quantity:
            return "no", Step(code="out_of_stock", params={"available": case.ask.variant.available})
        return None


class PolicyRules:
    """The shop's own rules: the first that fits answers."""

    def __call__(self, case: Candidate) -> Answer | None:
        """The decision of the first rule whose condition holds."""
        facts = case.facts()
        for rule in case.policy.eligibility:
            if conditions.evaluate(rule.when, facts):
                return rule.decision, Step(code="policy_rule", params={"reason": rule.reason})
        return None


CHECKS: tuple[Check, ...] = (InWindow(), NotFinalSale(), ResolutionOffered(), VariantAvailable(), PolicyRules())


def judge(case: Candidate, checks: tuple[Check, ...] = CHECKS) -> Verdict:
    """The verdict over one ask: the strictest decision and the reasons that led to it."""
    answers = [a for a in (check(case) for check in checks) if a is not None]
    decisions = {d for d, _ in answers}
    decision: Decision = "no" if "no" in decisions else "review" if "review" in decisions else "yes"
    reasons = tuple(step for d, step in answers if d == decision)
    return Verdict(line=case.line.id, key=case.line.key, decision=decision, reasons=reasons)


def auto_approved(policy: Policy, verdicts: tuple[Verdict, ...], cases: tuple[Candidate, ...]) -> bool:
    """Whether a case needs no human: every line a plain yes and an approval condition that holds for each."""
    if any(v.decision != "yes" for v in verdicts):
        return False
    return all(any(conditions.evaluate(a.when, c.facts()) for a in policy.auto_approve) for c in cases)
