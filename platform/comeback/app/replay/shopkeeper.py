"""Everything the replay does through addresses: the API as a storefront, the control desk as the rest of the world."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, TypeVar

import httpx

from comeback.app.console import Refused
from comeback.app.replay.book import Back, Invoice
from comeback.app.state import DemoFile

T = TypeVar("T")
Tick = Callable[[int], object]
AT_ONCE = 6
PATIENCE = 900.0


class Shopkeeper:
    """Talks to one running local stack."""

    def __init__(self, demo: DemoFile) -> None:
        self.demo = demo
        head = {"Authorization": f"Bearer {demo.api_key}"}
        self.api = httpx.AsyncClient(base_url=demo.base_url, headers=head, timeout=60, trust_env=False)
        self.control = httpx.AsyncClient(base_url=demo.control_url, timeout=PATIENCE, trust_env=False)
        self.mailbox = httpx.AsyncClient(base_url=demo.mailbox_url, timeout=60, trust_env=False)

    async def __aenter__(self) -> "Shopkeeper":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in (self.api, self.control, self.mailbox):
            await client.aclose()

    async def ask(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
        """One call; raises Refused with the answer where it is not a success."""
        answer = await client.request(method, path, json=body)
        if not answer.is_success:
            raise Refused(f"{method} {path} answered {answer.status_code}: {answer.text[:600]}")
        return answer.json()

    async def pages(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list."""
        cursor = None
        while True:
            mark = "&" if "?" in path else "?"
            page = await self.ask(self.api, "GET", f"{path}{mark}cursor={cursor}" if cursor else path)
            for item in page["items"]:
                yield item
            cursor = page["next"]
            if cursor is None:
                return

    # ---- orders and parcels ----
    async def pay(self, invoices: Sequence[Invoice]) -> None:
        """The customers pay at Stripe."""
        items = [{"id": f"pi_{i.number}", "amount": i.total, "currency": "gbp"} for i in invoices]
        for start in range(0, len(items), 500):
            body = {"api_key": self.demo.stripe_key, "items": items[start : start + 500]}
            await self.ask(self.control, "POST", "/stripe/payments", body)

    async def sell(self, invoice: Invoice, placed_at: datetime) -> dict[str, Any]:
        """One invoice as an order."""
        return await self.ask(self.api, "POST", "/api/v1/orders", order_body(invoice, placed_at))

    async def send(self, invoice: Invoice, order_id: str, shipped_at: datetime) -> None:
        """The whole order in one parcel, which the carrier knows too."""
        number = f"RPL{invoice.number}"
        body = {"carrier": "sandbox", "tracking_number": number, "shipped_at": _stamp(shipped_at)}
        await self.ask(self.api, "POST", f"/api/v1/orders/{order_id}/shipments", body)
        parcel = {"tracking_number": number, "scenario": "normal", "start_at": _stamp(shipped_at),
                  "city": "London", "country": invoice.country}  # fmt: skip
        await self.ask(self.control, "POST", "/carrier/parcels", parcel)

    # ---- time ----
    async def now(self) -> datetime:
        """The rehearsal's time."""
        state = await self.ask(self.control, "GET", "/state")
        return datetime.fromisoformat(state["clock"]["now"])

    async def pass_time(self, step: timedelta, count: int, tick: Tick) -> None:
        """Moves the clock in steps; after each, all due work is done."""
        for _ in range(count):
            await self.ask(self.control, "POST", "/clock", {"advance": f"PT{int(step.total_seconds())}S"})
            await self.drain()
            tick(1)

    async def drain(self) -> None:
        """All due work; raises Refused where it does not come to an end."""
        answer = await self.ask(self.control, "POST", "/drain")
        if not answer["idle"]:
            raise Refused(f"The work did not come to an end: {answer}")

    # ---- returns ----
    async def open_return(self, back: Back, order_id: str) -> dict[str, Any]:
        """A credit note as a return: what the quote promises must be the note to the penny."""
        lines = [
            {"line": k, "quantity": q, "reason": "changed_mind", "resolution": "refund"} for k, q, _ in back.pieces
        ]
        wish = {"order_id": order_id, "lines": lines, "kind": "return"}
        quote = await self.ask(self.api, "POST", "/api/v1/returns/quote", wish)
        if quote["refund_total"] != back.total:
            raise Refused(f"{back.note}: the quote says {quote['refund_total']}, the book {back.total}.")
        return await self.ask(self.api, "POST", "/api/v1/returns", wish | {"quote_token": quote["token"]})

    async def drop_off(self, return_id: str) -> None:
        """The customer hands the parcel in."""
        case = await self.case(return_id)
        for parcel in case["shipments"]:
            if parcel["tracking_number"]:
                await self.ask(self.control, "POST", f"/carrier/parcels/{parcel['tracking_number']}/drop_off")

    async def receive(self, back: Back, return_id: str) -> None:
        """The warehouse unpacks, looks and puts everything back on the shelf."""
        lines = [{"line": k, "quantity": q, "condition": "A", "disposition": "restock"} for k, q, _ in back.pieces]
        await self.ask(self.api, "POST", f"/api/v1/returns/{return_id}/receipts", {"location": "main", "lines": lines})

    async def case(self, return_id: str) -> dict[str, Any]:
        """A return as it stands."""
        return await self.ask(self.api, "GET", f"/api/v1/returns/{return_id}")


def order_body(invoice: Invoice, placed_at: datetime) -> dict[str, Any]:
    """An invoice as the orders API takes it: no tax on the paper, prices in pence, paid by card."""
    return {
        "external_id": invoice.number,
        "number": invoice.number,
        "placed_at": _stamp(placed_at),
        "currency": "GBP",
        "tax_included": False,
        "customer": {"external_id": invoice.customer, "email": f"customer{invoice.customer}@mail.example",
                     "first_name": "Customer", "last_name": invoice.customer, "locale": "en",
                     "timezone": "Europe/London"},
        "consents": [{"channel": "email", "purpose": "marketing", "granted": int(invoice.customer) % 5 < 3,
                      "source": "checkout", "at": _stamp(placed_at)}],
        "shipping_address": {"name": f"Customer {invoice.customer}", "line1": "1 High Street", "postcode": "N1 1AA",
                             "city": "London", "country": invoice.country},
        "lines": [
            {"external_id": line.key, "sku": line.code, "product_id": line.code, "variant_id": line.code,
             "title": line.title, "quantity": line.quantity, "unit_price": line.pence, "discount": 0, "tax": 0}
            for line in invoice.lines
        ],
        "shipping": {"amount": 0, "cheapest_standard": 0, "tax": 0, "method": "standard"},
        "tenders": [{"id": "t1", "kind": "card", "amount": invoice.total, "provider": "stripe",
                     "provider_ref": f"pi_{invoice.number}"}],
        "return_cost_disclosed": True,
    }  # fmt: skip


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def side_by_side(items: Iterable[T], work: Callable[[T], Awaitable[object]], tick: Tick) -> None:
    """Does `work` for every item, a few at once; the first error ends all."""
    waiting = iter(items)

    async def hand() -> None:
        for item in waiting:
            await work(item)
            tick(1)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(hand())
