"""A real browser for the pages: Chromium of the system, a page that fails on script errors, axe for accessibility."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "test-results" / "screenshots"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = (390, 844), (1440, 900)


def chromium() -> str | None:
    """Where Chromium is, if anywhere."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@asynccontextmanager
async def page(
    base_url: str, size: tuple[int, int] = DESK, scheme: Literal["light", "dark"] = "light", locale: str = "en-GB"
) -> AsyncIterator[Page]:
    """A page of `size` in CSS pixels; leaving it raises when a script broke or the policy refused something."""
    broken: list[str] = []
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = await browser.new_context(
            base_url=base_url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale=locale,
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        made = await context.new_page()
        made.set_default_timeout(15_000)
        made.on("pageerror", lambda error: broken.append(str(error)))
        made.on("console", lambda m: broken.append(m.text) if "Content Security Policy" in m.text else None)
        yield made
        await browser.close()
    assert not broken, broken


async def shot(on: Page, name: str) -> None:
    """A picture for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    width = on.viewport_size["width"] if on.viewport_size else 0
    await on.screenshot(path=SCREENSHOTS / f"{name}-{width}.png")


async def violations(on: Page) -> list[str]:
    """What axe finds wrong with the page as it is now."""
    if not await on.evaluate("typeof axe === 'object'"):
        await on.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = await on.evaluate("axe.run({iframes: false}).then(r => r.violations)")
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]


async def overflow(on: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return await on.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
