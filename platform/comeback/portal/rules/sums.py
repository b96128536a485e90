"""A quote as a sum that a customer can follow: every row, the total, and each step in words."""

from collections.abc import Mapping
from typing import Any

from comeback.portal.rules.sentences import known
from comeback.portal.schemas import MoneyRow, MoneySum
from comeback.portal.words.reader import Reader, upper
from comeback.returns.rules.explain import sentence
from comeback.returns.rules.quoted import Step
from comeback.returns.schemas import QuoteOut, ReasonOut

Titles = Mapping[str, str]
"""Line key → title."""


def money_sum(quote: QuoteOut, titles: Titles, reader: Reader) -> MoneySum:
    """The sum of a quote. goods − discounts + tax + shipping − exchanged − fees − paid before = what comes back."""
    return MoneySum(
        rows=_rows(quote, reader),
        totals=_totals(quote, reader),
        tenders=[
            reader.t("summary.tender", amount=reader.money(s.amount, quote.currency), tender=tender(s.kind, reader))
            for s in quote.tenders
        ],
        explanation=[explained(step, quote, titles, reader) for step in quote.explanation],
        valid=reader.t("summary.valid", date=reader.sentence(quote.expires_at)) if quote.expires_at else None,
        token=quote.token,
    )


def _rows(quote: QuoteOut, reader: Reader) -> list[MoneyRow]:
    goods, discount = sum(x.goods for x in quote.lines), sum(x.discount_share for x in quote.lines)
    tax, amount = sum(x.tax for x in quote.lines), sum(x.amount for x in quote.lines)
    inside = amount == goods - discount
    signed = [
        ("summary.goods", goods),
        ("summary.discount", -discount),
        ("summary.tax", 0 if inside else tax),
        ("summary.shipping", quote.shipping_refund),
        *((f"fee.{fee.kind}", -fee.amount) for fee in quote.fees),
        ("summary.exchanged", -quote.carried_total),
        ("summary.already", quote.refund_total + quote.credit_total - _due(quote, amount)),
    ]
    rows = [
        MoneyRow(label=reader.t(key), amount=_signed(value, quote.currency, reader)) for key, value in signed if value
    ]
    if inside and tax:
        rows[0] = MoneyRow(
            label=rows[0].label,
            amount=rows[0].amount,
            hint=f"{reader.t('summary.tax_inside')} {reader.money(tax, quote.currency)}",
        )
    return rows


def _due(quote: QuoteOut, amount: int) -> int:
    return amount + quote.shipping_refund - sum(fee.amount for fee in quote.fees) - quote.carried_total


def _signed(value: int, currency: str, reader: Reader) -> str:
    said = reader.money(abs(value), currency)
    return f"−{said}" if value < 0 else said


def _totals(quote: QuoteOut, reader: Reader) -> list[MoneyRow]:
    """Refund and credit apart; a refund of nothing is said only where there is nothing else."""
    money = [("summary.total_credit", quote.credit_total), ("summary.bonus", quote.bonus_total)]
    rows = [MoneyRow(label=reader.t(k), amount=reader.money(v, quote.currency)) for k, v in money if v]
    if quote.refund_total or not rows:
        rows.insert(
            0, MoneyRow(label=reader.t("summary.total"), amount=reader.money(quote.refund_total, quote.currency))
        )
    return rows


def tender(kind: str, reader: Reader) -> str:
    """A means of payment as its owner calls it."""
    return known(reader.words, f"tender.{kind}", "tender.card")


def explained(step: ReasonOut, quote: QuoteOut, titles: Titles, reader: Reader) -> str:
    """One step of the computation, with titles instead of keys."""
    kinds = {share.tender: share.kind for share in quote.tenders}
    swaps = {x.exchange.variant: x.exchange.title for x in quote.lines if x.exchange}
    named: dict[str, Any] = {}
    for name, value in step.params.items():
        match name:
            case "line":
                named[name] = titles.get(value, value)
            case "tender":
                named[name] = tender(kinds.get(value, ""), reader)
            case "variant":
                named[name] = swaps.get(value) or value
            case "kind":
                named[name] = known(reader.words, f"fee.{value}", "fee.inspection")
            case _:
                named[name] = value
    return upper(sentence(Step(code=step.code, params=named), quote.currency, reader.language))
