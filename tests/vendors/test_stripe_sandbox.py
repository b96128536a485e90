"""The official client drives the stand-in: payments, refunds with their cap, idempotency, isolation."""

import asyncio

import httpx
import pytest
import stripe
from stripe import PaymentIntent, StripeClient

from comeback.sandbox.config import Urls
from tests.vendors.conftest import STRIPE_KEY, client_of


async def paid(client: StripeClient, amount: int = 10_000, **more: object) -> PaymentIntent:
    params = {"amount": amount, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True, **more}
    return await client.v1.payment_intents.create_async(params)  # type: ignore[arg-type]


async def log_of(urls: Urls) -> list[dict[str, object]]:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{urls.stripe}/_sandbox/log")).json()["items"]


async def test_a_payment_succeeds_and_shows_its_charge(stripe_client: StripeClient) -> None:
    made = await paid(stripe_client, metadata={"order": "1001"})
    intent = await stripe_client.v1.payment_intents.retrieve_async(made.id, {"expand": ["latest_charge"]})
    assert (intent.status, intent.amount_received, intent.metadata["order"]) == ("succeeded", 10_000, "1001")
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.captured
    balance = await stripe_client.v1.balance.retrieve_async()
    assert [(entry.currency, entry.amount) for entry in balance.available] == [("eur", 10_000)]


async def test_confirm_capture_cancel(stripe_client: StripeClient) -> None:
    intents = stripe_client.v1.payment_intents
    held = await intents.create_async({"amount": 500, "currency": "eur", "capture_method": "manual"})
    assert held.status == "requires_payment_method"
    held = await intents.confirm_async(held.id, {"payment_method": "pm_card_visa"})
    assert (held.status, held.amount_capturable) == ("requires_capture", 500)
    held = await intents.capture_async(held.id, {"amount_to_capture": 400})
    assert (held.status, held.amount_received) == ("succeeded", 400)
    with pytest.raises(stripe.InvalidRequestError) as wrong:
        await intents.cancel_async(held.id)
    assert wrong.value.code == "payment_intent_unexpected_state"
    other = await intents.create_async({"amount": 500, "currency": "eur"})
    assert (await intents.cancel_async(other.id)).status == "canceled"


async def test_a_declined_card(stripe_client: StripeClient) -> None:
    with pytest.raises(stripe.CardError) as declined:
        await paid(stripe_client, payment_method="pm_card_chargeDeclined")
    assert (declined.value.code, declined.value.http_status) == ("card_declined", 402)


async def test_refunds_stop_at_what_was_captured(stripe_client: StripeClient) -> None:
    intent = await paid(stripe_client)
    refunds = stripe_client.v1.refunds
    first = await refunds.create_async({"payment_intent": intent.id, "amount": 6_000, "metadata": {"refund_id": "r1"}})
    assert (first.status, first.metadata["refund_id"]) == ("succeeded", "r1")
    with pytest.raises(stripe.InvalidRequestError) as over:
        await refunds.create_async({"payment_intent": intent.id, "amount": 4_001})
    assert (over.value.param, over.value.http_status) == ("amount", 400)
    assert "greater than unrefunded amount" in str(over.value)
    rest = await refunds.create_async({"charge": str(intent.latest_charge)})
    assert rest.amount == 4_000
    with pytest.raises(stripe.InvalidRequestError) as twice:
        await refunds.create_async({"payment_intent": intent.id})
    assert twice.value.code == "charge_already_refunded"
    listed = await refunds.list_async({"payment_intent": intent.id})
    assert [refund.id for refund in listed.data] == [rest.id, first.id]
    charge = await stripe_client.v1.charges.retrieve_async(str(intent.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (10_000, True)


async def test_parallel_refunds_never_exceed_the_capture(stripe_client: StripeClient, urls: Urls) -> None:
    intent = await paid(stripe_client, 1_000)
    tries = [stripe_client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 300}) for _ in range(16)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(result, Exception) for result in results) == 3
    assert sum(entry["effect"] == "refund.created" for entry in await log_of(urls)) == 3


async def test_lists_go_on_over_pages(stripe_client: StripeClient) -> None:
    intent = await paid(stripe_client)
    made = [await stripe_client.v1.refunds.create_async({"charge": str(intent.latest_charge), "amount": 1})
            for _ in range(7)]  # fmt: skip
    page = await stripe_client.v1.refunds.list_async({"limit": 3})
    assert page.has_more
    assert [refund.id async for refund in page.auto_paging_iter()] == [refund.id for refund in reversed(made)]


async def test_the_same_key_answers_the_same(stripe_client: StripeClient, urls: Urls) -> None:
    intent = await paid(stripe_client)
    call = {"payment_intent": intent.id, "amount": 100}
    first, second = [await stripe_client.v1.refunds.create_async(call, {"idempotency_key": "k1"}) for _ in range(2)]
    assert first.id == second.id
    assert second.last_response.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.last_response.headers
    assert sum(entry["effect"] == "refund.created" for entry in await log_of(urls)) == 1
    with pytest.raises(stripe.IdempotencyError) as other:
        await stripe_client.v1.refunds.create_async({**call, "amount": 101}, {"idempotency_key": "k1"})
    assert other.value.http_status == 400


async def test_errors_are_replayed_too_but_refused_parameters_are_not(stripe_client: StripeClient) -> None:
    intent = await paid(stripe_client, 500)
    refunds = stripe_client.v1.refunds
    for replayed in (None, "true"):
        with pytest.raises(stripe.InvalidRequestError) as over:
            await refunds.create_async({"payment_intent": intent.id, "amount": 501}, {"idempotency_key": "cap"})
        assert (over.value.headers or {}).get("idempotent-replayed") == replayed
    with pytest.raises(stripe.InvalidRequestError):
        await refunds.create_async({"payment_intent": intent.id, "amount": 0}, {"idempotency_key": "again"})
    made = await refunds.create_async({"payment_intent": intent.id, "amount": 1}, {"idempotency_key": "again"})
    assert made.amount == 1


async def test_keys_are_forgotten_after_a_day(stripe_client: StripeClient, control: httpx.AsyncClient) -> None:
    intent = await paid(stripe_client)
    call = {"payment_intent": intent.id, "amount": 100}
    first = await stripe_client.v1.refunds.create_async(call, {"idempotency_key": "day"})
    await control.post("/clock", json={"advance": "PT23H"})
    assert (await stripe_client.v1.refunds.create_async(call, {"idempotency_key": "day"})).id == first.id
    await control.post("/clock", json={"advance": "PT2H"})
    assert (await stripe_client.v1.refunds.create_async(call, {"idempotency_key": "day"})).id != first.id


async def test_a_key_in_use_is_refused(stripe_client: StripeClient, control: httpx.AsyncClient) -> None:
    intent = await paid(stripe_client)
    await control.post("/stripe/faults", json={"next": "stall", "seconds": 0.3})
    call = {"payment_intent": intent.id, "amount": 100}
    slow = asyncio.create_task(stripe_client.v1.refunds.create_async(call, {"idempotency_key": "busy"}))
    await asyncio.sleep(0.1)
    with pytest.raises(stripe.APIError) as busy:
        await stripe_client.v1.refunds.create_async(call, {"idempotency_key": "busy"})
    assert (busy.value.http_status, busy.value.error.code) == (409, "idempotency_key_in_use")  # type: ignore[union-attr]
    assert (await slow).status == "succeeded"


async def test_success_then_a_dropped_connection(
    stripe_client: StripeClient, control: httpx.AsyncClient, urls: Urls
) -> None:
    intent = await paid(stripe_client)
    await control.post("/stripe/faults", json={"next": "timeout_after_success"})
    call = {"payment_intent": intent.id, "amount": 700}
    with pytest.raises(stripe.APIConnectionError):
        await stripe_client.v1.refunds.create_async(call, {"idempotency_key": "lost"})
    done = [entry for entry in await log_of(urls) if entry["effect"] == "refund.created"]
    assert [(entry["answered"], entry["amount"]) for entry in done] == [(False, 700)]
    again = await stripe_client.v1.refunds.create_async(call, {"idempotency_key": "lost"})
    assert again.id == done[0]["id"]


async def test_a_500_does_nothing_and_is_replayed(stripe_client: StripeClient, control: httpx.AsyncClient) -> None:
    intent = await paid(stripe_client)
    await control.post("/stripe/faults", json={"next": "500"})
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            await stripe_client.v1.refunds.create_async({"payment_intent": intent.id}, {"idempotency_key": "f"})
        assert failed.value.http_status == 500
    assert (await stripe_client.v1.refunds.list_async({"payment_intent": intent.id})).data == []


@pytest.mark.parametrize(("fault", "error", "code"), [
    ("decline", stripe.CardError, "card_declined"),
    ("429", stripe.RateLimitError, None),
    ("timeout_before", stripe.APIConnectionError, None),
])  # fmt: skip
async def test_refusals_leave_nothing_behind(
    stripe_client: StripeClient,
    control: httpx.AsyncClient,
    fault: str,
    error: type[stripe.StripeError],
    code: str | None,
) -> None:
    intent = await paid(stripe_client)
    await control.post("/stripe/faults", json={"next": fault})
    with pytest.raises(error) as refused:
        await stripe_client.v1.refunds.create_async({"payment_intent": intent.id})
    assert refused.value.code == code
    assert (await stripe_client.v1.refunds.list_async({"payment_intent": intent.id})).data == []
    assert (await stripe_client.v1.refunds.create_async({"payment_intent": intent.id})).status == "succeeded"


async def test_pending_until_the_clock_or_the_bank_decides(
    stripe_client: StripeClient, control: httpx.AsyncClient
) -> None:
    intent = await paid(stripe_client)
    refunds = stripe_client.v1.refunds
    await control.post("/stripe/faults", json={"next": "pending", "count": 2})
    slow, doomed = [await refunds.create_async({"payment_intent": intent.id, "amount": 10}) for _ in range(2)]
    assert (slow.status, doomed.status) == ("pending", "pending")
    answer = await control.post(f"/stripe/refunds/{doomed.id}", json={"status": "failed", "failure_reason": "declined"})
    assert answer.json()["failure_reason"] == "declined"
    await control.post("/clock", json={"advance": "P4D"})
    assert (await refunds.retrieve_async(slow.id)).status == "succeeded"
    assert (await refunds.retrieve_async(doomed.id)).status == "failed"


async def test_a_late_failure_gives_the_amount_back(stripe_client: StripeClient, control: httpx.AsyncClient) -> None:
    intent = await paid(stripe_client, 900)
    refund = await stripe_client.v1.refunds.create_async(
        {"payment_intent": intent.id, "metadata": {"refund_id": "mine"}}
    )
    await control.post("/stripe/refunds/mine", json={"status": "failed", "failure_reason": "expired_or_canceled_card"})
    failed = await stripe_client.v1.refunds.retrieve_async(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (await stripe_client.v1.refunds.create_async({"payment_intent": intent.id})).amount == 900
    back = await control.post(f"/stripe/refunds/{refund.id}", json={"status": "succeeded"})
    assert back.status_code == 409


async def test_requires_action_can_be_canceled(stripe_client: StripeClient, control: httpx.AsyncClient) -> None:
    intent = await paid(stripe_client)
    await control.post("/stripe/faults", json={"next": "requires_action"})
    refund = await stripe_client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 5})
    assert refund.status == "requires_action"
    assert (await stripe_client.v1.refunds.cancel_async(refund.id)).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        await stripe_client.v1.refunds.cancel_async(refund.id)


async def test_disputes_block_refunds_until_won(stripe_client: StripeClient, control: httpx.AsyncClient) -> None:
    intent = await paid(stripe_client)
    dispute = (await control.post("/stripe/disputes", json={"payment_intent": intent.id})).json()
    assert (dispute["amount"], dispute["status"]) == (10_000, "needs_response")
    with pytest.raises(stripe.InvalidRequestError) as blocked:
        await stripe_client.v1.refunds.create_async({"payment_intent": intent.id})
    assert blocked.value.code == "charge_disputed"
    await control.post(f"/stripe/disputes/{dispute['id']}", json={"status": "won"})
    assert (await stripe_client.v1.refunds.create_async({"payment_intent": intent.id})).status == "succeeded"
    other = (await control.post("/stripe/disputes", json={"charge": (await paid(stripe_client)).latest_charge})).json()
    assert (await stripe_client.v1.disputes.close_async(other["id"])).status == "lost"
    listed = await stripe_client.v1.disputes.list_async({"payment_intent": intent.id})
    assert [found.id for found in listed.data] == [dispute["id"]]


async def test_nothing_is_shared_between_keys(urls: Urls, stripe_client: StripeClient) -> None:
    intent = await paid(stripe_client)
    stranger = client_of(urls, "sk_test_two")
    with pytest.raises(stripe.InvalidRequestError) as hidden:
        await stranger.v1.payment_intents.retrieve_async(intent.id)
    assert (hidden.value.http_status, hidden.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        await stranger.v1.refunds.create_async({"payment_intent": intent.id})
    assert (unknown.value.http_status, unknown.value.param) == (400, "payment_intent")
    with pytest.raises(stripe.AuthenticationError):
        await client_of(urls, "not-a-key").v1.balance.retrieve_async()


async def test_customers_and_payment_methods(stripe_client: StripeClient) -> None:
    customer = await stripe_client.v1.customers.create_async({"email": "ada@example.com", "metadata": {"a": "1"}})
    method = await stripe_client.v1.payment_methods.create_async({"type": "card"})
    method = await stripe_client.v1.payment_methods.attach_async(method.id, {"customer": customer.id})
    assert method.customer == customer.id
    intent = await paid(stripe_client, payment_method=method.id, customer=customer.id)
    assert intent.customer == customer.id
    found = await stripe_client.v1.customers.list_async({"email": "ada@example.com"})
    assert [entry.id for entry in found.data] == [customer.id]


async def test_many_payments_at_once_with_chosen_ids(stripe_client: StripeClient, control: httpx.AsyncClient) -> None:
    items = [{"id": f"pi_seed{number}", "amount": 100 + number, "currency": "EUR"} for number in range(3)]
    for _ in range(2):
        made = await control.post("/stripe/payments", json={"api_key": STRIPE_KEY, "items": items})
        assert [item["id"] for item in made.json()["items"]] == ["pi_seed0", "pi_seed1", "pi_seed2"]
    refund = await stripe_client.v1.refunds.create_async({"payment_intent": "pi_seed2"})
    assert refund.amount == 102
