"""What happens here appears in the shop, exactly once: refunds, replacements, credit, codes, notes (acceptance 3)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from comeback.kit.ids import new_id
from comeback.storefronts.service.links import open_link
from comeback.storefronts.service.sending import Sending, WriteBackJob
from comeback.storefronts.service.writing import reference_of
from comeback.vendors.storefronts import NoteBack
from tests.factories.orders import line_body, order_body
from tests.support.sold_there import sell
from tests.support.storefront import Storefront, open_storefront
from tests.support.world import World


@pytest.fixture
async def store(world: World) -> Storefront:
    return await open_storefront(world)


async def stock_up(store: Storefront) -> None:
    """Shirts in S and M."""
    await store.desk("/products", {
        "title": "Shirt", "option_names": ["Size"],
        "variants": [
            {"title": "S", "sku": "A-S", "price": 5000, "stock": 5, "options": ["S"], "tax_rate_bp": 1900},
            {"title": "M", "sku": "A-M", "price": 5000, "stock": 5, "options": ["M"], "tax_rate_bp": 1900},
        ],
    })  # fmt: skip
    await store.world.drain()


async def done(store: Storefront, kind: str) -> list[dict[str, Any]]:
    """Writes of a kind."""
    found = (await store.world.get(f"/api/v1/connections/{store.id}/writes"))["items"]
    return [w for w in found if w["kind"] == kind]


async def test_a_refund_through_stripe_shows_in_the_shop_and_moves_no_money_twice(store: Storefront) -> None:
    sold, bought = await sell(store)
    line = str(bought["lines"][0]["id"])
    settled = await sold.give_back(line)
    (write,) = await done(store, "refund")
    assert write["state"] == "done", write
    there = await store.order(bought["id"])
    (refund,) = there["refunds"]
    assert refund["amount"] == 0, "the shop moved money"
    assert f"[comeback:{write['id']}]" in refund["note"]
    (paid,) = await sold.refunds()
    assert paid["amount"] == settled["refund_total"]
    # The shop tells us of the refund that we wrote: it is known, and nothing is counted again.
    await store.world.drain()
    ours = await store.ours(bought["id"])
    assert ours is not None and ours["refunded"] == settled["refund_total"] and ours["review"] == [], ours


async def test_an_exchange_becomes_one_order_that_comes_back_as_itself(store: Storefront) -> None:
    await stock_up(store)
    sold, bought = await sell(store, lines=[{"sku": "A-S", "quantity": 1}])
    wish = {"line": str(bought["lines"][0]["id"]), "quantity": 1, "reason": "too_small", "resolution": "exchange",
            "exchange_variant": (await variant(store, "A-M"))}  # fmt: skip
    await sold.give_back(wish)
    (write,) = await done(store, "order")
    assert write["state"] == "done", write
    there = await store.order(int(write["remote_id"]))
    assert there["total"] == 0 and there["tags"] == ["comeback", "exchange"]
    await store.world.drain()
    orders = await store.ask("SELECT external_id FROM orders ORDER BY placed_at")
    assert len(orders) == 2, orders
    await store.desk(f"/orders/{write['remote_id']}/fulfil", {"tracking_company": "DHL", "tracking_number": "JD7"})
    await store.world.drain()
    parcels = await store.ask(
        "SELECT o.external_id FROM shipments s JOIN orders o ON o.id = s.order_id WHERE s.tracking_number = 'JD7'"
    )
    assert parcels == [orders[1]]


async def variant(store: Storefront, sku: str) -> str:
    """Our variant's external id."""
    (row,) = await store.ask("SELECT external_id FROM variants WHERE sku = :sku", sku=sku)
    return row["external_id"]


async def test_credit_becomes_one_gift_card(store: Storefront) -> None:
    sold, bought = await sell(store)
    line = {"line": str(bought["lines"][0]["id"]), "quantity": 1, "reason": "too_small", "resolution": "store_credit"}
    settled = await sold.give_back(line)
    (write,) = await done(store, "credit")
    assert write["state"] == "done", write
    log = await store.world.outside.get(f"{store.world.urls.control}/storefront/log")
    cards = [e for e in log.json()["items"] if "gift" in str(e).lower() and e.get("shop") == store.domain]
    assert len(cards) == 1 and settled["credit_total"] > 0, cards


@pytest.mark.parametrize("fault", ["timeout_after_success", "500", "throttle", "timeout_before"])
async def test_a_lost_answer_writes_nothing_twice(store: Storefront, fault: str) -> None:
    sold, bought = await sell(store)
    await store.faults(next=fault, on="refundCreate", shop=store.domain, seconds=0.2)
    await sold.give_back(str(bought["lines"][0]["id"]))
    async with store.world.services.database.machinery() as session:
        await session.execute(
            text("UPDATE outbox SET due_at = clock_timestamp() WHERE shop_id = :shop AND state = 'due'"),
            {"shop": store.world.shop},
        )
    await store.world.drain()
    (write,) = await done(store, "refund")
    assert write["state"] == "done", write
    assert len((await store.order(bought["id"]))["refunds"]) == 1


async def test_a_goodwill_refund_is_a_note(store: Storefront) -> None:
    sold, bought = await sell(store)
    await store.world.post(f"/api/v1/orders/{sold.id}/refunds", {"amount": 700}, expect=200)
    await store.world.drain()
    there = await store.order(bought["id"])
    assert there["refunds"] == [] and "7.00" in there["note"], there["note"]


async def test_an_order_that_came_by_the_api_is_written_to_where_the_shop_has_it_too(store: Storefront) -> None:
    """The same order, sent to us by the API under the shop's own id and number."""
    world, payment = store.world, f"pi_{store.world.shop.hex[-8:]}api"
    there = await store.buy(id=881, gateway="stripe", payment_ref=payment, quiet=True)
    stranger = await store.buy(id=882, quiet=True)
    await world.pay(payment, 20000)
    for shop_order, number in ((there, there["name"]), (stranger, "#not-theirs")):
        lines = [line_body(str(shop_order["lines"][0]["id"]), 5000)]
        body = order_body(str(shop_order["id"]), lines, number=number)
        body["external_id"], body["number"] = str(shop_order["id"]), number
        body["tenders"][0] |= {"provider": "stripe", "provider_ref": payment}
        made = await world.post("/api/v1/orders", body, expect=201)
        await world.drain()
        await world.post(f"/api/v1/orders/{made['id']}/refunds", {"amount": 300}, expect=200)
        await world.drain()
    assert {w["state"] for w in await done(store, "refund")} == {"done", "skipped"}
    assert "3.00" in (await store.order(881))["note"] and not (await store.order(882))["note"]


async def test_notes_written_at_once_all_stand_in_the_order(store: Storefront) -> None:
    """A note is read, lengthened and written whole: two at once would lose a line."""
    bought = await store.buy()
    world = store.world
    await world.drain()
    async with world.services.database.read(world.shop) as session:
        link = await open_link(session, world.services.vault, store.id)
    assert link is not None
    job = WriteBackJob(world.services.storefronts, world.services.vault)
    notes = [
        NoteBack(reference=reference_of(new_id()), order=str(bought["id"]), text=f"line {n}", tags=()) for n in range(6)
    ]
    await asyncio.gather(*(job.call(Sending(link=link, kind="note", task=note, look=False)) for note in notes))
    written = (await store.order(bought["id"]))["note"]
    assert all(f"[{note.reference}]" in written for note in notes), written
