"""Stories of a connected shop whose worker is killed: what it tells is taken once, what we write stands there once."""

from typing import Any, ClassVar

from sqlalchemy import text

from tests.faults.stories import Story, number_of
from tests.support.sold_there import sell
from tests.support.storefront import Storefront, open_storefront

EFFECT = ("before_call", "after_call", "before_record", "after_record")
CASES: dict[str, tuple[str, ...]] = {
    **{f"storefronts.write.{name}": ("store_refund", "store_exchange", "store_credit") for name in EFFECT},
    "storefronts.write.after_shop_ok": ("store_refund", "store_exchange", "store_credit"),
    **{f"storefronts.fetch.{name}": ("store_order",) for name in EFFECT},
    **{f"storefronts.reconcile.{name}": ("store_missed",) for name in EFFECT},
    **{f"storefronts.backfill.{name}": ("store_past",) for name in EFFECT},
    **{f"storefronts.subscribe.{name}": ("store_hooks",) for name in EFFECT},
}
"""Failpoint → stories."""


class StoreStory(Story):
    """A shop with a storefront."""

    store: Storefront
    ring: ClassVar[bool] = True

    async def begin(self) -> None:
        self.store = await open_storefront(self.world, ring=self.ring)
        await self.prepare()

    async def prepare(self) -> None:
        """Leaves work that is due."""
        raise NotImplementedError

    async def log(self, *words: str) -> list[dict[str, Any]]:
        """What the shop did, by its own memory."""
        answer = await self.world.outside.get(f"{self.world.urls.control}/storefront/log")
        mine = [e for e in answer.json()["items"] if e.get("shop") == self.store.domain]
        return [e for e in mine if all(word in str(e).lower() for word in words)]

    async def writes(self, kind: str) -> list[dict[str, Any]]:
        """Our rows of what goes there."""
        return await self.store.ask("SELECT state, remote_id FROM storefront_writes WHERE kind = :kind", kind=kind)


class StoreRefund(StoreStory):
    """A return is refunded through Stripe: the shop's order shows it once, and moves no money."""

    name = "store_refund"

    async def prepare(self) -> None:
        self.sold, self.bought = await sell(self.store)
        case = await self.sold.open(str(self.bought["lines"][0]["id"]))
        await self.sold.receive(case)
        await self.world.drain()
        await self.world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)

    async def settled(self) -> bool:
        found = await self.writes("refund")
        return [w["state"] for w in found] == ["done"] and await super().settled()

    async def check(self) -> None:
        (refund,) = (await self.store.order(self.bought["id"]))["refunds"]
        assert refund["amount"] == 0
        assert len(await self.sold.refunds()) == 1
        ours = await self.sold.view()
        assert ours["refunded"] > 0 and ours["review"] == [], ours


class StoreExchange(StoreStory):
    """An exchange: one replacement order in the shop."""

    name = "store_exchange"

    async def prepare(self) -> None:
        sizes = [{"title": s, "sku": f"A-{s}", "price": 5000, "stock": 5, "options": [s]} for s in ("S", "M")]
        await self.store.desk("/products", {"title": "Shirt", "option_names": ["Size"], "variants": sizes})
        self.sold, bought = await sell(self.store, lines=[{"sku": "A-S", "quantity": 1}])
        (other,) = await self.store.ask("SELECT external_id FROM variants WHERE sku = 'A-M'")
        case = await self.sold.open({"line": str(bought["lines"][0]["id"]), "quantity": 1, "reason": "too_small",
                                     "resolution": "exchange", "exchange_variant": other["external_id"]})  # fmt: skip
        await self.sold.receive(case)
        await self.world.drain()
        await self.world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)

    async def settled(self) -> bool:
        found = await self.writes("order")
        return [w["state"] for w in found] == ["done"] and await super().settled()

    async def check(self) -> None:
        (write,) = await self.writes("order")
        url = f"{self.world.urls.storefront}/desk/orders"
        there = (await self.world.outside.get(url, params={"shop": self.store.domain})).json()["items"]
        replacements = [o for o in there if "exchange" in o["tags"]]
        assert [str(o["id"]) for o in replacements] == [write["remote_id"]]
        assert await number_of(self.world, "SELECT count(*) FROM orders") == 2


class StoreCredit(StoreStory):
    """Store credit: one gift card in the shop."""

    name = "store_credit"

    async def prepare(self) -> None:
        self.sold, bought = await sell(self.store)
        case = await self.sold.open({"line": str(bought["lines"][0]["id"]), "quantity": 1, "reason": "too_small",
                                     "resolution": "store_credit"})  # fmt: skip
        await self.sold.receive(case)
        await self.world.drain()
        await self.world.post(f"/api/v1/returns/{case['id']}/settle", expect=200)

    async def settled(self) -> bool:
        found = await self.writes("credit")
        return [w["state"] for w in found] == ["done"] and await super().settled()

    async def check(self) -> None:
        assert len(await self.log("gift")) == 1, await self.log("gift")


class StoreOrder(StoreStory):
    """An order comes by webhook."""

    name = "store_order"
    ring = False

    async def prepare(self) -> None:
        self.bought = await self.store.buy()
        assert await self.store.deliver("orders/create", {"id": self.bought["id"]}) == 200

    async def settled(self) -> bool:
        return await self.store.ours(self.bought["id"]) is not None and await super().settled()

    async def check(self) -> None:
        assert await number_of(self.world, "SELECT count(*) FROM events WHERE name = 'order.placed'") == 1
        ours = await self.store.ours(self.bought["id"])
        assert ours is not None and ours["total"] == self.bought["total"] and ours["review"] == []


class StoreMissed(StoreOrder):
    """An order whose webhook never came."""

    name = "store_missed"

    async def prepare(self) -> None:
        self.bought = await self.store.buy()
        await self.world.post(f"/api/v1/connections/{self.store.id}/reconcile", expect=202)


class StorePast(StoreStory):
    """A back-fill."""

    name = "store_past"
    ring = False

    async def prepare(self) -> None:
        past = [{"email": f"p{n}@example.com", "lines": [{"title": "Cup", "price": 900}]} for n in range(12)]
        await self.store.desk("/batch", {"orders": past})
        body = {"since": "2020-01-01T00:00:00Z", "kinds": ["order"]}
        self.task = (await self.world.post(f"/api/v1/connections/{self.store.id}/backfill", body, expect=202))["task"]

    async def settled(self) -> bool:
        return (await self.world.get(f"/api/v1/tasks/{self.task}"))["state"] == "done" and await super().settled()

    async def check(self) -> None:
        assert await number_of(self.world, "SELECT count(*) FROM orders WHERE history") == 12
        assert await number_of(self.world, "SELECT count(*) FROM messages") == 0


class StoreHooks(StoreStory):
    """A connection is made: every topic is subscribed once."""

    name = "store_hooks"
    ring = False

    async def prepare(self) -> None:
        async with self.world.services.database.write(self.world.shop) as session:
            await session.execute(
                text(
                    "INSERT INTO outbox (shop_id, id, job, payload) VALUES (:shop, gen_random_uuid(), "
                    "'storefronts.subscribe', jsonb_build_object('connection', CAST(:connection AS text)))"
                ),
                {"shop": self.world.shop, "connection": str(self.store.id)},
            )

    async def settled(self) -> bool:
        open_ = "SELECT count(*) FROM outbox WHERE job = 'storefronts.subscribe' AND state <> 'done'"
        return await number_of(self.world, open_) == 0 and await super().settled()

    async def check(self) -> None:
        query = "{ webhookSubscriptions(first: 100) { nodes { topic uri } } }"
        answer = await self.world.outside.post(
            f"{self.world.urls.storefront}/{self.store.domain}/admin/api/2026-04/graphql.json",
            json={"query": query},
            headers={"X-Shopify-Access-Token": self.store.token},
        )
        topics = [n["topic"] for n in answer.json()["data"]["webhookSubscriptions"]["nodes"]]
        assert len(topics) == len(set(topics)) == 15, topics


STORE_STORIES = {
    story.name: story
    for story in (StoreRefund, StoreExchange, StoreCredit, StoreOrder, StoreMissed, StorePast, StoreHooks)
}
