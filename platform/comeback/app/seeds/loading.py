"""Loads the demo sales through the same doors as a real shop: order import, parcel registration, carrier webhooks."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec

from comeback.app.seeds.catalogue import RANGES, Range
from comeback.app.seeds.people import people
from comeback.app.seeds.sales import STILLS, Parcel, Sale, sales
from comeback.app.seeds.shops import DemoShop
from comeback.app.wiring import Services, jobs
from comeback.core.inbox import Delivery
from comeback.core.jobs import Runner
from comeback.merchants.service import require_connection
from comeback.orders.schemas import OrderIn
from comeback.orders.service import import_orders
from comeback.sandbox.carrier.scenarios import CODES, HOME, Place, Scan, plan
from comeback.shipments.schemas import CarrierHook, PieceIn, ShipmentIn
from comeback.shipments.service import create_shipment, take_reports

T = TypeVar("T")
Tick = Callable[[int], object]
"""Told how many more pieces of work are done."""
BATCH = 25


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """How much a demo shop sold."""

    customers: int
    orders: int
    live: int
    shares: tuple[int, ...]
    """How its customers spread over LANDS, in order."""


VOLUMES = {
    "casa-lume": Volume(customers=260, orders=2000, live=60, shares=(45, 8, 5, 9, 8, 8, 5, 4, 8)),
    "nordkap": Volume(customers=140, orders=1000, live=30, shares=(14, 3, 40, 8, 8, 9, 6, 4, 8)),
}


def demo_sales(slug: str, today: datetime, base_url: str) -> list[Sale]:
    """Everything a demo shop sold until `today`."""
    volume = VOLUMES[slug]
    customers = people(slug, volume.customers, volume.shares)
    return sales(RANGES[slug], customers, volume.orders, volume.live, today, base_url)


def batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Loader:
    """Loads one demo shop."""

    def __init__(self, services: Services, shop: DemoShop, today: datetime) -> None:
        self.services, self.shop, self.today = services, shop, today
        self.range: Range = RANGES[shop.slug]
        self.sales = demo_sales(shop.slug, today, services.settings.base_url)
        self.orders: dict[str, UUID] = {}
        """External id → id, once imported."""
        self._runner = Runner(services.database, jobs(services))

    @property
    def work(self) -> int:
        """How many ticks `load` will give."""
        return len(self.sales) + sum(len(sale.parcels) for sale in self.sales)

    async def load(self, tick: Tick) -> None:
        """Orders, parcels and what the carrier said of them; loading again changes nothing."""
        past = [sale for sale in self.sales if not sale.live]
        await self._import(past, tick, history=True)
        await self._parcels(past, tick, reported=True)
        fresh = [sale for sale in self.sales if sale.live]
        await self._import(fresh, tick, history=False)
        await self._parcels(fresh, tick)
        await self._tell(fresh)

    async def _import(self, chosen: Sequence[Sale], tick: Tick, *, history: bool) -> None:
        for part in batches(chosen, 100):
            async with self.services.database.write(self.shop.shop_id) as session:
                bodies: list[OrderIn] = [sale.order for sale in part]
                for done in await import_orders(session, bodies, history=history):
                    self.orders[done.external_id] = done.order_id
            tick(len(part))

    async def _parcels(self, chosen: Sequence[Sale], tick: Tick, *, reported: bool = False) -> None:
        """`reported`: what the carrier said of them comes first, at once instead of a webhook each: thousands."""
        for part in batches(chosen):
            async with self.services.database.write(self.shop.shop_id) as session:
                if reported:
                    await take_reports(session, _reports(part, self.today))
                for sale in part:
                    for parcel in sale.parcels:
                        order_id = self.orders[sale.order.external_id]
                        await create_shipment(session, order_id, _body(sale, parcel), settings=self.services.settings)
            tick(sum(len(sale.parcels) for sale in part))

    async def _tell(self, chosen: Sequence[Sale]) -> None:
        """What the carrier said already, through the inbox; parcels that still move are the stand-in carrier's own."""
        async with self.services.database.read(self.shop.shop_id) as read:
            connection_id = (await require_connection(read, "carrier")).id
        deliveries = [
            Delivery(
                shop_id=self.shop.shop_id,
                connection_id=connection_id,
                kind="carrier",
                topic="tracking",
                provider_id=parcel.tracking_number,
                body=msgspec.json.encode(carrier_story(sale, parcel, self.today)),
            )
            for sale in chosen
            for parcel in sale.parcels
            if parcel.scenario in STILLS
        ]
        for part in batches(deliveries, 200):
            await asyncio.gather(*(self.services.inbox.accept(delivery) for delivery in part))
        await self.settle_down()

    async def settle_down(self) -> None:
        """Runs what is due for the shop, beside the worker, until nothing is left."""
        while await self._runner.run_due(200, shop=self.shop.shop_id):
            pass


def _body(sale: Sale, parcel: Parcel) -> ShipmentIn:
    quantities = {line.external_id: line.quantity for line in sale.order.lines}
    return ShipmentIn(
        carrier="sandbox",
        service=sale.order.shipping.method,
        tracking_number=parcel.tracking_number,
        shipped_at=parcel.shipped_at,
        lines=[PieceIn(line=name, quantity=quantities[name]) for name in parcel.lines],
    )


def _reports(sold: Sequence[Sale], today: datetime) -> list[CarrierHook]:
    """What the carrier's webhooks say of their parcels, read as those are."""
    stories = [carrier_story(sale, parcel, today) for sale in sold for parcel in sale.parcels]
    return msgspec.json.decode(msgspec.json.encode(stories), type=list[CarrierHook])


def _scans(sale: Sale, parcel: Parcel, today: datetime) -> list[Scan]:
    address = sale.order.shipping_address
    home = Place(address.city or "", address.country) if address is not None else HOME
    begun = parcel.shipped_at.timestamp()
    codes = STILLS.get(parcel.scenario)
    if codes is None:
        return plan(parcel.scenario, parcel.tracking_number, begun, HOME, home)
    step = (today.timestamp() - 1800 - begun) / len(codes)
    return [
        Scan(at=begun + n * step, status=CODES[code][0], code=code, description=CODES[code][1], place=HOME)
        for n, code in enumerate(codes)
    ]


def carrier_story(sale: Sale, parcel: Parcel, today: datetime) -> dict[str, Any]:
    """Everything the carrier said of a parcel until now, as one webhook."""
    return {
        "carrier": "sandbox",
        "tracking_number": parcel.tracking_number,
        "events": [
            {
                "id": f"{parcel.tracking_number}-{n}",
                "code": scan.code,
                "status": scan.status,
                "description": scan.description,
                "occurred_at": datetime.fromtimestamp(scan.at, UTC).isoformat(),
                "city": scan.place.city,
                "country": scan.place.country,
            }
            for n, scan in enumerate(_scans(sale, parcel, today))
        ],
    }


async def tell_the_neighbours(control_url: str, shop: DemoShop, sold: Sequence[Sale]) -> None:
    """Lets the stand-ins know what happened with them: payments at Stripe, parcels at the carrier."""
    payments = [
        {"id": tender.provider_ref, "amount": tender.amount, "currency": "eur"}
        for sale in sold
        for tender in sale.order.tenders
        if tender.provider == "stripe"
    ]
    async with httpx.AsyncClient(base_url=control_url, timeout=60) as client:
        paid = await client.post("/stripe/payments", json={"api_key": shop.stripe_key, "items": payments})
        paid.raise_for_status()
        for parcel in _registrations(shop, sold):
            (await client.post("/carrier/parcels", json=parcel)).raise_for_status()


def _registrations(shop: DemoShop, sold: Sequence[Sale]) -> Iterator[dict[str, Any]]:
    for sale in sold:
        address = sale.order.shipping_address
        for parcel in sale.parcels if sale.live else ():
            yield {
                "tracking_number": parcel.tracking_number,
                "carrier": "sandbox",
                "scenario": "manual" if parcel.scenario in STILLS else parcel.scenario,
                "start_at": parcel.shipped_at.isoformat(),
                "city": address.city if address else None,
                "country": address.country if address else None,
                "account": shop.carrier_key,
            }
