"""Tickets from the page and by the API: states, mails, holds, look-up."""

import re
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from comeback.core.events import events_of
from comeback.orders.service import marketing_holds
from tests.support.portal import Customer
from tests.support.world import World


async def _holds(world: World, order: dict[str, Any]) -> list[str]:
    order_id = UUID(order["id"])
    async with world.services.database.read(world.shop) as session:
        return (await marketing_holds(session, [order_id])).get(order_id, [])


async def _events(world: World, order: dict[str, Any]) -> list[str]:
    async with world.services.database.read(world.shop) as session:
        return [e.name for e in await events_of(session, order_id=UUID(order["id"])) if e.name.startswith("ticket.")]


def _html(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def _form(page: str) -> dict[str, str]:
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    return {"csrf": token[1]}


async def test_a_question_from_the_page_and_its_answer(customer: Customer) -> None:
    world = customer.world
    order = await customer.order("1001")
    path = await customer.ship(order, "SUP0000001", ("in_transit", 10, "Leipzig"))
    page = (await customer.browser.get(path)).text
    assert f'action="{path}/write' in page
    asked = {"topic": "wismo", "body": "Wo ist <b>mein</b> Paket?"} | _form(page)
    sent = await customer.browser.post(f"{path}/write?lang=de", data=asked)
    assert sent.status_code == 303
    again = await customer.browser.post(f"{path}/write?lang=de", data=asked)
    assert again.headers["location"] == sent.headers["location"], "a second press is the same question"
    talk = await customer.browser.get(sent.headers["location"])
    assert talk.status_code == 200 and "ist angekommen" in talk.text and "&lt;b&gt;mein" in talk.text
    assert await _holds(world, order) == ["ticket"]

    listed = await world.get("/api/v1/tickets", state="open")
    assert [row["topic"] for row in listed["items"]] == ["wismo"]
    ticket = listed["items"][0]
    one = f"/api/v1/tickets/{ticket['id']}"
    await world.post(f"{one}/messages", {"body": "Frech, aber Stammkunde.", "kind": "note"}, 201)
    reply = await world.post(f"{one}/messages", {"body": "Morgen\n\nist es <da>."}, 201)
    assert reply["ticket"]["state"] == "waiting" and reply["ticket"]["messages"] == 3
    await world.drain()
    mails = [m for m in await world.mails(order["customer"]["email"]) if "Paket" in str(m["subject"])]
    assert [str(m["subject"])[:7] for m in mails] == ["Ihre Na", "Antwort"]
    html = _html(mails[1])
    assert "ist es &lt;da&gt;." in html and "mein" in html and "Stammkunde" not in html
    state = (await world.get(one))["thread"][-1]
    assert state["mail_state"] == "accepted"

    await world.post(f"{one}/close", {}, 200)
    assert await _holds(world, order) == []
    talk = await customer.browser.get(sent.headers["location"])
    assert "Stammkunde" not in talk.text
    target = sent.headers["location"].replace("sent=1", "")
    more = await customer.browser.post(target, data={"body": "Es kam nichts."} | _form(talk.text))
    assert more.status_code == 303
    assert (await world.get(one))["ticket"]["state"] == "open", "a customer's word opens it again"
    assert await _holds(world, order) == ["ticket"]
    assert await _events(world, order) == ["ticket.opened", "ticket.replied", "ticket.closed", "ticket.replied"]


async def test_forms_refuse_what_is_not_theirs(customer: Customer) -> None:
    order = await customer.order("1002")
    path = await customer.ship(order, "SUP0000002", ("in_transit", 10, "Leipzig"))
    good = _form((await customer.browser.get(path)).text)
    assert (await customer.browser.post(f"{path}/write", data={"body": "x", "csrf": "no"})).status_code == 403
    assert (await customer.browser.post(f"{path}/write", data={"body": " \r\n"} | good)).status_code == 422
    assert (await customer.browser.post("/t/unknown/write", data={"body": "x"} | good)).status_code == 404
    assert (await customer.browser.get(f"/{customer.slug}/help/unknown")).status_code == 404
    codes = [
        (await customer.browser.post(f"{path}/write", data={"body": f"Nr. {n}"} | good)).status_code for n in range(8)
    ]
    assert codes.count(303) == 6 and codes[-1] == 429
    assert len((await customer.world.get("/api/v1/tickets"))["items"]) == 6


async def test_tickets_of_other_systems_come_once(customer: Customer) -> None:
    world = customer.world
    order = await customer.order("1003")
    body = {"external_id": "zd-1", "order": order["number"], "subject": "Hallo", "body": "Frage", "topic": "product"}
    first = await world.post("/api/v1/tickets", body, 201)
    again = await world.post("/api/v1/tickets", body, 200)
    assert again["ticket"]["id"] == first["ticket"]["id"] and first["ticket"]["order_number"] == order["number"]
    stranger = {"body": "Haben Sie das in Blau?", "customer": {"email": "neu@mail.example", "first_name": "Neu"}}
    alone = await world.post("/api/v1/tickets", stranger, 201)
    assert alone["ticket"]["order_id"] is None and alone["ticket"]["customer"] == "Neu"
    await world.post("/api/v1/tickets", {"body": "x", "order": "#999999"}, 422)
    await world.post("/api/v1/tickets", {"body": "x"}, 422)
    await world.post("/api/v1/tickets", {"body": "x" * 6000} | {"customer": {"email": "a@b.example"}}, 422)
    macro = await world.post("/api/v1/macros", {"name": "Hallo", "body": "Hallo {first_name}"}, 201)
    await world.post("/api/v1/macros", {"name": "Hallo", "body": "x"}, 409)
    await world.post("/api/v1/macros", {"name": "Neu", "body": "{iban}"}, 422)
    assert [m["id"] for m in (await world.get("/api/v1/macros"))["items"]] == [macro["id"]]


async def test_look_up(customer: Customer) -> None:
    world = customer.world
    order = await customer.order("1004")
    await customer.ship(order, "SUP0000004", ("in_transit", 30, "Leipzig"), ("delivered", 2, "Berlin"))
    await world.post("/api/v1/tickets", {"order": order["number"], "body": "Danke!"}, 201)
    for q in (order["number"], "SUP0000004", "sup0000004", order["customer"]["email"].upper()):
        found = await world.get("/api/v1/lookup", q=q)
        assert [o["number"] for o in found["orders"]] == [order["number"]], q
        assert found["orders"][0]["parcels"][0]["status"] == "delivered"
        assert len(found["tickets"]) == 1
        assert found["orders"][0]["answer"]
    assert (await world.get("/api/v1/lookup", q="nobody@mail.example"))["matched"] == "nothing"
    assert (await world.get("/api/v1/lookup", q="%"))["matched"] == "nothing"
