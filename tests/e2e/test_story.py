"""The main job through every room, as one story: bought, followed, sent back, received, refunded, told."""

import re
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import DESK, PHONE, chromium, overflow, page, shot, violations
from tests.e2e.test_studio import BUILT, PASSWORD
from tests.support.desk import Desk, somebody
from tests.support.invariants import assert_green
from tests.support.portal import Customer

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no Chromium on PATH"),
    pytest.mark.skipif(not BUILT.exists(), reason="the studio is not built (make setup)"),
]
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def html(mail: EmailMessage) -> str:
    """The HTML part."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


async def sound(on: Page, name: str) -> None:
    """A picture, no accessibility problem, no sideways scrolling."""
    await shot(on, f"story-{name}")
    assert await violations(on) == []
    assert await overflow(on) == 0


async def buy(customer: Customer, key: str) -> dict[str, object]:
    """The order comes in and its parcel is handed to the carrier."""
    order = await customer.order(key)
    number = f"SB{key}".upper()
    await customer.world.control("/carrier/parcels", {"account": customer.world.carrier_key, "tracking_number": number})
    parcel = {"carrier": "sandbox", "tracking_number": number}
    shipment = await customer.world.post(f"/api/v1/orders/{order['id']}/shipments", parcel, 201)
    await customer.world.drain()
    return order | {"parcel": number, "shipment": shipment["id"]}


async def arrive(customer: Customer, order: dict[str, object]) -> None:
    """Scan by scan to the door."""
    while (await customer.world.get(f"/api/v1/shipments/{order['shipment']}"))["status"] != "delivered":
        await customer.world.control(f"/carrier/parcels/{order['parcel']}/advance", {"events": 1})
        await customer.world.drain()


@SIZES
async def test_from_buying_to_the_money_back(customer: Customer, size: tuple[int, int]) -> None:
    key = f"7{size[0]}"
    address = f"ada.{key}@example.com"
    order = await buy(customer, key)
    async with page(customer.world.base_url, size) as on:
        (shipped,) = await customer.world.mails(address)
        link = next(x for x in re.findall(r'href="([^"]+)"', html(shipped)) if "/c/" in x or "/t/" in x)
        clicked = await customer.browser.get(urlsplit(link).path)
        assert clicked.status_code in (302, 303) and "/t/" in clicked.headers["location"]
        await on.goto(urlsplit(clicked.headers["location"]).path)
        await sound(on, "underway")
        await arrive(customer, order)
        await send_back(on, customer, key)
    case = (await customer.world.get("/api/v1/returns"))["items"][0]
    async with somebody(customer.world) as desk, page(customer.world.base_url, size) as on:
        await settle(on, desk, case)
    await customer.world.drain()
    subjects = [str(m["subject"]) for m in await customer.world.mails(address)]
    assert len(subjects) == len(set(subjects)) == 6, subjects
    (refund,) = await customer.world.provider_refunds()
    assert (refund["amount"], refund["status"]) == (5400, "succeeded")
    told = (await customer.world.mails(address))[-1]
    assert "54" in html(told) and "54" in str(told.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    await assert_green(customer.world.services.database, customer.world.shop)


async def send_back(on: Page, customer: Customer, key: str) -> None:
    """One shirt, too small, for money; the label is printed and the parcel dropped off."""
    await on.reload()
    await on.goto(f"{urlsplit(on.url).path}?lang=en")
    await sound(on, "delivered")
    await on.get_by_role("link", name="Return or exchange").click()
    await on.get_by_label("E-mail address or postcode").fill("10115")
    await on.get_by_role("button", name="Mail me a code").click()
    await on.get_by_label("Code from the mail").fill(await customer.code(f"ada.{key}@example.com"))
    await on.keyboard.press("Enter")
    await on.get_by_label("How many of Linen shirt").select_option("1")
    await on.get_by_label("Linen shirt").first.check()
    await on.get_by_role("button", name="Continue").click()
    await on.get_by_label("Too small").check()
    await on.get_by_role("button", name="Continue").click()
    await on.get_by_label("Money back").check()
    await on.get_by_role("button", name="Continue").click()
    await on.get_by_label("Label to print").check()
    await on.get_by_role("button", name="Continue").click()
    await expect(on.get_by_role("row", name=re.compile("Refund"))).to_contain_text("54.00")
    await sound(on, "summary")
    await on.get_by_role("button", name="Send my return").click()
    await expect(on.get_by_role("heading", level=1)).to_have_text("Your return is approved")
    await customer.world.drain()
    await expect(on.get_by_role("link", name="Download the label")).to_be_visible(timeout=20_000)
    await sound(on, "label")


async def settle(on: Page, desk: Desk, case: dict[str, str]) -> None:
    """The parcel arrives; it is checked in, inspected and settled in the studio."""
    seen = await desk.world.get(f"/api/v1/returns/{case['id']}")
    await desk.world.control(f"/carrier/parcels/{seen['shipments'][0]['tracking_number']}/drop_off", {})
    await desk.world.drain()
    await on.goto(f"/studio/returns?tab=on_the_way&open={case['id']}")
    await on.get_by_label("Email").fill(desk.email)
    await on.get_by_label("Password", exact=True).fill(PASSWORD)
    await on.get_by_role("button", name="Log in").click()
    await on.get_by_role("button", name="Check in").click()
    await on.get_by_role("radio", name="As new").or_(on.get_by_role("radio").first).first.check()
    await on.get_by_role("button", name="Save the inspection").click()
    await on.get_by_role("button", name="Settle").click()
    await sound(on, "settle")
    await on.get_by_role("button", name="Refund €54.00").click()
    await expect(on.get_by_text(f"{case['number']} settled")).to_be_visible()
