"""Stripe's request encoding: form fields whose names carry the nesting, `a[b][0]=x`."""

import re
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

Params: TypeAlias = dict[str, Any]
"""Leaves are `str`; branches are dicts, or lists where every key is a number or the empty `[]`."""

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_KEY = re.compile(r"\[([^\[\]]*)\]")
MAX_DEPTH = 8


def decode(text: str) -> Params:
    """The tree a form-encoded body or query means. Raises ValueError: brackets, depth, clash of shapes."""
    tree: Params = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        match = _NAME.match(name)
        if match is None:
            raise ValueError(f"Invalid parameter name: {name}")
        path = [match.group(1), *_KEY.findall(match.group(2))]
        if len(path) > MAX_DEPTH:
            raise ValueError(f"Parameter too deep: {name}")
        _put(tree, path, value, name)
    return {key: _lists(value) for key, value in tree.items()}


def _put(tree: Params, path: list[str], value: str, name: str) -> None:
    for key in path[:-1]:
        branch: Any = tree.setdefault(key or str(len(tree)), {})
        if not isinstance(branch, dict):
            raise ValueError(f"Parameter is both a value and a hash: {name}")
        tree = branch
    last = path[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise ValueError(f"Parameter is both a value and a hash: {name}")
    tree[last] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    children = {key: _lists(child) for key, child in value.items()}
    if children and all(key.isdigit() for key in children):
        return [children[key] for key in sorted(children, key=int)]
    return children
