"""The routes of the application, for tests that go through all of them."""

import re
from typing import Any, NamedTuple

from litestar.handlers import HTTPRouteHandler

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
NOT_ROWS = {"version": "1", "kind": "orders"}
"""Parameters that are the same in every shop (each counts its own versions), and a value of each."""


class Route(NamedTuple):
    """One method of one path."""

    method: str
    path: str
    permission: str
    operation: str

    @property
    def parameters(self) -> list[str]:
        """Names of the path's parameters."""
        return PARAMETER.findall(self.path)

    @property
    def names_rows(self) -> bool:
        """Whether the path can name a row of another shop."""
        return bool(set(self.parameters) - NOT_ROWS.keys())

    def at(self, value: str) -> str:
        """The path with every parameter set to `value`, but for those that name no row."""
        return PARAMETER.sub(lambda name: NOT_ROWS.get(name[1], value), self.path)


def routes_of(app: Any, prefix: str = "/api/") -> list[Route]:
    """Every handler under a prefix that declares a permission."""
    return [
        Route(str(method), route.path_format.replace(":str", ""), handler.opt["permission"], str(handler.operation_id))
        for route in app.litestar.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler) and "permission" in handler.opt and route.path.startswith(prefix)
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
    ]
