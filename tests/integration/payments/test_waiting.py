"""Refunds that cannot move yet: one row of work each however long it takes, and always a way to an end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from comeback.core.clock import clock
from comeback.merchants import service as merchants
from comeback.merchants.models import ConnectionState
from comeback.orders import service as orders
from comeback.orders.schemas import RefundIn
from comeback.payments import repository
from comeback.payments.jobs import due_reconciliations
from comeback.payments.service.observing import Seen, observe
from tests.factories.orders import line_body
from tests.support.sold import Sold
from tests.support.world import World

_SQL_OPEN_ROWS = text(
    "SELECT count(*) FROM outbox WHERE shop_id = :shop AND job = 'payments.submit_refund' "
    "AND state IN ('due', 'running')"
)
_SQL_DISPUTE = text("UPDATE order_tenders SET disputed = true WHERE shop_id = :shop")


async def _refund(sold: Sold, amount: int = 4000) -> dict[str, Any]:
    given = await sold.world.post(f"/api/v1/orders/{sold.id}/refunds", {"amount": amount}, expect=200)
    return given["attempts"][0]


async def _run(world: World, sql: Any) -> None:
    async with world.services.database.write(world.shop) as session:
        await session.execute(sql, {"shop": world.shop})


async def _stale(world: World) -> int:
    """Refunds that the reconciler would look at again, of this shop alone."""
    before = {"open": clock.now(), "pending": clock.now() - timedelta(hours=12)}
    async with world.services.database.machinery() as session:
        return sum(shop == world.shop for shop, _ in await repository.due_checks(session, before, 10_000))


async def _open_rows(world: World) -> int:
    async with world.services.database.read(world.shop) as session:
        return (await session.execute(_SQL_OPEN_ROWS, {"shop": world.shop})).scalar_one()


async def test_a_refund_held_by_a_dispute_keeps_one_row_of_work(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await _refund(sold)
    await _run(world, _SQL_DISPUTE)
    await world.drain()
    for _ in range(3):
        clock.advance(timedelta(minutes=5))
        await due_reconciliations(world.services.database)
        await world.drain()
    assert await _open_rows(world) == 1


async def test_a_refund_whose_connection_went_is_paid_by_hand(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    async with world.services.database.write(world.shop) as session:
        account = await merchants.require_connection(session, "stripe")
        await merchants.set_state(session, account, ConnectionState.OFF)
    attempt = await _refund(sold)
    await world.drain()
    path = f"/api/v1/refunds/{attempt['id']}/confirm"
    assert (await world.post(path, {"paid": True, "note": "SEPA"}, expect=200))["state"] == "succeeded"
    order = await sold.view()
    assert (order["refunded"], order["reserved"]) == (4000, 0)


async def test_an_outside_refund_that_is_pending_is_read_again(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    headers = {"Authorization": f"Bearer {world.stripe_key}"}
    data = {"payment_intent": sold.payment, "amount": "2000"}
    await world.control("/stripe/faults", {"next": "pending", "account": world.stripe_key})
    (await world.outside.post(f"{world.urls.stripe}/v1/refunds", data=data, headers=headers)).raise_for_status()
    await world.drain()
    (seen,) = (await world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]
    assert (seen["origin"], seen["state"]) == ("external", "pending")
    clock.advance(timedelta(hours=13))
    assert await _stale(world) == 1
    await due_reconciliations(world.services.database)
    await world.drain()
    assert await _stale(world) == 0


async def _at_stripe(sold: Sold, amount: int, **metadata: str) -> str:
    """A refund made past us; answers Stripe's id of it."""
    headers = {"Authorization": f"Bearer {sold.world.stripe_key}"}
    data = {"payment_intent": sold.payment, "amount": str(amount)}
    data |= {f"metadata[{key}]": value for key, value in metadata.items()}
    made = await sold.world.outside.post(f"{sold.world.urls.stripe}/v1/refunds", data=data, headers=headers)
    return str(made.raise_for_status().json()["id"])


async def test_a_refund_with_copied_metadata_counts_for_itself(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    attempt = await _refund(sold, 1000)
    await world.drain()
    await _at_stripe(sold, 1500, refund_id=attempt["id"])
    await world.drain()
    order = await sold.view()
    assert (order["refunded"], order["refundable"]["order"]) == (2500, 1500)


async def test_a_refund_that_the_shop_told_of_is_not_counted_again(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    async with world.services.database.write(world.shop) as session:
        stated = RefundIn(id="re_known", tender="t1", amount=1500)
        assert await orders.record_external_refund(session, UUID(sold.id), stated) == 1500
        told = Seen(provider_ref="re_known", status="succeeded", amount=1500, currency="EUR", payment_ref=sold.payment)
        assert await observe(session, told, "webhook")
    assert (await sold.view())["refunded"] == 1500
