"""What a shop gives its customers: discount codes, gift cards, store credit.."""

import msgspec


class Coupon(msgspec.Struct, kw_only=True):
    """A discount with one or many codes. `value` is minor units, or basis points where `percent`."""

    id: int
    title: str
    codes: list[str]
    value: int
    percent: bool = False
    minimum: int | None = None
    usage_limit: int | None = None
    once_per_customer: bool = False
    starts_at: float
    ends_at: float | None = None
    used: int = 0
    customer_ids: list[int] = []
    description: str = ""
    meta: dict[str, str] = {}
    created_at: float
    updated_at: float


class GiftCard(msgspec.Struct, kw_only=True):
    id: int
    code: str
    initial: int
    balance: int
    currency: str
    customer_id: int | None = None
    expires_on: str | None = None
    note: str = ""
    created_at: float


class CreditMove(msgspec.Struct, kw_only=True):
    id: int
    amount: int
    balance: int
    expires_at: str | None = None
    created_at: float


class CreditAccount(msgspec.Struct, kw_only=True):
    """Store credit of one customer in one currency."""

    id: int
    customer_id: int
    currency: str
    balance: int = 0
    moves: list[CreditMove] = []
