"""What can go wrong with offers."""

from comeback.core.errors import Conflict, Invalid, NotFound


class CouponNotFound(NotFound):
    """No such coupon in this shop (or no code at all: the answer is the same)."""

    slug, title = "coupon-not-found", "There is no such coupon"


class CouponNotRedeemable(Conflict):
    """Used up, expired, withdrawn, or over what one customer may use; `detail` says which."""

    slug, title = "coupon-not-redeemable", "This coupon cannot be used"


class PoolNameTaken(Conflict):
    """Pools are told apart by their name."""

    slug, title = "pool-name-taken", "There is a pool of this name"


class BadPool(Invalid):
    """A pool that is worth nothing, or says two things at once."""

    slug, title = "bad-pool", "The pool is not valid"
