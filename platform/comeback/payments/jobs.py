"""Entry points of payments: send and look up refunds, read the provider, work on its webhooks."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import Database, WriteSession
from comeback.core.effects import RecordedRetry
from comeback.core.events import load_event
from comeback.core.failpoints import failpoint
from comeback.core.inbox import load_inbox
from comeback.core.jobs import JobFn
from comeback.core.secrets import Secret, Vault
from comeback.kit.ids import parse_id
from comeback.payments import repository
from comeback.payments.models import Rail
from comeback.payments.service import submitting
from comeback.payments.service.entitle import SUBMIT
from comeback.payments.service.moving import move_to
from comeback.payments.service.observing import Seen, SeenDispute, observe, observe_dispute
from comeback.payments.service.submitting import SYNC, NotThere, Task
from comeback.vendors.errors import ProviderError, ProviderRefused, ProviderTimeout
from comeback.vendors.stripe.gateway import StripeGateway
from comeback.vendors.stripe.schemas import ProviderRefund, RefundRequest, StripeEvent

OVERDUE = timedelta(minutes=2)
PENDING_CHECK = timedelta(hours=12)
RECONCILE_EVERY = 60.0
PATIENCE = 5
"""Readings of a payment that an outside refund too large for the caps waits for a reserve of ours to end."""


class Needs(Protocol):
    """What the jobs of this room take from the process's services."""

    database: Database
    vault: Vault
    stripe_gateway: StripeGateway


def seen_of(found: ProviderRefund, payment_ref: str) -> Seen:
    """A provider's refund in our words."""
    return Seen(
        provider_ref=found.id,
        status=found.status,
        amount=found.amount,
        currency=found.currency,
        payment_ref=found.payment_intent or payment_ref,
        refund_id=parse_id(found.refund_id) if found.refund_id else None,
        failure_reason=found.failure_reason,
    )


class SubmitRefund:
    """Sends one refund under its own key, or looks it up where it may have arrived (R11, R12)."""

    name = "refund"

    def __init__(self, gateway: StripeGateway, vault: Vault) -> None:
        self.gateway, self.vault = gateway, vault

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Task | None:
        """Marks it sent; the commit comes before the call."""
        return await submitting.prepare(session, self.vault, UUID(payload["refund"]))

    async def call(self, task: Task) -> ProviderRefund | NotThere:
        """Looks first where something was sent before; posts with the same key and the same body."""
        request = msgspec.convert(task.body, RefundRequest)
        if task.look_first:
            listed = await self.gateway.list_refunds(task.api_key, request.payment_intent)
            for found in listed:
                if found.refund_id == request.id:
                    return found
            if not task.may_post:
                return NotThere()
        answer = await self.gateway.refund(task.api_key, request)
        await failpoint("refund.after_provider_ok")
        return answer

    async def record(
        self,
        session: WriteSession,
        payload: dict[str, Any],
        task: Task,
        outcome: ProviderRefund | NotThere | Exception,
    ) -> None:
        """Writes the answer; without one the refund is unknown and asked for again."""
        if isinstance(outcome, ProviderRefund):
            await submitting.answered(session, seen_of(outcome, task.body["payment_intent"]))
        elif isinstance(outcome, NotThere):
            await submitting.absent(session, task)
        elif isinstance(outcome, ProviderRefused):
            await submitting.refused(session, task, outcome.code)
        elif isinstance(outcome, ProviderTimeout) or not isinstance(outcome, ProviderError):
            await submitting.unanswered(session, task, str(outcome))
        else:
            await submitting.not_sent(session, task, str(outcome))


class Sync(msgspec.Struct, frozen=True, kw_only=True):
    """A payment to read."""

    payment: str
    tries: int
    api_key: Secret


class SyncPayment:
    """Reads all refunds of a payment with the shop's own key: webhooks only say that there is news (R9, R13)."""

    name = "payments_sync"

    def __init__(self, gateway: StripeGateway, vault: Vault) -> None:
        self.gateway, self.vault = gateway, vault

    async def prepare(self, session: WriteSession, payload: dict[str, Any]) -> Sync | None:
        """Only payments of this shop's orders are read."""
        if not await repository.tenders_by_ref(session, payload["payment"]):
            return None
        api_key = await submitting.sync_key(session, self.vault)
        if api_key is None:
            return None
        return Sync(payment=payload["payment"], tries=payload["attempt"], api_key=api_key)

    async def call(self, task: Sync) -> list[ProviderRefund]:
        """The provider's list."""
        return await self.gateway.list_refunds(task.api_key, task.payment)

    async def record(
        self, session: WriteSession, payload: dict[str, Any], task: Sync, outcome: list[ProviderRefund] | Exception
    ) -> None:
        """Applies everything once; what does not fit the caps yet is read again a minute later, a few times; then it is
        booked as far as it fits, and the rest is a human's."""
        if isinstance(outcome, Exception):
            raise RecordedRetry(30.0, str(outcome))
        wait = task.tries < PATIENCE
        seen = [seen_of(found, task.payment) for found in reversed(outcome)]
        fits = [await observe(session, refund, "listing", wait=wait) for refund in seen]
        if not all(fits):
            raise RecordedRetry(60.0, "an outside refund waits for a reserve to end")


def _payment_of(event: StripeEvent) -> str | None:
    found = event.data.object.get("payment_intent")
    if event.data.object.get("object") == "payment_intent":
        found = event.data.object.get("id")
    return found if isinstance(found, str) else None


async def on_webhook(session: WriteSession, payload: dict[str, Any]) -> None:
    """A verified webhook: disputes from its body, everything else read anew from the provider."""
    item = await load_inbox(session, payload["inbox"])
    if item.body is None:
        return
    event = msgspec.json.decode(item.body, type=StripeEvent)
    payment = _payment_of(event)
    if payment is None:
        return
    about = event.data.object
    if about.get("object") == "dispute":
        seen = SeenDispute(
            provider_ref=str(about["id"]), payment_ref=payment, status=str(about["status"]), amount=int(about["amount"])
        )
        await observe_dispute(session, seen)
    else:
        await submitting.enqueue_sync(session, payment)


async def on_credit(session: WriteSession, payload: dict[str, Any]) -> None:
    """Credit was issued for a refund on the credit rail: the money is back."""
    event = await load_event(session, payload["event"])
    if event.data["source_kind"] != "refund":
        return
    known = await repository.refund(session, UUID(event.data["source_id"]))
    if known is None or known.rail != Rail.CREDIT:
        return
    refund = await submitting.locked(session, known.id)
    kind = await submitting.tender_kind(session, refund)
    await move_to(session, refund, kind, "succeeded", seen_by="us")


async def due_reconciliations(database: Database, limit: int = 500) -> int:
    """Enqueues a look-up for every attempt whose answer is overdue, in all shops; answers how many."""
    now = clock.now()
    before = {"open": now - OVERDUE, "pending": now - PENDING_CHECK}
    async with database.machinery() as session:
        due = await repository.due_checks(session, before, limit)
    for shop in {shop for shop, _ in due}:
        async with database.write(shop) as session:
            await submitting.enqueue_checks(session, [r for s, r in due if s == shop])
    return len(due)


def jobs(services: Needs) -> dict[str, JobFn | SubmitRefund | SyncPayment]:
    """Job name → function."""
    return {
        SUBMIT: SubmitRefund(services.stripe_gateway, services.vault),
        SYNC: SyncPayment(services.stripe_gateway, services.vault),
        "inbox.stripe": on_webhook,
        "payments.on_credit": on_credit,
    }


def ticks(services: Needs) -> dict[str, tuple[float, Callable[[], Awaitable[int]]]]:
    """Name → (seconds, function)."""
    return {"payments.reconcile": (RECONCILE_EVERY, lambda: due_reconciliations(services.database))}
