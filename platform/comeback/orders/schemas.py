"""Bodies of the orders API. Amounts are integers in the currency's minor unit; times carry an offset."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from comeback.customers.schemas import ChannelName, PurposeName

Moment = Annotated[datetime, Meta(tz=True)]
Scalar = str | int | float | bool | None


class CustomerBody(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Who bought; at least one of `external_id` and `email`."""

    external_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    locale: str | None = None
    timezone: str | None = None


class ConsentBody(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A consent given or refused, as the shop recorded it."""

    channel: ChannelName
    purpose: PurposeName
    granted: bool
    source: str
    at: Moment
    wording: str | None = None


class AddressBody(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where the parcels go."""

    country: str
    name: str | None = None
    company: str | None = None
    line1: str | None = None
    line2: str | None = None
    postcode: str | None = None
    city: str | None = None
    region: str | None = None
    phone: str | None = None


class LineIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A line as sold: `discount` is the whole line's own, `tax` is what was charged for the whole line."""

    external_id: str
    title: str
    quantity: int
    unit_price: int
    sku: str | None = None
    product_id: str | None = None
    variant_id: str | None = None
    discount: int = 0
    tax: int | UnsetType | None = UNSET
    final_sale: bool = False
    category: str | None = None
    weight_grams: int | None = None
    image_url: str | None = None
    url: str | None = None
    art16_ground: str | None = None
    compare_at_price: int | None = None
    attributes: dict[str, Scalar] = {}


class DiscountIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An order discount; `lines` names the lines it is for, null means all. `minimum` is the coupon's order minimum."""

    amount: int
    code: str | None = None
    lines: list[str] | None = None
    minimum: int | None = None


class ShippingIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What delivery cost, and what the cheapest standard one would have (Directive 2011/83/EU art. 13(2))."""

    amount: int = 0
    cheapest_standard: int | None = None
    tax: int = 0
    method: str | None = None


class TenderIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One means of payment and what was captured on it."""

    id: str
    kind: str
    amount: int
    provider: str | None = None
    provider_ref: str | None = None
    refundable: bool = True
    points: int | None = None


class RefundLineIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Units of a line that a refund elsewhere was for."""

    line: str
    quantity: int = 1


class RefundIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A refund that happened elsewhere; `lines` null means that it belongs to no line (it only lowers the cap)."""

    id: str
    tender: str
    amount: int
    lines: list[RefundLineIn | str] | None = None
    origin: str = "external"


class OrderIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An order, created or updated by `external_id`."""

    external_id: str
    number: str
    placed_at: Moment
    currency: str
    customer: CustomerBody
    lines: list[LineIn]
    tax_included: bool = False
    consents: list[ConsentBody] = []
    shipping_address: AddressBody | None = None
    discounts: list[DiscountIn] = []
    tax_total: int | None = None
    shipping: ShippingIn = msgspec.field(default_factory=ShippingIn)
    tenders: list[TenderIn] = []
    tags: list[str] = []
    refunds: list[RefundIn] = []
    withdrawal_info_given_at: Moment | None = None
    return_cost_disclosed: bool = False
    fx_rate: Decimal | None = None
    history: bool = False


class RefundableOut(Struct, kw_only=True):
    """What may still be refunded: the order's cap, and within it shipping, tenders and lines by their ids."""

    order: int
    shipping: int
    tenders: dict[str, int]
    lines: dict[str, int]


class LineOut(Struct, kw_only=True):
    """A line with its frozen shares: `net` and `tax` are what was paid for the whole line."""

    id: UUID
    external_id: str
    sku: str | None
    product_id: str | None
    variant_id: str | None
    title: str
    quantity: int
    unit_price: int
    discount: int
    discount_share: int
    net: int
    tax: int
    amount: int
    refunded: int
    units: dict[str, int]
    final_sale: bool
    category: str | None
    weight_grams: int | None
    image_url: str | None
    url: str | None
    art16_ground: str | None
    compare_at_price: int | None
    attributes: dict[str, Any]


class TenderOut(Struct, kw_only=True):
    """A means of payment and what became of it."""

    id: str
    kind: str
    amount: int
    refunded: int
    reserved: int
    provider: str | None
    provider_ref: str | None
    refundable: bool
    disputed: bool
    points: int | None


class OrderOut(Struct, kw_only=True):
    """An order with everything that was frozen at import and what may still be refunded."""

    id: UUID
    external_id: str
    number: str
    placed_at: datetime
    currency: str
    tax_included: bool
    state: str
    fulfilment: str
    history: bool
    review: list[str]
    customer_id: UUID
    customer: dict[str, Any]
    shipping_address: dict[str, Any] | None
    discounts: list[dict[str, Any]]
    tags: list[str]
    goods_total: int
    discount_total: int
    tax_total: int
    total: int
    shipping: dict[str, Any]
    captured: int
    refunded: int
    reserved: int
    unallocated: int
    withdrawal_info_given_at: datetime | None
    return_cost_disclosed: bool
    lines: list[LineOut]
    tenders: list[TenderOut]
    refundable: RefundableOut
    created_at: datetime
    updated_at: datetime


class OrderPage(Struct, kw_only=True):
    """A page of orders."""

    items: list[OrderOut]
    next: str | None = None
