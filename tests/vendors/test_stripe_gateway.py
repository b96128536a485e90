"""Our gateway on the stand-in: which failure means what, and that no key shows."""

import asyncio
import json
import time

import httpx
import pytest
from stripe import StripeClient

from comeback.core.secrets import Secret
from comeback.sandbox.config import Urls
from comeback.sandbox.stripe.server import signature
from comeback.vendors.errors import (
    BadSignature,
    ProviderConflict,
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
)
from comeback.vendors.stripe.gateway import StripeGateway
from comeback.vendors.stripe.schemas import RefundRequest
from tests.vendors.conftest import STRIPE_KEY, WEBHOOK_SECRET
from tests.vendors.receiver import Receiver
from tests.vendors.test_stripe_sandbox import paid

KEY = Secret(STRIPE_KEY)


@pytest.fixture
def gateway(urls: Urls) -> StripeGateway:
    return StripeGateway(urls.stripe)


async def wanted(client: StripeClient, amount: int = 300, id_: str = "refund-1") -> RefundRequest:
    intent = await paid(client, 1_000)
    return RefundRequest(id=id_, payment_intent=intent.id, amount=amount, currency="EUR", metadata={"shop": "s1"})


async def test_a_refund_and_its_repetition(gateway: StripeGateway, stripe_client: StripeClient) -> None:
    request = await wanted(stripe_client)
    first, again = [await gateway.refund(KEY, request) for _ in range(2)]
    assert first == again
    assert (first.status, first.amount, first.currency, first.refund_id) == ("succeeded", 300, "EUR", "refund-1")
    assert first.metadata["shop"] == "s1"
    assert await gateway.list_refunds(KEY, request.payment_intent) == [first]
    assert await gateway.get_refund(KEY, first.id) == first
    payment = await gateway.payment(KEY, request.payment_intent)
    assert (payment.amount_received, payment.amount_refunded, payment.disputed) == (1_000, 300, False)


async def test_lists_over_pages(gateway: StripeGateway, stripe_client: StripeClient) -> None:
    intent = await paid(stripe_client, 1_000)
    for number in range(103):
        request = RefundRequest(id=f"r{number}", payment_intent=intent.id, amount=1, currency="EUR")
        await gateway.refund(KEY, request)
    found = await gateway.list_refunds(KEY, intent.id)
    assert [refund.refund_id for refund in found] == [f"r{number}" for number in range(102, -1, -1)]


@pytest.mark.parametrize(("fault", "error", "code", "exists"), [
    ("timeout_after_success", ProviderTimeout, "connection_lost", True),
    ("timeout_before", ProviderTimeout, "connection_lost", False),
    ("500", ProviderTimeout, "server_error", False),
    ("429", ProviderUnavailable, "rate_limit", False),
    ("decline", ProviderRefused, "card_declined", False),
])  # fmt: skip
async def test_what_a_failure_means(
    gateway: StripeGateway,
    stripe_client: StripeClient,
    control: httpx.AsyncClient,
    fault: str,
    error: type[ProviderError],
    code: str,
    exists: bool,
) -> None:
    request = await wanted(stripe_client)
    await control.post("/stripe/faults", json={"next": fault})
    with pytest.raises(error) as failed:
        await gateway.refund(KEY, request)
    assert type(failed.value) is error
    assert failed.value.code == code
    found = await gateway.list_refunds(KEY, request.payment_intent)
    assert [refund.refund_id for refund in found] == (["refund-1"] if exists else [])


async def test_definite_refusals_carry_stripes_code(gateway: StripeGateway, stripe_client: StripeClient) -> None:
    request = await wanted(stripe_client, 1_000)
    await gateway.refund(KEY, request)
    cases = {
        "charge_already_refunded": (KEY, request.payment_intent),
        "resource_missing": (KEY, "pi_unknown"),
        "authentication_failed": (Secret("nonsense"), request.payment_intent),
    }
    for code, (key, intent) in cases.items():
        with pytest.raises(ProviderRefused) as refused:
            await gateway.refund(key, RefundRequest(id=f"x-{code}", payment_intent=intent, amount=1, currency="EUR"))
        assert refused.value.code == code


async def test_conflicts_of_the_key(
    gateway: StripeGateway, stripe_client: StripeClient, control: httpx.AsyncClient
) -> None:
    request = await wanted(stripe_client)
    await control.post("/stripe/faults", json={"next": "stall", "seconds": 0.3})
    slow = asyncio.create_task(gateway.refund(KEY, request))
    await asyncio.sleep(0.1)
    with pytest.raises(ProviderConflict) as busy:
        await gateway.refund(KEY, request)
    assert busy.value.code == "idempotency_key_in_use"
    await slow
    other = RefundRequest(id=request.id, payment_intent=request.payment_intent, amount=301, currency="EUR")
    with pytest.raises(ProviderConflict) as mismatch:
        await gateway.refund(KEY, other)
    assert mismatch.value.code == "idempotency_mismatch"


async def test_nobody_listens(anyio_backend: str) -> None:
    gateway = StripeGateway("http://127.0.0.1:9")
    with pytest.raises(ProviderUnavailable) as failed:
        await gateway.refund(KEY, RefundRequest(id="r", payment_intent="pi", amount=1, currency="EUR"))
    chain = repr([failed.value, failed.value.__cause__, gateway.__dict__, failed.value.__dict__])
    assert STRIPE_KEY not in chain
    await gateway.close()


async def test_webhooks_are_read_only_when_signed(
    gateway: StripeGateway, stripe_client: StripeClient, receiver: Receiver
) -> None:
    await gateway.refund(KEY, await wanted(stripe_client))
    await receiver.wait_for(5)
    request = next(it for it in receiver.received if json.loads(it.body)["type"] == "refund.created")
    header, right = request.headers["stripe-signature"], Secret(WEBHOOK_SECRET)
    event = gateway.verify_webhook(request.body, header, Secret("whsec_new"), right)
    assert event.refund is not None
    assert (event.type, event.refund.refund_id, event.refund.currency) == ("refund.created", "refund-1", "EUR")
    old = signature(request.body, WEBHOOK_SECRET, int(time.time()) - 301)
    forgeries = [
        (request.body, header, Secret("whsec_new")),
        (request.body.replace(b"300", b"301"), header, right),
        (request.body, old, right),
        (request.body, "", right),
        (request.body, "t=x,v1=y", right),
        (b"\xff\xfe", header, right),
    ]
    for body, signed, secret in forgeries:
        with pytest.raises(BadSignature):
            gateway.verify_webhook(body, signed, secret)
