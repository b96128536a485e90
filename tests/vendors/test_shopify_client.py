"""What a call to a Shopify shop can end in, and what is signed."""

import hmac

import httpx
import pytest

from comeback.core.secrets import Secret
from comeback.sandbox.config import Urls
from comeback.vendors.errors import ProviderError, ProviderRefused, ProviderTimeout, ProviderUnavailable
from comeback.vendors.shopify.adapter import ShopifyStorefront
from comeback.vendors.shopify.client import Budget, Throttled
from comeback.vendors.shopify.signing import shop_domain, verify_query, verify_webhook
from comeback.vendors.storefronts import Access, NoteBack
from tests.support.storefront import sign

SHOP = "client-tests.myshopify.com"


@pytest.fixture
async def access(sandbox: Urls) -> Access:
    shop = {"domain": SHOP, "access_token": "shpat_client", "api_secret": "x"}
    async with httpx.AsyncClient() as outside:
        (await outside.post(f"{sandbox.control}/config", json={"shopify": [shop]})).raise_for_status()
        await outside.delete(f"{sandbox.control}/storefront/faults")
    return Access(shop=SHOP, token=Secret("shpat_client"))


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("401", ProviderRefused, "authentication_failed"),
        ("403", ProviderRefused, "missing_scope"),
        ("402", ProviderRefused, "shop_frozen"),
        ("500", ProviderTimeout, "server_error"),
        ("502", ProviderTimeout, "server_error"),
        ("timeout_before", ProviderTimeout, "connection_lost"),
        ("throttle", ProviderUnavailable, "throttled"),
    ],
)
async def test_each_end_of_a_call_has_its_meaning(
    sandbox: Urls, access: Access, fault: str, kind: type[ProviderError], code: str
) -> None:
    shop = ShopifyStorefront("2026-04", sandbox.storefront)
    async with httpx.AsyncClient() as outside:
        await outside.post(f"{sandbox.control}/storefront/faults", json={"next": fault, "on": "shop", "shop": SHOP})
        with pytest.raises(kind) as caught:
            await shop.identity(access)
        await outside.delete(f"{sandbox.control}/storefront/faults")
    assert caught.value.code == code and "shpat" not in str(caught.value)
    if isinstance(caught.value, Throttled):
        assert 0 < caught.value.retry_after < 60
    assert (await shop.identity(access)).shop == SHOP
    await shop.close()


async def test_an_unknown_order_and_a_dead_host(sandbox: Urls, access: Access) -> None:
    shop = ShopifyStorefront("2026-04", sandbox.storefront)
    assert await shop.fetch(access, "order", "1") is None
    with pytest.raises(ProviderRefused):
        await shop.write(access, "note", NoteBack(reference="r", order="1", text="x"))
    await shop.close()
    dead = ShopifyStorefront("2026-04", "http://127.0.0.1:9")
    with pytest.raises(ProviderUnavailable):
        await dead.identity(access)
    await dead.close()


def test_points_come_back_by_the_second() -> None:
    budget = Budget(available=20, restore=50, at=100.0)
    assert budget.wait(10, 100.0) == 0 and budget.wait(120, 100.0) == 2.0 and budget.wait(120, 101.0) == 1.0


def test_any_of_the_secrets_may_have_signed_these_very_bytes() -> None:
    body = b'{"id": 1}'
    headers = {"x-shopify-hmac-sha256": sign(body, "old")}
    assert verify_webhook(body, headers, [Secret("new"), Secret("old")])
    assert not verify_webhook(body, headers, [Secret("new")])
    assert not verify_webhook(body + b" ", headers, [Secret("old")])
    for odd in ("", "====", "é", sign(body, "old") + "A"):
        assert not verify_webhook(body, {"x-shopify-hmac-sha256": odd}, [Secret("old")])


def test_a_signed_redirect() -> None:
    text = "code=c&shop=s.myshopify.com&state=x&timestamp=1"
    pairs = [(p.split("=")[0], p.split("=")[1]) for p in text.split("&")]
    mark = hmac.digest(b"secret", text.encode(), "sha256").hex()
    good = [*pairs, ("hmac", mark)]
    assert verify_query(good, Secret("secret")) and not verify_query(good, Secret("other"))
    assert not verify_query([*good, ("code", "d")], Secret("secret"))
    assert not verify_query(good[:-1], Secret("secret"))


@pytest.mark.parametrize(
    "text", ["x.myshopify.com.evil.example", "evil.example", "a@b.myshopify.com", "x/y", "-a.myshopify.com", "é", "x y"]
)
def test_only_shops_are_called(text: str) -> None:
    assert shop_domain(text) is None
    assert shop_domain(" HTTPS://Casa-Lume.myshopify.com/ ".lower()) == "casa-lume.myshopify.com"
