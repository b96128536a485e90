"""Webhooks of the rehearsal's shops: signed over the raw bytes, retried, lost, tripled, shuffled, spoiled on demand."""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from comeback.core.secrets import Secret
from comeback.sandbox.config import SandboxConfig, Urls
from comeback.sandbox.http import Request
from comeback.sandbox.server import running
from comeback.vendors.shopify.signing import verify_webhook
from tests.vendors.receiver import Receiver
from tests.vendors.storefront import API_SECRET, DOMAIN, KEY, WOO_SECRET, Desk, accounts, desk_of, signed
from tests.vendors.storefront_fixtures import desk, shops, woo_desk

__all__ = ["desk", "shops", "woo_desk"]


def topics(receiver: Receiver) -> Counter[str]:
    return Counter(request.headers.get("x-shopify-topic", "") for request in receiver.received)


def body(request: Request) -> dict[str, Any]:
    return json.loads(request.body)


async def settled(desk: Desk) -> dict[str, Any]:
    """Everything delivered; what the control says of the storefront's webhooks."""
    await desk.control.post("/drain")
    return (await desk.control.get("/state")).json()["webhooks"]["storefront"]


async def test_a_sale_is_told_as_shopify_does(desk: Desk, receiver: Receiver) -> None:
    order = await desk.buy()
    await desk(f"/orders/{order['id']}/fulfil", {"tracking_company": "DHL", "tracking_number": "T1"})
    await desk(f"/orders/{order['id']}/refunds", {"lines": [{"line_id": order["lines"][0]["id"], "restock": "return"}]})
    await settled(desk)
    told = topics(receiver)
    for topic in ("products/create", "customers/create", "orders/create", "orders/paid", "fulfillments/create",
                  "refunds/create", "inventory_levels/update"):  # fmt: skip
        assert told[topic] == 1, topic
    for request in receiver.received:
        assert request.headers["x-shopify-shop-domain"] == DOMAIN
        assert verify_webhook(request.body, request.headers, [Secret(API_SECRET)])
        assert not verify_webhook(request.body, request.headers, [Secret("other")])
    refund = next(body(it) for it in receiver.received if it.headers["x-shopify-topic"] == "refunds/create")
    assert refund["refund_line_items"][0]["subtotal_set"]["shop_money"] == {"amount": "45.00", "currency_code": "EUR"}
    assert refund["transactions"][0]["kind"] == "refund"
    last = [body(it) for it in receiver.received if it.headers["x-shopify-topic"] == "orders/updated"][-1]
    assert (last["financial_status"], last["fulfillment_status"]) == ("partially_refunded", "fulfilled")
    assert last["current_total_price"] == "57.90"


async def test_ids_tell_a_retry_from_a_new_event(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [500, 503]
    await desk.buy()
    await settled(desk)
    ids = [request.headers["x-shopify-webhook-id"] for request in receiver.received]
    assert len(ids) == len(set(ids)), "what was refused came again under its own id, once"
    assert topics(receiver)["orders/create"] == 1


async def test_lost_ones_stay_lost(desk: Desk, receiver: Receiver) -> None:
    await desk.fault(drop=0.3)
    for _ in range(40):
        await desk.buy()
    log = await settled(desk)
    sent = log["delivered"] + log["dropped"]
    assert log["pending"] == 0 and len(receiver.received) == log["delivered"]
    assert 0.2 < log["dropped"] / sent < 0.4


async def test_tripled_and_shuffled(desk: Desk, receiver: Receiver) -> None:
    await desk.fault(duplicate=2, shuffle=True)
    orders = [await desk.buy() for _ in range(8)]
    await settled(desk)
    assert topics(receiver)["orders/create"] == 3 * len(orders)
    arrived = [body(it)["id"] for it in receiver.received if it.headers["x-shopify-topic"] == "orders/create"]
    assert arrived != sorted(arrived)
    per_id = Counter(request.headers["x-shopify-webhook-id"] for request in receiver.received)
    assert set(per_id.values()) == {3}


async def test_a_wrong_signature_is_seen(desk: Desk, receiver: Receiver) -> None:
    await desk.fault(corrupt=True)
    await desk.buy()
    await settled(desk)
    assert receiver.received
    for request in receiver.received:
        assert not verify_webhook(request.body, request.headers, [Secret(API_SECRET)])


async def test_late_ones_come_when_flushed(desk: Desk, receiver: Receiver) -> None:
    await desk.fault(delay=30)
    await desk.buy()
    await asyncio.sleep(0.3)
    assert not receiver.received
    await settled(desk)
    assert topics(receiver)["orders/create"] == 1


async def test_privacy_requests_and_the_end(desk: Desk, receiver: Receiver) -> None:
    order = await desk.buy()
    person = order["customer_id"]
    await desk(f"/customers/{person}/data_request", expect=202)
    await desk(f"/customers/{person}/redact", expect=202)
    await desk("/uninstall", expect=202)
    await desk("/redact", expect=202)
    await settled(desk)
    told = {it.headers["x-shopify-topic"]: body(it) for it in receiver.received}
    assert told["customers/data_request"]["customer"]["email"] == "ada@example.com"
    assert told["customers/redact"]["orders_to_redact"] == [order["id"]]
    assert told["shop/redact"]["shop_domain"] == DOMAIN
    assert told["app/uninstalled"]["domain"] == DOMAIN
    assert (await desk.order(order["id"]))["email"] == ""
    answer = await desk.http.post(
        "/admin/api/2026-04/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": "shpat_demo"},
    )
    assert answer.status_code == 401, "the token died with the app"


async def test_a_subscription_that_never_answers_is_removed(desk: Desk) -> None:
    create = """mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: "http://127.0.0.1:9/x"})
      { webhookSubscription { id } userErrors { message } } }"""
    made = (await desk.ask(create))["data"]["webhookSubscriptionCreate"]
    assert made["webhookSubscription"] is not None
    taken = (await desk.ask(create))["data"]["webhookSubscriptionCreate"]
    assert taken["userErrors"][0]["message"] == "Address for this topic has already been taken"
    listed = "{ webhookSubscriptions(first: 10) { nodes { topic } } }"
    assert len((await desk.ask(listed))["data"]["webhookSubscriptions"]["nodes"]) == 1
    await desk.buy()
    for _ in range(8):
        await settled(desk)
        if not (await desk.ask(listed))["data"]["webhookSubscriptions"]["nodes"]:
            break
    assert (await desk.ask(listed))["data"]["webhookSubscriptions"]["nodes"] == []


async def test_woocommerce_signs_and_sends_once(woo_desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [200, 200, 500]
    await woo_desk.buy()
    await settled(woo_desk)
    for request in receiver.received:
        assert request.headers["x-wc-webhook-signature"] == signed(request.body, WOO_SECRET)
        resource, _, event = request.headers["x-wc-webhook-topic"].partition(".")
        assert (request.headers["x-wc-webhook-resource"], request.headers["x-wc-webhook-event"]) == (resource, event)
        assert request.headers["x-wc-webhook-source"] == f"{str(woo_desk.http.base_url).rstrip('/')}/"
    told = [request.headers["x-wc-webhook-topic"] for request in receiver.received]
    assert sorted(told) == ["customer.created", "product.created"], "the order's delivery failed and is gone"


async def test_a_new_webhook_begins_with_an_unsigned_ping(woo_desk: Desk, receiver: Receiver) -> None:
    hook = {"topic": "order.updated", "delivery_url": f"{receiver.url}/ping", "secret": "s"}
    made = await woo_desk.http.post("/wp-json/wc/v3/webhooks", json=hook, auth=(KEY, "cs_demo"))
    assert made.status_code == 201
    await settled(woo_desk)
    ping = receiver.received[0]
    assert (ping.path, ping.body) == ("/ping", f"webhook_id={made.json()['id']}".encode())
    assert ping.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "x-wc-webhook-signature" not in ping.headers


@pytest.mark.parametrize("down", [True, False])
async def test_memory_and_undelivered_webhooks_outlive_the_process(
    receiver: Receiver, tmp_path: Any, down: bool
) -> None:
    config = SandboxConfig(accounts=accounts(receiver), state_dir=str(tmp_path))
    receiver.answers = [500] * 200 if down else []
    async with running(config) as urls:
        order = await _bought(urls)
    receiver.answers = []
    async with running(config) as urls, desk_of(urls, DOMAIN) as desk:
        assert (await desk.order(order["id"]))["total"] == order["total"]
        await settled(desk)
    assert topics(receiver)["orders/create"] == 1


async def _bought(urls: Urls) -> dict[str, Any]:
    async with desk_of(urls, DOMAIN) as desk:
        order = await desk.buy()
        await settled(desk)
        return order
