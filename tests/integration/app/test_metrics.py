"""Metrics are no public page."""

from typing import Any

import httpx
import msgspec
import pytest

from comeback.app.http import create_app
from comeback.app.metrics import near
from comeback.app.wiring import Services
from comeback.core.secrets import Secret


async def ask(app: Any, address: str, **headers: str) -> int:
    """The status that a caller from an address sees."""
    transport = httpx.ASGITransport(app=app, client=(address, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/metrics", headers=headers)
        assert answer.status_code != 200 or "comeback" in answer.text
        return answer.status_code


async def test_neighbours_only(app: Any) -> None:
    for address in ("127.0.0.1", "10.1.2.3", "::1", "fd00::7"):
        assert await ask(app, address) == 200
    for address in ("8.8.8.8", "2a01:4f8::1", "testclient"):
        assert await ask(app, address) == 403


async def test_what_a_proxy_passes_on_is_strange(app: Any) -> None:
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert await ask(app, "127.0.0.1", **{header: "127.0.0.1"}) == 403


async def test_a_token_is_asked_of_everybody(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = msgspec.structs.replace(services.settings, metrics_token=Secret("open sesame"))
    monkeypatch.setattr(services, "settings", changed)
    app = create_app(services)
    for given, status in (("", 403), ("Bearer open", 403), ("Bearer open sesame", 200)):
        headers = {"Authorization": given} if given else {}
        assert await ask(app, "8.8.8.8", **headers) == status
        assert await ask(app, "127.0.0.1", **headers) == status


def test_addresses() -> None:
    assert all(near(address) for address in ("192.168.0.1", "169.254.1.1", "fe80::1"))
    assert not any(near(address) for address in ("8.8.8.8", "", "nonsense"))
