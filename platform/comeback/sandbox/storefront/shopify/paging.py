"""Shopify's connections: nodes, edges, cursors that stay where they are while rows change."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec
from graphql import GraphQLError, GraphQLResolveInfo

MAX_PAGE = 250
Node: TypeAlias = dict[str, Any]
Resolver: TypeAlias = Callable[..., Any]
Row: TypeAlias = tuple[tuple[float | str, int], Node | Callable[[], Node]]
"""Sort key and id, and the node or what makes it."""


def cursor(key: tuple[float | str, int]) -> str:
    return base64.b64encode(msgspec.json.encode({"last_value": key[0], "last_id": key[1]})).decode()


def _read(text: str) -> tuple[float | str, int]:
    try:
        found = msgspec.json.decode(base64.b64decode(text, validate=True))
        return found["last_value"], int(found["last_id"])
    except (ValueError, KeyError, TypeError, msgspec.MsgspecError) as error:
        raise GraphQLError("Invalid cursor for current pagination sort.") from error


def connection(rows: Sequence[Row], arguments: dict[str, Any]) -> Node:
    """One page of rows that are in their order already. Raises GraphQLError as Shopify does."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is None and last is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    size = first if first is not None else last
    if size is None or not 0 <= size <= MAX_PAGE:
        raise GraphQLError(f"first must be between 0 and {MAX_PAGE}", extensions={"code": "BAD_REQUEST"})
    backward = bool(arguments.get("reverse"))
    ordered = list(reversed(rows)) if backward else list(rows)
    rest = _between(ordered, arguments.get("after"), arguments.get("before"), backward=backward)
    chosen = rest[:size] if first is not None else rest[max(len(rest) - size, 0) :]
    return _shown(ordered, chosen)


def _between(rows: list[Row], after: str | None, before: str | None, *, backward: bool) -> list[Row]:
    if after is not None:
        mark = _read(after)
        rows = [row for row in rows if (row[0] < mark if backward else row[0] > mark)]
    if before is not None:
        mark = _read(before)
        rows = [row for row in rows if (row[0] > mark if backward else row[0] < mark)]
    return rows


def _shown(rows: list[Row], chosen: list[Row]) -> Node:
    nodes = [make() if callable(make) else make for _, make in chosen]
    cursors = [cursor(key) for key, _ in chosen]
    return {
        "nodes": nodes,
        "edges": [{"cursor": mark, "node": node} for mark, node in zip(cursors, nodes, strict=True)],
        "pageInfo": {
            "hasNextPage": bool(chosen) and chosen[-1][0] != rows[-1][0],
            "hasPreviousPage": bool(chosen) and chosen[0][0] != rows[0][0],
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def many(nodes: Callable[[], Sequence[Node]]) -> Resolver:
    """The resolver of a connection whose nodes keep the order in which they were made."""

    def resolve(_: GraphQLResolveInfo, **arguments: Any) -> Node:
        rows: list[Row] = [((0.0, position), node) for position, node in enumerate(nodes())]
        return connection(rows, arguments)

    return resolve


def listed(nodes: Callable[[], Sequence[Node]]) -> Resolver:
    """The resolver of a plain list that takes `first`."""

    def resolve(_: GraphQLResolveInfo, **arguments: Any) -> list[Node]:
        found, first = list(nodes()), arguments.get("first")
        return found if first is None else found[:first]

    return resolve


def lazily(node: Callable[[], Node | None]) -> Resolver:
    """A field that is made only where it is asked for, so that objects may point at each other."""

    def resolve(_: GraphQLResolveInfo, **__: Any) -> Node | None:
        return node()

    return resolve
