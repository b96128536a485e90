"""The catalogue: every event class of the rooms as JSON schema, made from the classes themselves."""

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from comeback.core.events import SUBJECTS as SUBJECT_NAMES
from comeback.core.events import Event
from comeback.webhooks.rules import HIDDEN, SUBJECTS, TEST_EVENT, sample
from comeback.webhooks.schemas import EventOut

TABLE = "webhook_endpoints"
_PACKAGE = "comeback."


def _leaves(kind: type[Event]) -> Iterator[type[Event]]:
    below = kind.__subclasses__()
    if not below and kind.__module__.startswith(_PACKAGE):
        yield kind
    for each in below:
        yield from _leaves(each)


def event_classes() -> dict[str, type[Event]]:
    """Event name → class, of every room that is loaded, by name. A class that others build on is no event itself."""
    return dict(sorted((kind.name, kind) for kind in _leaves(Event) if kind is not Event))


@cache
def catalogue() -> tuple[EventOut, ...]:
    """Every event with its description, its schema and a sample of the whole body."""
    return tuple(_described(name, kind) for name, kind in event_classes().items())


def names() -> list[str]:
    """What an endpoint can hear of."""
    return [*event_classes(), TEST_EVENT]


def _described(name: str, kind: type[Event]) -> EventOut:
    _, components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    own = components.pop(kind.__name__)
    wanted = {key: part for key, part in own["properties"].items() if key not in HIDDEN and key != "occurred_at"}
    for subject, meaning in SUBJECTS.items():
        wanted[subject] = {"type": "string", "format": "uuid", "description": meaning}
    required = [key for key in own.get("required", ()) if key in wanted and key not in SUBJECT_NAMES]
    data = {"type": "object", "properties": wanted, "required": required}
    schema: dict[str, Any] = {
        "type": "object",
        "title": name,
        "properties": {
            "type": {"const": name},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened, UTC."},
            "data": data,
        },
        "required": ["type", "timestamp", "data"],
    }
    if components:
        schema["$defs"] = components
    return EventOut(name=name, description=inspect.getdoc(kind) or "", schema=schema, sample=sample(schema))
