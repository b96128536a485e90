"""What is shown of refund attempts."""

from collections.abc import Sequence
from uuid import UUID

from comeback.core.db import ReadSession
from comeback.payments import repository
from comeback.payments.models import Refund
from comeback.payments.schemas import AttemptOut, SurplusOut


async def attempts_out(session: ReadSession, refunds: Sequence[Refund]) -> list[AttemptOut]:
    """Attempts with the order's own names of their tenders."""
    tenders = {t.id: t for t in await repository.tenders(session, list({r.order_id for r in refunds}))}
    return [
        AttemptOut(
            id=r.id,
            tender=tenders[r.tender_id].external_id,
            tender_kind=tenders[r.tender_id].kind,
            amount=r.amount,
            currency=r.currency,
            state=r.state,
            rail=r.rail,
            origin=r.origin,
            provider_ref=r.provider_ref,
            failure_reason=r.failure_reason,
            created_at=r.created_at,
            settled_at=r.settled_at,
        )
        for r in refunds
    ]


async def attempts_of_order(session: ReadSession, order_id: UUID) -> list[AttemptOut]:
    """All attempts of an order, oldest first."""
    return await attempts_out(session, await repository.refunds_where(session, order_id=order_id))


async def attempts_of_sources(session: ReadSession, source_ids: Sequence[UUID]) -> dict[UUID, list[AttemptOut]]:
    """Attempts by what decided them (a settlement's id)."""
    if not source_ids:
        return {}
    refunds = await repository.refunds_where(session, source_id=source_ids)
    found: dict[UUID, list[AttemptOut]] = {}
    for refund, out in zip(refunds, await attempts_out(session, refunds), strict=True):
        found.setdefault(refund.source_id, []).append(out)
    return found


async def surpluses(session: ReadSession) -> list[SurplusOut]:
    """Open tasks about money given back elsewhere beyond everything known to be paid, oldest first."""
    return [
        SurplusOut(
            id=row.id,
            order_id=row.order_id,
            provider_ref=row.provider_ref,
            payment_ref=row.payment_ref,
            amount=row.amount,
            currency=row.currency,
            seen_at=row.seen_at,
        )
        for row in await repository.surpluses(session)
    ]
