"""From a planned row to an accepted mail, and everything that may come between."""

import asyncio
import base64
import contextlib
import json
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import dkim
import pytest
from sqlalchemy import text

from comeback.core import failpoints
from comeback.core.clock import clock
from comeback.core.db import Database, rows
from comeback.customers import service as customers
from comeback.messages import service
from comeback.messages.schemas import PlannedMessage
from comeback.messages.sender.loop import Sender
from tests.integration.messages.conftest import Person, PlanOne
from tests.integration.messages.smtp import SmtpServer

pytestmark = pytest.mark.anyio


async def row(database: Database, shop: UUID, message: UUID) -> dict[str, Any]:
    async with database.read(shop) as session:
        query = text("SELECT * FROM messages WHERE shop_id = :shop AND id = :id")
        return rows(await session.execute(query, {"shop": shop, "id": message}))[0]


def html_of(mail: EmailMessage) -> str:
    return str(mail.get_body(("html",)).get_content())


async def test_a_service_mail_arrives(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    message = await plan_one(await person(), locale="de")
    assert await plan_one(await person(), locale="de") == message
    assert await sender.run_once() == 1
    assert await sender.run_once() == 0
    (taken,) = server.taken
    mail = taken.parsed
    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Message-ID"] == f"<{message}@casa.example>"
    assert mail["From"].addresses[0].addr_spec == "orders@casa.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert "Hallo Ada" in html_of(mail)
    assert taken.sender.startswith("bounce+")
    assert await record_of(database, ready, taken.raw)
    found = await row(database, ready, message)
    assert (found["state"], found["offers"], found["reply"]) == ("accepted", False, "250 taken")


async def record_of(database: Database, shop: UUID, raw: bytes) -> bool:
    """Whether the signature verifies against the key the shop publishes."""
    async with database.read(shop) as session:
        query = text("SELECT public_key FROM sending_domains WHERE shop_id = :shop AND stream = 'orders'")
        public = (await session.execute(query, {"shop": shop})).scalar_one()
    base64.b64decode(public)
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: f"v=DKIM1; k=rsa; p={public}".encode()))


async def test_raw_mime_of_a_shipped_mail(
    ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    await plan_one(await person(consent=True), locale="en")
    await sender.run_once()
    mail = server.taken[0].parsed
    html, plain = html_of(mail), str(mail.get_body(("plain",)).get_content())
    ld = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL).group(1))
    assert ld["@type"] == "ParcelDelivery"
    assert ld["expectedArrivalUntil"].endswith("+01:00")
    assert "Expected Tuesday, 24 November" in html
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    unsubscribe = str(mail["List-Unsubscribe"]).strip("<>")
    assert unsubscribe in html
    assert unsubscribe in plain
    assert "PREVIEW-7QX4" in plain
    signed = str(mail["DKIM-Signature"]).replace(" ", "").replace("\r\n", "")
    assert "list-unsubscribe:list-unsubscribe-post" in signed
    assert max(len(line) for line in server.taken[0].raw.split(b"\r\n")) <= 998
    links = set(re.findall(r'href="(http[^"]+)"', html))
    assert links
    assert all("/c/" in link or "/u/" in link for link in links)
    assert all(link in plain for link in links)


async def test_offers_only_with_consent(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne,
    sockets: list[tuple[str, int]],
) -> None:  # fmt: skip
    await plan_one(await person("no@example.com"), entry="1", email="no@example.com")
    await plan_one(await person("yes@example.com", consent=True), entry="2", email="yes@example.com")
    await sender.run_once()
    mails = {t.recipient: t.parsed for t in server.taken}
    assert "PREVIEW-7QX4" not in html_of(mails["no@example.com"])
    assert mails["no@example.com"]["List-Unsubscribe"] is None
    assert "PREVIEW-7QX4" in html_of(mails["yes@example.com"])
    assert "/u/" not in html_of(mails["no@example.com"])
    # One query a block, and the offers were asked for the one who agreed alone.
    assert sorted(sockets) == [("offer", 1), ("order", 2), ("shipment", 2)]
    async with database.read(ready) as session:
        events = (await session.execute(text("SELECT name FROM events WHERE shop_id = :s"), {"s": ready})).scalars()
        assert list(events) == ["message.accepted"]


async def test_a_missing_value_blocks_one_mail_and_not_the_others(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    lost = await plan_one(await person(), template="login_code", entry="1")
    good = await plan_one(await person(), template="login_code", entry="2", data={"login": {"code": "1", "minutes": 9}})
    none = await plan_one(await person(), template="nothing", entry="3")
    nobody = await plan_one(await person(), entry="4", email=None)
    nameless = await plan_one(await person("x@example.com", first_name=None), entry="5", email="x@example.com")
    await sender.run_once()
    assert (await row(database, ready, lost))["why"] == "missing login.code"
    assert (await row(database, ready, none))["why"] == "no template nothing"
    assert (await row(database, ready, nobody))["state"] == "blocked"
    assert (await row(database, ready, good))["state"] == "accepted"
    assert (await row(database, ready, nameless))["state"] == "accepted"
    assert len(server.taken) == 2


async def test_opt_out_and_guards_before_the_hand_over(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    customer = await person(consent=True)
    marketing = await plan_one(customer, entry="1", class_="marketing")
    notice = await plan_one(customer, entry="2")
    guarded = await plan_one(customer, entry="3", template="delivered")

    async def guard(_session: Any, requests: Any) -> dict[UUID, str | None]:
        return {r.message_id: "order cancelled" if r.template == "delivered" else None for r in requests}

    service.plug({}, [guard])
    async with database.write(ready) as session:
        await customers.unsubscribe(session, customer)
    await sender.run_once()
    assert (await row(database, ready, marketing))["state"] == "cancelled"
    assert (await row(database, ready, guarded))["why"] == "order cancelled"
    assert (await row(database, ready, notice))["state"] == "accepted"
    assert "PREVIEW" not in server.taken[0].raw.decode()


async def test_consent_that_ends_between_rendering_and_hand_over(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    customer = await person(consent=True)
    notice = await plan_one(customer, entry="1")
    news = await plan_one(customer, entry="2", class_="marketing")

    async def opt_out(_name: str) -> None:
        async with database.write(ready) as session:
            await customers.unsubscribe(session, customer)

    failpoints.ACTIONS["opt_out"] = opt_out
    failpoints.arm("message.after_rendered", "opt_out")
    await sender.run_once()
    assert not server.taken
    assert (await row(database, ready, news))["state"] == "cancelled"
    assert (await row(database, ready, notice))["state"] == "planned"
    await sender.run_once()
    (taken,) = server.taken
    assert "PREVIEW-7QX4" not in taken.raw.decode()
    assert taken.parsed["Message-ID"] == f"<{notice}@casa.example>"


@pytest.mark.parametrize(
    ("verb", "reply", "state"),
    [("RCPT", "450 busy", "deferred"), ("RCPT", "550 5.1.1 nobody", "failed"), ("BODY", "552 big", "failed"),
     ("BODY", "drop", "unknown"), ("BODY", "accept-drop", "unknown"), ("CONNECT", "drop", "planned")],
)  # fmt: skip
async def test_answers_become_states(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne,
    verb: str, reply: str, state: str,
) -> None:  # fmt: skip
    customer = await person()
    message = await plan_one(customer)
    server.say(verb, reply)
    await sender.run_once()
    found = await row(database, ready, message)
    assert found["state"] == state
    assert found["why"]
    if state in ("deferred", "planned"):
        assert await sender.run_once() == 0
        clock.advance(timedelta(minutes=2))
        await asyncio.sleep(1.1 if verb == "CONNECT" else 0)  # a server that was away is left alone for a second
        await sender.run_once()
        assert (await row(database, ready, message))["state"] == "accepted"
    if "5.1.1" in reply:
        async with database.read(ready) as session:
            held = await customers.suppressed(session, ["ada@example.com"])
        assert [s.reason for s in held["ada@example.com"]] == ["hard_bounce"]


async def test_an_unknown_notice_goes_once_more_byte_for_byte_and_marketing_never(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    customer = await person(consent=True)
    notice = await plan_one(customer, entry="1")
    await sender_with(server, sender, "accept-drop")
    news = await plan_one(customer, entry="2", class_="marketing")
    await sender_with(server, sender, "accept-drop")
    assert (await row(database, ready, notice))["state"] == "unknown"
    assert (await row(database, ready, news))["state"] == "unknown"
    assert await sender.run_once() == 0
    clock.advance(timedelta(minutes=11))
    await sender_with(server, sender, "accept-drop")
    clock.advance(timedelta(minutes=30))
    assert await sender.run_once() == 0
    raws = [t.raw for t in server.taken]
    assert len(raws) == 3
    assert raws[0] == raws[2]
    assert (await row(database, ready, notice))["resent"] is True
    assert (await row(database, ready, news))["state"] == "unknown"


async def sender_with(server: SmtpServer, sender: Sender, answer: str) -> None:
    server.say("BODY", answer)
    await sender.run_once()


async def test_a_sender_that_died_while_writing_is_replaced(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    message = await plan_one(await person())
    for name in ("message.after_claim", "message.after_rendered"):
        failpoints.arm(name, "raise")
        with contextlib.suppress(failpoints.FailpointError):
            await sender.run_once()
        failpoints.disarm()
        sender._held.clear()
        async with database.write(ready) as session:
            await session.execute(
                text("UPDATE messages SET lease_until = clock_timestamp() - interval '1 s', next_at = now()")
            )
    await sender.run_once()
    assert (await row(database, ready, message))["state"] == "accepted"
    assert len(server.taken) == 1


async def test_a_zombie_changes_nothing(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    message = await plan_one(await person())

    async def stolen(_name: str) -> None:
        async with database.write(ready) as session:
            await session.execute(text("UPDATE messages SET attempt = attempt + 1"))

    failpoints.ACTIONS["stolen"] = stolen
    failpoints.arm("message.after_354", "stolen")
    await sender.run_once()
    assert not server.taken
    assert (await row(database, ready, message))["state"] == "rendered"


async def test_a_crash_after_the_commit_is_unknown(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer, person: Person, plan_one: PlanOne
) -> None:
    message = await plan_one(await person())
    failpoints.arm("message.before_body", "raise")
    await sender.run_once()
    assert (await row(database, ready, message))["state"] == "handing_over"
    async with database.write(ready) as session:
        await session.execute(text("UPDATE messages SET lease_until = clock_timestamp() - interval '1 s'"))
    await sender.run_once()
    assert (await row(database, ready, message))["state"] == "unknown"
    assert not server.taken


async def test_illegal_moves_are_refused_by_the_database(
    database: Database, ready: UUID, sender: Sender, person: Person, plan_one: PlanOne
) -> None:
    message = await plan_one(await person())
    await sender.run_once()
    for state in ("planned", "claimed", "handing_over", "unknown"):
        with pytest.raises(Exception, match="cannot become"):
            async with database.write(ready) as session:
                await session.execute(
                    text("UPDATE messages SET state = :state WHERE id = :id"), {"state": state, "id": message}
                )


async def test_two_senders_share_the_work(
    database: Database, services: Any, ready: UUID, sender: Sender, server: SmtpServer, person: Person
) -> None:
    customer = await person()
    planned = [
        PlannedMessage(send_key=f"k{n}", template="shipped", customer_id=customer, recipient=f"p{n}@example.com")
        for n in range(60)
    ]
    async with database.write(ready) as session:
        ids = await service.plan(session, planned)
        assert await service.plan(session, planned) == ids
    other = Sender(database, services.vault, services.signer, services.settings, sender.transport)
    counts = await asyncio.gather(sender.run_once(40), other.run_once(40, shop=ready))
    assert sum(counts) == 60
    assert sorted(t.recipient for t in server.taken) == sorted(p.recipient for p in planned)
    async with database.read(ready) as session:
        page = await service.list_messages(session, state="accepted")
    assert len(page.items) == 50
    assert page.next
