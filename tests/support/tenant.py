"""A shop whose every text holds a word of its own, living a whole story: for finding it where it must not be."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core import clock
from comeback.merchants.models import ConnectionState
from comeback.merchants.schemas import ConnectionIn
from comeback.merchants.service import connect, set_state
from tests.factories.orders import line_body, order_body, order_total
from tests.support.carrier import tell
from tests.support.world import World

SUBJECTS = ("orders", "order_lines", "customers", "shipments", "return_cases", "receipts", "refunds", "messages",
            "flows", "products", "variants", "tasks", "settlements", "inbox", "webhook_endpoints",
            "webhook_deliveries", "imports", "tickets", "macros")  # fmt: skip


class Tenant:
    """One shop. External ids, numbers and keys are the same in every shop; everything else holds `word`."""

    def __init__(self, world: World) -> None:
        self.world, self.word = world, f"Canary{world.shop.hex[-9:]}"
        self.order: dict[str, Any] = {}
        self.case: dict[str, Any] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no other shop may ever see."""
        return (self.word, self.world.stripe_key, self.world.carrier_key, *self.world.hooks.values())

    @property
    def email(self) -> str:
        return f"{self.word}@example.com"

    async def products(self) -> None:
        """A product with two variants and a pool of coupons."""
        rows = [
            {"external_id": f"v{n}", "sku": f"{self.word}-{n}", "title": f"{self.word} size {n}", "price": 3000,
             "tax_rate_bp": 1900, "options": {"Size": f"{self.word}{n}"}, "url": f"https://{self.word}.example/{n}",
             "image_url": f"https://{self.word}.example/{n}.png", "stock": [{"location": self.word, "quantity": 9}]}
            for n in (1, 2)
        ]  # fmt: skip
        product = {"external_id": "p1", "title": f"{self.word} shirt", "description": f"{self.word} cotton",
                   "currency": "EUR", "categories": [self.word], "tags": [self.word], "variants": rows}  # fmt: skip
        await self.world.post("/api/v1/products", product, expect=201)
        pool = {"name": self.word, "code": self.word.upper(), "percent": 10, "maximum": 5}
        await self.world.post("/api/v1/coupons", pool, expect=201)

    async def connect(self) -> None:
        """A receiver of webhooks, a rehearsed import, a storefront that is switched off."""
        receiver = {"url": f"{self.world.base_url}/{self.word}", "description": self.word, "events": ["order.placed"]}
        made = await self.world.post("/api/v1/webhooks", receiver, expect=201)
        path = f"/api/v1/webhooks/{made['endpoint']['id']}"
        await self.world.post(f"{path}/test", {})
        # Switched off: what was planned stays to be looked at, and nobody tries it again meanwhile.
        assert (await self.world.client.patch(path, json={"state": "off"})).status_code == 200
        sent = await self.world.client.post(
            "/api/v1/imports?kind=orders&dry_run=true", content=f"{self.word}\n{self.word}\n".encode(),
            headers={"Content-Type": "text/csv"},
        )  # fmt: skip
        assert sent.status_code == 202, sent.text
        services = self.world.services
        account = ConnectionIn(
            kind="storefront", vendor="shopify", credentials={"access_token": self.word}, secret=self.word,
            options={"shop": f"{self.word}.example"},
        )  # fmt: skip
        async with services.database.write(self.world.shop) as session:
            row, _ = await connect(session, services.vault, account)
            await set_state(session, row, ConnectionState.OFF)

    async def sell(self) -> None:
        """An order with this shop's word in every text."""
        line = line_body(
            "l1", 3000, 2, sku=f"{self.word}-1", product_id="p1", variant_id="v1", title=f"{self.word} shirt",
            category=self.word, url=f"https://{self.word}.example/1", attributes={"note": self.word},
        )  # fmt: skip
        person = {"external_id": "c1", "email": self.email, "first_name": self.word, "last_name": f"{self.word}son",
                  "phone": "+4930123456", "locale": "en", "timezone": "Europe/Berlin"}  # fmt: skip
        said = {"channel": "email", "purpose": "marketing", "granted": True, "source": self.word,
                "at": (clock.now() - timedelta(days=1)).isoformat(), "wording": f"{self.word} agrees"}  # fmt: skip
        address = {"name": self.word, "line1": f"{self.word} street 1", "postcode": "10115", "city": self.word,
                   "company": self.word, "country": "DE", "phone": "+4930123456"}  # fmt: skip
        body = order_body("same-1", [line], customer=person, consents=[said], shipping_address=address,
                          tags=[self.word])  # fmt: skip
        await self.world.pay("pi_same-1", order_total(body))
        self.order = await self.world.post("/api/v1/orders", body, expect=201)

    async def ship(self) -> None:
        """A parcel under the same number as everybody's, and a note on it."""
        path = f"/api/v1/orders/{self.order['id']}/shipments"
        self.parcel = await self.world.post(path, {"carrier": "sandbox", "tracking_number": "SAME1"}, expect=201)
        note = {"text": f"{self.word} was here", "public": True}
        await self.world.post(f"/api/v1/shipments/{self.parcel['id']}/notes", note)

    async def ask(self) -> None:
        """The customer asks, the shop has an answer ready."""
        question = {"body": f"{self.word} where is it?", "subject": self.word, "order_id": self.order["id"]}
        await self.world.post("/api/v1/tickets", question, expect=201)
        await self.world.post("/api/v1/macros", {"name": self.word, "body": f"{self.word} soon"}, expect=201)

    async def move(self) -> None:
        """The carrier delivers; its words hold ours."""
        now = clock.now()
        told = [
            {"status": status, "occurred_at": (now - timedelta(minutes=ago)).isoformat(),
             "description": f"{self.word} {status}", "city": self.word}
            for status, ago in (("in_transit", 300), ("delivered", 30))
        ]  # fmt: skip
        assert await tell(self.world, "SAME1", *told) == 200

    async def return_it(self) -> None:
        """One unit comes back."""
        line = {"line": "l1", "quantity": 1, "reason": "changed_mind", "note": f"{self.word} too small"}
        wish: dict[str, Any] = {"order_id": self.order["id"], "lines": [line]}
        quoted = await self.world.post("/api/v1/returns/quote", wish, expect=200)
        wish |= {"quote_token": quoted["token"], "method": "label"}
        self.case = await self.world.post("/api/v1/returns", wish, expect=201)

    async def receive(self) -> None:
        """It arrives, and the money goes back."""
        path = f"/api/v1/returns/{self.case['id']}"
        line = self.case["lines"][0]
        found = {"line": line["line"], "quantity": 1, "condition": "A", "disposition": "restock",
                 "note": f"{self.word} fine"}  # fmt: skip
        await self.world.post(f"{path}/receipts", {"location": self.word, "lines": [found]}, expect=201)
        await self.world.post(f"{path}/settle", expect=200)
        await self.world.post(f"/api/v1/orders/{self.order['id']}/refunds", {"amount": 100, "reason": "goodwill"})
        await self.world.post("/api/v1/recommendations/train")

    async def ids(self) -> dict[str, str]:
        """One id of every kind of row, and other names that lead to rows."""
        found = {"coupon": self.word.upper()}
        async with self.world.services.database.read(self.world.shop) as session:
            for table in SUBJECTS:
                row = (await session.execute(text(f"SELECT id FROM {table} ORDER BY id LIMIT 1"))).scalar()
                if row is not None:
                    found[table] = str(UUID(str(row)))
            shop = await session.execute(text("SELECT id FROM connections WHERE kind = 'storefront'"))
            found["storefront"] = str(shop.scalar() or "none")
            back = await session.execute(text("SELECT id FROM shipments WHERE direction = 'return'"))
            found["return_parcel"] = str(back.scalar() or "none")
        return found

    @staticmethod
    def story() -> tuple[str, ...]:
        """The steps in order."""
        return ("connect", "products", "sell", "ship", "ask", "move", "return_it", "receive")
