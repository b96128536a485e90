"""What a shop system remembers, whatever protocol it speaks. Amounts are minor units, times epoch seconds."""

from typing import Literal

import msgspec

from comeback.sandbox.storefront.gifts import Coupon, CreditAccount, GiftCard
from comeback.sandbox.storefront.records import Done, Outgoing, Subscription

Vendor = Literal["shopify", "woocommerce"]
ReturnState = Literal["REQUESTED", "OPEN", "CLOSED", "DECLINED", "CANCELED"]


class Address(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`country` is ISO 3166-1 alpha-2; `province` its code or name."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    province: str = ""
    zip: str = ""
    country: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Customer(msgspec.Struct, kw_only=True):
    id: int
    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    locale: str = "en"
    note: str = ""
    tags: list[str] = []
    accepts_marketing: bool = False
    consent_at: float | None = None
    address: Address | None = None
    created_at: float
    updated_at: float
    redacted: bool = False


class Variant(msgspec.Struct, kw_only=True):
    """`stock` is by place id; None where the shop does not count it. `tax_rate_bp`: 1900 is 19 %."""

    id: int
    inventory_item_id: int
    title: str = "Default Title"
    sku: str = ""
    barcode: str = ""
    price: int = 0
    compare_at_price: int | None = None
    grams: int = 0
    options: list[str] = []
    image_url: str | None = None
    tax_rate_bp: int = 0
    stock: dict[int, int] | None = None
    updated_at: float = 0.0


class Product(msgspec.Struct, kw_only=True):
    id: int
    title: str
    handle: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: list[str] = []
    status: Literal["active", "draft", "archived"] = "active"
    body_html: str = ""
    image_url: str | None = None
    url: str | None = None
    option_names: list[str] = []
    variants: list[Variant]
    created_at: float
    updated_at: float


class Tax(msgspec.Struct, kw_only=True):
    """`rate_bp`: 1900 is 19 %."""

    title: str = "VAT"
    rate_bp: int
    amount: int


class Allocation(msgspec.Struct, kw_only=True):
    """A share of an order's discount, by the discount's position."""

    discount: int
    amount: int


class Line(msgspec.Struct, kw_only=True):
    """`price` is for one unit before discounts. `fulfilled` and `refunded` count units; a removed unit is refunded."""

    id: int
    title: str
    quantity: int
    price: int
    variant_id: int | None = None
    product_id: int | None = None
    variant_title: str = ""
    sku: str = ""
    grams: int = 0
    image_url: str | None = None
    requires_shipping: bool = True
    gift_card: bool = False
    properties: dict[str, str] = {}
    allocations: list[Allocation] = []
    taxes: list[Tax] = []
    fulfilled: int = 0
    refunded: int = 0

    @property
    def gross(self) -> int:
        return self.price * self.quantity

    @property
    def discount(self) -> int:
        return sum(share.amount for share in self.allocations)

    @property
    def tax(self) -> int:
        return sum(tax.amount for tax in self.taxes)


class ShippingLine(msgspec.Struct, kw_only=True):
    id: int
    title: str
    code: str = "standard"
    price: int = 0
    discount: int = 0
    taxes: list[Tax] = []
    refunded: int = 0

    @property
    def tax(self) -> int:
        return sum(tax.amount for tax in self.taxes)


class Discount(msgspec.Struct, kw_only=True):
    """One discount of an order. `value` is minor units, or basis points where `percent`."""

    title: str
    code: str | None = None
    value: int = 0
    percent: bool = False
    on_shipping: bool = False
    amount: int = 0


class Transaction(msgspec.Struct, kw_only=True):
    """Shopify's word for a movement of money. `reference` is the payment's id at its provider."""

    id: int
    kind: Literal["sale", "authorization", "capture", "refund", "void"]
    gateway: str
    amount: int
    status: Literal["success", "pending", "failure"] = "success"
    parent_id: int | None = None
    reference: str | None = None
    created_at: float


class FulfilmentLine(msgspec.Struct, kw_only=True):
    id: int
    line_id: int
    quantity: int


class FulfilmentEvent(msgspec.Struct, kw_only=True):
    id: int
    status: str
    at: float
    message: str = ""
    city: str = ""
    country: str = ""


class Fulfilment(msgspec.Struct, kw_only=True):
    id: int
    number: int
    lines: list[FulfilmentLine]
    status: Literal["success", "cancelled"] = "success"
    shipment_status: str | None = None
    tracking_company: str | None = None
    tracking_numbers: list[str] = []
    tracking_urls: list[str] = []
    location_id: int
    events: list[FulfilmentEvent] = []
    created_at: float
    updated_at: float


class RefundLine(msgspec.Struct, kw_only=True):
    """`subtotal` is what the units cost after discounts, without tax where prices exclude it."""

    id: int
    line_id: int
    quantity: int
    restock: Literal["no_restock", "cancel", "return", "legacy_restock"] = "no_restock"
    location_id: int | None = None
    subtotal: int = 0
    tax: int = 0


class Refund(msgspec.Struct, kw_only=True):
    """`amount` is what went back to the buyer; `key` the idempotency key it was made under, if any."""

    id: int
    amount: int
    note: str = ""
    lines: list[RefundLine] = []
    shipping: int = 0
    shipping_tax: int = 0
    transactions: list[int] = []
    return_id: int | None = None
    meta: dict[str, str] = {}
    by_gateway: bool = True
    key: str | None = None
    created_at: float


class ReturnLine(msgspec.Struct, kw_only=True):
    id: int
    fulfilment_line_id: int
    line_id: int
    quantity: int
    reason: str = "UNKNOWN"
    note: str = ""


class Return(msgspec.Struct, kw_only=True):
    id: int
    name: str
    status: ReturnState
    lines: list[ReturnLine]
    decline_note: str = ""
    created_at: float
    updated_at: float
    closed_at: float | None = None


class OrderNote(msgspec.Struct, kw_only=True):
    """WooCommerce's notes of an order."""

    id: int
    text: str
    to_customer: bool = False
    created_at: float


class Order(msgspec.Struct, kw_only=True):
    """`meta` are note attributes with Shopify and meta data with WooCommerce; `source` an outside system's own id."""

    id: int
    number: int
    name: str
    email: str = ""
    phone: str = ""
    locale: str = "en"
    currency: str
    taxes_included: bool = True
    customer_id: int | None = None
    billing: Address | None = None
    shipping_address: Address | None = None
    lines: list[Line]
    shipping: list[ShippingLine] = []
    discounts: list[Discount] = []
    transactions: list[Transaction] = []
    fulfilments: list[Fulfilment] = []
    refunds: list[Refund] = []
    returns: list[Return] = []
    notes: list[OrderNote] = []
    note: str = ""
    tags: list[str] = []
    meta: dict[str, str] = {}
    gateway: str = "manual"
    source: str | None = None
    by_api: bool = False
    accepts_marketing: bool = False
    test: bool = False
    placed_at: float
    created_at: float
    updated_at: float
    paid_at: float | None = None
    cancelled_at: float | None = None
    cancel_reason: str | None = None
    closed_at: float | None = None
    woo_status: str | None = None

    def line(self, id_: int) -> Line | None:
        return next((line for line in self.lines if line.id == id_), None)


class Draft(msgspec.Struct, kw_only=True):
    """`order` holds the lines until completion, `order_id` names the order made of them."""

    id: int
    name: str
    order: Order
    order_id: int | None = None
    created_at: float
    updated_at: float
    completed_at: float | None = None


class Place(msgspec.Struct, kw_only=True):
    id: int
    name: str
    city: str = ""
    country: str = ""


class Kept(msgspec.Struct, kw_only=True):
    """The first result under an idempotency key: what was asked, what it made, when."""

    print: str
    refund_id: int
    at: float


class Shop(msgspec.Struct, kw_only=True):
    """`key` is the domain (`demo.myshopify.com`) or, for WooCommerce, the consumer key. `secret` signs Shopify's
    webhooks, or is WooCommerce's consumer secret. `home` is where this process answers for it, `url` where it sells."""

    vendor: Vendor
    key: str
    id: int
    name: str
    secret: str
    token: str = ""
    scopes: list[str] = []
    url: str = ""
    home: str = ""
    email: str = "shop@example.com"
    currency: str = "EUR"
    country: str = "DE"
    timezone: str = "Europe/Berlin"
    locale: str = "en"
    taxes_included: bool = True
    plan: str = "plus"
    installed: bool = True
    app_url: str | None = None
    last_id: int = 0
    last_number: int = 1000
    places: list[Place] = []
    products: dict[int, Product] = {}
    customers: dict[int, Customer] = {}
    orders: dict[int, Order] = {}
    drafts: dict[int, Draft] = {}
    coupons: dict[int, Coupon] = {}
    gift_cards: dict[int, GiftCard] = {}
    credits: dict[int, CreditAccount] = {}
    subscriptions: dict[int, Subscription] = {}
    kept: dict[str, Kept] = {}

    @property
    def site(self) -> str:
        """The shop's address as it tells it itself."""
        return self.url or self.home or "http://shop.example"


class Memory(msgspec.Struct, kw_only=True):
    shops: dict[str, Shop] = {}
    codes: dict[str, str] = {}
    """OAuth codes that were given out, to the shop's domain."""
    outgoing: dict[str, Outgoing] = {}
    log: list[Done] = []
