"""A planned message becomes an accepted mail of 40 KB: claim, data, render, DKIM, hand-over, record.

Floor: ready-made mails over 20 connections, by a pipelining sender in Python (and by postfix's smtp-source where that
is installed). Peers: what one writes first, Jinja + EmailMessage + dkimpy + smtplib; and what a Django shop runs, a
template, EmailMultiAlternatives and smtplib with a row updated for each mail, unsigned. Ours: the real sender with
everything it promises, the two commits around the body included. Every sender runs in one process on one core, the
sink on the other; PostgreSQL where it likes.
"""

import asyncio
import base64
import hashlib
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

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
    django_peer,
    naive,
    private_pem,
    ready_made,
    sample,
    smtp_source,
)
from tests.bench.harness import Config, Contestant, Row, contest, drop_database, fresh_database, versus

BENCH = "mail"
CUSTOMERS = 500
FLOOR, SOURCE, NAIVE, DJANGO = (
    "ready-made mails, pipelined", "postfix smtp-source", "Jinja + EmailMessage + dkimpy + smtplib",
    "Django, unsigned, a row each",
)  # fmt: skip
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


def ours(services: Services, shop: UUID, people: list[UUID], count: int, class_: str, notes: dict[str, str]) -> Any:
    """Measures from the first claim until the last answer is recorded."""

    async def measure() -> float:
        async with services.database.write(shop) as session:
            await session.execute(text("DELETE FROM messages WHERE shop_id = :shop"), {"shop": shop})
        await plan(services, shop, people, count, class_)
        sender = Sender(services.database, services.vault, services.signer, services.settings)
        stop = asyncio.Event()
        cpu, started = time.process_time(), time.perf_counter()
        running = asyncio.create_task(sender.run_forever(stop))
        while await unfinished(services, shop):
            if time.perf_counter() - started > 120:
                raise RuntimeError("the sender does not end")
            await asyncio.sleep(0.05)
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
        await drop_database(config, url)


async def _contest(config: Config, services: Services, unsigned: Services, url: str) -> list[Row]:
    port = parse_target(services.settings.smtp_url).port
    shop, people = await furnish(services)
    message = await example(services, shop, people)
    source = compile_source(next(s for s, _ in default_sources() if s.key == "shipped"), "en").html
    notes: dict[str, str] = {}
    count, slow = int(2_000 * config.scale), int(200 * config.scale)
    contestants = [
        Contestant(FLOOR, "floor", ready_made(port, count * 2, message), note=f"{len(message):,} bytes"),
        Contestant(NAIVE, "peer", naive(port, slow, source, private_pem())),
        Contestant(DJANGO, "peer", django_peer(url, port, slow, source)),
        Contestant(SERVICE, "ours", ours(services, shop, people, count, "service", notes), 0.24),
        Contestant(MARKETING, "ours", ours(services, shop, people, count, "marketing", notes), 0.24),
        Contestant(UNSIGNED, "ours", ours(unsigned, shop, people, count, "service", notes), 0.45),
    ]
    if shutil.which("smtp-source"):
        contestants.insert(1, Contestant(SOURCE, "peer", smtp_source(port, count * 2, len(message))))
    rows = await contest(BENCH, contestants, config.rounds)
    spent = {SERVICE: notes["serviceTrue"], MARKETING: notes["marketingTrue"], UNSIGNED: notes["serviceFalse"]}
    times = {SERVICE: 7, MARKETING: 7, UNSIGNED: 13}
    return [*(_noted(rows, row, spent, times) for row in rows), await latency(services, shop, people)]


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
    factor = versus(rows, row.name, DJANGO)
    extra = f"{spent[row.name]}, {factor:.1f} × Django (target {times[row.name]} ×)"
    return replace(row, note=f"{row.note}, {extra}")
