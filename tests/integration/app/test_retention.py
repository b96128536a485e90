"""Raw webhook bodies and the callers of opens and clicks are emptied at their term; what is younger stays."""

from datetime import timedelta

from sqlalchemy import text

from comeback.app.upkeep import forget
from comeback.core import clock
from comeback.core.db import rows
from comeback.kit.ids import floor_id, new_id
from tests.support.world import World

HIT = text(
    "INSERT INTO hits (shop_id, id, message_id, kind, method, agent, ip, at) "
    "VALUES (:shop, :id, :message, 'open', 'GET', 'Mail/1', 'k', :at)"
)
DELIVERY = text(
    "INSERT INTO inbox (shop_id, id, connection_id, kind, topic, provider_id, body_hash, body, received_at) "
    "VALUES (:shop, :id, :connection, 'shopify', 'orders/create', :name, :hash, 'x', :at)"
)


async def test_what_is_personal_goes_at_its_term(world: World) -> None:
    now, shop = clock.now(), world.shop
    async with world.services.database.write(shop) as session:
        connection = (await session.execute(text("SELECT id FROM connections LIMIT 1"))).scalar_one()
        for days in (29, 31, 89, 91):
            at = now - timedelta(days=days)
            id_ = floor_id(int(at.timestamp() * 1000))
            await session.execute(HIT, {"shop": shop, "id": id_, "message": new_id(), "at": at})
            name, digest = str(days), str(days).encode()
            values = {"shop": shop, "id": id_, "connection": connection, "name": name, "hash": digest, "at": at}
            await session.execute(DELIVERY, values)
    await forget(world.services.database)
    async with world.services.database.read(shop) as session:
        found = await session.execute(
            text("SELECT ip, agent FROM hits WHERE shop_id = :shop ORDER BY id"), {"shop": shop}
        )
        assert [(r["ip"], r["agent"]) for r in rows(found)] == [("", ""), *[("k", "Mail/1")] * 3]
        query = text("SELECT body IS NULL AS gone FROM inbox WHERE shop_id = :shop AND kind = 'shopify' ORDER BY id")
        assert [r["gone"] for r in rows(await session.execute(query, {"shop": shop}))] == [True, True, True, False]
    assert await forget(world.services.database) == 0
