"""A webhook after it is durable: what it is about is asked of the shop; its body is never the truth by itself."""

from datetime import timedelta
from uuid import UUID

import msgspec
import structlog

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish
from comeback.core.inbox import InboxRow, load_inbox
from comeback.core.metrics import INBOX
from comeback.core.outbox import Job, enqueue, enqueue_all
from comeback.customers import service as customers
from comeback.kit.ids import new_id
from comeback.merchants import service as merchants
from comeback.merchants.models import ConnectionState
from comeback.storefronts.events import Disconnected
from comeback.storefronts.repository import rows as repository
from comeback.storefronts.rules.reading import Json
from comeback.storefronts.rules.topics import About, Ended, Privacy, shopify_news, woo_news
from comeback.storefronts.service.links import find_row

log = structlog.get_logger("storefronts")
FETCH, ERASE = "storefronts.fetch", "storefronts.privacy"
PRIVACY_DAYS = timedelta(days=30)
"""Both shop systems give thirty days; GDPR art. 12(3) one month."""


def body_of(row: InboxRow) -> Json | None:
    """The body as an object; None for anything else. Repeating would not help."""
    try:
        return msgspec.json.decode(row.body or b"", type=Json)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        INBOX.labels("storefront", "unreadable").inc()
        log.warning("storefront hook not readable", topic=row.topic, error=type(error).__name__)
        return None


async def receive(session: WriteSession, inbox_id: UUID | str, vendor: str) -> None:
    """Works one delivery off: it only rings; the shop is asked by a job of its own."""
    row = await load_inbox(session, inbox_id)
    body = body_of(row)
    if body is None:
        return
    found = shopify_news(row.topic, body) if vendor == "shopify" else woo_news(row.topic, body)
    jobs: list[Job] = []
    for news in found:
        if isinstance(news, Privacy):
            await _privacy(session, row, news)
        elif isinstance(news, Ended):
            await uninstalled(session, row.connection_id)
        else:
            jobs.append(_fetch(row, news))
    await enqueue_all(session, jobs)


def _fetch(row: InboxRow, news: About) -> Job:
    payload = {"connection": str(row.connection_id), "kind": news.kind, "id": news.id, "inbox": str(row.id)}
    return Job(FETCH, payload | {"gone": news.gone})


async def _privacy(session: WriteSession, row: InboxRow, asked: Privacy) -> None:
    """A row with its due date; the work is a job. Who asks again later (a buyer who came back) is served again: the
    inbox has dropped copies of one delivery already."""
    now = clock.now()
    external = asked.external_id if asked.kind == "export" else f"{asked.external_id}:{row.id}"
    made = await repository.add_request(
        session,
        {"id": new_id(), "connection": row.connection_id, "kind": asked.kind, "external": external,
         "customer": await _named(session, row.connection_id, asked), "now": now, "due": now + PRIVACY_DAYS},
    )  # fmt: skip
    if made is not None:
        await enqueue(session, ERASE, {"request": str(made)})


async def _named(session: WriteSession, connection_id: UUID, asked: Privacy) -> str | None:
    """The shop's id of the person where we know it, else the address: they may have come by another way."""
    connection = await find_row(session, connection_id)
    ours = f"{connection.options.get('prefix', '')}{asked.customer}"
    known = asked.customer is not None and await customers.customer_by_external_id(session, ours) is not None
    return asked.customer if known else asked.email or asked.customer


async def uninstalled(session: WriteSession, connection_id: UUID) -> None:
    """The shop ended it: no call any more; what is known stays and mails go on."""
    row = await find_row(session, connection_id)
    if row.state == ConnectionState.OFF:
        return
    await merchants.set_state(session, row, ConnectionState.OFF, "The app was removed in the shop.")
    await repository.forget_sync(session, row.id)
    told = Disconnected(occurred_at=clock.now(), connection_id=row.id, vendor=row.vendor, why="uninstalled")
    await publish(session, told)
