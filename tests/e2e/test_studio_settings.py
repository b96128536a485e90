"""The settings, the search and the first steps in a browser against the real application."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from tests.e2e.browser import DESK, PHONE, ROOT, chromium, overflow, page, shot, violations
from tests.e2e.test_studio import log_in
from tests.support.desk import Desk, somebody
from tests.support.world import World

BUILT = ROOT / "platform" / "comeback" / "static" / "studio" / "index.html"
pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no Chromium on PATH"),
    pytest.mark.skipif(not Path(BUILT).exists(), reason="the studio is not built (make build)"),
]
ROOMS = ("", "/brand", "/policy", "/connections", "/sending", "/people", "/keys", "/profile")


@pytest.fixture
async def owner(world: World) -> AsyncIterator[Desk]:
    """An owner at the desk."""
    async with somebody(world, "owner") as made:
        yield made


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_settings_page_can_be_read_by_anyone(owner: Desk, size: tuple[int, int], scheme: str) -> None:
    await owner.order()
    await owner.world.drain()
    async with page(owner.world.base_url, size, scheme) as on:  # type: ignore[arg-type]
        await log_in(on, owner)
        for room in ROOMS:
            await on.goto(f"/studio/settings{room}")
            await expect(on.get_by_role("heading", level=1)).to_be_visible()
            await on.wait_for_load_state("networkidle")
            assert await violations(on) == [], room
            assert await overflow(on) == 0, room
            await shot(on, f"settings{room.replace('/', '-')}-{scheme}")


async def test_a_new_look_is_seen_before_it_is_saved(owner: Desk) -> None:
    await owner.order("9001")
    await owner.world.drain()
    async with page(owner.world.base_url) as on:
        await log_in(on, owner, "/studio/settings/brand")
        frame = on.frame_locator("iframe")
        await expect(frame.get_by_role("heading", level=1)).to_be_visible()
        await on.get_by_label("Name", exact=True).fill("Blue House")
        await on.get_by_label("Brand colour").fill("#1f4fa8")
        await expect(frame.get_by_text("Blue House").first).to_be_visible()
        assert (await owner.browser.get("/api/v1/shop")).json()["name"] != "Blue House"
        await on.get_by_role("button", name="Save", exact=True).click()
        await expect(on.get_by_text("Saved.")).to_be_visible()
    saved = (await owner.browser.get("/api/v1/shop")).json()
    assert (saved["name"], saved["brand"]["primary"]) == ("Blue House", "#1f4fa8")


async def test_a_policy_changes_only_after_its_difference_was_read(owner: Desk) -> None:
    async with page(owner.world.base_url) as on:
        await log_in(on, owner, "/studio/settings/policy")
        await on.get_by_role("button", name="Change the policy").click()
        await on.get_by_label("Days").fill("many")
        await on.get_by_role("button", name="Review the change").click()
        await expect(on.get_by_text("Write a whole number of days")).to_be_visible()
        await on.get_by_label("Days").fill("45")
        await on.get_by_label(re.compile("Fee of a return")).fill("4,90")
        await on.get_by_role("button", name="Review the change").click()
        await expect(on.get_by_role("dialog")).to_contain_text("45 days after delivery")
        assert await violations(on) == []
        await on.get_by_role("button", name="Publish").click()
        await expect(on.get_by_role("dialog")).to_have_count(0)
        await expect(on.get_by_text("A return costs €4.90, taken off the refund.")).to_be_visible()
    policies = (await owner.browser.get("/api/v1/policies")).json()["items"]
    current = next(item["policy"] for item in policies if item["current"])
    assert (current["windows"][0]["days"], current["fees"][0]["amount"]) == (45, 490)


async def test_somebody_comes_in_by_the_mailed_link(owner: Desk) -> None:
    world = owner.world
    async with page(world.base_url) as on:
        await log_in(on, owner, "/studio/settings/people")
        await on.get_by_role("button", name="Invite somebody").click()
        await on.get_by_label("Name", exact=True).fill("Nora Neu")
        await on.get_by_role("dialog").get_by_label("Email").fill("nora@shop.example")
        await on.get_by_role("button", name="Send the invitation").click()
        await expect(on.get_by_text("An invitation is on its way")).to_be_visible()
    await world.drain()
    async with world.services.database.read(world.shop) as session:
        query = "SELECT data->'invitation'->>'url' FROM messages WHERE shop_id = :shop AND recipient = :to"
        found = await session.execute(text(query), {"shop": world.shop, "to": "nora@shop.example"})
        link = re.sub(r"^https?://[^/]+", "", str(found.scalar_one()))
    async with page(world.base_url, PHONE) as on:
        await on.goto(link)
        await expect(on.get_by_role("heading", name="Welcome, Nora")).to_be_visible()
        assert await violations(on) == []
        await on.get_by_label("Password", exact=True).fill("a password of my own")
        await on.get_by_role("button", name="Come in").click()
        await expect(on.get_by_role("heading", name="Hello Nora")).to_be_visible()
        await on.goto(link)
        await expect(on.get_by_role("heading", name="This invitation is over")).to_be_visible()


async def test_the_box_finds_and_goes_by_keyboard(owner: Desk) -> None:
    await owner.order("9100")
    async with page(owner.world.base_url) as on:
        await log_in(on, owner)
        await on.keyboard.press("Control+k")
        await on.get_by_role("combobox").fill("9100")
        await on.get_by_role("option", name=re.compile("#9100")).first.wait_for()
        await on.keyboard.press("Enter")
        await expect(on.get_by_role("heading", name="Order #9100")).to_be_visible()
        await on.keyboard.press("Control+k")
        await expect(on.get_by_role("option", name=re.compile("#9100"))).to_be_visible()
        await on.keyboard.press("Escape")
        await on.keyboard.press("g")
        await on.keyboard.press(",")
        await expect(on.get_by_role("heading", name="Settings", level=1)).to_be_visible()
        await on.keyboard.press("?")
        await expect(on.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


async def test_an_ended_session_comes_back_to_the_page(owner: Desk) -> None:
    async with page(owner.world.base_url) as on:
        await log_in(on, owner, "/studio/settings/keys")
        await on.get_by_role("button", name="Make a key").first.wait_for()
        await on.context.clear_cookies()
        await on.get_by_role("link", name="People").click()
        await expect(on.get_by_text("Your session has ended")).to_be_visible()
        await on.get_by_label("Email").fill(owner.email)
        await on.get_by_label("Password", exact=True).fill("a good long password")
        await on.keyboard.press("Enter")
        await expect(on.get_by_role("heading", name="People")).to_be_visible()
