"""HTTP of offers: coupon pools, coupons, recommendations."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.limits import Limiter
from comeback.offers.schemas import CouponOut, PoolIn, PoolOut, Recommendations, RedeemIn, TrainingOut
from comeback.offers.service import coupons
from comeback.offers.service.recommend import recommend
from comeback.offers.service.training import start_training

LOOK_UPS = "1200/minute"
"""Per key: beyond any till, far below guessing 63 bits."""


@post("/api/v1/coupons", operation_id="createCouponPool", opt={"permission": "offers:write"})
async def create_pool(data: JSONBody[PoolIn], session: NamedDependency[WriteSession]) -> PoolOut:
    """Adds a pool of coupons: a code for each message, or one shared code."""
    return await coupons.create_pool(session, data)


@get("/api/v1/coupons/{code:str}", operation_id="getCoupon", opt={"permission": "offers:read"})
async def get_coupon(
    code: FromPath[str],
    read: NamedDependency[ReadSession],
    principal: NamedDependency[Principal],
    limiter: NamedDependency[Limiter],
) -> CouponOut:
    """A coupon in any spelling, and whether it can be used now."""
    await limiter.require(LOOK_UPS, "coupon", str(principal.id))
    return await coupons.get_coupon(read, code)


@post(
    "/api/v1/coupons/{code:str}/redeem",
    operation_id="redeemCoupon",
    opt={"permission": "offers:write"},
    status_code=200,
)
async def redeem_coupon(
    code: FromPath[str],
    data: JSONBody[RedeemIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    limiter: NamedDependency[Limiter],
) -> CouponOut:
    """Uses a coupon for an order; the same order again changes nothing."""
    await limiter.require(LOOK_UPS, "coupon", str(principal.id))
    return await coupons.redeem_coupon(session, code, data)


@get("/api/v1/recommendations", operation_id="getRecommendations", opt={"permission": "offers:read"})
async def get_recommendations(
    read: NamedDependency[ReadSession],
    customer: FromQuery[UUID | None] = None,
    product: FromQuery[list[str] | None] = None,
    limit: FromQuery[int] = 3,
) -> Recommendations:
    """What goes with the products (or with what the customer has); never bought, sold out or inactive."""
    return Recommendations(items=await recommend(read, customer, product or [], max(1, min(limit, 20))))


@post(
    "/api/v1/recommendations/train",
    operation_id="trainRecommendations",
    opt={"permission": "offers:write"},
    status_code=202,
)
async def train(session: NamedDependency[WriteSession]) -> TrainingOut:
    """Learns anew from the last year's orders; otherwise it happens once a day."""
    return TrainingOut(task=await start_training(session))


ROUTES = [create_pool, get_coupon, redeem_coupon, get_recommendations, train]
