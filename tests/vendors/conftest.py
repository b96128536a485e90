"""A sandbox on free ports for each test, and somebody to receive its webhooks."""

from collections.abc import AsyncIterator

import httpx
import pytest
from stripe import HTTPXClient, StripeClient

from comeback.sandbox.config import Accounts, CarrierAccount, SandboxConfig, StripeAccount, Urls
from comeback.sandbox.server import running
from tests.vendors.receiver import Receiver

STRIPE_KEY = "sk_test_one"
WEBHOOK_SECRET = "whsec_test"
CARRIER_KEY = "carrier-one"
CARRIER_SECRET = "carrier-secret"


@pytest.fixture
async def receiver(anyio_backend: str) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    await receiver.start()
    yield receiver
    await receiver.stop()


@pytest.fixture
async def urls(receiver: Receiver) -> AsyncIterator[Urls]:
    """A running sandbox whose accounts send their webhooks to `receiver`; it is its web too."""
    accounts = Accounts(
        stripe=[
            StripeAccount(api_key=STRIPE_KEY, webhook_url=f"{receiver.url}/hooks/stripe", webhook_secret=WEBHOOK_SECRET)
        ],
        carrier=[
            CarrierAccount(
                api_key=CARRIER_KEY, webhook_url=f"{receiver.url}/hooks/carrier", webhook_secret=CARRIER_SECRET
            )
        ],
        web_url=receiver.url,
    )
    async with running(SandboxConfig(accounts=accounts)) as urls:
        yield urls


@pytest.fixture
async def control(urls: Urls) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=urls.control) as client:
        yield client


@pytest.fixture
def stripe_client(urls: Urls) -> StripeClient:
    """The official client on the sandbox; it repeats nothing by itself."""
    return client_of(urls, STRIPE_KEY)


def client_of(urls: Urls, key: str) -> StripeClient:
    return StripeClient(
        key, base_addresses={"api": urls.stripe}, http_client=HTTPXClient(timeout=5), max_network_retries=0
    )
