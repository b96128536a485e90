"""A shop system, a receiver of webhooks and a file, each brought in by a person in a browser."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import DESK, PHONE, ROOT, chromium, overflow, page, shot, violations
from tests.e2e.test_studio import log_in
from tests.support.desk import Desk, somebody
from tests.support.webhook_receiver import receiving
from tests.support.world import World

BUILT = ROOT / "platform" / "comeback" / "static" / "studio" / "index.html"
pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no Chromium on PATH"),
    pytest.mark.skipif(not BUILT.exists(), reason="the studio is not built (make build)"),
]
SECRET = "shopify-tests"
FILE = (
    "Order number,Order id,Placed at,Billing email,Shipping country,Product,SKU,Qty,Price,Currency,Remark\n"
    "#9001,9001,2026-11-01T10:00:00Z,anna@example.com,IT,Linen shirt,LS-1,{quantity},49.00,EUR,gift\n"
    "#9001,9001,2026-11-01T10:00:00Z,anna@example.com,IT,Wool socks,WS-1,2,9.50,EUR,\n"
    "#9002,9002,2026-11-02T11:30:00Z,bruno@example.com,DE,Beeswax candle,BC-1,1,16.50,EUR,\n"
)


@pytest.fixture
async def owner(world: World) -> AsyncIterator[Desk]:
    """An owner at the desk."""
    async with somebody(world, "owner") as made:
        yield made


async def sound(on: Page, name: str) -> None:
    """Nothing for axe to find, nothing beyond the edge."""
    assert await violations(on) == [], name
    assert await overflow(on) == 0, name
    await shot(on, f"connect-{name}")


async def test_a_storefront_is_connected_read_and_left(owner: Desk) -> None:
    world = owner.world
    domain = f"s{world.shop.hex[-14:]}.myshopify.com"
    known = {"domain": domain, "access_token": "shpat_right", "api_secret": SECRET, "name": "Linen House"}
    await world.control("/config", {"shopify": [known]})
    async with page(world.base_url) as on:
        await log_in(on, owner, "/studio/settings/connections")
        await on.get_by_role("button", name="Connect Shopify").click()
        dialog = on.get_by_role("dialog")
        await dialog.get_by_label("Shop address").fill(domain)
        token = dialog.get_by_role("textbox", name="Admin API access token")
        await token.fill("shpat_wrong")
        await dialog.get_by_role("textbox", name="API secret key").fill(SECRET)
        await dialog.get_by_role("button", name="Connect", exact=True).click()
        await expect(dialog.get_by_text("does not accept this key")).to_be_visible()
        assert await token.get_attribute("aria-invalid") == "true", "the problem stands beside the key"
        await sound(on, "wrong-key")
        await token.fill("shpat_right")
        await dialog.get_by_role("button", name="Connect", exact=True).click()
        await expect(on.get_by_role("heading", level=1, name="Linen House")).to_be_visible()
        await on.get_by_role("switch", name="Discount codes").uncheck()
        await expect(on.get_by_text("Saved", exact=True)).to_be_visible()
        await on.get_by_role("button", name="Bring in").click()
        await expect(on.get_by_role("progressbar")).to_be_visible()
        await world.drain()
        await expect(on.get_by_text(re.compile("of the past (is|are) here"))).to_be_visible()
        await sound(on, "storefront")
        (store,) = [c for c in (await world.get("/api/v1/connections"))["items"] if c["kind"] == "storefront"]
        assert (store["shop"], store["state"], store["write_back"]["codes"]) == (domain, "live", False)
        await on.get_by_role("button", name="Disconnect").click()
        await on.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
        await expect(on.get_by_role("button", name="Connect Shopify")).to_be_visible()
    (store,) = [c for c in (await world.get("/api/v1/connections"))["items"] if c["kind"] == "storefront"]
    assert store["state"] == "off"


async def test_a_receiver_is_told_and_its_answer_is_shown(owner: Desk) -> None:
    world = owner.world
    async with receiving() as receiver, page(world.base_url, PHONE) as on:
        await log_in(on, owner, "/studio/settings/webhooks")
        await on.get_by_role("button", name="Add a receiver").click()
        dialog = on.get_by_role("dialog")
        await dialog.get_by_label("Address").fill("https://10.0.0.1/hook")
        await dialog.get_by_role("button", name="Add a receiver").click()
        await expect(dialog.get_by_text("whole internet")).to_be_visible()
        await dialog.get_by_label("Address").fill(receiver.url("/status/500"))
        await dialog.get_by_label("Only these").check(force=True)
        await dialog.get_by_label("Find an event").fill("order.")
        await dialog.get_by_label("All of order").check()
        await sound(on, "events")
        await dialog.get_by_role("button", name="Add a receiver").click()
        await expect(on.get_by_role("dialog").get_by_text(re.compile("^whsec_"))).to_be_visible()
        await on.get_by_role("button", name="I have it").click()
        await on.get_by_role("button", name="Send a test").click()
        await on.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
        await expect(on.get_by_text("Not called yet.")).to_be_visible()
        await world.drain()
        await expect(on.get_by_role("dialog").get_by_text("Status 500").first).to_be_visible()
        await sound(on, "delivery")
        await on.keyboard.press("Escape")
        await expect(on.get_by_text(re.compile("failures? in a row"))).to_be_visible()
        await sound(on, "receiver")
    (hook,) = (await world.get("/api/v1/webhooks"))["items"]
    assert hook["events"] == ["order.*"]
    assert receiver.at("/status/500")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_a_file_is_corrected_and_imported(owner: Desk, size: tuple[int, int]) -> None:
    world = owner.world
    async with page(world.base_url, size) as on:
        await log_in(on, owner, "/studio/settings/import")
        await bring(on, FILE.format(quantity="one"))
        await world.drain()
        await expect(on.get_by_text("“one” is not a whole number.")).to_be_visible()
        await expect(on.get_by_text("Row 2", exact=True)).to_be_visible()
        await sound(on, "mistakes")
        await on.get_by_role("link", name="Bring another file").click()
        await bring(on, FILE.format(quantity="1"))
        await world.drain()
        await on.get_by_label("Column for Country").select_option("")
        await on.get_by_role("button", name="Check again").click()
        await expect(on.get_by_role("progressbar")).to_be_visible()
        await world.drain()
        await on.get_by_role("button", name="Import 2 orders").click()
        await expect(on.get_by_role("progressbar")).to_be_visible()
        assert (await world.get("/api/v1/orders"))["items"] == [], "nothing is imported before the button"
        await world.drain()
        await expect(on.get_by_text("Imported: 2 new")).to_be_visible()
        await sound(on, "imported")
    orders = {order["number"] for order in (await world.get("/api/v1/orders"))["items"]}
    assert orders == {"#9001", "#9002"}


async def bring(on: Page, text: str) -> None:
    """Chooses a file, and waits for its own page."""
    file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": text.encode()}
    await on.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await expect(on.get_by_role("heading", level=1, name="orders.csv")).to_be_visible()
