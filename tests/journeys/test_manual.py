"""The manual's Python examples run, in order, as a newcomer pastes them: a page that goes stale fails here."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from comeback.core.places import place
from tests.support.world import CARRIER_SECRET, World

MANUAL = place("docs") / "manual"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted(MANUAL.rglob("*.md")) if BLOCK.search(page.read_text())]


def _run(page: Path) -> None:
    """All blocks of a page in one namespace; a traceback names page and line."""
    text, names = page.read_text(), dict[str, Any]()
    for block in BLOCK.finditer(text):
        above = "\n" * text[: block.start(1)].count("\n")
        exec(compile(above + block[1], str(page), "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
async def test_the_examples_of_a_page_run(
    page: Path, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.post("/api/v1/orders", _some_order(), expect=201)
    key = world.client.headers["authorization"].removeprefix("Bearer ")
    demo = {
        "base_url": world.base_url,
        "api_key": key,
        "control_url": world.urls.control,
        "hooks": {kind: f"{world.base_url}{path}" for kind, path in world.hooks.items()},
        "secrets": {"carrier": CARRIER_SECRET},
    }
    folder = tmp_path / ".comeback"
    folder.mkdir()
    (folder / "demo.json").write_text(json.dumps(demo))
    monkeypatch.chdir(tmp_path)
    await asyncio.to_thread(_run, page)


def _some_order() -> dict[str, Any]:
    """The demo shops have orders already."""
    line = {
        "external_id": "l1",
        "product_id": "p",
        "variant_id": "v",
        "title": "Bag",
        "quantity": 1,
        "unit_price": 9000,
    }
    return {
        "external_id": "demo-1", "number": "#demo-1", "placed_at": "2026-01-01T10:00:00Z", "currency": "EUR",
        "tax_included": True, "customer": {"email": "bo@example.com"},
        "lines": [line | {"sku": "B", "unit_price": 9000, "tax": 0}],
        "shipping": {"amount": 0, "cheapest_standard": 0, "tax": 0, "method": "standard"},
        "tenders": [{"id": "t1", "kind": "bank", "amount": 9000}],
    }  # fmt: skip
