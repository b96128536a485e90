"""Real interleavings of answer, webhook, retry, listing and outage: one provider refund a decision, equal books."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from comeback.core.clock import clock
from comeback.payments.jobs import due_reconciliations
from tests.factories.orders import line_body
from tests.support.sold import Sold
from tests.support.world import World

_SQL_TRIES = text("UPDATE refunds SET posts = 6 WHERE shop_id = :shop AND id = :id")
_SQL_FORGET = text("UPDATE outbox SET state = 'done' WHERE shop_id = :shop AND job = 'payments.submit_refund'")


async def _refund(sold: Sold, amount: int = 4000) -> dict[str, Any]:
    path = f"/api/v1/orders/{sold.id}/refunds"
    given = await sold.world.post(path, {"amount": amount}, expect=200)
    return given["attempts"][0]


async def _attempts(sold: Sold) -> list[dict[str, Any]]:
    return (await sold.world.get(f"/api/v1/orders/{sold.id}/refunds"))["items"]


async def _books(sold: Sold) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in (await sold.world.get("/api/v1/ledger", order=sold.id))["items"]:
        found[entry["account"]] = found.get(entry["account"], 0) + entry["amount"]
    return found


async def _until(sold: Sold, state: str, rounds: int = 60) -> list[dict[str, Any]]:
    for _ in range(rounds):
        await sold.world.drain()
        found = await _attempts(sold)
        if found[-1]["state"] == state:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(await _attempts(sold))


async def _agree(sold: Sold, paid: int) -> None:
    """Provider total = ledger total = what the order counts."""
    assert sum(r["amount"] for r in await sold.refunds() if r["status"] == "succeeded") == paid
    assert (await _books(sold)).get("cash:stripe", 0) == -paid
    order = await sold.view()
    assert (order["refunded"], order["reserved"]) == (paid, 0)


@pytest.mark.parametrize("fault", ["timeout_after_success", "timeout_before", "429", "stall"])
async def test_a_lost_answer_ends_in_one_refund(world: World, fault: str) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await world.control("/stripe/faults", {"next": fault, "account": world.stripe_key, "on": "/v1/refunds"})
    await _refund(sold)
    found = await _until(sold, "succeeded")
    assert len(found) == 1
    await _agree(sold, 4000)


async def test_a_remembered_500_is_never_mistaken_for_a_no(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await world.control("/stripe/faults", {"next": "500", "account": world.stripe_key, "on": "/v1/refunds"})
    attempt = await _refund(sold)
    await world.drain()
    (seen,) = await _attempts(sold)
    assert (seen["state"], (await sold.view())["refundable"]["order"]) == ("unknown", 0)
    # The provider repeats its stored error for the key; only proven absence allows a new attempt with a new key.
    async with world.services.database.write(world.shop) as session:
        await session.execute(_SQL_TRIES, {"shop": world.shop, "id": UUID(attempt["id"])})
    await world.advance("PT11M")
    found = await _until(sold, "succeeded")
    assert [(a["state"], a["failure_reason"]) for a in found] == [("failed", "absent"), ("succeeded", None)]
    await _agree(sold, 4000)


async def test_after_an_outage_of_26_hours_the_provider_is_asked_first(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await world.control("/stripe/faults", {"next": "timeout_after_success", "account": world.stripe_key})
    attempt = await _refund(sold)
    await world.drain()
    await world.advance("PT26H")
    found = await _until(sold, "succeeded")
    assert [a["id"] for a in found] == [attempt["id"]]
    assert len(await sold.refunds()) == 1
    await _agree(sold, 4000)


async def test_the_reconciler_finds_what_the_queue_forgot(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    attempt = await _refund(sold)
    async with world.services.database.write(world.shop) as session:
        await session.execute(_SQL_FORGET, {"shop": world.shop})
    assert (await _attempts(sold))[0]["state"] == "created"
    clock.advance(timedelta(minutes=5))
    assert await due_reconciliations(world.services.database) >= 1
    found = await _until(sold, "succeeded")
    assert [a["id"] for a in found] == [attempt["id"]]
    await _agree(sold, 4000)


async def test_webhooks_before_and_after_the_answer_in_any_order(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await world.control("/stripe/faults", {"next": "pending", "account": world.stripe_key})
    attempt = await _refund(sold)
    await world.drain()
    for status in ("succeeded", "failed"):
        await world.control(f"/stripe/refunds/{attempt['id']}", {"status": status})
    await _until(sold, "failed")
    await _agree(sold, 0)
    again = await _refund(sold)
    assert again["id"] != attempt["id"]
    await _until(sold, "succeeded")
    await _agree(sold, 4000)


async def test_a_definite_no_frees_the_reserve(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await world.control("/stripe/faults", {"next": "decline", "account": world.stripe_key})
    await _refund(sold)
    (seen,) = await _until(sold, "failed")
    assert seen["failure_reason"]
    await _agree(sold, 0)
    assert (await sold.view())["refundable"]["order"] == 4000


async def test_an_outside_refund_between_reserve_and_submit_never_over_refunds(world: World) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    await _refund(sold, 3000)
    headers = {"Authorization": f"Bearer {world.stripe_key}"}
    data = {"payment_intent": sold.payment, "amount": "2000"}
    (await world.outside.post(f"{world.urls.stripe}/v1/refunds", data=data, headers=headers)).raise_for_status()
    for _ in range(4):
        await world.drain()
    states = sorted((a["origin"], a["state"], a["amount"]) for a in await _attempts(sold))
    assert states == [("external", "succeeded", 2000), ("own", "failed", 3000)]
    await _agree(sold, 2000)


async def test_without_a_provider_a_human_pays_and_says_so(world: World) -> None:
    tenders = [{"id": "b", "kind": "bank", "amount": 4000}]
    sold = await Sold.make(world, [line_body("A", 4000)], tenders=tenders)
    attempt = await _refund(sold)
    assert (attempt["state"], attempt["rail"]) == ("requires_action", "manual")
    path = f"/api/v1/refunds/{attempt['id']}/confirm"
    assert (await world.post(path, {"paid": True, "note": "SEPA"}, expect=200))["state"] == "succeeded"
    await world.post(path, {"paid": True}, expect=409)
    assert (await _books(sold))["cash:manual"] == -4000


async def test_foreign_or_unsigned_webhooks_change_nothing(world: World) -> None:
    answer = await world.outside.post(f"{world.base_url}/hooks/stripe/nobody", content=b"{}")
    assert answer.status_code == 404
