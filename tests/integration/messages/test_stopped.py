"""Mails that do not leave: who hears of them, what their stop may cost others, how many are under way at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from comeback.core import failpoints
from comeback.core.clock import clock
from comeback.core.db import Database
from comeback.messages import service
from comeback.messages.schemas import PlannedMessage
from comeback.messages.sender.loop import Sender
from comeback.vendors.smtp.handover import Outcome
from tests.integration.messages.conftest import Person, PlanOne
from tests.integration.messages.smtp import SmtpServer
from tests.integration.messages.test_sending import row

pytestmark = pytest.mark.anyio


async def told(database: Database, shop: UUID) -> list[tuple[str, str]]:
    """Events of the room: name and the message's id."""
    async with database.read(shop) as session:
        query = text("SELECT name, data->>'message_id' AS id FROM events WHERE shop_id = :s ORDER BY id")
        return [(r.name, r.id) for r in await session.execute(query, {"s": shop})]


async def test_an_offer_that_is_stopped_at_the_gate_is_told_of(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    """Its coupon was reserved when it was rendered; whoever reserved it must hear that the mail will not arrive."""
    offer = await plan_one(await person(consent=True), entry="1")
    plain = await plan_one(await person("no@example.com"), entry="2", email="no@example.com")

    async def forbid(_name: str) -> None:
        async def guard(_session: Any, requests: Any) -> dict[UUID, str | None]:
            return {r.message_id: "order cancelled" for r in requests}

        service.plug({}, [guard])

    failpoints.ACTIONS["forbid"] = forbid
    failpoints.arm("message.after_rendered", "forbid")
    await sender.run_once()
    assert not server.taken
    assert [(await row(database, ready, m))["state"] for m in (offer, plain)] == ["cancelled", "cancelled"]
    assert await told(database, ready) == [("message.failed", str(offer))]


async def test_an_offer_that_cannot_be_made_or_is_given_up_is_told_of(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    customer = await person(consent=True)
    blocked = await plan_one(customer, entry="1", email="two@addresses@example.com")
    given_up = await plan_one(customer, entry="2")
    server.say("RCPT", "450 busy")
    await sender.run_once()
    assert (await row(database, ready, given_up))["state"] == "deferred"
    assert await told(database, ready) == [("message.failed", str(blocked))]
    async with database.write(ready) as session:
        await session.execute(text("UPDATE messages SET attempt = 60 WHERE id = :id"), {"id": given_up})
    clock.advance(timedelta(minutes=2))

    async def broken(_session: Any, _requests: Any) -> dict[UUID, str | None]:
        raise RuntimeError("guard")

    service.plug({}, [broken])
    await sender.run_once()
    assert (await row(database, ready, given_up))["state"] == "failed"
    assert await told(database, ready) == [("message.failed", str(blocked)), ("message.failed", str(given_up))]


async def test_an_offer_that_is_cancelled_while_it_waits_is_told_of(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    customer = await person(consent=True)
    waiting = await plan_one(customer, entry="1")
    server.say("RCPT", "450 busy")
    await sender.run_once()
    await plan_one(customer, entry="2")
    async with database.write(ready) as session:
        assert await service.cancel(session, "customer", customer, "erased") == 2
    assert await told(database, ready) == [("message.failed", str(waiting))]


async def test_a_guard_that_breaks_costs_no_answer(
    database: Database, ready: UUID, sender: Sender, person: Person, plan_one: PlanOne
) -> None:
    """Answers and questions share a commit; what breaks one of them is not the other's loss."""
    customer = await person()
    await plan_one(customer, entry="1")
    await plan_one(customer, entry="2")
    claimed = await sender._claim(10, ready, sweep=False)
    gone, waiting = await sender._letters(ready, claimed)
    assert await sender.handoff.allow(gone)

    async def broken(_session: Any, _requests: Any) -> dict[UUID, str | None]:
        raise RuntimeError("guard")

    service.plug({}, [broken])
    answers = await asyncio.gather(
        sender.handoff.record(gone, Outcome("accepted", "body", 250, "taken")),
        sender.handoff.allow(waiting),
        return_exceptions=True,
    )
    assert answers[0] is None
    assert isinstance(answers[1], RuntimeError)
    assert (await row(database, ready, gone.claimed.id))["state"] == "accepted"
    assert (await row(database, ready, waiting.claimed.id))["state"] == "rendered"


async def test_no_more_are_under_way_than_there_are_connections(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person
) -> None:
    """A mail's answer is recorded in the very commit that lets the next one leave on its connection, or before it."""
    customer = await person()
    async with database.write(ready) as session:
        await service.plan(session, [
            PlannedMessage(send_key=f"k{n}", template="shipped", customer_id=customer, recipient=f"p{n}@example.com")
            for n in range(40)
        ])  # fmt: skip
    seen: list[int] = []

    async def guard(session: Any, _requests: Any) -> dict[UUID, str | None]:
        query = text("SELECT count(*) FROM messages WHERE shop_id = :s AND state = 'handing_over'")
        seen.append((await session.execute(query, {"s": ready})).scalar_one())
        return {}

    service.plug({}, [guard])
    await sender.run_once()
    assert len(server.taken) == 40
    assert max(seen) <= 5


async def test_a_notice_planned_with_an_offer_is_blocked_where_nobody_consented(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    """The gate would send it back to be written anew without the offer, again and again: the offer is in its data."""
    offer = {"title": "A gift", "show": True}
    refused = await plan_one(await person(), entry="1", data={"offer": offer})
    for _ in range(3):
        await sender.run_once()
    assert not server.taken
    found = await row(database, ready, refused)
    assert (found["state"], found["attempt"]) == ("blocked", 1)
    assert "offer" in found["why"]
    hidden = await plan_one(await person(), entry="2", data={"offer": {**offer, "show": False}})
    await sender.run_once()
    assert (await row(database, ready, hidden))["state"] == "accepted"
