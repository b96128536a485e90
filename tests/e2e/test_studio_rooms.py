"""Shipments, customers, messages, flows, products and the orders' filters in a browser, at both widths and schemes."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import DESK, PHONE, chromium, overflow, page, shot, violations
from tests.e2e.test_studio import BUILT, log_in
from tests.support.desk import Desk, somebody
from tests.support.world import World

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no Chromium on PATH"),
    pytest.mark.skipif(not Path(BUILT).exists(), reason="the studio is not built (make build)"),
]
PRODUCT = {
    "external_id": "tee", "title": "Linen tee", "currency": "EUR",
    "variants": [{"external_id": "tee-s", "sku": "TEE-S", "title": "S", "price": 2500}],
}  # fmt: skip


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    """A manager at the desk."""
    async with somebody(world) as made:
        yield made


async def sound(on: Page, name: str) -> None:
    """No sideways scroll, nothing for axe to say."""
    await shot(on, f"studio-{name}")
    assert await overflow(on) == 0, name
    assert await violations(on) == [], name


async def furnished(desk: Desk) -> dict[str, Any]:
    """An order with its parcel, its mail and a return; a product."""
    order = await desk.order("6001")
    await desk.world.drain()
    await desk.wish(order)
    await desk.world.post("/api/v1/products", PRODUCT, 201)
    return order


@pytest.mark.parametrize(
    ("size", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["desk-light", "desk-dark", "phone-light", "phone-dark"],
)  # fmt: skip
async def test_every_room_is_sound(desk: Desk, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    order = await furnished(desk)
    customer = (await desk.get(f"orders/{order['id']}"))["customer"]["id"]
    flow = next(f for f in (await desk.get("flows"))["items"] if f["family"] == "shipped")["id"]
    product = (await desk.get("products"))["items"][0]["id"]
    heads = {
        "shipments": "Shipments", "customers": "Customers", f"customers/{customer}": "Ada L", "messages": "Messages",
        "messages?pile=failed": "Messages", "flows": "Flows", f"flows/{flow}": "Shipped", "products": "Products",
        f"products/{product}": "Linen tee", "orders": "Orders",
    }  # fmt: skip
    async with page(desk.world.base_url, size, scheme) as on:
        await log_in(on, desk)
        for path, head in heads.items():
            await on.goto(f"/studio/{path}")
            await expect(on.get_by_role("heading", name=head, level=1)).to_be_visible()
            await expect(on.locator(".mantine-Skeleton-root")).to_have_count(0)
            await sound(on, re.sub(r"[/?=].*", "-one", path) + f"-{scheme}")


async def test_from_a_parcel_to_its_customer_and_their_mail(desk: Desk) -> None:
    await furnished(desk)
    async with page(desk.world.base_url) as on:
        await log_in(on, desk, "/studio/shipments")
        await on.get_by_role("link", name="TRACK6001").focus()
        await on.keyboard.press("Enter")
        drawer = on.get_by_role("dialog", name="TRACK6001")
        await expect(drawer.get_by_role("region", name="Why this status")).to_be_visible()
        await expect(drawer.get_by_role("link", name="Open the customer’s page")).to_have_attribute(
            "href", re.compile("/t/")
        )
        await sound(on, "shipment")
        await drawer.get_by_role("link", name="Ada L").click()
        await expect(on.get_by_role("heading", name="Ada L", level=1)).to_be_visible()
        timeline = on.get_by_role("region", name="Timeline")
        for said in ("Order placed", "Parcel handed to the carrier", "Return requested"):
            await expect(timeline.get_by_text(said)).to_be_visible()
        await timeline.get_by_role("button").first.click()
        await expect(on.get_by_role("dialog").frame_locator("iframe").locator("body")).to_contain_text("6001")
        await sound(on, "customer-mail")
        await on.keyboard.press("Escape")
        await expect(on.get_by_role("dialog")).to_have_count(0)


async def test_a_message_tells_why_it_was_sent(desk: Desk) -> None:
    await furnished(desk)
    async with page(desk.world.base_url, PHONE) as on:
        await log_in(on, desk, "/studio/messages?pile=sent&template=shipped")
        await on.get_by_role("table", name="Messages").get_by_role("link").first.click()
        drawer = on.get_by_role("dialog")
        await expect(drawer.get_by_role("region", name="Why it was sent")).to_contain_text("The flow “Shipped” reached")
        await sound(on, "message")
        await drawer.get_by_role("button", name="Read it as sent").click()
        await expect(on.locator("iframe")).to_be_visible()


async def test_a_flow_is_paused_after_a_question_and_resumed_by_undo(desk: Desk) -> None:
    async with page(desk.world.base_url) as on:
        await log_in(on, desk, "/studio/flows")
        await on.get_by_role("link", name="Delivered", exact=True).click()
        await on.get_by_role("button", name="Pause").click()
        await sound(on, "flow-pause")
        await on.get_by_role("button", name="Pause the flow").click()
        await expect(on.get_by_role("button", name="Resume", exact=True)).to_be_visible()
        states = {f["family"]: f["state"] for f in (await desk.get("flows"))["items"]}
        assert states["delivered"] == "paused"
        await on.get_by_role("button", name="Undo").click()
        await expect(on.get_by_role("button", name="Pause")).to_be_visible()
    states = {f["family"]: f["state"] for f in (await desk.get("flows"))["items"]}
    assert states["delivered"] == "live"


async def test_filters_live_in_the_address_and_can_be_dropped(desk: Desk) -> None:
    await desk.order("6101")
    await desk.order("6102")
    async with page(desk.world.base_url) as on:
        await log_in(on, desk, "/studio/orders")
        await on.keyboard.press("j")
        await expect(on.get_by_role("link", name="#6102")).to_be_focused()
        await on.keyboard.press("j")
        await expect(on.get_by_role("link", name="#6101")).to_be_focused()
        await on.get_by_role("combobox", name="Country").select_option("DE")
        await expect(on).to_have_url(re.compile("country=DE"))
        await expect(on.get_by_role("link", name="#6101")).to_be_visible()
        await on.get_by_role("combobox", name="State").select_option("cancelled")
        await expect(on.get_by_text("Nothing matches")).to_be_visible()
        await sound(on, "orders-nothing")
        await on.get_by_role("button", name="Clear the filters").click()
        await expect(on.get_by_role("link", name="#6101")).to_be_visible()
        await expect(on).to_have_url(re.compile("/orders$"))
