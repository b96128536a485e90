"""Is a message still right to send? Asked by the sender just before the hand-over (R19)."""

from collections.abc import Sequence
from uuid import UUID

from comeback.core.db import ReadSession
from comeback.messages.schemas import GuardRequest
from comeback.orders.models import OrderState
from comeback.orders.service import get_orders, marketing_holds

MONEY = ("return", "refund", "credit", "source")
"""Subjects of messages that a cancelled order does not stop: what becomes of goods and money is still told."""


async def still_right(session: ReadSession, requests: Sequence[GuardRequest]) -> dict[UUID, str | None]:
    """Why each message must not be sent; None where it may. Two statements a batch.

    A cancelled order ends its notices. An open delay, ticket or return of the order pauses marketing only.
    """
    about = {r.message_id: order for r in requests if (order := r.subjects.get("order")) is not None}
    if not about:
        return {}
    orders = list(set(about.values()))
    cancelled = {o.id for o in await get_orders(session, orders) if o.state == OrderState.CANCELLED}
    marketing = {about[r.message_id] for r in requests if r.class_ == "marketing" and r.message_id in about}
    holds = await marketing_holds(session, sorted(marketing)) if marketing else {}
    return {r.message_id: _why(r, about[r.message_id], cancelled, holds) for r in requests if r.message_id in about}


def _why(request: GuardRequest, order: UUID, cancelled: set[UUID], holds: dict[UUID, list[str]]) -> str | None:
    if order in cancelled and not any(name in request.subjects for name in MONEY):
        return "the order was cancelled"
    if request.class_ == "marketing" and holds.get(order):
        return f"on hold: {', '.join(sorted(holds[order]))}"
    return None


GUARDS = (still_right,)
