"""Fixtures of the storefront tests, imported by them."""

from collections.abc import AsyncIterator

import pytest

from comeback.sandbox.config import SandboxConfig, Urls
from comeback.sandbox.server import running
from tests.vendors.receiver import Receiver
from tests.vendors.storefront import DOMAIN, KEY, Desk, accounts, desk_of


@pytest.fixture
async def shops(receiver: Receiver) -> AsyncIterator[Urls]:
    """A running sandbox with the shops of `accounts`."""
    async with running(SandboxConfig(accounts=accounts(receiver))) as urls:
        yield urls


@pytest.fixture
async def desk(shops: Urls) -> AsyncIterator[Desk]:
    """The Shopify shop's desk."""
    async with desk_of(shops, DOMAIN) as made:
        yield made


@pytest.fixture
async def woo_desk(shops: Urls) -> AsyncIterator[Desk]:
    """The WooCommerce shop's desk."""
    async with desk_of(shops, KEY) as made:
        yield made
