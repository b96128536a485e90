"""Every route says who may call it and what it is called."""

from collections import Counter
from typing import Any

from litestar.handlers import HTTPRouteHandler

from comeback.core.access import CUSTOMER, PERMISSIONS, PUBLIC
from comeback.merchants.rules import ROLE_PERMISSIONS


def _handlers(app: Any) -> list[tuple[str, HTTPRouteHandler]]:
    return [
        (route.path, handler)
        for route in app.litestar.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler)
        and handler.http_methods != {"OPTIONS"}
        and not route.path.startswith(("/api/openapi", "/api/docs", "/api/{"))
        and route.path != "/api"
    ]


def test_every_route_declares_a_known_permission(app: Any) -> None:
    known = PERMISSIONS | {PUBLIC, CUSTOMER}
    assert not [path for path, handler in _handlers(app) if handler.opt.get("permission") not in known]


def test_every_route_has_its_own_name(app: Any) -> None:
    handlers = _handlers(app)
    assert len(handlers) > 3
    nameless = [path for path, handler in handlers if not isinstance(handler.operation_id, str)]
    assert not nameless
    names = Counter({id(handler): handler.operation_id for _, handler in handlers}.values())
    assert not [name for name, times in names.items() if times > 1]


def test_the_api_is_never_public(app: Any) -> None:
    # What stands under /api/v1 is for keys; pages, hooks, pixels and log-in prove their right themselves.
    assert not [
        path
        for path, handler in _handlers(app)
        if path.startswith("/api/v1") and handler.opt.get("permission") in {PUBLIC, CUSTOMER}
    ]


def test_writes_ask_for_more_than_reading(app: Any) -> None:
    reading = {permission for permission in PERMISSIONS if permission.endswith(":read")}
    weak = [
        f"{sorted(handler.http_methods)} {path}"
        for path, handler in _handlers(app)
        if path.startswith("/api/v1")
        and handler.http_methods & {"PUT", "PATCH", "DELETE"}
        and handler.opt.get("permission") in reading
    ]
    assert not weak


def test_every_permission_belongs_to_a_role() -> None:
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == PERMISSIONS
