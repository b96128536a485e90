"""A planned message becomes an accepted mail of 40 KB: claim, data, render, DKIM, hand-over, record.

Floor: postfix's smtp-source, 20 at a time, mails of its own (our transport with ready-made mails where it is not
installed). Peers: what one writes first, Jinja + EmailMessage + dkimpy + smtplib; and what a Django shop runs,
django-post_office with its queue in PostgreSQL, unsigned. Ours: the real sender with everything it promises, the two
commits around the body included: one process, 20 connections, signing in two threads. The sink has one core; all else,
the databases too, runs where the system puts it, as in production.
"""

import asyncio
import base64
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from comeback.app.wiring import Services, build_services
from comeback.core import clock, logs
from comeback.core.secrets import Secret
from comeback.core.settings import MailSettings, Settings
from comeback.customers.schemas import ConsentIn, CustomerIn
from comeback.customers.service import record_consents, upsert_customers
from comeback.kit.ids import new_id
from comeback.merchants.schemas import ShopIn
from comeback.merchants.service import add_sending_domain, create_shop, mark_verified
from comeback.messages import service
from comeback.messages.render.compile import compile_source
from comeback.messages.schemas import BlockRequest, PlannedMessage
from comeback.messages.sender.loop import Sender
from comeback.messages.service.publish import default_sources
from comeback.vendors.smtp.target import parse_target
from tests.bench._mail_peers import (
    CONNECTIONS,
    NullServer,
    naive,
    post_office,
    post_office_is_here,
    private_pem,
    ready_made,
    sample,
    smtp_source,
)
from tests.bench.harness import Config, Contestant, Row, contest, cores, drop_database, fresh_database, versus

BENCH = "mail"
CUSTOMERS = 500
READY, SOURCE, KEPT = "ready-made mails, our transport", "postfix smtp-source", "postfix smtp-source, kept open"
NAIVE, DJANGO = "Jinja + EmailMessage + dkimpy + smtplib", "django-post_office, unsigned"
SERVICE, MARKETING, UNSIGNED = "ours, service, RSA", "ours, marketing, RSA", "ours, service, relay signs"


# ---- what is sent ----
async def blocks(_session: Any, requests: Sequence[BlockRequest], name: str) -> dict[UUID, dict[str, Any]]:
    """Data that differs by message, as a provider would answer it."""
    shared = sample()[name]
    return {r.message_id: {**shared, "number": f"#{n}"} for n, r in enumerate(requests)}


def provider(name: str) -> Any:
    async def answer(session: Any, requests: Sequence[BlockRequest]) -> dict[UUID, dict[str, Any]]:
        return await blocks(session, requests, name)

    return answer


# ---- ours ----
def settings(url: str, port: int, *, signed: bool) -> Settings:
    return Settings(
        database_url=url, redis_url="redis://127.0.0.1:1/0", secret_key=Secret("bench"), local=True,
        kek=Secret(base64.b64encode(hashlib.sha256(b"bench").digest()).decode()), db_pool=10,
        smtp_url=f"smtp://127.0.0.1:{port}", base_url="https://shop.example", statement_timeout_ms=60_000,
        mail=MailSettings(domain="mail.shop.example", connections=CONNECTIONS, batch=200, dkim=signed),
    )  # fmt: skip


async def furnish(services: Services) -> tuple[UUID, list[UUID]]:
    """A shop with templates, a verified domain and customers who agreed to marketing."""
    shop = new_id()
    async with services.database.write(shop) as session:
        await create_shop(session, ShopIn(slug="bench", name="Bench", timezone="Europe/Berlin"))
        await service.install_default_templates(session)
        await add_sending_domain(session, services.vault, "shop.example")
        await mark_verified(session, "shop.example")
        people = [CustomerIn(email=f"p{n}@example.com", first_name="Ada") for n in range(CUSTOMERS)]
        ids = await upsert_customers(session, people)
        yes = ConsentIn(channel="email", purpose="marketing", granted=True, source="checkout", at=clock.now())
        await record_consents(session, [(i, yes) for i in ids])
    return shop, ids


async def plan(services: Services, shop: UUID, people: list[UUID], count: int, class_: str) -> None:
    async with services.database.write(shop) as session:
        for start in range(0, count, 1000):
            numbers = range(start, min(start + 1000, count))
            await service.plan(
                session,
                [
                    PlannedMessage(
                        send_key=f"{new_id()}", template="shipped", class_=class_, customer_id=people[n % CUSTOMERS],
                        recipient=f"p{n % CUSTOMERS}@example.com", subjects={"order": new_id()},
                    )
                    for n in numbers
                ],
            )  # fmt: skip


async def unfinished(services: Services, shop: UUID) -> int:
    async with services.database.read(shop) as session:
        query = text("SELECT state, count(*) AS n, max(why) AS why FROM messages WHERE shop_id = :shop GROUP BY state")
        found = {r.state: r for r in await session.execute(query, {"shop": shop})}
    stuck = found.keys() & {"blocked", "cancelled", "failed", "unknown"}
    if stuck:
        raise RuntimeError(f"not sent: {[(state, found[state].why) for state in stuck]}")
    return sum(r.n for state, r in found.items() if state != "accepted")


async def empty(services: Services) -> None:
    """No messages, and no trace of earlier ones."""
    url = services.settings.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("TRUNCATE messages, message_bodies, links, outbox CASCADE"))
    await engine.dispose()


def ours(services: Services, shop: UUID, people: list[UUID], count: int, class_: str, notes: dict[str, str]) -> Any:
    """Measures from the first claim until the last answer is recorded."""

    async def measure() -> float:
        await empty(services)
        await plan(services, shop, people, count, class_)
        sender = Sender(services.database, services.vault, services.signer, services.settings)
        stop = asyncio.Event()
        cpu, started = time.process_time(), time.perf_counter()
        running = asyncio.create_task(sender.run_forever(stop))
        while await unfinished(services, shop):
            if time.perf_counter() - started > 120:
                raise RuntimeError("the sender does not end")
            await asyncio.sleep(0.1)
        spent = time.perf_counter() - started
        notes[class_ + str(services.settings.mail.dkim)] = (
            f"{(time.process_time() - cpu) / count * 1e3:.2f} ms CPU each"
        )
        stop.set()
        await running
        await sender.close()
        return count / spent

    return measure


# ---- the contest ----
async def example(services: Services, shop: UUID, people: list[UUID]) -> bytes:
    """The bytes of one mail of ours, for those who only carry it."""
    await plan(services, shop, people, 1, "service")
    sender = Sender(services.database, services.vault, services.signer, services.settings)
    await sender.run_once()
    await sender.close()
    async with services.database.read(shop) as session:
        return (
            await session.execute(text("SELECT mime FROM message_bodies WHERE shop_id = :s"), {"s": shop})
        ).scalar_one()


async def run(config: Config) -> list[Row]:
    """See the module."""
    logs.setup("error")
    url = await fresh_database(config, "mail")
    try:
        os.sched_setaffinity(0, set.union(*cores()))
        async with NullServer() as sink:
            services = build_services(settings(url, sink.port, signed=True))
            unsigned = build_services(settings(url, sink.port, signed=False))
            # The rooms' own blocks would measure the rooms; ours answer at once.
            service.unplug()
            service.plug({name: provider(name) for name in ("order", "shipment", "offer")})
            rows = await _contest(config, services, unsigned, url)
            for close in (*services.closers, *unsigned.closers):
                await close()
            return rows
    finally:
        os.sched_setaffinity(0, cores()[1])
        await drop_database(config, url)


async def _contest(config: Config, services: Services, unsigned: Services, url: str) -> list[Row]:
    port = parse_target(services.settings.smtp_url).port
    shop, people = await furnish(services)
    message = await example(services, shop, people)
    source = compile_source(next(s for s, _ in default_sources() if s.key == "shipped"), "en").html
    notes: dict[str, str] = {}
    count, slow = int(2_000 * config.scale), int(200 * config.scale)
    contestants = [
        *_carriers(port, count * 2, message),
        Contestant(NAIVE, "peer", naive(port, slow, source, private_pem())),
        *_django(url, port, slow, source, notes),
        Contestant(SERVICE, "ours", ours(services, shop, people, count, "service", notes), 0.24),
        Contestant(MARKETING, "ours", ours(services, shop, people, count, "marketing", notes), 0.24),
        Contestant(UNSIGNED, "ours", ours(unsigned, shop, people, count, "service", notes), 0.45),
    ]
    rows = await contest(BENCH, contestants, config.rounds)
    spent = {SERVICE: notes["serviceTrue"], MARKETING: notes["marketingTrue"], UNSIGNED: notes["serviceFalse"]}
    spent |= {DJANGO: notes["post_office"]} if "post_office" in notes else {}
    times = {SERVICE: 7, MARKETING: 7, UNSIGNED: 13}
    return [*(_noted(rows, row, spent, times) for row in rows), await latency(services, shop, people)]


def _carriers(port: int, count: int, message: bytes) -> list[Contestant]:
    """Who only carries mails: the first is the floor."""
    note = f"{len(message):,} bytes"
    made = ready_made(port, count, message)
    if not shutil.which("smtp-source"):
        sys.stderr.write("mail: no smtp-source on PATH (package postfix); the floor is our own transport\n")
        return [Contestant(READY, "floor", made, note=note)]
    return [
        Contestant(SOURCE, "floor", smtp_source(port, count, len(message)), note=note),
        Contestant(KEPT, "peer", smtp_source(port, count, len(message), keep=True)),
        Contestant(READY, "peer", made),
    ]


def _django(url: str, port: int, count: int, source: str, notes: dict[str, str]) -> list[Contestant]:
    if not post_office_is_here():
        sys.stderr.write("mail: django-post_office is not installed (extra `bench`); its row is left out\n")
        return []
    return [Contestant(DJANGO, "peer", post_office(url, port, count, source, notes))]


async def latency(services: Services, shop: UUID, people: list[UUID], count: int = 60) -> Row:
    """From the commit of the plan to the accepted mail, one at a time, as the doorbell wakes the sender."""
    sender, stop, taken = (
        Sender(services.database, services.vault, services.signer, services.settings),
        asyncio.Event(),
        [],
    )
    running = asyncio.create_task(sender.run_forever(stop))
    for _ in range(count):
        await asyncio.sleep(0.02)
        started = time.perf_counter()
        await plan(services, shop, people, 1, "service")
        while await unfinished(services, shop):
            await asyncio.sleep(0.002)
        taken.append(time.perf_counter() - started)
    stop.set()
    await running
    await sender.close()
    p50, p95 = (sorted(taken)[int(count * share)] * 1e3 for share in (0.5, 0.95))
    note = f"from commit to accepted; p50 {p50:.0f} ms; target below 1,000 ms"
    return Row(BENCH, "one service mail, p95", "scale", p95, " ms", note=note)


def _noted(rows: list[Row], row: Row, spent: dict[str, str], times: dict[str, int]) -> Row:
    if row.name not in spent:
        return row
    extra = spent[row.name]
    if row.name in times and any(other.name == DJANGO for other in rows):
        extra += f", {versus(rows, row.name, DJANGO):.1f} × django-post_office (target {times[row.name]} ×)"
    return replace(row, note=f"{row.note}, {extra}")
