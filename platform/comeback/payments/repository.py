"""All SQL of payments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from comeback.core.db import ReadSession, WriteSession, rows
from comeback.kit.ids import new_id
from comeback.orders.models import OrderTender
from comeback.payments.models import Dispute, PaymentEvent, Payout, Refund, RefundSurplus


async def refund(session: ReadSession, refund_id: UUID) -> Refund | None:
    """One refund."""
    return await session.scalar(select(Refund).where(Refund.shop_id == session.shop_id, Refund.id == refund_id))


async def lock_refund(session: WriteSession, refund_id: UUID) -> Refund | None:
    """One refund, locked and read anew; its order is locked before it."""
    query = select(Refund).where(Refund.shop_id == session.shop_id, Refund.id == refund_id)
    return await session.scalar(query.with_for_update().execution_options(populate_existing=True))


async def by_provider_ref(session: ReadSession, refs: Sequence[str]) -> dict[str, UUID]:
    """Refund ids by the provider's own ids."""
    query = select(Refund.provider_ref, Refund.id).where(
        Refund.shop_id == session.shop_id, Refund.rail == "stripe", Refund.provider_ref.in_(list(refs))
    )
    return {ref: i for ref, i in (await session.execute(query)).all() if ref is not None}


async def refunds_where(session: ReadSession, **given: UUID | Sequence[UUID]) -> list[Refund]:
    """Refunds of an order, a return or sources, oldest first; a list of ids matches any of them."""
    query = select(Refund).where(Refund.shop_id == session.shop_id)
    for name, value in given.items():
        column = getattr(Refund, name)
        query = query.where(column == value if isinstance(value, UUID) else column.in_(list(value)))
    return list(await session.scalars(query.order_by(Refund.id).execution_options(populate_existing=True)))


async def tenders(session: ReadSession, order_ids: Sequence[UUID]) -> list[OrderTender]:
    """Means of payment of orders, in their order."""
    query = (
        select(OrderTender)
        .where(OrderTender.shop_id == session.shop_id, OrderTender.order_id.in_(list(order_ids)))
        .order_by(OrderTender.order_id, OrderTender.position)
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(query))


async def tenders_by_ref(session: ReadSession, provider_ref: str) -> list[OrderTender]:
    """Means of payment behind a provider's payment; several where an exchange carried its value on."""
    query = (
        select(OrderTender)
        .where(OrderTender.shop_id == session.shop_id, OrderTender.provider_ref == provider_ref)
        .order_by(OrderTender.id)
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(query))


async def note(
    session: WriteSession, refund_id: UUID, seen_by: str, before: str, after: str, detail: str | None, at: datetime
) -> None:
    """Appends what moved an attempt."""
    session.add(
        PaymentEvent(
            shop_id=session.shop_id,
            id=new_id(),
            refund_id=refund_id,
            seen_by=seen_by,
            state_before=before,
            state_after=after,
            detail=detail[:500] if detail else None,
            at=at,
        )
    )
    await session.flush()


async def open_payout(session: WriteSession, refund: Refund, reason: str, at: datetime) -> None:
    """A task for a human, one an attempt."""
    await session.execute(
        text(
            "INSERT INTO payouts (shop_id, id, refund_id, order_id, customer_id, amount, currency, reason, created_at) "
            "VALUES (:shop, :id, :refund, :order, :customer, :amount, :currency, :reason, :at) "
            "ON CONFLICT ON CONSTRAINT uq_payouts_refund DO NOTHING"
        ),
        {
            "shop": session.shop_id,
            "id": new_id(),
            "refund": refund.id,
            "order": refund.order_id,
            "customer": refund.customer_id,
            "amount": refund.amount,
            "currency": refund.currency,
            "reason": reason,
            "at": at,
        },
    )


async def close_payout(session: WriteSession, refund_id: UUID, state: str, at: datetime) -> None:
    """Ends the task of an attempt."""
    await session.execute(
        text(
            "UPDATE payouts SET state = :state, closed_at = :at "
            "WHERE shop_id = :shop AND refund_id = :refund AND state = 'open'"
        ),
        {"shop": session.shop_id, "refund": refund_id, "state": state, "at": at},
    )


async def payouts(session: ReadSession, *, order_id: UUID | None = None) -> list[Payout]:
    """Open payout tasks, oldest first."""
    query = select(Payout).where(Payout.shop_id == session.shop_id, Payout.state == "open")
    if order_id is not None:
        query = query.where(Payout.order_id == order_id)
    return list(await session.scalars(query.order_by(Payout.id).limit(200)))


async def open_surplus(session: WriteSession, values: dict[str, Any]) -> bool:
    """A task for a human, one a provider's refund; False where it is known."""
    found = await session.scalar(
        text(
            "INSERT INTO refund_surpluses (shop_id, id, order_id, provider_ref, payment_ref, amount, currency, seen_at)"
            " VALUES (:shop, :id, :order, :ref, :payment, :amount, :currency, :at) "
            "ON CONFLICT ON CONSTRAINT uq_refund_surpluses_provider_ref DO NOTHING RETURNING id"
        ),
        values | {"shop": session.shop_id, "id": new_id()},
    )
    return found is not None


async def knows_surplus(session: ReadSession, provider_ref: str) -> bool:
    """Whether a provider's refund has its task, open or closed."""
    query = select(RefundSurplus.id).where(
        RefundSurplus.shop_id == session.shop_id, RefundSurplus.provider_ref == provider_ref
    )
    return await session.scalar(query) is not None


async def close_surplus(session: WriteSession, provider_ref: str, state: str, at: datetime) -> RefundSurplus | None:
    """Ends an open task; None where there is none."""
    query = (
        update(RefundSurplus)
        .where(
            RefundSurplus.shop_id == session.shop_id,
            RefundSurplus.provider_ref == provider_ref,
            RefundSurplus.state == "open",
        )
        .values(state=state, closed_at=at)
        .returning(RefundSurplus)
        .execution_options(populate_existing=True)
    )
    return await session.scalar(query)


async def surpluses(session: ReadSession, order_id: UUID | None = None) -> list[RefundSurplus]:
    """Open tasks of the shop or of an order, oldest first, at most 200."""
    query = select(RefundSurplus).where(RefundSurplus.shop_id == session.shop_id, RefundSurplus.state == "open")
    if order_id is not None:
        query = query.where(RefundSurplus.order_id == order_id)
    return list(await session.scalars(query.order_by(RefundSurplus.id).limit(200)))


async def due_checks(session: ReadSession, before: dict[str, datetime], limit: int) -> list[tuple[UUID, UUID]]:
    """(shop, refund) of attempts whose answer is overdue, across shops; `before` by state."""
    found = await session.execute(
        text(
            """SELECT shop_id, id FROM refunds
            WHERE rail = 'stripe' AND state IN ('created', 'sent', 'unknown', 'pending')
              AND coalesce(checked_at, last_sent_at, created_at)
                < CASE state WHEN 'pending' THEN CAST(:pending AS timestamptz)
                  ELSE CAST(:open AS timestamptz) END
            ORDER BY coalesce(checked_at, last_sent_at, created_at) LIMIT :limit"""
        ),
        {"pending": before["pending"], "open": before["open"], "limit": limit},
    )
    return [(r["shop_id"], r["id"]) for r in rows(found)]


async def dispute(session: WriteSession, values: dict[str, Any]) -> bool:
    """Stores what a dispute became; an ended one never opens again. True where the row changed."""
    found = await session.scalar(
        text(
            """INSERT INTO payment_disputes (shop_id, id, tender_id, order_id, provider_ref, status, open, amount,
              updated_at) VALUES (:shop, :id, :tender, :order, :ref, :status, :open, :amount, :at)
            ON CONFLICT ON CONSTRAINT uq_payment_disputes_provider_ref DO UPDATE
            SET status = excluded.status, open = excluded.open, updated_at = excluded.updated_at
            WHERE payment_disputes.open AND payment_disputes.status <> excluded.status RETURNING id"""
        ),
        values | {"shop": session.shop_id, "id": new_id()},
    )
    return found is not None


async def has_open_dispute(session: ReadSession, tender_id: UUID) -> bool:
    """Whether a dispute holds the tender."""
    query = select(Dispute.id).where(
        Dispute.shop_id == session.shop_id, Dispute.tender_id == tender_id, Dispute.open.is_(True)
    )
    return await session.scalar(query.limit(1)) is not None
