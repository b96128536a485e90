"""Money given back outside a return, and what humans did with refunds no provider brings."""

from uuid import UUID

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.kit.ids import new_id, parse_id
from comeback.ledger import service as ledger
from comeback.merchants import service as merchants
from comeback.orders import service as orders
from comeback.orders.models import Order, OrderTender
from comeback.orders.rules.amounts import spread_over_tenders
from comeback.payments import repository, rules
from comeback.payments.errors import NotManual, OverRefund, RefundNotFound
from comeback.payments.models import Rail, Refund, SourceKind
from comeback.payments.schemas import ConfirmIn, GoodwillIn, RefundsOut
from comeback.payments.service.entitle import Plan, create_refund
from comeback.payments.service.moving import move_to
from comeback.payments.service.viewing import attempts_out


def _left(tender: OrderTender) -> int:
    return max(0, tender.captured - tender.refunded - tender.reserved)


def _shares(asked: GoodwillIn, tenders: list[OrderTender]) -> list[tuple[UUID, int]]:
    """The amount over the tenders; raises OverRefund (409) or Invalid (422) for an unknown tender."""
    usable = tenders
    if asked.tender is not None:
        usable = [t for t in tenders if asked.tender in (t.external_id, str(t.id))]
        if not usable:
            raise Invalid(errors=[FieldError("/tender", "is not a means of payment of this order")])
    if asked.amount > (left := sum(_left(t) for t in usable)):
        raise OverRefund(f"{left} is left to refund.", extra={"left": left})
    by_key = {t.external_id: t for t in usable}
    spread = spread_over_tenders(
        asked.amount, {k: _left(t) for k, t in by_key.items()}, {k: t.kind for k, t in by_key.items()}
    )
    return [(by_key[key].id, amount) for key, amount in spread.items()]


async def _lines(session: WriteSession, order: Order, asked: GoodwillIn) -> dict[UUID, int]:
    known = {line.external_id: line.id for line in await orders.lines_of(session, order.id)}
    ids = set(known.values())
    found: dict[UUID, int] = {}
    problems: list[FieldError] = []
    for i, part in enumerate(asked.lines or []):
        line_id = known.get(part.line) or parse_id(part.line)
        if line_id not in ids or line_id is None:
            problems.append(FieldError(f"/lines/{i}/line", "is not a line of this order"))
        else:
            found[line_id] = found.get(line_id, 0) + part.amount
    if sum(found.values()) + asked.shipping > asked.amount:
        problems.append(FieldError("/lines", "lines and shipping exceed the amount"))
    if problems:
        raise Invalid(errors=problems)
    return found


async def goodwill(session: WriteSession, principal: Principal, order_id: UUID, asked: GoodwillIn) -> RefundsOut:
    """Gives money back for no goods (M7). Raises OverRefund (409) over any cap."""
    await orders.lock_orders(session, [order_id])
    order = await orders.get_order(session, order_id)
    lines = await _lines(session, order, asked)
    tenders = await repository.tenders(session, [order_id])
    shares = _shares(asked, tenders)
    source = new_id()
    plan = Plan(
        order_id=order_id,
        currency=order.currency,
        source_kind=SourceKind.GOODWILL,
        source_id=source,
        parts=rules.split(shares, lines, asked.shipping),
        customer_id=order.customer_id,
        reason=asked.reason,
    )
    refunds = await create_refund(session, plan)
    entries = rules.entitlement("goodwill", order.currency, asked.amount)
    await ledger.post(session, "goodwill", str(source), entries, order_id=order_id)
    await merchants.audit(session, principal, "refund.goodwill", order_id, {"amount": asked.amount})
    out = await attempts_out(session, refunds)
    unallocated = sum(r.unallocated for r in refunds)
    state = "settled" if all(a.state == "succeeded" for a in out) else "executing"
    return RefundsOut(
        id=source, state=state, amount=asked.amount, currency=order.currency, unallocated=unallocated, attempts=out
    )


async def confirm(session: WriteSession, principal: Principal, refund_id: UUID, said: ConfirmIn) -> Refund:
    """A human says that a refund paid by hand was paid, or will not be. Raises NotManual (409)."""
    known = await repository.refund(session, refund_id)
    if known is None:
        raise RefundNotFound()
    await orders.lock_orders(session, [known.order_id])
    refund = await repository.lock_refund(session, refund_id)
    if refund is None or refund.rail != Rail.MANUAL or refund.state != "requires_action":
        raise NotManual("Only an open refund that is paid by hand can be confirmed.")
    kinds = {t.id: t.kind for t in await repository.tenders(session, [refund.order_id])}
    seen = "succeeded" if said.paid else "failed"
    await move_to(session, refund, kinds[refund.tender_id], seen, seen_by="staff", detail=said.note)
    await repository.close_payout(session, refund_id, "done" if said.paid else "canceled", clock.now())
    await merchants.audit(session, principal, f"refund.{seen}", refund_id, {"amount": refund.amount})
    return refund
