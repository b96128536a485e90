"""Somebody at the desk of a furnished shop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from comeback.kit.ids import new_id
from comeback.merchants.schemas import StaffIn
from comeback.merchants.service import create_staff
from comeback.returns import service as returns
from comeback.returns.schemas import QuoteIn, ReturnIn, WishLine
from tests.factories.orders import line_body, order_body
from tests.support.world import World

PASSWORD = "a good long password"


@dataclass
class Desk:
    """A signed-in browser."""

    world: World
    browser: httpx.AsyncClient
    email: str

    async def get(self, path: str, **query: Any) -> Any:
        """GET of a page's data."""
        answer = await self.browser.get(f"/api/studio/{path}", params=query)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    async def press(self, return_id: str, action: str, body: Any = None, expect: int = 200) -> Any:
        """A button of a return."""
        answer = await self.browser.post(f"/api/studio/returns/{return_id}/{action}", json=body)
        assert answer.status_code == expect, (action, answer.status_code, answer.text)
        return answer.json()

    async def order(self, external_id: str | None = None) -> dict[str, Any]:
        """An order of two lines, paid by card, delivered."""
        key = external_id or new_id().hex[-10:]
        lines = [
            line_body("l1", 5000, 2, tax=800, title="Linen shirt", image_url=f"{self.world.base_url}/media/shirt.png"),
            line_body("l2", 1650, 1, title="Beeswax candle"),
        ]
        body = order_body(key, lines)
        tender = body["tenders"][0]
        await self.world.pay(tender["provider_ref"], tender["amount"])
        order = await self.world.post("/api/v1/orders", body, 201)
        parcel = {"carrier": "sandbox", "tracking_number": f"TRACK{key}", "shipped_at": body["placed_at"]}
        await self.world.post(f"/api/v1/orders/{order['id']}/shipments", parcel, 201)
        return order

    async def wish(self, order: dict[str, Any], method: str = "label", **wish: Any) -> str:
        """A customer's return of one shirt; answers its id."""
        services = self.world.services
        lines = [WishLine(**({"line": "l1", "quantity": 1, "reason": "too_small", "note": "A bit tight."} | wish))]
        async with services.database.write(self.world.shop) as session:
            asked = QuoteIn(order_id=order["id"], lines=lines)
            quote = await returns.quote_return(session, services.signer, asked)
            assert quote.token
            made = ReturnIn(order_id=order["id"], lines=lines, quote_token=quote.token, method=method)  # type: ignore[arg-type]
            case = await returns.create_return(session, services.signer, None, made)
        return str(case.id)


async def browser_of(world: World, role: str) -> tuple[httpx.AsyncClient, str]:
    """A browser with the session of somebody in this role."""
    email = f"{role}.{new_id().hex[-8:]}@shop.example"
    async with world.services.database.write(world.shop) as session:
        await create_staff(session, None, StaffIn(email=email, name="Mia Muster", password=PASSWORD, role=role))
    browser = httpx.AsyncClient(base_url=world.base_url, timeout=30)
    answer = await browser.post("/api/studio/session", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return browser, email


@asynccontextmanager
async def somebody(world: World, role: str = "manager") -> AsyncIterator[Desk]:
    """Somebody in this role, signed in for the time of the block."""
    browser, email = await browser_of(world, role)
    try:
        yield Desk(world, browser, email)
    finally:
        await browser.aclose()
