"""Who gets in: one answer for every wrong try, codes that work once, nothing of anybody else."""

import re
import statistics
import time
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from comeback.core.limits import Limiter
from tests.conftest import MakeWorld
from tests.integration.portal.test_wizard import column, through
from tests.support.portal import Customer


@pytest.fixture
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limits, to measure what lies behind them."""

    async def always(*_: Any) -> bool:
        return True

    monkeypatch.setattr(Limiter, "hit", always)


def plain(page: str, *said: str) -> str:
    """A page without its nonces and what was typed."""
    for word in said:
        page = page.replace(word, "…")
    return re.sub(r'nonce="[^"]+"', "", page)


async def test_looking_an_order_up(customer: Customer) -> None:
    order = await customer.delivered("2001")
    for proof in ("ada.2001@example.com", " ADA.2001@Example.COM", "10115", "1 0115"):
        answer = await customer.browser.post(f"/{customer.slug}/track", data={"number": "2001 ", "proof": proof})
        assert answer.status_code == 303 and answer.headers["location"] == order["page"], proof
    page = await customer.browser.get(order["page"])
    assert page.status_code == 200 and "Berlin" in page.text
    assert not [secret for secret in ("Weg 1", "10115", "Ada", "example.com") if secret in page.text]
    for name, value in (("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex")):
        assert page.headers[name] == value
    assert page.headers["cache-control"].startswith("private") and "style=" not in page.text
    nonces = {re.findall(r"nonce-([^']+)'", (await customer.browser.get(order["page"])).headers[
        "content-security-policy"])[0] for _ in range(3)}  # fmt: skip
    assert len(nonces) == 3


async def test_fifty_wrong_tries_tell_nothing(customer: Customer) -> None:
    await customer.delivered("2002")
    seen: dict[str, list[tuple[int, str]]] = {"2002": [], "9999": []}
    for n in range(50):
        for number in seen:
            wrong = f"eve{n}@example.com"
            answer = await customer.browser.post(f"/{customer.slug}/track", data={"number": number, "proof": wrong})
            seen[number].append((answer.status_code, plain(answer.text, wrong, number)))
    assert [s for s, _ in seen["2002"]] == [s for s, _ in seen["9999"]] == [422] * 10 + [429] * 40
    assert {p for _, p in seen["2002"]} == {p for _, p in seen["9999"]}
    right = await customer.browser.post(
        f"/{customer.slug}/track", data={"number": "2002", "proof": "10115"}, headers={"X-Forwarded-For": "203.0.113.9"}
    )
    assert right.status_code == 429 and "retry-after" in right.headers


@pytest.mark.usefixtures("generous")
async def test_time_tells_nothing(customer: Customer) -> None:
    await customer.delivered("2003")
    spent: dict[tuple[str, str], list[float]] = {}
    for _ in range(40):
        for path, number in (("track", "2003"), ("track", "9999"), ("returns", "2003"), ("returns", "9999")):
            proof = "10115" if path == "returns" else "99999"
            started = time.perf_counter()
            await customer.browser.post(f"/{customer.slug}/{path}", data={"number": number, "proof": proof})
            spent.setdefault((path, number), []).append(time.perf_counter() - started)
    for path in ("track", "returns"):
        there, not_there = spent[path, "2003"], spent[path, "9999"]
        apart = statistics.median(one - other for one, other in zip(there, not_there, strict=True))
        assert abs(apart) < max(0.002, 0.1 * statistics.median(there)), (path, apart)


async def test_a_code_works_once_and_five_times_at_most(customer: Customer) -> None:
    await customer.delivered("2004")
    nobody, mine = await customer.claim("9999", "x@example.com"), await customer.claim("2004", "10115")
    forms = [await customer.browser.get(where) for where in (nobody, mine)]
    assert plain(forms[0].text, key(nobody)) == plain(forms[1].text, key(mine))
    code = await customer.code("ada.2004@example.com")
    for where in (nobody, mine):
        for _ in range(4):
            wrong = await customer.browser.post(where, data={"code": "AAA AAA"})
            assert wrong.status_code == 422 and "not right" in wrong.text and "set-cookie" not in wrong.headers
    good = await customer.browser.post(mine, data={"code": f" {code.lower().replace(' ', '-')} "})
    cookie = good.headers["set-cookie"]
    assert good.status_code == 303 and "HttpOnly" in cookie and f"Path=/{customer.slug}" in cookie
    assert "samesite=lax" in cookie.lower()
    assert (await customer.browser.post(mine, data={"code": code})).status_code == 422
    again = await customer.claim("2004", "10115")
    fresh = await customer.code("ada.2004@example.com")
    for _ in range(5):
        await customer.browser.post(again, data={"code": "BBB BBB"})
    assert (await customer.browser.post(again, data={"code": fresh})).status_code == 422


def key(path: str) -> str:
    """The unguessable part of a code page's address."""
    return path.split("/code/")[1].split("?")[0]


async def test_a_code_ends(customer: Customer) -> None:
    await customer.delivered("2005")
    where = await customer.claim("2005", "10115")
    code = await customer.code("ada.2005@example.com")
    async with customer.world.services.database.write(customer.world.shop) as session:
        await session.execute(text("UPDATE portal_claims SET expires_at = expires_at - interval '16 minutes'"))
    assert (await customer.browser.post(where, data={"code": code})).status_code == 422


async def test_nothing_of_anybody_else(customer: Customer, make_world: MakeWorld, app: Any) -> None:
    """Every address × {other order, other shop, no session, ended session, tampered session}."""
    await customer.delivered("2006")
    await customer.enter("2006")
    mine = await through(customer)
    await customer.world.drain()
    await customer.delivered("2007")
    other_world = await make_world(name="Elsewhere")
    paths = [mine, f"{mine}/label.pdf", f"/{customer.slug}/returns/new/items", f"/{customer.slug}/returns/new/summary"]
    cookie = customer.browser.cookies["comeback_portal"]
    for sent in ("", "x" * 28, cookie[:-1]):
        async with httpx.AsyncClient(base_url=customer.world.base_url) as stranger:
            for path in paths:
                answer = await stranger.get(path, headers={"Cookie": f"comeback_portal={sent}"} if sent else {})
                assert answer.status_code == 401 and "RMA" not in answer.text, (path, sent)
    customer.browser.cookies.clear()
    await customer.enter("2007")
    for path in paths[:2]:
        assert (await customer.browser.get(path)).status_code == 404, path
    async with other_world.services.database.read(other_world.shop) as session:
        slug = (await session.execute(text("SELECT slug FROM shops WHERE shop_id = :s"),
                                      {"s": other_world.shop})).scalar_one()  # fmt: skip
    headers = {"Cookie": f"comeback_portal={cookie}"}
    for path in paths:
        moved = path.replace(customer.slug, slug)
        assert (await customer.browser.get(moved, headers=headers)).status_code == 404, moved
    async with customer.world.services.database.write(customer.world.shop) as session:
        await session.execute(text("UPDATE directory SET expires_at = now() - interval '1 s' WHERE kind = 'portal'"))
    assert (await customer.browser.get(f"/{customer.slug}/returns/new/items")).status_code == 401


async def test_a_form_belongs_to_its_session(customer: Customer) -> None:
    await customer.delivered("2008")
    await customer.enter("2008")
    (line,) = await customer.lines()
    fields = {"line": line, f"quantity-{line}": "1"}
    for csrf in ({}, {"csrf": ""}, {"csrf": "é"}, {"csrf": "A" * 27}):
        answer = await customer.browser.post(f"/{customer.slug}/returns/new/items", data=fields | csrf)
        assert answer.status_code == 403, csrf
    page = (await customer.browser.get(f"/{customer.slug}/returns/new/items")).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    out = await customer.browser.post(f"/{customer.slug}/returns/leave", data={"csrf": token.group(1)})
    assert out.status_code == 303
    assert (await customer.browser.get(f"/{customer.slug}/returns/new/items")).status_code == 401


async def test_a_mailed_address_asks_for_the_code(customer: Customer) -> None:
    await customer.delivered("2009")
    await customer.enter("2009")
    mine = await through(customer, "refund", "qr")
    await customer.world.drain()
    token = await column(customer, "SELECT token FROM return_cases WHERE shop_id = :s")
    mailed = f"/{customer.slug}/returns/r/{token}"
    assert (await customer.browser.get(mailed)).headers["location"] == mine
    customer.browser.cookies.clear()
    gate = await customer.browser.get(f"{mailed}?lang=en")
    assert gate.status_code == 200 and "RMA" not in gate.text and "Mail me a code" in gate.text
    assert (await customer.browser.get(f"{mailed}/label.pdf")).content.startswith(b"%PDF")
    assert (await customer.browser.get(f"{mailed}/qr.png")).headers["content-type"] == "image/png"
    assert (await customer.browser.get(f"/{customer.slug}/returns/r/{'x' * 27}/label.pdf")).status_code == 404
    where = (await customer.browser.post(mailed)).headers["location"]
    entered = await customer.browser.post(where, data={"code": await customer.code("ada.2009@example.com")})
    assert entered.headers["location"] == mine
    assert (await customer.browser.get(mine)).status_code == 200


async def test_pages_for_what_goes_wrong(customer: Customer) -> None:
    for path in ("/t/unknown", "/t/", "/nobody/track", f"/{customer.slug}/returns/r/none", "/t/" + "x" * 300):
        answer = await customer.browser.get(path)
        assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html"), path
        assert answer.headers["referrer-policy"] == "no-referrer"
    api = await customer.browser.get("/api/v1/orders", headers={"Accept": "text/html"})
    assert api.status_code == 401 and api.headers["content-type"] == "application/problem+json"
    german = await customer.browser.get("/t/none", headers={"Accept-Language": "de-DE,de;q=0.9,en;q=0.8"})
    assert german.status_code == 404 and '<html lang="de">' in german.text
    assert (await customer.browser.post("/t/none")).status_code == 405


async def test_a_shop_may_be_called_anything(make_world: MakeWorld) -> None:
    """The short addresses of pixels (/o) and clicks (/c) take nothing away from shops that begin with their letter."""
    for slug in ("casa-lume-shop", "otto-shop", "u2-shop", "tea-shop", "api-shop"):
        world = await make_world(slug=slug)
        async with httpx.AsyncClient(base_url=world.base_url) as browser:
            for page in ("track", "returns"):
                assert (await browser.get(f"/{slug}/{page}")).status_code == 200, (slug, page)
