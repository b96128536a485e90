"""A return of the returns room in the shapes of the desk, and the inspector's findings as revisions of its receipts."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import convert

from comeback.desk import rules
from comeback.desk.schemas.returns import (
    AttemptOut,
    FeeOut,
    InspectIn,
    InspectionOut,
    InspectLineIn,
    MoneyOut,
    ReturnLineOut,
    SettlementOut,
    TenderShare,
)
from comeback.desk.schemas.shared import TimelineEntry
from comeback.returns.rules.quoted import Quote
from comeback.returns.schemas import CaseLineOut, CaseOut, QuoteOut, ReceiptIn, ReceiptLineIn, ReceiptOut
from comeback.returns.schemas import SettlementOut as Settled
from comeback.returns.service import CaseView
from comeback.returns.service.viewing import computed_out


def line(row: CaseLineOut, case: CaseOut) -> ReturnLineOut:
    """One line with its findings."""
    swaps = {swap.line: swap.title for swap in case.exchange}
    return ReturnLineOut(
        id=str(row.id),
        title=row.title,
        sku=row.sku,
        image_url=row.image_url,
        quantity=row.quantity,
        reason=row.reason,
        note=row.note,
        resolution=row.resolution,
        exchange_title=swaps.get(str(row.id)) or swaps.get(row.line),
        goods_state=row.goods_state,
        goods=row.goods,
        discount_share=row.discount_share,
        tax=row.tax,
        amount=row.amount,
        inspections=[
            InspectionOut(
                quantity=found.quantity,
                grade=found.condition,
                disposition=found.disposition,
                deduction_percent=found.deduction_percent,
                deduction_reason=found.deduction_reason,
                note=found.note,
                at=found.at,
            )
            for found in row.findings
        ],
    )


def money(quote: QuoteOut, *, tax_included: bool) -> MoneyOut:
    """A quote, or what is due now, as the breakdown of the page."""
    return MoneyOut(
        currency=quote.currency,
        tax_included=tax_included,
        goods=sum(row.goods for row in quote.lines),
        discount_share=sum(row.discount_share for row in quote.lines),
        tax=sum(row.tax for row in quote.lines),
        fees=[FeeOut(kind=fee.kind, amount=fee.amount) for fee in quote.fees],
        shipping_refund=quote.shipping_refund,
        already_refunded=quote.already_refunded,
        refund_total=quote.refund_total,
        credit_total=quote.credit_total,
        bonus_total=quote.bonus_total,
        carried_total=quote.carried_total,
        charge_total=quote.charge_total,
        tenders=[TenderShare(kind=share.kind, amount=share.amount) for share in quote.tenders],
        explanation=[step.text for step in quote.explanation],
    )


def paid(view: CaseView, *, tax_included: bool) -> MoneyOut | None:
    """What all settlements so far came to; None before the first. Blocked ones moved nothing."""
    executed = [row for row in view.parts.settlements if row.state != "blocked"]
    quotes = [computed_out(view.parts, convert(row.computed, Quote)) for row in executed]
    parts = [money(quote, tax_included=tax_included) for quote in quotes]
    return rules.added_up(parts) if parts else None


def settlement(row: Settled) -> SettlementOut:
    """One settlement with its attempts."""
    return SettlementOut(
        id=str(row.id),
        state=row.state,
        at=row.at,
        refund_total=row.refund_total,
        credit_total=row.credit_total + row.bonus_total,
        attempts=[
            AttemptOut(
                id=str(attempt.id),
                tender=attempt.tender_kind,
                amount=attempt.amount,
                state=attempt.state,
                provider_ref=attempt.provider_ref,
                failure_reason=attempt.failure_reason,
                at=attempt.settled_at or attempt.created_at,
            )
            for attempt in row.attempts
        ],
    )


def entries(case: CaseOut) -> list[TimelineEntry]:
    """The case's own history; parcels tell theirs better."""
    found = [
        rules.event_entry(e.name, e.occurred_at, e.data, None, e.name.startswith(("shipment.", "return_shipment.")))
        for e in case.timeline
    ]
    told = [entry for entry in found if entry is not None]
    for entry in told:
        entry.detail.pop("number", None)
    return told


def revisions(receipts: Sequence[ReceiptOut], body: InspectIn) -> list[tuple[UUID, ReceiptIn]]:
    """The receipts that hold ungraded units, each with its new findings.

    What was graded before stays as it is; ungraded units the inspector did not count fall out of the receipt.
    """
    said = {found.line: found for found in body.lines}
    left = Counter({found.line: found.quantity for found in body.lines})
    made: list[tuple[UUID, ReceiptIn]] = []
    for receipt in receipts:
        if all(row["condition"] for row in receipt.lines):
            continue
        lines: list[ReceiptLineIn] = []
        for row in receipt.lines:
            lines += _revised(row, said, left)
        made.append((receipt.id, ReceiptIn(lines=lines, location=receipt.location)))
    return made


def _revised(row: dict[str, Any], said: dict[str, InspectLineIn], left: Counter[str]) -> list[ReceiptLineIn]:
    key, quantity = str(row["return_line"]), int(row["quantity"])
    if row["condition"]:
        return [_kept(row, key, quantity)]
    found = said.get(key)
    counted = min(quantity, left[key])
    if found is None or counted <= 0:
        return []
    left[key] -= counted
    return [
        ReceiptLineIn(
            line=key,
            quantity=counted,
            condition=found.grade,
            disposition=found.disposition,
            deduction_percent=found.deduction_percent,
            deduction_reason=found.deduction_reason,
            note=found.note,
        )
    ]


def _kept(row: dict[str, Any], key: str, quantity: int) -> ReceiptLineIn:
    return ReceiptLineIn(
        line=key,
        quantity=quantity,
        condition=row["condition"],
        disposition=row["disposition"],
        deduction_percent=row["deduction_percent"],
        deduction_reason=row["deduction_reason"],
        photos=list(row["photos"]),
        note=row["note"],
    )
