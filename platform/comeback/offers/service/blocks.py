"""The message block `offer`: recommendations and a coupon, only for people who agreed (D7).

A few statements whatever the number of messages. Previews and test sends take sample data and never come here.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import WriteSession
from comeback.customers.rules import Verdict
from comeback.customers.service import Contact, contacts, marketing_verdicts
from comeback.merchants.service import get_shop
from comeback.messages.schemas import BlockRequest
from comeback.offers.rules.validity import label, usable_zone
from comeback.offers.schemas import PoolOut, RecommendedProduct
from comeback.offers.service.coupons import CouponRequest, Reserved, offer_pool, reserve_coupons
from comeback.offers.service.recommend import Wish, recommend_all, refresh_model

PRODUCTS = 3


async def offer_blocks(session: WriteSession, requests: Sequence[BlockRequest]) -> dict[UUID, dict[str, Any]]:
    """Per message: `show`, the legal `basis` (or why there is none), `products`, `coupon`.

    Without consent nothing is chosen and no coupon is made. `show` is false too where there is nothing to show.
    """
    people = [r.customer_id for r in requests if r.customer_id is not None]
    verdicts = await marketing_verdicts(session, people)
    open_ = [r for r in requests if r.customer_id is not None and verdicts[r.customer_id].offers]
    answer = {r.message_id: {"show": False, "basis": _why(r, verdicts)} for r in requests}
    if not open_:
        return answer
    await refresh_model(session)
    known = await contacts(session, people)
    products = await recommend_all(
        session, [Wish(r.message_id, r.customer_id, r.subjects.get("order")) for r in open_], PRODUCTS
    )
    coupons = await _coupons(session, open_, known)
    for r in open_:
        answer[r.message_id] |= _content(products[r.message_id], coupons.get(r.message_id))
    return answer


def _why(request: BlockRequest, verdicts: dict[UUID, Verdict]) -> str:
    return "no customer" if request.customer_id is None else verdicts[request.customer_id].why


def _content(products: Sequence[RecommendedProduct], coupon: dict[str, Any] | None) -> dict[str, Any]:
    # A card is a link: what has no page of its own cannot stand in a mail.
    products = [p for p in products if p.url]
    if not products and coupon is None:
        return {"show": False, "why": "nothing to show"}
    cards = [{k: v for k, v in msgspec.structs.asdict(p).items() if v is not None} for p in products]
    return {"show": True, "products": cards} | ({"coupon": coupon} if coupon else {})


async def _coupons(
    session: WriteSession, requests: Sequence[BlockRequest], known: dict[UUID, Contact]
) -> dict[UUID, dict[str, Any]]:
    """A code of its own for every message, the same again on a retry: a bounce that withdraws it must not take the
    code that another mail of the customer shows."""
    pool = await offer_pool(session)
    if pool is None:
        return {}
    usual = (await get_shop(session)).timezone
    zones = {i: usable_zone(c.timezone, usual) for i, c in known.items()}
    wanted = [
        CouponRequest(r.send_key, pool.id, i, zones[i])
        for r in requests
        if (i := r.customer_id) is not None and i in zones
    ]
    made = await reserve_coupons(session, wanted)
    return {r.message_id: _coupon(pool, made[r.send_key], r.locale) for r in requests if r.send_key in made}


def _coupon(pool: PoolOut, coupon: Reserved, locale: str) -> dict[str, Any]:
    shown = {
        "code": coupon.code,
        "label": label(pool.percent, pool.amount, pool.currency, locale),
        "percent": pool.percent,
        "amount": pool.amount,
        "minimum": pool.minimum,
        "currency": pool.currency,
        "expires_at": coupon.last_day.isoformat(),
    }
    return {k: v for k, v in shown.items() if v is not None}


BLOCKS = {"offer": offer_blocks}
