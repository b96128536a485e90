"""Stripe through its official client: refunds, what exists already, and signed webhooks.

The client repeats nothing by itself (`max_network_retries=0`): whether to try again is decided where the stored state
is. Connections are shared by all shops; keys are passed with each call and are kept nowhere.
"""

from collections.abc import Awaitable
from typing import TypeVar

import httpx
import msgspec
import stripe
from stripe import HTTPXClient, StripeClient

from comeback.core.secrets import Secret
from comeback.vendors.errors import (
    BadSignature,
    ProviderConflict,
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnavailable,
)
from comeback.vendors.stripe.schemas import ProviderPayment, ProviderRefund, RefundRequest, StripeEvent, refund_of

TIMEOUT_SECONDS = 20.0
WEBHOOK_TOLERANCE_SECONDS = 300
PAGE = 100
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

T = TypeVar("T")


class StripeGateway:
    """`api_base` replaces Stripe's address (the rehearsal)."""

    def __init__(self, api_base: str | None = None) -> None:
        self._api_base = api_base
        self._http = HTTPXClient(timeout=TIMEOUT_SECONDS)

    def _client(self, api_key: Secret | str) -> StripeClient:
        return StripeClient(
            _plain(api_key),
            base_addresses={"api": self._api_base.rstrip("/")} if self._api_base else {},
            http_client=self._http,
            max_network_retries=0,
        )

    async def refund(self, api_key: Secret | str, request: RefundRequest) -> ProviderRefund:
        """Sends the refund under its own id as idempotency key. Raises ProviderRefused (definite), ProviderUnavailable
        (not done), ProviderTimeout or its ProviderConflict (unknown)."""
        call = self._client(api_key).v1.refunds.create_async(
            {
                "payment_intent": request.payment_intent,
                "amount": request.amount,
                "metadata": {**request.metadata, "refund_id": request.id},
            },
            {"idempotency_key": request.id},
        )
        return refund_of((await _told(call)).to_dict())

    async def get_refund(self, api_key: Secret | str, provider_id: str) -> ProviderRefund:
        """One refund by Stripe's id. Raises as `refund`; nothing is changed by asking."""
        found = await _told(self._client(api_key).v1.refunds.retrieve_async(provider_id))
        return refund_of(found.to_dict())

    async def list_refunds(self, api_key: Secret | str, payment_intent: str) -> list[ProviderRefund]:
        """Every refund of a payment, newest first, those made elsewhere too. Raises as `get_refund`."""
        return await _told(self._all_refunds(api_key, payment_intent))

    async def _all_refunds(self, api_key: Secret | str, payment_intent: str) -> list[ProviderRefund]:
        page = await self._client(api_key).v1.refunds.list_async({"payment_intent": payment_intent, "limit": PAGE})
        return [refund_of(found.to_dict()) async for found in page.auto_paging_iter()]

    async def payment(self, api_key: Secret | str, payment_intent: str) -> ProviderPayment:
        """What a payment took in and gave back, dashboard refunds and disputes included. Raises as `get_refund`."""
        intents = self._client(api_key).v1.payment_intents
        intent = await _told(intents.retrieve_async(payment_intent, {"expand": ["latest_charge"]}))
        charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
        return ProviderPayment(
            id=intent.id,
            status=intent.status,
            currency=intent.currency.upper(),
            amount_received=intent.amount_received,
            amount_refunded=charge.amount_refunded if charge else 0,
            disputed=charge.disputed if charge else False,
        )

    def verify_webhook(self, payload: bytes, header: str, *secrets: Secret | str) -> StripeEvent:
        """The event, when one of the secrets (two while rotating) signed these very bytes at most 300 s of real time
        ago. Raises BadSignature without saying why."""
        for secret in secrets:
            try:
                stripe.WebhookSignature.verify_header(
                    payload.decode(), header, _plain(secret), WEBHOOK_TOLERANCE_SECONDS
                )
                return msgspec.json.decode(payload, type=StripeEvent)
            except (stripe.SignatureVerificationError, UnicodeDecodeError, msgspec.MsgspecError):
                continue
        raise BadSignature("bad_signature")

    async def close(self) -> None:
        await self._http.close_async()


def _plain(secret: Secret | str) -> str:
    return secret.reveal() if isinstance(secret, Secret) else secret


async def _told(call: Awaitable[T]) -> T:
    """The answer, or our error for Stripe's. The chain is cut: causes hold requests, and requests hold keys."""
    try:
        return await call
    except stripe.StripeError as error:
        failure = _translated(error)
    raise failure from None


def _translated(error: stripe.StripeError) -> ProviderError:
    code, status = error.code or "", error.http_status or 0
    if isinstance(error, stripe.APIConnectionError):
        cause = error.__cause__
        if isinstance(cause, NEVER_SENT):
            return ProviderUnavailable("no_connection", type(cause).__name__)
        return ProviderTimeout("connection_lost", type(cause).__name__)
    if isinstance(error, stripe.IdempotencyError) or status == 409:
        return ProviderConflict("idempotency_key_in_use" if status == 409 else "idempotency_mismatch")
    if status == 429:
        return ProviderUnavailable(code or "rate_limit")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return ProviderRefused("authentication_failed", f"HTTP {status}")
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError):
        return ProviderRefused(code or "invalid_request", error.user_message or "")
    return ProviderTimeout(code or "server_error", f"HTTP {status}")
