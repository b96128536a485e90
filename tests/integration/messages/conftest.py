"""A shop with templates, customers and a sender that speaks to a server with a memory."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from comeback.app.wiring import Services
from comeback.core import clock
from comeback.core.db import Database
from comeback.customers.schemas import ConsentIn, CustomerIn
from comeback.customers.service import record_consents, upsert_customer
from comeback.merchants.service import add_sending_domain, mark_verified
from comeback.messages import service
from comeback.messages.rules.states import send_key
from comeback.messages.schemas import BlockRequest, PlannedMessage
from comeback.messages.sender.loop import Sender
from comeback.messages.service.publish import default_sources
from comeback.messages.service.sockets import BLOCKS, GUARDS
from comeback.vendors.smtp.pool import SmtpPool
from comeback.vendors.smtp.target import parse_target
from tests.integration.messages.smtp import SmtpServer

Sample = dict[str, Any]


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    made = await SmtpServer().start()
    yield made
    await made.stop()


@pytest.fixture
async def sender(services: Services, server: SmtpServer, ready: UUID) -> AsyncIterator[Sender]:
    """Sends for this test's shop alone."""
    pool = SmtpPool(parse_target(server.url), size=5, final_seconds=1.0)
    made = Sender(services.database, services.vault, services.signer, services.settings, pool)
    made.run_once = partial(made.run_once, shop=ready)  # type: ignore[method-assign]
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def sockets() -> Any:
    """Blocks answer the sample of `shipped`; tests may change what they like."""
    before, guards = dict(BLOCKS), list(GUARDS)
    service.unplug()
    samples = {s.key: s.sample for s, _ in default_sources()}
    asked: list[tuple[str, int]] = []

    def provider(name: str) -> Any:
        async def answer(_session: Any, requests: list[BlockRequest]) -> dict[UUID, Any]:
            asked.append((name, len(requests)))
            merged: Sample = {}
            for sample in samples.values():
                merged = {**sample, **merged}
            return {r.message_id: dict(merged[name]) for r in requests if name in merged}

        return answer

    service.plug({name: provider(name) for name in ("order", "shipment", "return", "refund", "credit", "offer")})
    yield asked
    service.unplug()
    service.plug(before, guards)


@pytest.fixture
async def ready(database: Database, services: Services, shop: UUID) -> UUID:
    """The shop with templates and a verified domain."""
    async with database.write(shop) as session:
        await service.install_default_templates(session)
        await add_sending_domain(session, services.vault, "casa.example")
        await mark_verified(session, "casa.example")
    return shop


Person = Callable[..., Awaitable[UUID]]


@pytest.fixture
def person(database: Database, ready: UUID) -> Person:
    """Makes a customer; `consent` says whether marketing is allowed."""

    async def make(email: str = "ada@example.com", consent: bool | None = None, **values: Any) -> UUID:
        async with database.write(ready) as session:
            customer = await upsert_customer(session, CustomerIn(email=email, **({"first_name": "Ada"} | values)))
            if consent is not None:
                said = ConsentIn(
                    channel="email", purpose="marketing", granted=consent, source="checkout", at=clock.now()
                )
                await record_consents(session, [(customer, said)])
        return customer

    return make


PlanOne = Callable[..., Awaitable[UUID]]


@pytest.fixture
def plan_one(database: Database, ready: UUID) -> PlanOne:
    """Plans one message."""

    async def plan(
        customer: UUID | None, template: str = "shipped", entry: str = "e1", email: str | None = "ada@example.com",
        **values: Any,
    ) -> UUID:  # fmt: skip
        key = send_key("family", "step", entry, email or "", "email")
        message = PlannedMessage(send_key=key, template=template, customer_id=customer, recipient=email, **values)
        async with database.write(ready) as session:
            return (await service.plan(session, [message]))[0]

    return plan
