"""Who may read the process's metrics: neighbours on a private network, or whoever has the operator's token."""

import hmac
import ipaddress
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from prometheus_client import generate_latest

from comeback.core.access import PUBLIC
from comeback.core.errors import Forbidden
from comeback.core.secrets import Secret
from comeback.core.settings import Settings

_PASSED_ON = (b"x-forwarded-for", b"forwarded", b"x-real-ip")


def near(address: str) -> bool:
    """Whether an address is of this machine or a private network (RFC 1918, RFC 4193, link-local)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_loopback or found.is_private or found.is_link_local


def may_read(request: Request[Any, Any, Any], token: Secret | None) -> bool:
    """With a token set: who shows it. Without: a direct caller near by; what a proxy passed on may come from anyone."""
    if token is not None:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token.reveal()}".encode())
    passed_on = any(name in _PASSED_ON for name, _ in request.scope["headers"])
    return not passed_on and request.client is not None and near(request.client.host)


@get("/metrics", opt={"permission": PUBLIC}, operation_id="metrics", include_in_schema=False, media_type="text/plain")
async def metrics(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> bytes:
    """Prometheus metrics of this process; 403 for strangers."""
    if not may_read(request, settings.metrics_token):
        raise Forbidden("Metrics are for this machine, private networks and holders of COMEBACK_METRICS_TOKEN.")
    return generate_latest()


ROUTES = (metrics,)
