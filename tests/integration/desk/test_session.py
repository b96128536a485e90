"""Signing in and out, and who may press which button."""

import httpx

from comeback.desk.service.people import cookie_name
from tests.support.desk import PASSWORD, Desk, browser_of
from tests.support.world import World


async def test_the_session_knows_person_shop_and_rights(desk: Desk) -> None:
    session = await desk.get("session")
    assert session["staff"] == {
        "id": session["staff"]["id"],
        "name": "Mia Muster",
        "email": desk.email,
        "role": "manager",
    }
    assert session["shop"]["timezone"] == "Europe/Berlin"
    assert session["shop"]["brand"]["primary"].startswith("#")
    assert "returns:decide" in session["permissions"]
    assert session["csrf"] == desk.browser.headers["X-CSRF-Token"]


async def test_the_cookie_is_for_the_browser_only(desk: Desk) -> None:
    async with httpx.AsyncClient(base_url=desk.world.base_url) as browser:
        answer = await browser.post("/api/studio/session", json={"email": desk.email, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("comeback_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert cookie_name(secure=True) == "__Host-comeback"
    assert desk.browser.headers["X-CSRF-Token"] not in cookie


async def test_wrong_pairs_are_alike(desk: Desk) -> None:
    async with httpx.AsyncClient(base_url=desk.world.base_url) as browser:
        wrong = await browser.post("/api/studio/session", json={"email": desk.email, "password": "not this one!"})
        unknown = await browser.post("/api/studio/session", json={"email": "no@shop.example", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert "set-cookie" not in wrong.headers


async def test_writes_need_the_token_of_the_page(desk: Desk) -> None:
    case = await desk.wish(await desk.order())
    del desk.browser.headers["X-CSRF-Token"]
    await desk.press(case, "approve", expect=403)
    desk.browser.headers["X-CSRF-Token"] = "another"
    await desk.press(case, "approve", expect=403)


async def test_after_signing_out_the_cookie_is_worth_nothing(desk: Desk) -> None:
    name = cookie_name(secure=False)
    token = desk.browser.cookies[name]
    assert (await desk.browser.delete("/api/studio/session")).status_code == 204
    assert not desk.browser.cookies.get(name)
    async with httpx.AsyncClient(base_url=desk.world.base_url, cookies={name: token}) as thief:
        assert (await thief.get("/api/studio/session")).status_code == 401


async def test_a_key_has_no_desk(world: World) -> None:
    assert (await world.client.get("/api/studio/session")).status_code == 401


async def test_roles_limit_the_buttons(desk: Desk) -> None:
    case = await desk.wish(await desk.order())
    viewer, _ = await browser_of(desk.world, "viewer")
    warehouse, _ = await browser_of(desk.world, "warehouse")
    for browser in (viewer, warehouse):
        assert (await browser.get(f"/api/studio/returns/{case}")).status_code == 200
        assert (await browser.post(f"/api/studio/returns/{case}/approve")).status_code == 403
    assert (await viewer.post(f"/api/studio/returns/{case}/receive")).status_code == 403
    settle = {"refund_total": 0, "credit_total": 0}
    assert (await warehouse.post(f"/api/studio/returns/{case}/settle", json=settle)).status_code == 403
    await viewer.aclose()
    await warehouse.aclose()
