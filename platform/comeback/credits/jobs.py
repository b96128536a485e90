"""Entry points of store credit: refunds on gift cards and credit come back as lots."""

from typing import Any
from uuid import UUID

from comeback.core.db import WriteSession
from comeback.core.events import load_event
from comeback.core.jobs import JobFn
from comeback.credits import service

RESTORED = frozenset({"gift_card", "store_credit"})


async def restore(session: WriteSession, payload: dict[str, Any]) -> None:
    """A refund of a gift card or of credit: a new lot for the customer, once a refund."""
    event = await load_event(session, payload["event"])
    if event.data["tender_kind"] not in RESTORED or event.customer_id is None:
        return
    given = service.Issue(
        customer_id=event.customer_id,
        currency=event.data["currency"],
        amount=event.data["amount"],
        source_kind="refund",
        source_id=str(UUID(event.data["refund_id"])),
        order_id=event.order_id,
        return_id=event.return_id,
    )
    await service.issue(session, given)


def jobs(_services: object) -> dict[str, JobFn]:
    """Job name → function."""
    return {"credits.restore": restore}


SUBSCRIBES: dict[str, tuple[str, ...]] = {"refund.created": ("credits.restore",)}
