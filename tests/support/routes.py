"""The routes of the application, for tests that go through all of them."""

import re
from typing import Any, NamedTuple

from litestar.handlers import HTTPRouteHandler

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


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
        return bool(set(self.parameters) - {"version"})

    def at(self, value: str) -> str:
        """The path with every parameter set to `value` (versions are numbers, and every shop counts its own)."""
        return PARAMETER.sub(lambda name: "1" if name[1] == "version" else value, self.path)


def routes_of(app: Any, prefix: str = "/api/") -> list[Route]:
    """Every handler under a prefix that declares a permission."""
    return [
        Route(str(method), route.path_format.replace(":str", ""), handler.opt["permission"], str(handler.operation_id))
        for route in app.litestar.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler) and "permission" in handler.opt and route.path.startswith(prefix)
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
    ]
