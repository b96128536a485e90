"""Given a furnished shop, when an order is shipped and moves, then each mail comes once and all pages agree."""

from tests.factories.orders import line_body, order_body
from tests.support.invariants import assert_green
from tests.support.world import World


async def test_from_order_to_delivered(world: World) -> None:
    key = f"1001{world.shop.hex[-4:]}"
    order = await world.post("/api/v1/orders", order_body(key, [line_body("l1", quantity=2)]), expect=201)
    number = f"SB{world.shop.hex[-10:]}".upper()
    await world.control("/carrier/parcels", {"account": world.carrier_key, "tracking_number": number})
    shipment = await world.post(
        f"/api/v1/orders/{order['id']}/shipments", {"carrier": "sandbox", "tracking_number": number}, expect=201
    )
    await world.drain()
    seen = shipment
    while seen["status"] != "delivered":
        await world.control(f"/carrier/parcels/{number}/advance", {"events": 1})
        await world.drain()
        seen = await world.get(f"/api/v1/shipments/{shipment['id']}")
    assert seen["status"] == "delivered", seen
    subjects = [str(m["subject"]) for m in await world.mails(f"ada.{key}@example.com")]
    assert len(subjects) == len(set(subjects)) == 3, subjects
    listed = (await world.get("/api/v1/messages", order=order["id"]))["items"]
    assert {m["state"] for m in listed} == {"accepted"} and len(listed) == 3
    await assert_green(world.services.database, world.shop)


async def test_a_late_delivery_report_sends_nothing(world: World) -> None:
    """G5: an order of long ago gets its status, and no mail."""
    key = f"1002{world.shop.hex[-4:]}"
    body = order_body(key, [line_body("l1")], history=True)
    order = await world.post("/api/v1/orders", body, expect=201)
    await world.post(
        f"/api/v1/orders/{order['id']}/shipments",
        {"carrier": "sandbox", "tracking_number": key.upper()},
        expect=201,
    )
    await world.drain()
    assert await world.mails(f"ada.{key}@example.com") == []
    await assert_green(world.services.database, world.shop)
