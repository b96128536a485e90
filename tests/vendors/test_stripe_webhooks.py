"""Webhooks of the Stripe stand-in, verified by the official client's own code."""

import httpx
import pytest
import stripe
from stripe import StripeClient

from comeback.sandbox.config import Urls
from tests.vendors.conftest import STRIPE_KEY, WEBHOOK_SECRET
from tests.vendors.receiver import Receiver
from tests.vendors.test_stripe_sandbox import paid


def types(receiver: Receiver) -> list[str]:
    return [
        stripe.Webhook.construct_event(
            request.body, request.headers["stripe-signature"], WEBHOOK_SECRET, api_key=STRIPE_KEY
        ).type
        for request in receiver.received
    ]


async def test_signed_in_order(stripe_client: StripeClient, receiver: Receiver, control: httpx.AsyncClient) -> None:
    intent = await paid(stripe_client)
    refund = await stripe_client.v1.refunds.create_async({"payment_intent": intent.id})
    await control.post(f"/stripe/refunds/{refund.id}", json={"status": "failed"})
    await control.post("/stripe/disputes", json={"payment_intent": intent.id})
    await receiver.wait_for(10)
    assert types(receiver) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "charge.refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]


async def test_a_wrong_secret_does_not_verify(stripe_client: StripeClient, receiver: Receiver) -> None:
    await paid(stripe_client)
    (request, *_) = await receiver.wait_for(1)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(request.body, request.headers["stripe-signature"], "whsec_other")


async def test_repeated_until_accepted(stripe_client: StripeClient, receiver: Receiver) -> None:
    receiver.answers = [500, 503, 302]
    await paid(stripe_client)
    await receiver.wait_for(3)
    assert sorted(types(receiver)) == ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]
    assert len({request.body for request in receiver.received}) == 3
    events = await stripe_client.v1.events.list_async({"type": "charge.succeeded"})
    assert [event.pending_webhooks for event in events.data] == [0]


async def test_only_wanted_events_of_an_account(urls: Urls, receiver: Receiver, control: httpx.AsyncClient) -> None:
    account = {
        "api_key": "sk_test_two",
        "webhook_url": receiver.url,
        "webhook_secret": "s",
        "events": ["refund.created"],
    }
    assert (await control.post("/config", json={"stripe": [account]})).status_code == 200
    items = [{"id": "pi_x", "amount": 500, "currency": "eur"}]
    await control.post("/stripe/payments", json={"api_key": "sk_test_two", "items": items})
    async with httpx.AsyncClient(base_url=urls.stripe, auth=("sk_test_two", "")) as raw:
        answer = await raw.post("/v1/refunds", data={"payment_intent": "pi_x", "metadata[refund_id]": "r"})
    assert answer.json()["metadata"] == {"refund_id": "r"}
    (request,) = await receiver.wait_for(1)
    event = stripe.Webhook.construct_event(request.body, request.headers["stripe-signature"], "s")
    assert event.type == "refund.created"
