"""The rehearsal's WooCommerce through our own adapter: reading by pages that hold, writing once, failing honestly."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from comeback.core.secrets import Secret
from comeback.sandbox.config import Urls
from comeback.storefronts.rules.woo import woo_order, woo_product
from comeback.vendors.errors import ProviderRefused, ProviderTimeout, ProviderUnavailable
from comeback.vendors.storefronts import (
    Access,
    CodesBack,
    CreditBack,
    NoteBack,
    ObjectKind,
    OrderBack,
    PostalAddress,
    RefundBack,
    RefundedLine,
    ReplacementLine,
    Unsupported,
    WriteKind,
    WriteTask,
)
from comeback.vendors.woocommerce.adapter import TOPICS, WooStorefront
from tests.vendors.storefront import KEY, KEY_SECRET, Desk, signed, woo_access
from tests.vendors.storefront_fixtures import shops, woo_desk

__all__ = ["shops", "woo_desk"]

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def woo() -> AsyncIterator[WooStorefront]:
    adapter = WooStorefront(local=True)
    yield adapter
    await adapter.close()


@pytest.fixture
def access(shops: Urls) -> Access:
    return woo_access(shops.storefront)


async def read_all(woo: WooStorefront, access: Access, kind: ObjectKind, limit: int) -> list[str]:
    """Ids of all changes, page by page."""
    ids: list[str] = []
    cursor = None
    while True:
        page = await woo.changes(access, kind, LONG_AGO, cursor, limit)
        ids += [item.id for item in page.items]
        cursor = page.next
        if cursor is None:
            return ids


def refund_of(order: dict[str, Any], **change: Any) -> RefundBack:
    line = RefundedLine(line=str(order["lines"][0]["id"]), quantity=1, amount=4500, tax=718)
    given: dict[str, Any] = {
        "reference": "comeback:r1", "order": str(order["id"]), "amount": 4500, "currency": "EUR", "lines": (line,),
        "note": "Returned",
    }  # fmt: skip
    return RefundBack(**(given | change))


def replacement_of(order: dict[str, Any], variant: int, product: int) -> OrderBack:
    return OrderBack(
        reference="comeback:x1",
        original=str(order["id"]),
        currency="EUR",
        email="ada@example.com",
        customer=str(order["customer_id"]),
        lines=(ReplacementLine(variant=str(variant), quantity=1, product=str(product)),),
        address=PostalAddress(first_name="Ada", last_name="L", line1="Weg 1", city="Berlin", country="DE"),
    )


CODES = CodesBack(
    reference="comeback:c1", title="Thanks", codes=("THANKS-1", "THANKS-2"), currency="EUR", amount=500,
    ends_at=datetime(2027, 1, 1, tzinfo=UTC),
)  # fmt: skip


async def test_who_answers(woo: WooStorefront, access: Access) -> None:
    found = await woo.identity(access)
    assert (found.currency, found.shop) == ("EUR", access.shop)
    for wrong in (Access(shop=access.shop, token=Secret(KEY), secret=Secret("no")),
                  Access(shop=access.shop, token=Secret("ck_x"), secret=Secret(KEY_SECRET))):  # fmt: skip
        with pytest.raises(ProviderRefused, match="authentication_failed"):
            await woo.identity(wrong)


async def test_only_the_local_stack_may_call_this_machine(access: Access) -> None:
    outside = WooStorefront()
    with pytest.raises(ProviderRefused, match="address_refused"):
        await outside.identity(access)
    await outside.close()


async def test_an_order_is_read_whole(woo_desk: Desk, woo: WooStorefront, access: Access) -> None:
    order = await woo_desk.buy(gateway="stripe", payment_ref="pi_123456789")
    await woo.write(access, "refund", refund_of(order))
    found = await woo.fetch(access, "order", str(order["id"]))
    assert found is not None
    taken = woo_order(found.body)
    line = taken.order.lines[0]
    # 2 × 50.00 − 10 %: what was paid for the line, tax inside.
    assert line.unit_price * line.quantity - line.discount == 9000
    assert (taken.order.tenders[0].amount, taken.order.tenders[0].provider_ref) == (10290, "pi_123456789")
    refund = found.body["refunds"][0]
    assert refund["amount"] == "45.00" and refund["refunded_payment"] is False
    assert refund["line_items"][0]["meta_data"][0] == {
        "id": refund["line_items"][0]["id"], "key": "_refunded_item_id", "value": str(order["lines"][0]["id"]),
    }  # fmt: skip
    assert taken.order.refunds == [], "what we wrote there ourselves is no news"
    assert await woo.fetch(access, "order", "77") is None
    assert await woo.fetch(access, "customer", "77") is None


async def test_a_product_comes_with_its_variations(woo_desk: Desk, woo: WooStorefront, access: Access) -> None:
    await woo_desk.buy()
    page = await woo.objects(access, "product", LONG_AGO, None)
    taken = woo_product(page.items[0].body, currency="EUR")
    assert taken is not None and page.total == 1
    assert [(it.sku, it.price, it.options) for it in taken.product.variants] == [
        ("A-S", 5000, {"Size": "S"}),
        ("A-M", 5000, {"Size": "M"}),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_lose_nothing_within_one_second(
    woo_desk: Desk, woo: WooStorefront, access: Access, limit: int
) -> None:
    ids = {str((await woo_desk.buy())["id"]) for _ in range(5)}
    seen = await read_all(woo, access, "order", limit)
    assert set(seen) == ids and len(seen) == len(ids)
    found: list[str] = []
    cursor = None
    while True:
        page = await woo.objects(access, "order", LONG_AGO, cursor, limit)
        found += [it.id for it in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert set(found) == ids and len(found) == len(ids)


async def test_an_order_that_moves_pushes_none_out_of_sight(woo_desk: Desk, woo: WooStorefront, access: Access) -> None:
    ids = [str((await woo_desk.buy())["id"]) for _ in range(5)]
    first = await woo.changes(access, "order", LONG_AGO, None, 2)
    await woo_desk.control.post("/clock", json={"advance": "PT1H"})
    await woo_desk.http.patch(f"/desk/orders/{first.items[0].id}", json={"shop": KEY, "note": "moved"})
    seen = [it.id for it in first.items]
    cursor = first.next
    while cursor is not None:
        page = await woo.changes(access, "order", LONG_AGO, cursor, 2)
        seen += [it.id for it in page.items]
        cursor = page.next
    assert set(seen) == set(ids)


async def test_only_what_changed_since(woo_desk: Desk, woo: WooStorefront, access: Access) -> None:
    await woo_desk.buy()
    await woo_desk.control.post("/clock", json={"advance": "PT2H"})
    state = (await woo_desk.control.get("/state")).json()["clock"]["now"]
    since = datetime.fromisoformat(state) - timedelta(minutes=1)
    assert (await woo.changes(access, "order", since, None)).items == ()
    order = await woo_desk.buy(email="grace@example.com")
    assert [it.id for it in (await woo.changes(access, "order", since, None)).items] == [str(order["id"])]
    assert [it.id for it in (await woo.changes(access, "customer", since, None)).items] == [str(order["customer_id"])]


async def test_writes_are_found_again_and_made_once(woo_desk: Desk, woo: WooStorefront, access: Access) -> None:
    order = await woo_desk.buy(gateway="stripe")
    product = (await woo.objects(access, "product", LONG_AGO, None)).items[0].body
    tasks: list[tuple[WriteKind, WriteTask, str]] = [
        ("refund", refund_of(order), "refund.created"),
        ("order", replacement_of(order, product["variations"][1], product["id"]), "order.created"),
        ("note", NoteBack(reference="comeback:n1", order=str(order["id"]), text="Return opened"), "order.noted"),
    ]
    for kind, task, effect in tasks:
        assert await woo.find_written(access, kind, task) is None
        await woo_desk.fault(next="timeout_after_success")
        with pytest.raises(ProviderTimeout):
            await woo.write(access, kind, task)
        found = await woo.find_written(access, kind, task)
        assert found is not None, effect
        assert len(await woo_desk.effects(effect)) == 1
    assert await woo.write(access, "refund", refund_of(order)) == await woo.find_written(
        access, "refund", refund_of(order)
    )
    assert len(await woo_desk.effects("refund.created")) == 1
    replacement = (await woo_desk.effects("order.created"))[0]
    assert replacement["amount"] == 0, "it costs nothing there"
    sold = await woo_desk.order(int(replacement["id"]))
    assert [line["sku"] for line in sold["lines"]] == ["A-M"]


async def test_codes_are_their_own_keys(woo_desk: Desk, woo: WooStorefront, access: Access) -> None:
    await woo_desk.fault(next="timeout_after_success")
    with pytest.raises(ProviderTimeout):
        await woo.write(access, "codes", CODES)
    assert await woo.find_written(access, "codes", CODES) is None, "only one of the two is there"
    made = await woo.write(access, "codes", CODES)
    assert await woo.find_written(access, "codes", CODES) == made
    assert [it["key"] for it in await woo_desk.effects("discount.created")] == ["thanks-1", "thanks-2"]


async def test_what_the_shop_cannot_hold_as_a_refund_becomes_a_note(
    woo_desk: Desk, woo: WooStorefront, access: Access
) -> None:
    order = await woo_desk.buy(gateway="stripe")
    await woo_desk(f"/orders/{order['id']}/refunds", {"amount": 8000, "note": "by hand"})
    made = await woo.write(access, "refund", refund_of(order))
    assert made.id.startswith("note:")
    assert await woo.find_written(access, "refund", refund_of(order)) == made
    assert (await woo_desk.order(order["id"]))["refunded"] == 8000


async def test_credit_stays_with_us(woo: WooStorefront, access: Access) -> None:
    task = CreditBack(
        reference="comeback:g", form="gift_card", amount=100, currency="EUR", code="abcdefgh", customer=None
    )
    with pytest.raises(Unsupported):
        await woo.write(access, "credit", task)
    assert await woo.find_written(access, "credit", task) is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [("500", ProviderTimeout), ("502", ProviderTimeout), ("throttle", ProviderUnavailable), ("403", ProviderRefused),
     ("user_error", ProviderRefused), ("timeout_before", ProviderTimeout)],
)  # fmt: skip
async def test_calls_that_fail_do_nothing(
    woo_desk: Desk, woo: WooStorefront, access: Access, fault: str, error: type[Exception]
) -> None:
    order = await woo_desk.buy()
    task = NoteBack(reference="comeback:n", order=str(order["id"]), text="Hello")
    await woo_desk.fault(next=fault, seconds=7)
    with pytest.raises(error) as raised:
        await woo.write(access, "note", task)
    assert await woo_desk.effects("order.noted") == []
    if fault == "throttle":
        assert getattr(raised.value, "retry_after", None) == 7.0


async def test_a_shop_that_is_down(woo: WooStorefront) -> None:
    with pytest.raises(ProviderUnavailable):
        await woo.identity(Access(shop="http://127.0.0.1:9", token=Secret("k"), secret=Secret("s")))


async def test_webhooks_are_made_once_and_woken(woo_desk: Desk, woo: WooStorefront, access: Access) -> None:
    address, secret = "http://127.0.0.1:9/hooks/woocommerce/t", Secret("s")
    for _ in range(2):
        assert await woo.ensure_webhooks(access, address, secret, TOPICS) == list(TOPICS)
    listed = await woo.client.every(access, "/webhooks")
    assert sorted(hook["topic"] for hook in listed) == sorted(TOPICS)
    # One lost answer made a second of the first topic; another was disabled after failures.
    await woo.client.post(access, "/webhooks", {"topic": TOPICS[0], "delivery_url": address, "secret": "s"})
    await woo.client.put(access, f"/webhooks/{listed[-1]['id']}", {"status": "disabled"})
    await woo.ensure_webhooks(access, address, secret, TOPICS)
    listed = await woo.client.every(access, "/webhooks")
    assert len(listed) == len(TOPICS) and {hook["status"] for hook in listed} == {"active"}
    await woo.drop_webhooks(access, address)
    assert await woo.client.every(access, "/webhooks") == []


def test_signatures() -> None:
    woo, raw = WooStorefront(), b'{"id":1}'
    headers = {"X-WC-Webhook-Signature": signed(raw, "new")}
    assert woo.verify(raw, headers, [Secret("old"), Secret("new")])
    assert not woo.verify(raw + b" ", headers, [Secret("new")])
    assert not woo.verify(raw, {"X-WC-Webhook-Signature": "not base64!"}, [Secret("new")])
    assert not woo.verify(raw, {}, [Secret("new")])


async def test_a_page_before_the_shop_is_no_answer() -> None:
    """A cache or maintenance page with status 200: whether the shop saw the call is not known."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="<html>back soon</html>"))
    woo = WooStorefront(transport=transport)
    with pytest.raises(ProviderTimeout, match="unreadable_answer"):
        await woo.identity(Access(shop="https://shop.example", token=Secret("k"), secret=Secret("s")))
    moved = httpx.MockTransport(lambda _: httpx.Response(301, headers={"Location": "https://evil.example"}))
    with pytest.raises(ProviderRefused, match="redirected"):
        await WooStorefront(transport=moved).identity(
            Access(shop="https://shop.example", token=Secret("k"), secret=Secret("s"))
        )
