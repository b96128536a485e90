"""A sale at the API and its way back, for journeys: paid at the sandbox Stripe, quoted, opened, received, settled."""

from itertools import count
from typing import Any

from tests.factories.orders import order_body, order_total
from tests.factories.products import product_body
from tests.support.world import World

NUMBERS = count(1)


class Sold:
    """An order at the API, paid at the sandbox Stripe."""

    def __init__(self, world: World, order: dict[str, Any], payment: str) -> None:
        self.world, self.id, self.payment = world, order["id"], payment

    @classmethod
    async def make(cls, world: World, lines: list[dict[str, Any]], **fields: Any) -> "Sold":
        """Imports the order and pays it by card."""
        key = f"{world.shop.hex[-8:]}-{next(NUMBERS)}"
        body = order_body(key, lines, **fields)
        if "tenders" not in fields:
            await world.pay(f"pi_{key}", order_total(body), body["currency"])
        return cls(world, await world.post("/api/v1/orders", body, expect=201), f"pi_{key}")

    async def view(self) -> dict[str, Any]:
        """The order as it is now."""
        return await self.world.get(f"/api/v1/orders/{self.id}")

    def wish(self, *lines: Any, **fields: Any) -> dict[str, Any]:
        """A wish for lines: a key, (key, quantity), or a whole line."""
        wanted = []
        for one in lines:
            if isinstance(one, dict):
                wanted.append(one)
            else:
                key, quantity = one if isinstance(one, tuple) else (one, 1)
                wanted.append({"line": key, "quantity": quantity, "reason": "changed_mind"})
        return {"order_id": self.id, "lines": wanted} | fields

    async def quote(self, *lines: Any, expect: int = 200, **fields: Any) -> dict[str, Any]:
        """A quote."""
        return await self.world.post("/api/v1/returns/quote", self.wish(*lines, **fields), expect=expect)

    async def open(self, *lines: Any, expect: int = 201, **fields: Any) -> dict[str, Any]:
        """Quotes and opens the return."""
        token = (await self.quote(*lines))["token"]
        body = self.wish(*lines, **fields) | {"quote_token": token, "method": "label"}
        return await self.world.post("/api/v1/returns", body, expect=expect)

    async def receive(self, case: dict[str, Any], **said: Any) -> dict[str, Any]:
        """Everything of the case arrives in grade A and is restocked."""
        found = {"condition": "A", "disposition": "restock"} | said
        lines = [{"line": x["line"], "quantity": x["quantity"]} | found for x in case["lines"]]
        path = f"/api/v1/returns/{case['id']}/receipts"
        return await self.world.post(path, {"location": "main", "lines": lines}, expect=201)

    async def give_back(self, *lines: Any) -> dict[str, Any]:
        """The whole way: quote, open, receive, settle, money; answers the settlement with the case as it ended."""
        case = await self.open(*lines)
        await self.receive(case)
        path = f"/api/v1/returns/{case['id']}"
        settled = await self.world.post(f"{path}/settle", expect=200)
        assert settled["refund_total"] == case["quote"]["refund_total"]
        await self.world.drain()
        settled["case"] = await self.world.get(path)
        return settled

    async def refunds(self) -> list[dict[str, Any]]:
        """What Stripe really paid back on this payment."""
        return [r for r in await self.world.provider_refunds() if r["payment_intent"] == self.payment]


async def stocked(world: World, **variants: int) -> None:
    """A product whose variants cost what they are named to."""
    stock = [{"location": "main", "quantity": 2}]
    rows = [
        {"external_id": key, "title": key, "price": price, "tax_rate_bp": 800, "stock": stock}
        for key, price in variants.items()
    ]
    await world.post("/api/v1/products", product_body("p-A", rows), expect=201)


async def stock(world: World, variant: str) -> tuple[int, int, int]:
    """Sellable, quarantine, reserved of a variant."""
    (row,) = (await world.get("/api/v1/stock", variant=variant))["items"]
    return row["sellable"], row["quarantine"], row["reserved"]
