"""The studio in a browser against the real application: a return to its money, an order with its mails."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import DESK, PHONE, ROOT, chromium, overflow, page, shot, violations
from tests.support.desk import PASSWORD, Desk, somebody
from tests.support.world import World

BUILT = ROOT / "platform" / "comeback" / "static" / "studio" / "index.html"
pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no Chromium on PATH"),
    pytest.mark.skipif(not Path(BUILT).exists(), reason="the studio is not built (make build)"),
]


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    """A manager at the desk."""
    async with somebody(world) as made:
        yield made


async def log_in(on: Page, desk: Desk, path: str = "/studio") -> None:
    """Through the form, to where the person wanted to go."""
    await on.goto(path)
    await on.get_by_label("Email").fill(desk.email)
    await on.get_by_label("Password", exact=True).fill(PASSWORD)
    await on.get_by_role("button", name="Log in").click()
    await on.get_by_role("navigation", name="Rooms").wait_for()


async def manual(desk: Desk) -> None:
    """A policy that leaves the decision to people."""
    draft = await desk.world.post("/api/v1/policies", {"auto_approve": []}, 201)
    await desk.world.post(f"/api/v1/policies/{draft['version']}/publish")


async def test_a_stranger_is_sent_to_the_form_and_back(desk: Desk) -> None:
    order = await desk.order("8001")
    async with page(desk.world.base_url) as on:
        await on.goto(f"/studio/orders/{order['id']}")
        await on.get_by_label("Email").fill(desk.email)
        await on.get_by_label("Password", exact=True).fill("not the password")
        await on.get_by_role("button", name="Log in").click()
        await expect(on.get_by_role("alert")).to_have_text("This email and password do not belong together.")
        assert await violations(on) == []
        await on.get_by_label("Password", exact=True).fill(PASSWORD)
        await on.keyboard.press("Enter")
        await expect(on.get_by_role("heading", name="Order #8001")).to_be_visible()
        assert await violations(on) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_a_return_from_the_inbox_to_the_money(desk: Desk, size: tuple[int, int]) -> None:
    await manual(desk)
    order = await desk.order()
    case = await desk.wish(order)
    number = (await desk.get(f"returns/{case}"))["number"]
    async with page(desk.world.base_url, size) as on:
        await log_in(on, desk, "/studio/returns")
        if size == PHONE:
            await on.get_by_role("link", name=re.compile(number)).click()
        await expect(on.get_by_role("heading", name=number)).to_be_visible()
        await on.get_by_role("button", name="Approve").click()
        await expect(on.get_by_text(f"{number} approved")).to_be_visible()
        await on.get_by_role("button", name="Undo").click()
        assert (await desk.get(f"returns/{case}"))["status"] == "requested"
        async with on.expect_response(re.compile("/approve$")):
            await on.get_by_role("button", name="Approve").click()
        await on.goto(f"/studio/returns?tab=on_the_way&open={case}")
        await on.get_by_role("button", name="Check in").click()
        await inspect(on)
        await on.get_by_role("button", name="Settle").click()
        await expect(on.get_by_role("dialog")).to_contain_text("€48.60")
        await shot(on, "studio-settle")
        assert await violations(on) == []
        await on.get_by_role("button", name="Refund €48.60").click()
        await expect(on.get_by_text(f"{number} settled")).to_be_visible()
        await desk.world.drain()
        await on.reload()
        await expect(on.get_by_text("Refunded", exact=True)).to_be_visible()
        await shot(on, "studio-settled")
        assert await overflow(on) == 0
    assert [refund["amount"] for refund in await desk.world.provider_refunds()] == [4860]


async def inspect(on: Page) -> None:
    """Worn goods: a deduction is refused without its reason, then saved with it."""
    await on.get_by_role("radio", name="Worn").check()
    await expect(on.get_by_label("Goes to")).to_have_value("refurbish")
    await on.get_by_label("Deduction", exact=True).fill("10")
    await on.get_by_role("button", name="Save the inspection").click()
    await expect(on.get_by_text("A deduction needs its reason")).to_be_visible()
    assert await violations(on) == []
    await on.get_by_label("Reason for the deduction").fill("A mark on the sleeve")
    await shot(on, "studio-inspection")
    await on.get_by_role("button", name="Save the inspection").click()


async def test_the_inbox_is_walked_by_keyboard(desk: Desk) -> None:
    await manual(desk)
    numbers: list[str] = []
    for _ in range(3):
        case = await desk.wish(await desk.order())
        numbers.insert(0, (await desk.get(f"returns/{case}"))["number"])
    async with page(desk.world.base_url) as on:
        await log_in(on, desk, "/studio/returns")
        await expect(on.get_by_role("heading", name=numbers[0])).to_be_visible()
        await on.keyboard.press("j")
        await expect(on.get_by_role("heading", name=numbers[1])).to_be_visible()
        await on.keyboard.press("k")
        await expect(on.get_by_role("heading", name=numbers[0])).to_be_visible()
        async with on.expect_response(re.compile("/approve$")):
            await on.keyboard.press("a")
            await expect(on.get_by_role("heading", name=numbers[1])).to_be_visible()
        await on.keyboard.press("d")
        await on.get_by_label("Reason").fill("Worn for a year")
        await on.get_by_role("button", name="Decline the return").click()
        await expect(on.get_by_text(f"{numbers[1]} declined")).to_be_visible()
    assert dict([await state(desk, n) for n in numbers[:2]]) == {
        numbers[0]: "approved", numbers[1]: "declined",
    }  # fmt: skip


async def state(desk: Desk, number: str) -> tuple[str, str]:
    """A return's status by its number."""
    hit = (await desk.get("search", q=number))["items"][0]
    return number, (await desk.get(f"returns/{hit['return_id']}"))["status"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_an_order_tells_its_story_and_shows_its_mails(desk: Desk, size: tuple[int, int]) -> None:
    order = await desk.order("8002")
    await desk.world.drain()
    await desk.wish(order)
    async with page(desk.world.base_url, size) as on:
        await log_in(on, desk)
        assert await violations(on) == []
        await on.keyboard.press("Control+k")
        await on.get_by_role("combobox").fill("8002")
        await on.get_by_role("option", name=re.compile("#8002")).first.wait_for()
        assert await violations(on) == []
        await on.keyboard.press("Enter")
        await expect(on.get_by_role("heading", name="Order #8002")).to_be_visible()
        await expect(on.get_by_text("TRACK8002")).to_be_visible()
        await shot(on, "studio-order")
        assert await violations(on) == []
        assert await overflow(on) == 0
        await on.get_by_role("listitem").get_by_role("button", name=re.compile("Sent")).first.click()
        frame = on.frame_locator("dialog iframe")
        await expect(frame.locator("body")).to_contain_text("#8002")
        await shot(on, "studio-mail")
        assert await violations(on) == []
        await on.keyboard.press("Escape")
        await expect(on.get_by_role("dialog")).to_have_count(0)
    mail = (await desk.get(f"orders/{order['id']}"))["messages"][-1]
    assert mail["opens"] == {"human": 0, "probable": 0, "machine": 0}


async def test_german_and_dark_are_chosen_and_kept(desk: Desk) -> None:
    async with page(desk.world.base_url, locale="de-DE") as on:
        await on.goto("/studio")
        await on.get_by_label("E-Mail").fill(desk.email)
        await on.get_by_label("Passwort", exact=True).fill(PASSWORD)
        await on.get_by_role("button", name="Anmelden").click()
        await expect(on.get_by_role("heading", name="Hallo Mia")).to_be_visible()
        await on.get_by_role("button", name=re.compile("Konto")).click()
        menu = on.locator("[popover]:popover-open")
        await menu.get_by_role("radio", name="Dunkel").check()
        await menu.get_by_role("combobox").select_option("en")
        await expect(on.get_by_role("heading", name="Hello Mia")).to_be_visible()
        await on.reload()
        await expect(on.get_by_role("heading", name="Hello Mia")).to_be_visible()
        assert await on.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
        assert await violations(on) == []


async def test_an_ended_session_asks_again(desk: Desk) -> None:
    async with page(desk.world.base_url) as on:
        await log_in(on, desk, "/studio/orders")
        await on.context.clear_cookies()
        await on.get_by_role("link", name="Returns").click()
        await expect(on.get_by_text("Your session has ended")).to_be_visible()


def test_the_page_loads_nothing_from_elsewhere() -> None:
    html = BUILT.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
