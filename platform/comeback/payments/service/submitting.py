"""Sending a refund: what is written before the call, what the answer means. The calls themselves are in `jobs`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.effects import RecordedRetry, Retry
from comeback.core.outbox import Job, enqueue, enqueue_all, unfinished
from comeback.core.secrets import Secret, Vault
from comeback.merchants import service as merchants
from comeback.merchants.models import ConnectionState
from comeback.orders import service as orders
from comeback.orders.models import OrderTender
from comeback.payments import repository
from comeback.payments.models import Rail, Refund
from comeback.payments.rules import Absent, Next, after_absence, back_off, next_call
from comeback.payments.service.entitle import SUBMIT, replace
from comeback.payments.service.moving import move_to
from comeback.payments.service.observing import Seen, observe, tender_kind

SYNC = "payments.sync"
DISPUTE_PAUSE = 600.0
NO_KEY_PAUSE = 300.0


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What the call needs: the frozen body and whether an empty listing (or none) allows a post."""

    refund_id: UUID
    api_key: Secret
    body: dict[str, Any]
    look_first: bool
    may_post: bool
    on_absence: Absent


class NotThere(msgspec.Struct, frozen=True):
    """The listing does not hold the refund, and it may not be posted (again)."""


def _body(session: WriteSession, refund: Refund, tender: OrderTender) -> dict[str, Any]:
    return {
        "id": str(refund.id),
        "payment_intent": tender.provider_ref,
        "amount": refund.amount,
        "currency": refund.currency,
        "metadata": {"refund_id": str(refund.id), "shop": str(session.shop_id)},
    }


async def _api_key(session: WriteSession, vault: Vault) -> Secret | None:
    account = await merchants.connection(session, "stripe")
    if account is None or account.state == ConnectionState.OFF:
        return None
    return Secret((await merchants.credentials(session, vault, account))["api_key"])


async def prepare(session: WriteSession, vault: Vault, refund_id: UUID) -> Task | None:
    """Marks the refund as sent before anything leaves; None where nothing is to be asked any more.

    A dispute holds what was not sent yet; without a connection a human pays.
    """
    known = await repository.refund(session, refund_id)
    if known is None or known.rail != Rail.STRIPE:
        return None
    await orders.lock_orders(session, [known.order_id])
    refund = await repository.lock_refund(session, refund_id)
    assert refund is not None
    tender = {t.id: t for t in await repository.tenders(session, [refund.order_id])}[refund.tender_id]
    call = Next.LIST if refund.state == "pending" else next_call(refund.state, refund.first_sent_at, clock.now())
    if call is Next.NOTHING or refund.origin == "external":
        await _elsewhere(session, refund, tender)
        return None
    api_key = await _api_key(session, vault)
    if api_key is None:
        return await _by_hand(session, refund, tender.kind)
    if call is Next.POST and tender.disputed:
        raise Retry(DISPUTE_PAUSE, "tender_disputed")
    return await _task(session, refund, tender, api_key, call)


async def _elsewhere(session: WriteSession, refund: Refund, tender: OrderTender) -> None:
    """A refund that was not ours to send is read with its payment; it was looked after for now."""
    refund.checked_at = clock.now()
    await session.flush()
    if refund.origin == "external" and refund.state == "pending" and tender.provider_ref:
        await enqueue_sync(session, tender.provider_ref)


async def _task(session: WriteSession, refund: Refund, tender: OrderTender, api_key: Secret, call: Next) -> Task:
    now, absent = clock.now(), Absent.POST
    if call is Next.LIST and refund.state == "pending":
        absent = Absent.WAIT
    elif call is Next.LIST:
        absent = after_absence(_sent(refund.first_sent_at), _sent(refund.last_sent_at), refund.posts, now)
    if refund.state == "created":
        await _send(session, refund, now)
    if absent is Absent.POST:
        refund.posts, refund.last_sent_at = refund.posts + 1, now
    refund.first_sent_at = refund.first_sent_at or now
    body = refund.body or _body(session, refund, tender)
    refund.body = body
    await session.flush()
    return Task(
        refund_id=refund.id,
        api_key=api_key,
        body=body,
        look_first=call is Next.LIST,
        may_post=absent is Absent.POST,
        on_absence=absent,
    )


def _sent(at: datetime | None) -> datetime:
    return at or clock.now()


async def _send(session: WriteSession, refund: Refund, now: datetime) -> None:
    refund.state = "sent"
    await session.flush()
    await repository.note(session, refund.id, "us", "created", "sent", None, now)


async def _by_hand(session: WriteSession, refund: Refund, kind: str) -> None:
    """Nothing was sent and nothing can be: from now on a human's, who says what became of it."""
    if refund.state == "created":
        refund.rail = Rail.MANUAL
        await move_to(session, refund, kind, "requires_action", seen_by="us", detail="no connection")
        await repository.open_payout(session, refund, "no connection to the provider", clock.now())


async def answered(session: WriteSession, seen: Seen) -> None:
    """The provider's answer about a refund."""
    await observe(session, seen, "answer")


async def unanswered(session: WriteSession, task: Task, reason: str) -> None:
    """No usable answer: unknown from now on, looked up again soon. Always raises RecordedRetry."""
    refund = await locked(session, task.refund_id)
    kind = await tender_kind(session, refund)
    if refund.state == "sent":
        await move_to(session, refund, kind, "unknown", seen_by="answer", detail=reason)
    raise RecordedRetry(back_off(refund.posts).total_seconds(), reason)


async def not_sent(session: WriteSession, task: Task, reason: str) -> None:
    """Nothing left us or nothing was carried out: the post does not count. Always raises RecordedRetry."""
    refund = await locked(session, task.refund_id)
    if task.may_post:
        refund.posts -= 1
        await session.flush()
    raise RecordedRetry(5.0, reason)


async def refused(session: WriteSession, task: Task, code: str) -> None:
    """A definite no: the attempt failed; what the provider knows of the payment is read anew."""
    refund = await locked(session, task.refund_id)
    if code == "authentication_failed":
        account = await merchants.require_connection(session, "stripe")
        await merchants.set_state(session, account, ConnectionState.BROKEN, "Stripe refused the key.")
        raise RecordedRetry(NO_KEY_PAUSE, code)
    kind = await tender_kind(session, refund)
    await move_to(session, refund, kind, "failed", seen_by="answer", detail=code)
    await enqueue_sync(session, task.body["payment_intent"])


async def absent(session: WriteSession, task: Task) -> None:
    """The provider does not have it and it may not be posted under its key: wait, or begin a new attempt (M17)."""
    refund = await locked(session, task.refund_id)
    if refund.state not in ("sent", "unknown"):
        return
    if task.on_absence is not Absent.REPLACE:
        raise RecordedRetry(60.0, "not there yet")
    kind = await tender_kind(session, refund)
    await move_to(session, refund, kind, "failed", seen_by="listing", detail="absent")
    await replace(session, refund)


async def locked(session: WriteSession, refund_id: UUID) -> Refund:
    """An attempt, locked after its order."""
    known = await repository.refund(session, refund_id)
    assert known is not None
    await orders.lock_orders(session, [known.order_id])
    refund = await repository.lock_refund(session, refund_id)
    assert refund is not None
    return refund


async def enqueue_sync(session: WriteSession, payment_ref: str, tries: int = 0) -> None:
    """Reads all refunds of a payment from its provider soon."""
    await enqueue(session, SYNC, {"payment": payment_ref, "tries": tries}, key=f"{payment_ref}:{tries}")


async def enqueue_checks(session: WriteSession, refund_ids: Sequence[UUID]) -> None:
    """Looks attempts up, or sends them, soon. One whose row still waits (a dispute, an outage) gets no second row:
    rows that come back by themselves would pile up, one a minute."""
    wanted = [str(refund_id) for refund_id in refund_ids]
    known = await unfinished(session, SUBMIT, "refund", wanted)
    await enqueue_all(session, [Job(SUBMIT, {"refund": key}, key=key) for key in wanted if key not in known])


async def sync_key(session: WriteSession, vault: Vault) -> Secret | None:
    """The key to read the shop's payments with."""
    return await _api_key(session, vault)
