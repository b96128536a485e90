"""Entry points of store credit: refunds on gift cards and credit come back as lots; what mails show of credit."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from comeback.core.db import ReadSession, WriteSession
from comeback.core.events import load_event
from comeback.core.jobs import JobFn
from comeback.core.settings import Settings
from comeback.credits import service
from comeback.credits.schemas import LotOut
from comeback.merchants import service as merchants
from comeback.messages.schemas import BlockProvider, BlockRequest


class Needs(Protocol):
    """What this room takes from the process's services."""

    settings: Settings


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


async def credit_blocks(
    session: ReadSession, settings: Settings, wanted: Sequence[BlockRequest]
) -> dict[UUID, dict[str, Any]]:
    """Blocks `credit` by message (subjects customer and source): what was given, what there is now, where to use it."""
    customers = {c for w in wanted if (c := w.customer_id) is not None}
    sources = {str(s) for w in wanted if (s := w.subjects.get("source")) is not None}
    given = await service.given_by(session, sorted(sources))
    balances = await service.balances(session, sorted(customers))
    shop = await merchants.get_shop(session)
    url = shop.settings.get("storefront_url") or f"{settings.base_url.rstrip('/')}/{shop.slug}/track"
    made: dict[UUID, dict[str, Any]] = {}
    for wish in wanted:
        lots = given.get(str(wish.subjects.get("source")))
        if wish.customer_id is not None and lots:
            made[wish.message_id] = {"url": url} | _block(lots, balances.get(wish.customer_id, []))
    return made


def _block(lots: Sequence[LotOut], balances: Sequence[dict[str, Any]]) -> dict[str, Any]:
    currency = lots[0].currency
    block: dict[str, Any] = {"amount": sum(lot.amount for lot in lots), "currency": currency}
    held = next((b for b in balances if b["currency"] == currency), None)
    if held:
        block["balance"] = held["balance"] + held["promotional"]
    ends = [lot.expires_at for lot in lots if lot.expires_at]
    if ends and len(ends) == len(lots):
        block["expires_at"] = min(ends).date().isoformat()
    return block


def blocks(services: Needs) -> dict[str, BlockProvider]:
    """Blocks of mails that this room fills: `credit`."""

    async def credit(session: WriteSession, wanted: Sequence[BlockRequest]) -> dict[UUID, dict[str, Any]]:
        return await credit_blocks(session, services.settings, wanted)

    return {"credit": credit}


def jobs(_services: object) -> dict[str, JobFn]:
    """Job name → function."""
    return {"credits.restore": restore}
