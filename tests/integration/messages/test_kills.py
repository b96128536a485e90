"""A sender killed at every failpoint: service mail arrives at least once and always the same, marketing never twice."""

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text

from comeback.core.clock import clock
from comeback.core.db import Database
from comeback.core.settings import Settings
from comeback.messages import service
from comeback.messages.schemas import PlannedMessage
from comeback.messages.sender.loop import Sender
from tests.integration.messages.conftest import Person
from tests.integration.messages.smtp import SmtpServer

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[3]
SOURCES = [
    *(ROOT / "platform/comeback/messages").rglob("*.py"),
    *(ROOT / "platform/comeback/vendors/smtp").glob("*.py"),
]
NAMES = sorted(
    {name for path in SOURCES for name in re.findall(r'failpoint\("(message\.[a-z0-9_]+)"\)', path.read_text())}
)
ALWAYS = {"message.after_claim", "message.after_rendered", "message.before_body", "message.after_reply"}
PLACES = [
    pytest.param(f"{name}:kill@{at}", marks=[] if name in ALWAYS and at == 2 else [pytest.mark.long])
    for name in [*NAMES, "uow.before_commit", "uow.after_commit"]
    for at in (1, 2, 7)
]
SERVICE, MARKETING, CONNECTIONS = 24, 12, 20


def test_the_failpoints_are_found() -> None:
    assert {*ALWAYS, "message.after_354", "message.half_body", "message.before_record"} <= set(NAMES)


async def plan(database: Database, shop: UUID, person: Person) -> None:
    customer = await person(consent=True)
    kinds = ["service"] * SERVICE + ["marketing"] * MARKETING
    async with database.write(shop) as session:
        await service.plan(
            session,
            [
                PlannedMessage(
                    send_key=f"{kind}{n}", template="shipped", class_=kind, customer_id=customer,
                    recipient=f"{kind}{n}@example.com",
                )
                for n, kind in enumerate(kinds)
            ],
        )  # fmt: skip


async def run_victim(settings: Settings, server: SmtpServer, shop: UUID, place: str) -> int:
    given = {
        "database_url": settings.database_url, "local": True, "lease_seconds": 2.0, "db_pool": 5,
        "secret_key": settings.secret_key.reveal(), "kek": settings.kek.reveal(), "smtp_url": server.url,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.messages.victim", msgspec.json.encode(given).decode(), str(shop),
        cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "COMEBACK_FAILPOINTS": place},
    )  # fmt: skip
    return await asyncio.wait_for(process.wait(), 60)


@pytest.mark.parametrize("place", PLACES)
async def test_a_sender_is_killed(
    database: Database, settings: Settings, ready: UUID, sender: Sender, server: SmtpServer, person: Person, place: str
) -> None:
    await plan(database, ready, person)
    code = await run_victim(settings, server, ready, place)
    assert code in (0, -signal.SIGKILL)
    await asyncio.sleep(2.1)
    while await sender.run_once():
        pass
    clock.advance(timedelta(minutes=11))
    while await sender.run_once():
        pass
    taken = Counter((t.recipient, t.raw) for t in server.taken)
    recipients = Counter(recipient for recipient, _ in taken)
    service_mails = {r for r in recipients if r.startswith("service")}
    assert len(service_mails) == SERVICE, "a notice was lost"
    assert all(recipients[r] == 1 for r in recipients), "two different mails for one send key"
    assert all(n == 1 for (r, _), n in taken.items() if r.startswith("marketing")), "marketing was sent twice"
    assert sum(n - 1 for n in taken.values()) <= CONNECTIONS, "more repeats than connections"
    async with database.read(ready) as session:
        query = text("SELECT state, class FROM messages WHERE shop_id = :shop")
        states = Counter(tuple(r) for r in await session.execute(query, {"shop": ready}))
    assert states["accepted", "service"] == SERVICE
    assert states["accepted", "marketing"] + states["unknown", "marketing"] == MARKETING
    assert len([r for r in recipients if r.startswith("marketing")]) >= states["accepted", "marketing"]


async def test_an_uncommitted_plan_sends_nothing(
    database: Database, ready: UUID, sender: Sender, server: SmtpServer
) -> None:
    with pytest.raises(RuntimeError):
        async with database.write(ready) as session:
            await service.plan(session, [PlannedMessage(send_key="x", template="shipped", recipient="a@b.de")])
            raise RuntimeError
    assert await sender.run_once() == 0
    assert not server.taken
