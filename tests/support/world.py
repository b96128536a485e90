"""A whole small world for journeys: a shop with every connection, sandboxes that answer, a mailbox that remembers."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx

from comeback.app.wiring import Services
from comeback.flows.service import install_default_flows
from comeback.merchants.schemas import ConnectionIn
from comeback.merchants.service import add_sending_domain, connect, mark_verified
from comeback.messages.service import install_default_templates
from comeback.sandbox.config import Urls

STRIPE_SECRET, CARRIER_SECRET = "whsec_tests", "carrier-tests"


@dataclass
class World:
    """One shop and what stands around it. Webhooks of the sandboxes reach the application over real HTTP."""

    shop: UUID
    services: Services
    client: httpx.AsyncClient
    outside: httpx.AsyncClient
    urls: Urls
    base_url: str
    stripe_key: str
    carrier_key: str
    hooks: dict[str, str] = field(default_factory=dict)
    """Kind of webhook → its path at the application."""

    async def drain(self) -> None:
        """Everything due, including scans and webhooks that the sandboxes still owe."""
        answer = await self.outside.post(f"{self.urls.control}/drain", timeout=60)
        assert answer.status_code == 200 and answer.json()["idle"], answer.text

    async def advance(self, duration: str) -> None:
        """Moves business time (ISO 8601 duration) and runs what that makes due."""
        await self.control("/clock", {"advance": duration})
        await self.drain()

    async def post(self, path: str, body: Any = None, expect: int | None = None, **headers: str) -> Any:
        """POST as the shop's developer; asserts the status where one is expected."""
        answer = await self.client.post(path, json=body if body is not None else {}, headers=headers)
        assert expect is None or answer.status_code == expect, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def get(self, path: str, **query: Any) -> Any:
        """GET as the shop's developer."""
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    async def pay(self, payment: str, amount: int, currency: str = "EUR") -> None:
        """A finished card payment at the sandbox Stripe."""
        item = {"id": payment, "amount": amount, "currency": currency.lower()}
        body = {"api_key": self.stripe_key, "items": [item]}
        (await self.outside.post(f"{self.urls.control}/stripe/payments", json=body)).raise_for_status()

    async def control(self, path: str, body: Any) -> Any:
        """Steers a sandbox."""
        answer = await self.outside.post(f"{self.urls.control}{path}", json=body)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    async def provider_refunds(self) -> list[dict[str, Any]]:
        """What the sandbox Stripe really paid back for this shop's key."""
        answer = await self.outside.get(
            f"{self.urls.stripe}/v1/refunds?limit=100", headers={"Authorization": f"Bearer {self.stripe_key}"}
        )
        return answer.json()["data"]

    async def mails(self, to: str) -> list[EmailMessage]:
        """The mails that arrived for an address, oldest first, parsed by the standard library."""
        found = (await self.outside.get(f"{self.urls.mailbox}/messages", params={"to": to})).json()["items"]
        raws = [(await self.outside.get(f"{self.urls.mailbox}/messages/{m['id']}/raw")).content for m in found]
        parsed = [message_from_bytes(r, policy=policy.default) for r in raws]
        return sorted(parsed, key=lambda m: (m["date"].datetime, str(m["Message-ID"])))  # type: ignore[arg-type,return-value]


async def furnish(world: World) -> None:
    """Connects the shop and installs what a new shop gets."""
    services, base = world.services, world.base_url
    async with services.database.write(world.shop) as session:
        stripe = ConnectionIn(
            kind="stripe", vendor="stripe", credentials={"api_key": world.stripe_key}, secret=STRIPE_SECRET
        )
        _, stripe_token = await connect(session, services.vault, stripe)
        carrier = ConnectionIn(
            kind="carrier", vendor="sandbox", credentials={"api_key": world.carrier_key}, secret=CARRIER_SECRET
        )
        _, carrier_token = await connect(session, services.vault, carrier)
        domain = f"{world.shop.hex[-8:]}.shop.example"
        await add_sending_domain(session, services.vault, domain)
        await mark_verified(session, domain)
        await install_default_templates(session)
        await install_default_flows(session)
    world.hooks |= {"stripe": f"/hooks/stripe/{stripe_token}", "carrier": f"/hooks/carrier/{carrier_token}"}
    stripe_account = {"api_key": world.stripe_key, "webhook_url": f"{base}/hooks/stripe/{stripe_token}"}
    carrier_account = {"api_key": world.carrier_key, "webhook_url": f"{base}/hooks/carrier/{carrier_token}"}
    await world.control(
        "/config",
        {
            "stripe": [stripe_account | {"webhook_secret": STRIPE_SECRET}],
            "carrier": [carrier_account | {"webhook_secret": CARRIER_SECRET}],
            "web_url": base,
        },
    )
    await world.control("/clock", {"speed": 1})
