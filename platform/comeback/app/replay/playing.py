"""The acts of the replay: orders come in, parcels move, people and scanners read, goods come back, money goes back."""

import random
import re
from datetime import UTC, datetime
from typing import Any

from tqdm import tqdm

from comeback.app.console import Refused
from comeback.app.replay.reading import Invoice, Source, Taken
from comeback.app.replay.stage import Stage, each

CURRENCY = "GBP"
STEP = "PT2H"
MAX_STEPS = 240
SCANNER = {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks-Scanner/1.0; bot)"}
PERSON = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"}
_LINK = re.compile(r"https?://[^\s\"'<>]+/(?:c|o)/[A-Za-z0-9_.\-]+")


class Play:
    """One run. `orders` maps invoice numbers to ids; `parcels` to shipment ids; `cases` to finished returns."""

    def __init__(self, stage: Stage, source: Source) -> None:
        self.stage, self.source = stage, source
        self.orders: dict[str, str] = {}
        self.parcels: dict[str, str] = {}
        self.cases: list[dict[str, Any]] = []
        self.due: dict[str, int] = {}
        self.reads = {"people": 0, "scanners": 0}

    def _number(self, invoice: Invoice) -> str:
        return f"RP{self.stage.run}{invoice.number}"

    def _payment(self, invoice: Invoice) -> str:
        return f"pi_replay_{self.stage.run}_{invoice.number}"

    async def pay(self) -> None:
        """Every invoice was paid by card; the payments stand at the sandbox Stripe."""
        items = [
            {"id": self._payment(i), "amount": i.total, "currency": CURRENCY.lower()} for i in self.source.invoices
        ]
        chunks = [items[n : n + 250] for n in range(0, len(items), 250)]
        body = {"api_key": self.stage.demo.stripe_key}
        await each("payments", chunks, lambda c: self.stage.control("/stripe/payments", body | {"items": c}), 1)

    async def order(self) -> None:
        """Orders through the API, as a shop's developer would send them."""

        async def send(invoice: Invoice) -> None:
            answer = await self.stage.post("/api/v1/orders", self._order(invoice))
            if answer["refundable"]["order"] != invoice.total:
                raise Refused(f"Invoice {invoice.number}: {answer['refundable']['order']} ≠ {invoice.total}")
            self.orders[invoice.number] = answer["id"]

        await each("orders", self.source.invoices, send)

    def _order(self, invoice: Invoice) -> dict[str, Any]:
        consent = {"channel": "email", "purpose": "marketing", "source": "checkout", "at": _now()}
        return {
            "external_id": self._number(invoice),
            "number": f"#{self._number(invoice)}",
            "placed_at": _now(),
            "currency": CURRENCY,
            "tax_included": True,
            "customer": {
                "external_id": f"{self.stage.run}-{invoice.customer}", "email": self.address(invoice),
                "first_name": "Robin", "last_name": invoice.customer,
                "locale": "de" if invoice.country == "Germany" else "en",
            },
            "consents": [consent | {"granted": invoice.customer[-1:] in "02468"}],
            "shipping_address": {
                "name": f"Robin {invoice.customer}", "line1": "1 High Street", "postcode": "E1 6AN", "city": "London",
                "country": "GB",
            },
            "lines": [
                {
                    "external_id": line.id, "sku": line.stock, "product_id": line.stock, "variant_id": line.stock,
                    "title": line.title, "quantity": line.quantity, "unit_price": line.price, "tax": 0,
                }
                for line in invoice.lines
            ],
            "tenders": [
                {
                    "id": "card", "kind": "card", "amount": invoice.total, "provider": "stripe",
                    "provider_ref": self._payment(invoice),
                }
            ],
        }  # fmt: skip

    async def ship(self) -> None:
        """One parcel an order; the sandbox carrier takes them over."""
        await self.stage.control("/drain")

        async def send(invoice: Invoice) -> None:
            number = self._number(invoice)
            path = f"/api/v1/orders/{self.orders[invoice.number]}/shipments"
            parcel = {"carrier": "sandbox", "service": "standard", "tracking_number": number, "shipped_at": _now()}
            self.parcels[invoice.number] = (await self.stage.post(path, parcel))["id"]
            await self.stage.control("/carrier/parcels", {"tracking_number": number, "scenario": "normal"})

        await each("parcels", self.source.invoices, send)

    async def travel(self) -> None:
        """The fast clock, two hours a step (a van and its delivery are two), all due work after each, to the last."""
        waiting = dict(self.parcels)
        with tqdm(total=len(waiting), desc="  deliveries", unit="") as bar:
            for _ in range(MAX_STEPS):
                await self.stage.control("/clock", {"advance": STEP})
                await self.stage.control("/drain")
                bar.update(await self._arrivals(waiting))
                if not waiting:
                    return
        raise Refused(f"{len(waiting)} parcels never arrived.")

    async def _arrivals(self, waiting: dict[str, str]) -> int:
        """Takes out who has arrived; stops asking once a few in a row have not (they travel alike)."""
        arrived = missing = 0
        for number, shipment in list(waiting.items()):
            if await self._delivered(shipment):
                del waiting[number]
                arrived += 1
            else:
                missing += 1
                if missing >= 10:
                    break
        return arrived

    async def _delivered(self, shipment: str) -> bool:
        return (await self.stage.get(f"/api/v1/shipments/{shipment}"))["status"] == "delivered"

    def address(self, invoice: Invoice) -> str:
        """Where the mails of an invoice go."""
        return f"{invoice.customer.lower()}.{self.stage.run}@replay.example"

    async def mailbox(self) -> dict[str, list[dict[str, Any]]]:
        """What has arrived, by address."""
        found: dict[str, list[dict[str, Any]]] = {}

        async def look(address: str) -> None:
            url = f"{self.stage.demo.mailbox_url}/messages"
            found[address] = (await self.stage.outside.get(url, params={"to": address})).json()["items"]

        await each("mailbox", sorted({self.address(i) for i in self.source.invoices}), look)
        return found

    async def read(self, share: float = 0.25) -> None:
        """Scanners fetch every link of some mails at once; people open some, later, and click one link."""
        mails = [m for box in (await self.mailbox()).values() for m in box]
        dice = random.Random(7)
        chosen = [(m, dice.random() < 0.3) for m in mails if dice.random() < share]

        async def one(pick: tuple[dict[str, Any], bool]) -> None:
            mail, scanner = pick
            raw = await self.stage.outside.get(f"{self.stage.demo.mailbox_url}/messages/{mail['id']}/raw")
            links = sorted(set(_LINK.findall(raw.text.replace("=\r\n", "").replace("&amp;", "&"))))
            wanted = links if scanner else [*(x for x in links if "/o/" in x), *[x for x in links if "/c/" in x][:1]]
            for link in wanted:
                await self.stage.outside.get(link, headers=SCANNER if scanner else PERSON)
            self.reads["scanners" if scanner else "people"] += 1

        await each("opens and clicks", chosen, one)

    async def give_back(self) -> None:
        """Each matching credit note as a return: quote, case, label, drop-off, receipt, settlement."""
        by_order: dict[str, list[Taken]] = {}
        for taken in self.source.returns:
            by_order.setdefault(taken.invoice.number, []).append(taken)
        await each("returns opened (by order)", by_order.values(), self._open_all)
        await self.stage.control("/drain")
        await each("labels and drop-off", self.cases, self._drop)
        await self.stage.control("/drain")
        await each("received, settled", self.cases, self._settle)
        await self.stage.control("/drain")

    async def _open_all(self, of_one_order: list[Taken]) -> None:
        for taken in of_one_order:
            await self._open(taken)

    async def _open(self, taken: Taken) -> None:
        lines = [
            {"line": line.id, "quantity": count, "reason": "changed_mind", "resolution": "refund"}
            for line, count in taken.pieces
        ]
        body: dict[str, Any] = {"order_id": self.orders[taken.invoice.number], "lines": lines}
        quote = await self.stage.post("/api/v1/returns/quote", body)
        if quote["refund_total"] != taken.total:
            raise Refused(f"Credit note {taken.credit}: quoted {quote['refund_total']}, the file says {taken.total}")
        case = await self.stage.post("/api/v1/returns", body | {"quote_token": quote["token"], "method": "label"})
        if case["state"] in ("requested", "needs_review"):
            case = await self.stage.post(f"/api/v1/returns/{case['id']}/approve")
        self.due[case["id"]] = taken.total
        self.cases.append(case)

    async def _drop(self, case: dict[str, Any]) -> None:
        seen = await self.stage.get(f"/api/v1/returns/{case['id']}")
        number = seen["shipments"][0]["tracking_number"]
        label = await self.stage.api.get(f"/api/v1/returns/{case['id']}/label")
        if not label.content.startswith(b"%PDF"):
            raise Refused(f"Return {case['number']} has no label: {label.status_code}")
        await self.stage.control(f"/carrier/parcels/{number}/drop_off")

    async def _settle(self, case: dict[str, Any]) -> None:
        lines = [
            {"line": line["line"], "quantity": line["quantity"], "condition": "A", "disposition": "restock"}
            for line in case["lines"]
        ]
        path = f"/api/v1/returns/{case['id']}"
        await self.stage.post(f"{path}/receipts", {"location": "main", "lines": lines})
        seen = await self.stage.get(path)
        if not seen["settlements"]:
            await self.stage.post(f"{path}/settle")


def _now() -> str:
    return datetime.now(UTC).isoformat()
