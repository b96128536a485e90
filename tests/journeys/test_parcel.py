"""Given a furnished shop, when an order is shipped and moves, then each mail comes once and pages agree."""

import asyncio
import hashlib
import hmac
from itertools import permutations

import msgspec

from tests.factories.orders import line_body, order_body
from tests.support.world import CARRIER_SECRET, World


async def test_from_order_to_delivered(world: World) -> None:
    await world.post("/api/v1/orders", order_body("1001", [line_body("l1", quantity=2)]), expect=201)
    (order,) = (await world.get("/api/v1/orders", external_id="1001"))["items"]
    number = f"SB{world.shop.hex[-10:]}"
    await world.control("/carrier/parcels", {"account": world.carrier_key, "tracking_number": number})
    shipment = await world.post(
        f"/api/v1/orders/{order['id']}/shipments", {"carrier": "sandbox", "tracking_number": number}, expect=201
    )
    await world.drain()
    for _ in range(12):
        await world.advance("PT12H")
    seen = await world.get(f"/api/v1/shipments/{shipment['id']}")
    assert seen["status"] == "delivered", seen
    mails = await world.mails("ada.1001@example.com")
    subjects = [m["subject"] for m in mails]

    await dump(world)
    assert len(subjects) == len(set(subjects)) == 3, subjects
