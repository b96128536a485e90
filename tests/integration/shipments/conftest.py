"""A shop with a connected carrier, orders, and the carrier's webhook as it signs it."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from comeback.app.wiring import Services
from comeback.merchants.schemas import ConnectionIn
from comeback.merchants.service import connect
from tests.factories.orders import line_body, order_body

SECRET = "carrier-secret"


@dataclass
class Carrier:
    """Posts signed webhooks to a shop's address."""

    client: httpx.AsyncClient
    token: str

    async def send(self, body: dict[str, Any] | bytes, signature: str | None = None) -> httpx.Response:
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        sign = signature if signature is not None else hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        return await self.client.post(f"/hooks/carrier/{self.token}", content=raw, headers={"X-Signature": sign})

    async def tell(self, number: str, *events: tuple[str | None, str], carrier: str = "sandbox") -> None:
        """Events as (status or code in capitals, RFC 3339 time)."""
        answer = await self.send({"carrier": carrier, "tracking_number": number, "events": [
            {"id": f"{number}-{index}", "code": what if what and what.isupper() else None,
             "status": what if what and not what.isupper() else None,
             "description": f"It is {what}", "occurred_at": when, "city": "Köln", "country": "DE"}
            for index, (what, when) in enumerate(events)
        ]})  # fmt: skip
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def carrier(services: Services, shop: UUID, anonymous: httpx.AsyncClient) -> Carrier:
    """The shop's carrier connection."""
    async with services.database.write(shop) as session:
        account = ConnectionIn(kind="carrier", vendor="sandbox", credentials={"api_key": "k"}, secret=SECRET)
        _, token = await connect(session, services.vault, account)
    return Carrier(anonymous, token)


MakeOrder = Callable[..., Awaitable[str]]


@pytest.fixture
def make_order(client: httpx.AsyncClient) -> MakeOrder:
    """Makes an order of three lines (2, 1 and 3 pieces) and answers its id."""

    async def make(external_id: str = "1001", **fields: Any) -> str:
        lines = [
            line_body("l1", quantity=2),
            line_body("l2", quantity=1, attributes={"Size": "M", "Colour": "Red"}),
            line_body("l3", quantity=3),
        ]
        answer = await client.post("/api/v1/orders", json=order_body(external_id, lines, **fields))
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return make


def shipment_body(number: str | None = "SB1", **fields: Any) -> dict[str, Any]:
    """A parcel with everything that is left, unless `lines` says otherwise."""
    return {"carrier": "sandbox", "service": "standard", "tracking_number": number} | fields
