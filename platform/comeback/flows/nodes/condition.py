"""Branch on facts."""

from datetime import datetime
from typing import Any

from comeback.flows.nodes.base import Moment, Node, Outcome
from comeback.kit import conditions

ROOTS = ("event", "order", "customer")
"""Facts that conditions may ask for; they are read anew after every wait."""


class Condition(Node, frozen=True, kw_only=True, tag="condition"):
    """`yes` where `when` holds, else `no`. `why` names the fact that explains a no, such as `event.why`."""

    when: dict[str, Any]
    yes: str | None = None
    no: str | None = None
    why: str | None = None

    def ways(self) -> dict[str, str | None]:
        """See Node."""
        return {"yes": self.yes, "no": self.no}

    def problems(self) -> list[tuple[str, str]]:
        """See Node."""
        return condition_problems(self.when, "/when")

    def run(self, due_at: datetime | None, moment: Moment) -> Outcome:
        """What happens at `moment` to a person here; `due_at` is set where they already wait."""
        if conditions.evaluate(self.when, moment.facts):
            return Outcome("yes", self.yes)
        said = conditions.lookup(moment.facts, self.why) if self.why else None
        return Outcome("no", self.no, "" if said is None else str(said))


def condition_problems(when: dict[str, Any], pointer: str) -> list[tuple[str, str]]:
    """What keeps a condition from being evaluated, facts nobody loads included."""
    found = conditions.problems(when, pointer)
    if found:
        return found
    return [(pointer, f"`{root}` is not one of {', '.join(ROOTS)}") for root in sorted(roots(when) - set(ROOTS))]


def roots(when: Any) -> frozenset[str]:
    """The first words of all paths in a condition."""
    if isinstance(when, dict):
        own = {str(when["field"]).partition(".")[0]} if "field" in when else set[str]()
        return frozenset(own).union(*(roots(v) for k, v in when.items() if k in ("all", "any", "not")))
    return frozenset().union(*(roots(w) for w in when)) if isinstance(when, list) else frozenset()
