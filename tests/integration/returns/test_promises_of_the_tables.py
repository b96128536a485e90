"""Illegal moves, changed promises and twice-taken units are refused by the database itself (R16)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.factories.orders import line_body
from tests.support.sold import Sold
from tests.support.world import World

CHANGES = (
    "UPDATE return_cases SET state = 'requested'",
    "UPDATE return_lines SET goods_state = 'missing'",
    "UPDATE settlements SET state = 'computed'",
    "UPDATE refunds SET state = 'created'",
    "UPDATE refunds SET amount = amount + 1",
    "UPDATE refunds SET body = '{}'",
    "UPDATE refunds SET provider_ref = 'other'",
    "DELETE FROM payment_events",
    "UPDATE policies SET body = '{}'",
    "UPDATE orders SET refunded = captured + 1",
    "INSERT INTO order_units (shop_id, line_id, slot, state) SELECT shop_id, line_id, slot, state FROM order_units",
)


async def test_the_database_refuses(world: World) -> None:
    await world.post("/api/v1/policies", {}, expect=201)
    await world.post("/api/v1/policies/1/publish", expect=200)
    sold = await Sold.make(world, [line_body("A", 4000)])
    await sold.give_back("A")
    for change in CHANGES:
        with pytest.raises(DBAPIError):
            async with world.services.database.write(world.shop) as session:
                await session.execute(text(change))
                pytest.fail(f"allowed: {change}")


async def test_nothing_of_one_shop_is_seen_by_another(world: World, other_client: object) -> None:
    sold = await Sold.make(world, [line_body("A", 4000)])
    case = await sold.open("A")
    for path in (f"/api/v1/returns/{case['id']}", f"/api/v1/orders/{sold.id}/refunds"):
        assert (await other_client.get(path)).status_code == 404  # type: ignore[attr-defined]
    for verb in ("approve", "cancel", "settle"):
        answer = await other_client.post(f"/api/v1/returns/{case['id']}/{verb}", json={})  # type: ignore[attr-defined]
        assert answer.status_code == 404
    assert (await other_client.get("/api/v1/returns")).json()["items"] == []  # type: ignore[attr-defined]
