"""Shopify's calculated query cost, near enough to be throttled by: objects, sizes of connections, 10 for a write."""

from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

MAX_COST = 1000
WRITE = 10
PLANS = {"standard": (2_000.0, 100.0), "advanced": (4_000.0, 200.0), "plus": (20_000.0, 1_000.0)}
"""Size of the bucket and points restored each second."""


class Bucket(msgspec.Struct):
    """A leaky bucket of points; times are monotonic seconds."""

    size: float
    rate: float
    level: float
    at: float

    def take(self, points: float, now: float) -> bool:
        """Whether the points were there; they are gone then."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        if points > self.level:
            return False
        self.level -= points
        return True

    def status(self) -> dict[str, float]:
        return {"maximumAvailable": self.size, "currentlyAvailable": int(self.level), "restoreRate": self.rate}


def bucket(plan: str, now: float) -> Bucket:
    size, rate = PLANS.get(plan, PLANS["standard"])
    return Bucket(size=size, rate=rate, level=size, at=now)


def requested(document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]) -> int:
    """The worst case of one operation: connections count as full pages."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    base = WRITE if operation.operation == OperationType.MUTATION else 0
    return base + round(_selection(operation.selection_set, fragments, variables, frozenset()))


def _selection(
    selection: SelectionSetNode | None,
    fragments: dict[str, FragmentDefinitionNode],
    variables: dict[str, Any],
    seen: frozenset[str],
) -> float:
    total = 0.0
    for node in selection.selections if selection else ():
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in fragments and name not in seen:
                total += _selection(fragments[name].selection_set, fragments, variables, seen | {name})
        elif isinstance(node, InlineFragmentNode):
            total += _selection(node.selection_set, fragments, variables, seen)
        elif isinstance(node, FieldNode) and node.selection_set is not None:
            inner = _selection(node.selection_set, fragments, variables, seen)
            total += _field(node, inner, variables)
    return total


def _field(node: FieldNode, inner: float, variables: dict[str, Any]) -> float:
    """A page grows with the logarithm-like price that Shopify charges: cheap beyond the first few nodes."""
    size = _size(node, variables)
    if size is None:
        return 0.0 if node.name.value in ("nodes", "edges", "node", "pageInfo", "shopMoney") else 1.0 + inner * 0.2
    return 2.0 + min(size, 10) * (0.3 + inner * 0.3) + max(size - 10, 0) * 0.1


def _size(node: FieldNode, variables: dict[str, Any]) -> int | None:
    for argument in node.arguments or ():
        if argument.name.value not in ("first", "last"):
            continue
        if isinstance(argument.value, IntValueNode):
            return int(argument.value.value)
        if isinstance(argument.value, VariableNode):
            given = variables.get(argument.value.name.value)
            return given if isinstance(given, int) else None
    return None
