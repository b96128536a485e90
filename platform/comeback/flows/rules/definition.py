"""A flow's definition: how one enters, and nodes that name the next. Stored as JSON, frozen at publish."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from comeback.core.errors import FieldError
from comeback.core.validation import collect, escape
from comeback.flows.nodes.condition import Condition, condition_problems, roots
from comeback.flows.nodes.exit import Exit
from comeback.flows.nodes.send import Send
from comeback.flows.nodes.wait import Wait

AnyNode = Wait | Condition | Send | Exit
SUBJECT_KEYS = ("order", "shipment", "return", "customer")
MAX_NODES = 200


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who enters: any of the events, if `when` holds; once per key of the flow, for ever.

    `key` is a subject (order, shipment, return, customer) or a field of the event (`event.source_id`).
    """

    event: str | list[str]
    key: str = "order"
    when: dict[str, Any] = {}

    def events(self) -> list[str]:
        """Event names that let someone in."""
        return [self.event] if isinstance(self.event, str) else self.event


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole flow; nodes lead to each other by name, None ends it."""

    entry: Entry
    start: str
    nodes: dict[str, AnyNode]


@dataclass(frozen=True, slots=True)
class Needs:
    """What one run from a node may ask for: roots of facts, the history, addresses, consents."""

    roots: frozenset[str] = frozenset()
    history: bool = False
    sends: bool = False
    marketing: bool = False

    @property
    def alike(self) -> bool:
        """Whether everybody at this node takes the same way."""
        return not self.roots and not self.history


class Plan:
    """A published definition with what each node's run needs, worked out once (versions never change)."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._needs: dict[str, Needs] = {}

    @cached_property
    def entry_needs(self) -> frozenset[str]:
        """Roots that the entry's condition asks for."""
        return roots(self.definition.entry.when)

    def needs(self, name: str) -> Needs:
        """Needs of a run that begins at a node and goes on to the next wait."""
        known = self._needs.get(name)
        if known is None:
            known = self._needs[name] = _merge(_own(self.definition.nodes[n]) for n in self._run_from(name))
        return known

    def _run_from(self, start: str) -> set[str]:
        seen, todo = set[str](), [start]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            node = self.definition.nodes[name]
            # A wait further on is entered (its history is read) but not left in this run, unless it already happened.
            if name == start or not isinstance(node, Wait) or node.until_event is not None:
                todo.extend(n for n in node.ways().values() if n is not None)
        return seen


def _own(node: AnyNode) -> Needs:
    if isinstance(node, Condition):
        words = roots(node.when) | ({node.why.partition(".")[0]} if node.why else frozenset())
        return Needs(roots=words)
    if isinstance(node, Wait):
        return Needs(history=node.until_event is not None)
    if isinstance(node, Send):
        return Needs(sends=True, marketing=node.class_ == "marketing")
    return Needs()


def _merge(parts: Iterator[Needs]) -> Needs:
    total = Needs()
    for part in parts:
        total = Needs(
            total.roots | part.roots,
            total.history or part.history,
            total.sends or part.sends,
            total.marketing or part.marketing,
        )
    return total


def parse(raw: Any) -> Definition:
    """A stored definition; raises msgspec.ValidationError where it has another shape."""
    return msgspec.convert(raw, Definition)


def problems(raw: Any, templates: Collection[str] | None = None) -> list[FieldError]:
    """Everything that keeps a definition from being published; pointers name the node (`/nodes/n2/next`).

    `templates` are the shop's published templates; None does not look at them.
    """
    shape = collect(Definition, raw)
    if shape:
        return shape
    try:
        definition = parse(raw)
    except msgspec.ValidationError as error:
        return [FieldError("", str(error))]
    found = [*_entry_problems(definition.entry), *_node_problems(definition, templates)]
    return found or _graph_problems(definition)


def _entry_problems(entry: Entry) -> Iterator[FieldError]:
    if not entry.events() or not all(e and e.isascii() and "." in e for e in entry.events()):
        yield FieldError("/entry/event", "must name events such as shipment.shipped")
    if entry.key not in SUBJECT_KEYS and not entry.key.startswith("event."):
        yield FieldError("/entry/key", f"must be one of {', '.join(SUBJECT_KEYS)} or a field of the event")
    for pointer, message in condition_problems(entry.when, "/entry/when"):
        yield FieldError(pointer, message)


def _node_problems(definition: Definition, templates: Collection[str] | None) -> Iterator[FieldError]:
    if len(definition.nodes) > MAX_NODES:
        yield FieldError("/nodes", f"has more than {MAX_NODES} nodes")
    if definition.start not in definition.nodes:
        yield FieldError("/start", f"there is no node `{definition.start}`")
    for name, node in definition.nodes.items():
        at = f"/nodes/{escape(name)}"
        for pointer, message in node.problems():
            yield FieldError(at + pointer, message)
        for way, target in node.ways().items():
            if target is not None and target not in definition.nodes:
                yield FieldError(f"{at}/{way}", f"there is no node `{target}`")
        if isinstance(node, Send) and templates is not None and node.template not in templates:
            yield FieldError(f"{at}/template", f"there is no published template `{node.template}`")


def _graph_problems(definition: Definition) -> list[FieldError]:
    found: list[FieldError] = []
    done, reached = set[str](), list[str]()
    todo: list[tuple[str, bool]] = [(definition.start, False)]
    open_: set[str] = set()
    while todo:
        name, leaving = todo.pop()
        if leaving:
            open_.discard(name)
            done.add(name)
            continue
        if name in done or name in open_:
            continue
        open_.add(name)
        reached.append(name)
        todo.append((name, True))
        for way, target in definition.nodes[name].ways().items():
            if target in open_:
                found.append(FieldError(f"/nodes/{escape(name)}/{way}", _LOOP.format(target)))
            elif target is not None and target not in done:
                todo.append((target, False))
    lost = [n for n in definition.nodes if n not in set(reached)]
    return found + [FieldError(f"/nodes/{escape(n)}", "cannot be reached from the start") for n in lost]


_LOOP = "leads back to `{}`: a node runs once per person, a loop would never end"
