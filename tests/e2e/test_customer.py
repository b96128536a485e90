"""The customer's pages in a browser: on a phone and at a desk, by day and by night, with script and without."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

from comeback.app.seeds.drawings import CASA_DRAWINGS
from comeback.portal.routes.tracking import CACHE
from tests.e2e.browser import DESK, FLAGS, PHONE, ROOT, SCREENSHOTS, chromium, overflow, page, violations
from tests.factories.orders import line_body
from tests.support.portal import Customer

pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium on PATH")
BUILT = ROOT / "platform" / "comeback" / "static" / "portal" / "manifest.json"
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
Scheme = Literal["light", "dark"]


@pytest.fixture
async def shop(customer: Customer) -> Customer:
    """The customer's shop with pictures, and goods to recommend."""
    folder = Path(customer.world.services.settings.media_dir) / "products"
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in CASA_DRAWINGS.items():
        if not (folder / f"{name}.png").exists():
            (folder / f"{name}.png").write_bytes(draw())
    for name, title, price in (
        ("vase", "Vase Lina", 3490), ("candle", "Scented candle Cedro", 2490), ("mug", "Mug Tessa", 1690),
        ("throw", "Wool throw Nuvola", 8990), ("clock", "Wall clock Ora", 7990), ("bowls", "Bowls Riva", 5490),
    ):  # fmt: skip
        options = ("Terracotta", "Sand")
        variants = [
            {"external_id": f"{name}-{o}", "title": f"{title} / {o}", "price": price, "tax_rate_bp": 0,
             "options": {"Colour": o}, "image_url": picture(customer, name),
             "stock": [{"location": "main", "quantity": 9}]}
            for o in options
        ]  # fmt: skip
        body = {"external_id": name, "title": title, "currency": "EUR", "variants": variants,
                "url": f"https://casa.example/{name}", "image_url": picture(customer, name)}  # fmt: skip
        await customer.world.post("/api/v1/products", body)
    others = [line(customer, n, n, t, p) for n, t, p in (("throw", "Throw", 8990), ("clock", "Clock", 7990),
                                                          ("bowls", "Bowls", 5490))]  # fmt: skip
    await customer.order(f"{customer.slug[-6:]}", others)
    return customer


def picture(customer: Customer, name: str) -> str:
    """Where a product's picture stands."""
    return f"{customer.world.base_url}/media/products/{name}.png"


def line(customer: Customer, key: str, name: str, title: str, price: int, quantity: int = 1) -> dict[str, Any]:
    """A line with a picture."""
    return line_body(
        key, price, quantity, title=title, product_id=name, variant_id=f"{name}-Sand", attributes={"Colour": "Sand"},
        image_url=picture(customer, name),
    )  # fmt: skip


async def sold(customer: Customer, key: str, **fields: Any) -> dict[str, Any]:
    """An order of a vase, two mugs and a candle by someone who likes offers."""
    lines = [
        line(customer, "l1", "vase", "Vase Lina", 3490),
        line(customer, "l2", "mug", "Mug Tessa", 1690, 2),
        line(customer, "l3", "candle", "Scented candle Cedro", 2490),
    ]
    agreed = {"channel": "email", "purpose": "marketing", "granted": True, "source": "checkout"}
    consents = [agreed | {"at": (datetime.now(UTC) - timedelta(days=5)).isoformat()}]
    return await customer.order(key, lines, consents=consents, **fields)


async def picture_of(on: Page, name: str, size: tuple[int, int], scheme: str) -> None:
    """A picture of the whole page, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await on.screenshot(path=SCREENSHOTS / f"customer-{name}-{scheme}-{size[0]}.png", full_page=True)


async def sound(on: Page) -> None:
    """Accessible, and no wider than the screen."""
    assert await violations(on) == []
    assert await overflow(on) == 0


ARRIVED = (("in_transit", 60, "Leipzig"), ("delivered", 20, "Berlin"))
MOVING = (
    ("info_received", 80, "Leipzig"), ("in_transit", 70, "Leipzig"), ("in_transit", 52, "Leipzig"),
    ("in_transit", 44, "Halle"), ("in_transit", 30, "Magdeburg"), ("in_transit", 6, "Berlin"),
)  # fmt: skip


@SIZES
@SCHEMES
async def test_the_tracking_page(shop: Customer, size: tuple[int, int], scheme: Scheme) -> None:
    key = f"3{size[0]}{scheme[0]}"
    order = await sold(shop, key)
    promised = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    path = await shop.ship(order, f"SB{key}", *MOVING, promised_at=promised)
    async with page(shop.world.base_url, size, scheme) as on:
        await on.goto(f"{path}?lang=en")
        await expect(on.get_by_role("heading", level=1)).to_contain_text("Arriving")
        await expect(on.get_by_text("Goes well with your order")).to_be_visible()
        await sound(on)
        await picture_of(on, "moving", size, scheme)
        await on.locator(".tongues summary").click()
        await on.get_by_role("link", name="Deutsch").click()
        await expect(on.get_by_role("heading", level=1)).to_contain_text("Ankunft")
        await sound(on)
        await shop.tell(f"SB{key}", ("out_for_delivery", 4, "Berlin"), ("delivered_neighbour", 1, "Berlin"))
        await shop.tell(f"SB{key}", ("delivered", 1, "Berlin"))
        await shop.world.drain()
        CACHE.clear()
        await on.goto(f"{path}?lang=en")
        await expect(on.get_by_role("heading", level=1)).to_contain_text("Delivered")
        await sound(on)
        await picture_of(on, "delivered", size, scheme)


@SIZES
async def test_several_parcels_and_trouble(shop: Customer, size: tuple[int, int]) -> None:
    key = f"4{size[0]}"
    order = await sold(shop, key)
    await shop.ship(order, f"SA{key}", ("in_transit", 60, "Leipzig"), ("delivered", 20, "Berlin"),
                    lines=[{"line": "l1", "quantity": 1}])  # fmt: skip
    path = await shop.ship(order, f"SC{key}", ("in_transit", 60, "Leipzig"), ("attempt_failed", 3, "Berlin"),
                           lines=[{"line": "l2", "quantity": 2}])  # fmt: skip
    async with page(shop.world.base_url, size) as on:
        await on.goto(f"{path}?lang=en")
        await expect(on.get_by_role("heading", level=1)).to_have_text("We missed you")
        await expect(on.get_by_role("heading", name="Package 2 of 2")).to_be_visible()
        await expect(on.get_by_role("heading", name="Not shipped yet")).to_be_visible()
        await sound(on)
        await picture_of(on, "trouble", size, "light")


@SIZES
@SCHEMES
async def test_a_return_from_the_mail_to_the_label(shop: Customer, size: tuple[int, int], scheme: Scheme) -> None:
    key = f"5{size[0]}{scheme[0]}"
    path = await shop.ship(
        await sold(shop, key), f"SB{key}", ("in_transit", 60, "Leipzig"), ("delivered", 20, "Berlin")
    )
    async with page(shop.world.base_url, size, scheme) as on:
        await on.goto(f"{path}?lang=en")
        await on.get_by_role("link", name="Return or exchange").click()
        await expect(on.get_by_label("Order number")).to_have_value(f"#{key}")
        await on.get_by_role("button", name="Mail me a code").click()
        await expect(on.locator("#problems")).to_be_focused()
        await sound(on)
        await picture_of(on, "find", size, scheme)
        await on.get_by_label("E-mail address or postcode").fill(f"ada.{key}@example.com")
        await on.get_by_role("button", name="Mail me a code").click()
        await on.get_by_label("Code from the mail").fill(await shop.code(f"ada.{key}@example.com"))
        await sound(on)
        await picture_of(on, "code", size, scheme)
        await on.keyboard.press("Enter")
        await wizard(on, size, scheme)
        await expect(on.get_by_role("heading", level=1)).to_have_text("Your return is approved")
        await sound(on)
        await picture_of(on, "making", size, scheme)
        await shop.world.drain()
        if not BUILT.exists():
            await on.reload()
        await expect(on.get_by_role("link", name="Download the label")).to_be_visible(timeout=20_000)
        await sound(on)
        await picture_of(on, "case", size, scheme)
        async with on.expect_download() as label:
            await on.get_by_role("link", name="Download the label").click()
        assert (await (await label.value).path()).read_bytes().startswith(b"%PDF")


async def wizard(on: Page, size: tuple[int, int], scheme: Scheme) -> None:
    """The five screens: one item swapped, the mugs for money."""
    await on.get_by_label("Vase Lina").first.check()
    await on.get_by_label("How many of Mug Tessa").select_option("1")
    await on.get_by_label("Mug Tessa").first.check()
    await step(on, "items", size, scheme)
    await on.get_by_role("group", name="Vase Lina").get_by_label("Changed my mind").or_(
        on.get_by_role("group", name="Vase Lina").get_by_label("I changed my mind")).first.check()  # fmt: skip
    await on.get_by_role("group", name="Mug Tessa").get_by_label("Arrived damaged").check()
    await step(on, "reasons", size, scheme)
    await on.get_by_role("group", name="Vase Lina").get_by_label(re.compile("Terracotta")).check()
    await on.get_by_role("group", name="Mug Tessa").get_by_label("Money back").check()
    await step(on, "outcomes", size, scheme)
    await on.get_by_label("QR code, no printer").check()
    await step(on, "method", size, scheme)
    await on.get_by_text("How we computed this").click()
    await expect(on.get_by_role("row", name=re.compile("Refund"))).to_contain_text("16")
    await sound(on)
    await picture_of(on, "5-summary", size, scheme)
    await on.get_by_role("button", name="Send my return").click()


async def step(on: Page, name: str, size: tuple[int, int], scheme: Scheme) -> None:
    """Looks at a screen and goes on."""
    await sound(on)
    await picture_of(on, f"step-{name}", size, scheme)
    await on.get_by_role("button", name="Continue").click()


async def test_without_script(shop: Customer) -> None:
    key = "6001"
    path = await shop.ship(
        await sold(shop, key), f"SB{key}", ("in_transit", 60, "Leipzig"), ("delivered", 20, "Berlin")
    )
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = await browser.new_context(base_url=shop.world.base_url, java_script_enabled=False,
                                            viewport={"width": PHONE[0], "height": PHONE[1]})  # fmt: skip
        on = await context.new_page()
        on.set_default_timeout(15_000)
        await on.goto(f"{path}?lang=en")
        await on.get_by_text("Return or exchange").click()
        await on.locator("#proof").fill("10115")
        await on.locator("button.main").click()
        await on.locator("#code").fill(await shop.code(f"ada.{key}@example.com"))
        await on.locator("button.main").click()
        await on.get_by_label("Scented candle Cedro").first.check()
        await on.locator("button.main").click()
        await on.get_by_label("Too small").check()
        await on.locator("button.main").click()
        await on.get_by_label("Store credit").check()
        await on.locator("button.main").click()
        await on.get_by_label("Label to print").check()
        await on.locator("button.main").click()
        await on.locator("button.main").click()
        await expect(on.locator("h1")).to_have_text("Your return is approved")
        await shop.world.drain()
        await on.get_by_role("link", name="Check again").click()
        await expect(on.get_by_role("link", name="Download the label")).to_be_visible()
        await browser.close()


@SIZES
async def test_errors_look_like_the_shop(shop: Customer, size: tuple[int, int]) -> None:
    async with page(shop.world.base_url, size) as on:
        await on.goto(f"/{shop.slug}/track?lang=en")
        await sound(on)
        await picture_of(on, "track", size, "light")
        await on.goto(f"/{shop.slug}/returns/new/items?lang=en")
        await expect(on.get_by_role("heading", level=1)).to_have_text("Please sign in again")
        await sound(on)
        await picture_of(on, "error", size, "light")
