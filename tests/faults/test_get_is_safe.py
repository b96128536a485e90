"""No GET or HEAD of anything a mail or a page links to changes a row, but for append-only hits (R20, threat 17)."""

import re
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from comeback.core.settings import Settings
from tests.faults.stories import Mails
from tests.support.invariants import assert_green
from tests.support.snapshot import changed, snapshot
from tests.support.tenant import Tenant
from tests.support.world import World

MAY_GROW = {"hits"}
URL = re.compile(r"https?://[^\s<>\"')]+")
LOADED = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "srcset", "iframe": "src"}


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in LOADED and values.get(LOADED[tag]):
            self.found.add(str(values[LOADED[tag]]))
        if tag == "form" and (values.get("method") or "get").lower() == "get" and values.get("action"):
            self.found.add(str(values["action"]))


def links_of(html: str) -> set[str]:
    """What a browser or a scanner would GET from a page."""
    parser = _Links()
    parser.feed(html)
    return parser.found | {unescape(u) for u in URL.findall(html)}


def links_in(mail: EmailMessage) -> set[str]:
    """Every address in a mail: parts and headers."""
    found: set[str] = set()
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = str(part.get_content())
            found |= links_of(content) if part.get_content_subtype() == "html" else set(URL.findall(content))
    return found | set(URL.findall(str(mail["List-Unsubscribe"] or "")))


def ours(link: str, base: str, settings: Settings) -> str | None:
    """Path and query of an address of the product, None of others."""
    whole = urlsplit(urljoin(base, link))
    if f"{whole.scheme}://{whole.netloc}" != settings.base_url:
        return None
    return whole.path + (f"?{whole.query}" if whole.query else "")


async def test_every_link_fetched_twice_changes_nothing(
    world: World, settings: Settings, anonymous: httpx.AsyncClient
) -> None:
    tenant, marketing = Tenant(world), Mails(world)
    for step in Tenant.story():
        await getattr(tenant, step)()
        await world.drain()
    await marketing.begin()
    await world.drain()
    mails = [m for to in (tenant.email, *marketing.recipients) for m in await world.mails(to)]
    assert len({m["subject"] for m in mails}) >= 4
    todo = {path for mail in mails for link in links_in(mail) if (path := ours(link, settings.base_url, settings))}
    assert any("/o/" in p for p in todo) and any("/c/" in p for p in todo) and any("/u/" in p for p in todo)
    assert any(p.startswith("/t/") for p in todo) or any("/c/" in p for p in todo)
    seen: set[str] = set()
    before = await snapshot(settings, [world.shop], MAY_GROW)
    while todo:
        path = todo.pop()
        seen.add(path)
        for method in ("HEAD", "GET", "GET", "HEAD"):
            answer = await anonymous.request(method, path)
            assert answer.status_code < 500, (method, path, answer.status_code)
        answer = await anonymous.get(path)
        if answer.is_redirect:
            found = {answer.headers["location"]}
        elif "html" in answer.headers.get("content-type", ""):
            found = links_of(answer.text)
        else:
            found = set()
        base = urljoin(settings.base_url, path)
        todo |= {p for link in found if (p := ours(link, base, settings)) and len(seen) < 300} - seen
    await world.drain()
    assert changed(before, await snapshot(settings, [world.shop], MAY_GROW)) == set()
    print(f"{len(mails)} mails, {len(seen)} addresses, {len(seen) * 5} requests: no row changed")
    assert len(seen) >= 15, sorted(seen)
    await assert_green(world.services.database, world.shop)
