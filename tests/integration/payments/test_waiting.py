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


async def _told(world: World, payment: str, amount: int, status: str = "succeeded", *, wait: bool = False) -> bool:
    """A refund from the dashboard, as the provider lists it."""
    seen = Seen(provider_ref="re_big", status=status, amount=amount, currency="EUR", payment_ref=payment)
    async with world.services.database.write(world.shop) as session:
        return await observe(session, seen, "listing", wait=wait)


async def test_an_outside_refund_larger_than_one_tender_is_split(world: World) -> None:
    """One payment stands behind two means of payment: neither holds the whole refund, together they do."""
    card = {"kind": "card", "provider": "stripe", "provider_ref": "pi_two"}
    tenders = [{"id": "a", "amount": 3000, **card}, {"id": "b", "amount": 1000, **card}]
    sold = await Sold.make(world, [line_body("A", 4000)], tenders=tenders)
    assert await _told(world, "pi_two", 3500, "pending")
    for status in ("succeeded", "succeeded"):
        assert await _told(world, "pi_two", 3500, status)
    found = (await world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]
    assert sorted((a["tender"], a["amount"], a["state"]) for a in found) == [
        ("a", 3000, "succeeded"), ("b", 500, "succeeded"),
    ]  # fmt: skip
    order = await sold.view()
    assert (order["refunded"], order["reserved"], order["refundable"]["order"]) == (3500, 0, 500)
    assert await _told(world, "pi_two", 3500, "failed")
    assert (await sold.view())["refunded"] == 0


async def test_an_outside_refund_beyond_everything_paid_is_a_task(world: World) -> None:
    """It waits for reserves first; then it is booked as far as it fits and the rest is a human's, once."""
    sold = await Sold.make(world, [line_body("A", 4000)])
    assert not await _told(world, sold.payment, 5000, wait=True)
    assert (await sold.view())["refunded"] == 0
    for _ in range(2):
        assert await _told(world, sold.payment, 5000)
    assert (await sold.view())["refunded"] == 4000
    (task,) = (await world.get("/api/v1/refunds/unexplained"))["items"]
    assert (task["amount"], task["provider_ref"], task["order_id"]) == (1000, "re_big", sold.id)
    books = (await world.get("/api/v1/ledger", order=sold.id))["items"]
    cash = [entry["amount"] for entry in books if entry["account"] == "cash:stripe"]
    assert sum(cash) == -5000 and sum(entry["amount"] for entry in books) == 0
    path = f"/api/v1/refunds/unexplained/{task['id']}/close"
    await world.post(path, {}, expect=204)
    await world.post(path, {}, expect=404)
    assert (await world.get("/api/v1/refunds/unexplained"))["items"] == []


async def test_an_outside_refund_where_nothing_is_left_is_a_task(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await _refund(sold, 4000)
    await world.drain()
    for _ in range(2):
        assert await _told(world, sold.payment, 700)
    assert [t["amount"] for t in (await world.get("/api/v1/refunds/unexplained"))["items"]] == [700]
    assert await _told(world, sold.payment, 700, "failed")
    assert (await world.get("/api/v1/refunds/unexplained"))["items"] == []
    books = (await world.get("/api/v1/ledger", order=sold.id))["items"]
    assert sum(entry["amount"] for entry in books if entry["account"] == "refunds_unexplained") == 0
