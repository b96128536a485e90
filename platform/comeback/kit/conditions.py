"""Conditions over facts: one small language for policies, flows, segments and blocks.

A condition is `{"all": […]}`, `{"any": […]}`, `{"not": {…}}` or a leaf
`{"field": "order.total", "op": "gte", "value": 1000}`; `{}` is true. A missing fact is None: it equals only
None and is neither greater nor less than anything.
"""

from collections.abc import Callable, Mapping
from typing import Any

Condition = Mapping[str, Any]


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        try:
            return left is not None and right is not None and test(left, right)
        except TypeError:
            return False

    return compare


def _contains(left: Any, right: Any) -> bool:
    return isinstance(left, str | list | tuple | set | frozenset) and right in left


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "in": lambda left, right: isinstance(right, list | tuple) and left in right,
    "gt": _ordered(lambda left, right: left > right),
    "gte": _ordered(lambda left, right: left >= right),
    "lt": _ordered(lambda left, right: left < right),
    "lte": _ordered(lambda left, right: left <= right),
    "contains": _contains,
}


def lookup(facts: Mapping[str, Any], path: str) -> Any:
    """The fact at a dotted path; None where a step is missing."""
    value: Any = facts
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def evaluate(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Whether the facts meet the condition."""
    if not condition:
        return True
    if "all" in condition:
        return all(evaluate(c, facts) for c in condition["all"])
    if "any" in condition:
        return any(evaluate(c, facts) for c in condition["any"])
    if "not" in condition:
        return not evaluate(condition["not"], facts)
    return OPERATORS[condition["op"]](lookup(facts, condition["field"]), condition["value"])


def problems(condition: Any, path: str = "") -> list[tuple[str, str]]:
    """What is wrong with a condition: (JSON pointer, sentence), empty where it can be evaluated."""
    if not isinstance(condition, Mapping):
        return [(path, "must be an object")]
    if not condition:
        return []
    for word in ("all", "any"):
        if word in condition:
            parts = condition[word]
            if len(condition) != 1 or not isinstance(parts, list):
                return [(f"{path}/{word}", "must be a list and stand alone")]
            return [p for i, c in enumerate(parts) for p in problems(c, f"{path}/{word}/{i}")]
    if "not" in condition:
        return problems(condition["not"], f"{path}/not")
    found: list[tuple[str, str]] = []
    if set(condition) != {"field", "op", "value"}:
        found.append((path, "must have field, op and value"))
    if not isinstance(condition.get("field"), str):
        found.append((f"{path}/field", "must be a dotted path"))
    if condition.get("op") not in OPERATORS:
        found.append((f"{path}/op", f"must be one of {', '.join(OPERATORS)}"))
    return found
