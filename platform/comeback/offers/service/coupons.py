"""Coupons: pools, one code a message, redeeming.

Locks: a limited pool's row (while codes are drawn from it), then coupon rows, in the order of their send keys.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError
from comeback.core.events import publish
from comeback.kit.ids import new_id
from comeback.merchants.service import get_shop
from comeback.offers.errors import BadPool, CouponNotFound, CouponNotRedeemable, PoolNameTaken
from comeback.offers.events import CouponRedeemed
from comeback.offers.repository import coupons as repository
from comeback.offers.rules import codes
from comeback.offers.rules.validity import last_day, refusal
from comeback.offers.schemas import CouponOut, PoolIn, PoolOut, RedeemIn

WORTH_SHOWING = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class CouponRequest:
    """A coupon for a message that is being rendered; `timezone` is the recipient's."""

    send_key: str
    pool_id: UUID
    customer_id: UUID | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Reserved:
    """The coupon of a message: its code as people read it and the last day it is good."""

    pool_id: UUID
    code: str
    last_day: date


async def create_pool(session: WriteSession, pool: PoolIn) -> PoolOut:
    """Adds a pool; a shared one gets its code at once. Raises BadPool or PoolNameTaken."""
    shared = codes.fold_shared(pool.code) if pool.code is not None else None
    problems = _pool_problems(pool, shared)
    if problems:
        raise BadPool(errors=problems)
    values = {f: getattr(pool, f) for f in PoolIn.__struct_fields__ if f != "code"}
    pool_id = new_id()
    kind = "shared" if pool.code is not None else "unique"
    if not await repository.add_pool(session, values | {"id": pool_id, "kind": kind}):
        raise PoolNameTaken
    if shared is not None:
        await _add_shared(session, pool_id, shared, pool)
    (row,) = await repository.pools(session, [pool_id])
    return PoolOut(**row, code=shared)


def _pool_problems(pool: PoolIn, shared: str | None) -> list[FieldError]:
    found: list[FieldError] = []
    if (pool.percent is None) == (pool.amount is None):
        found.append(FieldError("/percent", "give either percent or amount"))
    if pool.currency is None and (pool.amount is not None or pool.minimum is not None):
        found.append(FieldError("/currency", "is required with amount or minimum"))
    if pool.code is not None and shared is None:
        found.append(FieldError("/code", "must be 3 to 40 letters, digits, - or _"))
    if pool.code is not None and pool.in_offers:
        found.append(FieldError("/in_offers", "offer blocks give every message its own code"))
    return found


async def _add_shared(session: WriteSession, pool_id: UUID, code: str, pool: PoolIn) -> None:
    _, ends = last_day(clock.now(), pool.valid_days, (await get_shop(session)).timezone)
    values = {"id": new_id(), "pool_id": pool_id, "code": code, "uses": pool.maximum, "expires_at": ends}
    if not await repository.insert_shared(session, values):
        raise BadPool(errors=[FieldError("/code", "is taken")])


async def reserve_coupons(session: WriteSession, requests: Sequence[CouponRequest]) -> dict[str, Reserved]:
    """One coupon per send key, the same again on a retry; keys whose pool is used up are missing.

    Retrying after a withdrawal gives nothing: the message is not sent again either.
    """
    if not requests:
        return {}
    keys = [r.send_key for r in requests]
    known = {r["send_key"] for r in await repository.by_send_keys(session, keys)}
    pools = {p["id"]: p for p in await repository.pools(session, list({r.pool_id for r in requests}))}
    fresh = {r.send_key: r for r in requests if r.send_key not in known}
    for pool_id in sorted({r.pool_id for r in fresh.values()}):
        pool = pools[pool_id]
        wanted = [r for r in fresh.values() if r.pool_id == pool_id]
        await _draw(session, wanted, pool["valid_days"], limited=pool["maximum"] is not None)
    return await coupons_of(session, {r.send_key: r.timezone for r in requests})


async def coupons_of(session: ReadSession, zones: Mapping[str, str]) -> dict[str, Reserved]:
    """Coupons made for messages before (send key → recipient's time zone); withdrawn ones are missing."""
    return {
        r["send_key"]: Reserved(r["pool_id"], codes.shown(r["code"]), _day(r["expires_at"], zones[r["send_key"]]))
        for r in await repository.by_send_keys(session, list(zones))
        if r["state"] != "released"
    }


async def _draw(session: WriteSession, wanted: Sequence[CouponRequest], days: int, *, limited: bool) -> None:
    pool_id = wanted[0].pool_id
    granted = await repository.grant(session, pool_id, len(wanted)) if limited else len(wanted)
    if not granted:
        return
    now = clock.now()
    made = [
        {
            "id": new_id(),
            "pool_id": pool_id,
            "code": codes.code_of(secrets.randbits(codes.ENTROPY_BITS)),
            "send_key": r.send_key,
            "customer_id": r.customer_id,
            "expires_at": last_day(now, days, r.timezone)[1],
        }
        for r in wanted[:granted]
    ]
    added = await repository.insert(session, made)
    if limited and added < granted:
        await repository.give_back(session, pool_id, granted - added)


def _day(ends: datetime, timezone: str) -> date:
    return last_day(ends, -1, timezone)[0]


async def held_coupons(session: ReadSession, pool_id: UUID, customers: Mapping[UUID, str]) -> dict[UUID, Reserved]:
    """Coupons that customers (id → time zone) hold already and can still use for a while: nobody collects them."""
    found = await repository.held(session, pool_id, list(customers), clock.now() + WORTH_SHOWING)
    return {i: Reserved(pool_id, codes.shown(r.code), _day(r.expires_at, customers[i])) for i, r in found.items()}


async def offer_pool(session: ReadSession) -> PoolOut | None:
    """The pool that offer blocks draw from: the newest of those meant for them."""
    found = await repository.pools(session)
    return PoolOut(**found[-1]) if found else None


async def confirm_coupons(session: WriteSession, send_keys: Sequence[str]) -> int:
    """The messages were accepted: their coupons stand. Answers how many changed; repeatable."""
    return await repository.confirm(session, send_keys) if send_keys else 0


async def release_coupons(session: WriteSession, send_keys: Sequence[str]) -> int:
    """The messages failed or bounced: their unused coupons are withdrawn. Answers how many; repeatable."""
    gone = await repository.release(session, send_keys) if send_keys else {}
    for pool_id, count in gone.items():
        await repository.give_back(session, pool_id, count)
    return sum(gone.values())


async def get_coupon(session: ReadSession, typed: str) -> CouponOut:
    """A coupon in any spelling of its code; raises CouponNotFound."""
    return _shown(await _find(session, typed))


async def _find(session: ReadSession, typed: str) -> dict[str, object]:
    code = codes.fold(typed) or codes.fold_shared(typed)
    row = await repository.by_code(session, code) if code else None
    if row is None:
        raise CouponNotFound
    return row


def _shown(row: dict[str, object]) -> CouponOut:
    state, uses, used, expires_at = row["state"], row["uses"], row["used"], row["expires_at"]
    why = refusal(state, uses, used, expires_at, clock.now())  # type: ignore[arg-type]
    fields = {k: v for k, v in row.items() if k in CouponOut.__struct_fields__}
    code = str(row["code"])
    fields["code"] = codes.shown(code) if row["kind"] == "unique" else code
    return CouponOut(**fields, redeemable=why is None, why=why)  # type: ignore[arg-type]


async def redeem_coupon(session: WriteSession, typed: str, use: RedeemIn) -> CouponOut:
    """Uses a coupon for an order; for the same order again it changes nothing.

    Raises CouponNotFound or CouponNotRedeemable; the caller's rollback then takes the redemption back.
    """
    row = await _find(session, typed)
    coupon_id, now = UUID(str(row["id"])), clock.now()
    values = {"id": new_id(), "coupon_id": coupon_id, "order_ref": use.order, "customer_id": use.customer_id, "at": now}
    if await repository.note_redemption(session, values):
        if not await repository.use(session, coupon_id, now):
            raise CouponNotRedeemable(_shown(await _find(session, typed)).why or "it is used up")
        if await _over_limit(session, coupon_id, use.customer_id, row["per_customer"]):
            raise CouponNotRedeemable("this customer has used it as often as allowed")
        await publish(
            session,
            CouponRedeemed(occurred_at=now, customer_id=use.customer_id, coupon_id=coupon_id, order_ref=use.order),
        )
    return _shown(await _find(session, typed))


async def _over_limit(session: ReadSession, coupon_id: UUID, customer_id: UUID | None, limit: object) -> bool:
    """Counted after `use`, which holds the coupon's row: a concurrent use of the same customer is seen."""
    if customer_id is None or not isinstance(limit, int):
        return False
    return await repository.uses_of(session, coupon_id, customer_id) > limit
