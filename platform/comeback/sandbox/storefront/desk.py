"""The shop's desk: what buyers, packers and shop owners do, which no app can. All bodies and answers are JSON."""

from collections.abc import Callable
from typing import Any

import msgspec

from comeback.sandbox.http import Handler, HttpError, Paths, Request, Response, answer
from comeback.sandbox.storefront import handing, stock, sums, trade
from comeback.sandbox.storefront.objects import Customer, FulfilmentEvent, Order, Shop
from comeback.sandbox.storefront.store import Store

Shown = Callable[[Shop, Order], dict[str, Any]]


class Whose(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The shop by domain or consumer key; None: the first one."""

    shop: str | None = None


class FulfilOrder(Whose, kw_only=True, forbid_unknown_fields=True):
    """`lines` by line id; None sends all that is left."""

    lines: dict[str, int] | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    quiet: bool = False


class ScanOrder(Whose, kw_only=True, forbid_unknown_fields=True):
    """`status` is one of Shopify's: in_transit, out_for_delivery, delivered …"""

    status: str
    city: str = ""
    country: str = ""


class RefundOrder(Whose, kw_only=True, forbid_unknown_fields=True):
    """A refund made in the shop's own pages; `amount` in minor units, None for what lines and shipping come to."""

    amount: int | None = None
    lines: list[handing.WantedRefundLine] = []
    shipping: int = 0
    note: str = ""
    quiet: bool = False


class PayOrder(Whose, kw_only=True, forbid_unknown_fields=True):
    gateway: str = "manual"
    payment_ref: str | None = None


class CancelOrder(Whose, kw_only=True, forbid_unknown_fields=True):
    reason: str = "customer"


class EditOrder(Whose, kw_only=True, forbid_unknown_fields=True):
    note: str | None = None
    tags: list[str] | None = None
    email: str | None = None


class PersonOrder(Whose, kw_only=True, forbid_unknown_fields=True):
    """A customer, or changes of one."""

    id: int | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    locale: str | None = None
    accepts_marketing: bool | None = None


class Batch(Whose, kw_only=True, forbid_unknown_fields=True):
    """Many at once and silently, for seeds: no webhook is sent."""

    products: list[stock.WantedProduct] = []
    orders: list[trade.Purchase] = []


class ShopDesk:
    """Mounted at `/desk` of the storefront and reachable through the control at `/storefront/desk`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.paths = Paths()
        for (method, template), handler in self._routes().items():
            self.paths.add(method, f"/desk{template}", handler)

    def _routes(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "/shops"): self._shops,
            ("GET", "/orders"): self._orders,
            ("POST", "/orders"): self._place,
            ("POST", "/batch"): self.batch,
            ("GET", "/orders/{id}"): self._order,
            ("PATCH", "/orders/{id}"): self._edit,
            ("POST", "/orders/{id}/pay"): self._pay,
            ("POST", "/orders/{id}/cancel"): self._cancel,
            ("POST", "/orders/{id}/fulfil"): self._fulfil,
            ("POST", "/orders/{id}/fulfilments/{part}/events"): self._scan,
            ("POST", "/orders/{id}/refunds"): self._refund,
            ("POST", "/products"): self._product,
            ("DELETE", "/products/{id}"): self._remove_product,
            ("POST", "/stock"): self._stock,
            ("POST", "/customers"): self._person,
            ("POST", "/customers/{id}/data_request"): self._data_request,
            ("POST", "/customers/{id}/redact"): self._redact,
            ("POST", "/uninstall"): self._uninstall,
            ("POST", "/redact"): self._redact_shop,
        }

    def _both(self, request: Request, whose: str | None) -> tuple[Shop, Order]:
        shop = self._store.shop(whose or request.query.get("shop"))
        return shop, self._store.order(shop, _int(request.params["id"]))

    async def _shops(self, _: Request) -> Response:
        shops = self._store.memory.shops.values()
        return answer(
            {
                "items": [
                    {
                        "key": it.key,
                        "vendor": it.vendor,
                        "name": it.name,
                        "currency": it.currency,
                        "orders": len(it.orders),
                    }
                    for it in shops
                ]
            }
        )

    async def _orders(self, request: Request) -> Response:
        shop = self._store.shop(request.query.get("shop"))
        return answer({"items": [shown(order) for order in shop.orders.values()]})

    async def _order(self, request: Request) -> Response:
        return answer(shown(self._both(request, None)[1]))

    async def _place(self, request: Request) -> Response:
        wanted = request.json(trade.Purchase)
        return answer(shown(trade.place(self._store, self._store.shop(wanted.shop), wanted)), 201)

    async def batch(self, request: Request) -> Response:
        """Products and orders of a seed; what is known already is left as it is."""
        wanted = request.json(Batch)
        shop = self._store.shop(wanted.shop)
        for product in wanted.products:
            if product.id is None or product.id not in shop.products:
                stock.put(self._store, shop, msgspec.structs.replace(product, quiet=True))
        for order in wanted.orders:
            made = trade.place(self._store, shop, msgspec.structs.replace(order, quiet=True), take=False)
            if not made.fulfilments:
                self._sent(shop, made, order.parcels)
        return answer({"products": len(wanted.products), "orders": len(wanted.orders)}, 201)

    def _sent(self, shop: Shop, order: Order, parcels: list[trade.WantedParcel]) -> None:
        """As long ago as the order: a seed is no news."""
        for parcel in parcels:
            lines = {_int(id_): count for id_, count in parcel.lines.items()}
            wanted = handing.WantedFulfilment(
                lines=lines, tracking_company=parcel.company, tracking_numbers=[parcel.number], quiet=True
            )
            made = handing.fulfil(self._store, shop, order, wanted)
            made.created_at = made.updated_at = order.placed_at

    async def _edit(self, request: Request) -> Response:
        wanted = request.json(EditOrder)
        shop, order = self._both(request, wanted.shop)
        order.note = order.note if wanted.note is None else wanted.note
        order.tags = order.tags if wanted.tags is None else wanted.tags
        order.email = order.email if wanted.email is None else wanted.email
        self._store.order_changed(shop, order)
        return answer(shown(order))

    async def _pay(self, request: Request) -> Response:
        wanted = request.json(PayOrder)
        shop, order = self._both(request, wanted.shop)
        trade.pay(self._store, shop, order, wanted.gateway, wanted.payment_ref)
        return answer(shown(order))

    async def _cancel(self, request: Request) -> Response:
        wanted = request.json(CancelOrder)
        shop, order = self._both(request, wanted.shop)
        trade.cancel(self._store, shop, order, wanted.reason)
        return answer(shown(order))

    async def _fulfil(self, request: Request) -> Response:
        wanted = request.json(FulfilOrder)
        shop, order = self._both(request, wanted.shop)
        asked = handing.WantedFulfilment(
            lines=None if wanted.lines is None else {_int(id_): count for id_, count in wanted.lines.items()},
            tracking_company=wanted.tracking_company,
            tracking_numbers=[wanted.tracking_number] if wanted.tracking_number else [],
            tracking_urls=[wanted.tracking_url] if wanted.tracking_url else [],
            quiet=wanted.quiet,
        )
        made = handing.fulfil(self._store, shop, order, asked)
        return answer({**shown(order), "fulfilment": made.id}, 201)

    async def _scan(self, request: Request) -> Response:
        wanted = request.json(ScanOrder)
        shop, order = self._both(request, wanted.shop)
        made = next((it for it in order.fulfilments if it.id == _int(request.params["part"])), None)
        if made is None:
            raise HttpError(404, "No such fulfilment.")
        at = self._store.now()
        event = FulfilmentEvent(
            id=self._store.next_id(shop), status=wanted.status, at=at, city=wanted.city, country=wanted.country
        )
        handing.scan(self._store, shop, order, made, event)
        return answer(shown(order))

    async def _refund(self, request: Request) -> Response:
        wanted = request.json(RefundOrder)
        shop, order = self._both(request, wanted.shop)
        asked = handing.WantedRefund(
            amount=wanted.amount, lines=wanted.lines, shipping=wanted.shipping, note=wanted.note, quiet=wanted.quiet
        )
        try:
            made = handing.refund(self._store, shop, order, asked)
        except handing.RefundRefused as error:
            raise HttpError(422, str(error)) from error
        return answer({**shown(order), "refund": made.id}, 201)

    async def _product(self, request: Request) -> Response:
        wanted = request.json(stock.WantedProduct)
        return answer(stock.put(self._store, self._store.shop(wanted.shop), wanted), 201)

    async def _remove_product(self, request: Request) -> Response:
        shop = self._store.shop(request.query.get("shop"))
        product = shop.products.get(_int(request.params["id"]))
        if product is None:
            raise HttpError(404, "No such product.")
        stock.remove(self._store, shop, product)
        return Response(204)

    async def _stock(self, request: Request) -> Response:
        wanted = request.json(stock.StockOrder)
        variant = stock.count(self._store, self._store.shop(wanted.shop), wanted)
        return answer({"variant_id": variant.id, "sku": variant.sku, "available": stock.available(variant)})

    async def _person(self, request: Request) -> Response:
        wanted = request.json(PersonOrder)
        shop, now = self._store.shop(wanted.shop), self._store.now()
        known = shop.customers.get(wanted.id or 0)
        person = known or Customer(
            id=self._store.next_id(shop, wanted.id), email=wanted.email or "", created_at=now, updated_at=now
        )
        for name in ("email", "first_name", "last_name", "phone", "locale"):
            given = getattr(wanted, name)
            if given is not None:
                setattr(person, name, given)
        if wanted.accepts_marketing is not None:
            person.accepts_marketing, person.consent_at = wanted.accepts_marketing, now
        person.updated_at = now
        shop.customers[person.id] = person
        self._store.announce(shop, "customer.updated" if known else "customer.created", person)
        return answer(person, 200 if known else 201)

    def _customer(self, request: Request) -> tuple[Shop, Customer]:
        shop = self._store.shop(request.json(Whose).shop or request.query.get("shop"))
        person = shop.customers.get(_int(request.params["id"]))
        if person is None:
            raise HttpError(404, "No such customer.")
        return shop, person

    async def _data_request(self, request: Request) -> Response:
        shop, person = self._customer(request)
        self._store.announce(shop, "customer.data_request", person)
        return answer({"customer": person.id}, 202)

    async def _redact(self, request: Request) -> Response:
        """The webhook carries the address once more; then the shop forgets it."""
        shop, person = self._customer(request)
        self._store.announce(shop, "customer.redact", person)
        person.email = person.first_name = person.last_name = person.phone = ""
        person.address, person.redacted = None, True
        for order in shop.orders.values():
            if order.customer_id == person.id:
                order.email = order.phone = ""
                order.shipping_address = order.billing = None
        return answer({"customer": person.id}, 202)

    async def _uninstall(self, request: Request) -> Response:
        """The token dies at once; subscriptions made by the interface go, as with Shopify."""
        shop = self._store.shop(request.json(Whose).shop or request.query.get("shop"))
        self._store.announce(shop, "app.uninstalled", shop)
        shop.installed = False
        shop.subscriptions = {id_: it for id_, it in shop.subscriptions.items() if it.fixed}
        return answer({"shop": shop.key}, 202)

    async def _redact_shop(self, request: Request) -> Response:
        shop = self._store.shop(request.json(Whose).shop or request.query.get("shop"))
        self._store.announce(shop, "shop.redact", shop)
        return answer({"shop": shop.key}, 202)


def _int(text: str) -> int:
    if not text.isdigit():
        raise HttpError(404, f"No such id {text}.")
    return int(text)


def shown(order: Order) -> dict[str, Any]:
    """An order in the desk's short form: what a test or a newcomer asks about."""
    return {
        "id": order.id,
        "name": order.name,
        "number": order.number,
        "email": order.email,
        "customer_id": order.customer_id,
        "currency": order.currency,
        "total": sums.total(order),
        "captured": sums.captured(order),
        "refunded": sums.refunded(order),
        "financial_status": sums.financial_status(order),
        "fulfilment_status": sums.fulfilment_status(order),
        "cancelled": order.cancelled_at is not None,
        "lines": [{"id": it.id, "sku": it.sku, "title": it.title, "quantity": it.quantity} for it in order.lines],
        "fulfilments": [{"id": it.id, "tracking": it.tracking_numbers} for it in order.fulfilments],
        "refunds": [{"id": it.id, "amount": it.amount, "note": it.note, "key": it.key} for it in order.refunds],
        "returns": [{"id": it.id, "name": it.name, "status": it.status} for it in order.returns],
        "note": order.note,
        "tags": order.tags,
        "meta": order.meta,
        "by_api": order.by_api,
    }
