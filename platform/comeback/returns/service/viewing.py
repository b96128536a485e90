"""A case as it is shown: to the API, to the customer's status page, to the agent."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from comeback.catalog import service as catalog
from comeback.core.db import ReadSession
from comeback.core.events import events_of
from comeback.core.settings import Settings
from comeback.orders import service as orders
from comeback.orders.models import OrderLine
from comeback.payments import service as payments
from comeback.payments.schemas import AttemptOut
from comeback.returns import repository
from comeback.returns.models import Exchange, Receipt, ReceiptLine, ReturnCase, ReturnLine, Settlement
from comeback.returns.rules import progress
from comeback.returns.rules.quoted import Quote, QuotedLine
from comeback.returns.schemas import (
    CaseLineOut,
    CaseOut,
    CreditOut,
    ExchangeOut,
    FeeOut,
    FindingOut,
    QuoteOut,
    ReceiptOut,
    SettlementOut,
    StepOut,
    TimelineOut,
)
from comeback.returns.service.loading import find
from comeback.returns.service.quoting import shape
from comeback.returns.service.settling import basis_of
from comeback.shipments import service as shipments
from comeback.shipments.schemas import ShipmentOut

STATUTORY = timedelta(days=14)
_TROUBLE = frozenset({"failed", "partially_settled"})


class CaseParts(msgspec.Struct, frozen=True):
    """Everything that belongs to one case, read once."""

    case: ReturnCase
    lines: list[ReturnLine]
    sold: dict[UUID, OrderLine]
    order_number: str
    receipts: list[Receipt]
    findings: list[ReceiptLine]
    settlements: list[Settlement]
    attempts: dict[UUID, list[AttemptOut]]
    exchanges: list[Exchange]
    variants: dict[UUID, dict[str, Any]]
    parcels: list[ShipmentOut]
    timeline: list[TimelineOut]


async def read(session: ReadSession, case: ReturnCase, settings: Settings | None = None) -> CaseParts:
    """Reads a case in a fixed number of statements."""
    settlements = await repository.settlements(session, case.id)
    exchanges = await repository.exchanges(session, case.id)
    return CaseParts(
        case=case,
        lines=await repository.lines(session, [case.id]),
        sold={line.id: line for line in await orders.lines_of(session, case.order_id)},
        order_number=(await orders.get_order(session, case.order_id)).number,
        receipts=await repository.receipts(session, case.id),
        findings=await repository.findings(session, case.id),
        settlements=settlements,
        attempts=await payments.attempts_of_sources(session, [s.id for s in settlements]),
        exchanges=exchanges,
        variants=await catalog.variants_by_id(session, [x.variant_id for x in exchanges]),
        parcels=await shipments.shipments_of_return(session, case.id, settings=settings),
        timeline=[
            TimelineOut(name=e.name, occurred_at=e.occurred_at, data=e.data)
            for e in await events_of(session, return_id=case.id)
        ],
    )


def quote_of(case: ReturnCase) -> Quote:
    """The promise of a case."""
    return msgspec.json.decode(msgspec.json.encode(case.quote), type=Quote)


def quote_out(parts: CaseParts, locale: str = "en") -> QuoteOut:
    """The promise as the API shows it."""
    titles = {v["external_id"]: v["title"] for v in parts.variants.values()}
    return shape(quote_of(parts.case), basis_of(parts.case).order, (), titles, locale)


def computed_out(parts: CaseParts, got: Quote, locale: str = "en") -> QuoteOut:
    """A computed settlement as the API shows a quote."""
    titles = {v["external_id"]: v["title"] for v in parts.variants.values()}
    return shape(got, basis_of(parts.case).order, (), titles, locale)


def _finding(row: ReceiptLine) -> FindingOut:
    return FindingOut(
        quantity=len(row.slots),
        condition=row.grade,
        disposition=row.disposition,
        deduction_percent=row.deduction_percent,
        deduction_reason=row.deduction_reason,
        photos=list(row.photos),
        note=row.note,
        at=row.at,
    )


def _line(parts: CaseParts, line: ReturnLine, quoted: QuotedLine) -> CaseLineOut:
    sold = parts.sold[line.line_id]
    return CaseLineOut(
        id=line.id,
        line=sold.external_id,
        line_id=line.line_id,
        title=sold.title,
        sku=sold.sku,
        image_url=sold.image_url,
        quantity=line.quantity,
        reason=line.reason,
        note=line.note,
        resolution=line.resolution,
        goods_state=line.goods_state,
        goods=quoted.goods,
        discount_share=quoted.discount_share,
        tax=quoted.tax,
        amount=quoted.amount,
        exchange_variant=line.exchange_variant_id,
        findings=[_finding(f) for f in parts.findings if f.return_line_id == line.id],
    )


def exchanges_out(parts: CaseParts) -> list[ExchangeOut]:
    """The replacements of a case."""
    keys = {x.id: parts.sold[x.line_id].external_id for x in parts.lines}
    return [
        ExchangeOut(
            id=x.id,
            line=keys[x.return_line_id],
            variant=x.variant_id,
            title=parts.variants[x.variant_id]["title"],
            quantity=x.quantity,
            price=x.price,
            state=x.state,
            order_id=x.order_id,
        )
        for x in parts.exchanges
    ]


def settlement_out(parts: CaseParts, row: Settlement) -> SettlementOut:
    """One settlement with its attempts, credit and replacements."""
    credit = None
    if row.state != "blocked" and (row.credit_total or row.bonus_total):
        credit = CreditOut(amount=row.credit_total, bonus=row.bonus_total, currency=parts.case.currency)
    settled = {parts.sold[x.line_id].external_id for x in parts.lines if str(x.id) in row.units}
    return SettlementOut(
        id=row.id,
        state=row.state,
        block_reason=row.block_reason,
        at=row.created_at,
        refund_total=row.refund_total,
        credit_total=row.credit_total,
        bonus_total=row.bonus_total,
        expected_total=row.expected_total,
        fees=[FeeOut(kind=f["kind"], amount=f["amount"]) for f in row.computed["fees"]],
        attempts=parts.attempts.get(row.id, []),
        credit=credit,
        exchange=[x for x in exchanges_out(parts) if x.line in settled],
    )


def receipt_out(parts: CaseParts, row: Receipt) -> ReceiptOut:
    """One receipt with what is found to be so now."""
    keys = {x.id: parts.sold[x.line_id].external_id for x in parts.lines}
    lines = [
        {"line": keys[f.return_line_id], "return_line": str(f.return_line_id)} | msgspec.to_builtins(_finding(f))
        for f in parts.findings
        if f.receipt_id == row.id
    ]
    return ReceiptOut(
        id=row.id,
        location=row.location,
        revision=row.revision,
        received_at=row.received_at,
        lines=lines,
        unexpected=list(row.unexpected),
    )


def facts_of(parts: CaseParts) -> progress.Facts:
    """The moments that status and steps follow from."""
    case = parts.case
    scanned = [m.occurred_at for p in parts.parcels for m in p.milestones if m.name != "info_received"]
    graded = [f.at for f in parts.findings if f.grade]
    whole = sum(len(f.slots) for f in parts.findings if f.grade) == sum(x.quantity for x in parts.lines)
    live = [s for s in parts.settlements if s.state != "blocked"]
    return progress.Facts(
        state=case.state,
        requested_at=case.requested_at,
        approved_at=case.decided_at if case.state not in ("declined", "requested", "needs_review") else None,
        scanned_at=min(scanned, default=None),
        received_at=case.received_at,
        inspected_at=max(graded) if graded and whole else None,
        settled_at=max((s.created_at for s in live), default=None),
        paid=bool(live) and all(s.state == "settled" for s in live),
        failed=any(s.state in _TROUBLE for s in live),
    )


def shape_case(parts: CaseParts, locale: str = "en") -> CaseOut:
    """A case as the API shows it."""
    case, quoted, known = parts.case, quote_of(parts.case).lines, facts_of(parts)
    return CaseOut(
        id=case.id,
        number=case.number,
        order_id=case.order_id,
        order_number=parts.order_number,
        customer_id=case.customer_id,
        kind=case.kind,
        state=case.state,
        status=progress.status(known),
        method=case.method,
        currency=case.currency,
        policy_version=case.policy_version,
        requested_at=case.requested_at,
        send_by=case.send_by,
        refund_due_at=case.requested_at + STATUTORY if case.kind == "withdrawal" else None,
        declined_reason=case.declined_reason,
        review=list(case.review),
        lines=[_line(parts, line, q) for line, q in zip(parts.lines, quoted, strict=True)],
        quote=quote_out(parts, locale),
        shipments=parts.parcels,
        receipts=[receipt_out(parts, r) for r in parts.receipts],
        settlements=[settlement_out(parts, s) for s in parts.settlements],
        exchange=exchanges_out(parts),
        steps=[StepOut(name=s.name, state=s.state, at=s.at) for s in progress.steps(known)],
        timeline=parts.timeline,
    )


async def get_case(
    session: ReadSession, case_id: UUID, settings: Settings | None = None, locale: str = "en"
) -> CaseOut:
    """A case with everything that belongs to it. Raises ReturnNotFound (404)."""
    return shape_case(await read(session, await find(session, case_id), settings), locale)


async def get_settlement(session: ReadSession, row: Settlement) -> SettlementOut:
    """A settlement as the API answers it."""
    return settlement_out(await read(session, await find(session, row.case_id)), row)
