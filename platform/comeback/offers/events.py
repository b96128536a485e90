"""What offers tells the rooms above."""

from typing import ClassVar
from uuid import UUID

from comeback.core.events import Event


class CouponRedeemed(Event, frozen=True, kw_only=True):
    """A coupon was used for an order (named as the shop names it)."""

    name: ClassVar[str] = "coupon.redeemed"
    coupon_id: UUID
    order_ref: str
