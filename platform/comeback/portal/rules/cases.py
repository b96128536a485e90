"""The status page of a return, from what the returns room tells. Pure."""

from comeback.payments.schemas import AttemptOut
from comeback.portal.rules.sentences import known
from comeback.portal.rules.sums import money_sum, tender
from comeback.portal.rules.wizard import web
from comeback.portal.schemas import AttemptRow, CasePage, ItemRow, LabelCard, Note, StepMark
from comeback.portal.words.reader import Reader
from comeback.returns.schemas import CaseLineOut, CaseOut
from comeback.shipments.schemas import ShipmentOut

_MARKS = {"done": "done", "current": "now", "next": "ahead"}
_OVER = frozenset({"declined", "canceled", "expired"})
_WAITING = frozenset({"approved", "on_its_way"})
_TONES = {"succeeded": "good", "failed": "warn", "canceled": "warn"}


def case_page(case: CaseOut, reader: Reader, label: LabelCard | None, tracking_url: str | None) -> CasePage:
    """Everything the page shows of a return."""
    titles = {line.line: line.title for line in case.lines}
    return CasePage(
        number=case.number,
        order_number=case.order_number,
        headline=known(reader.words, f"case.status.{case.status}", "case.status.requested"),
        lead=_lead(case, reader),
        steps=[] if case.status in _OVER else _steps(case, reader),
        note=_note(case, reader),
        label=label,
        next=_next(case, label, reader),
        items=[_item(line, case, reader) for line in case.lines],
        money=money_sum(case.quote, titles, reader),
        attempts=_money(case, reader),
        tracking_url=tracking_url,
    )


def _lead(case: CaseOut, reader: Reader) -> str | None:
    if case.status == "declined":
        return case.declined_reason
    return known(reader.words, f"case.lead.{case.status}", "case.lead.requested")


def _steps(case: CaseOut, reader: Reader) -> list[StepMark]:
    return [
        StepMark(
            label=known(reader.words, f"case.step.{step.name}", "case.step.requested"),
            state=_MARKS.get(step.state, "ahead"),
            at=reader.short(step.at) if step.at and step.state != "next" else None,
            done_word=reader.t("steps.done"),
        )
        for step in case.steps
    ]


def _note(case: CaseOut, reader: Reader) -> Note | None:
    if case.status == "refund_failed":
        return Note(kind="warn", title=reader.t("attempt.failed"), body=reader.t("case.lead.refund_failed"))
    return None


def parcel_of(case: CaseOut) -> ShipmentOut | None:
    """The parcel whose label counts: the newest that was not voided."""
    living = [p for p in case.shipments if p.label.state != "voided"]
    return living[-1] if living else None


def label_card(case: CaseOut, reader: Reader, url: str, drawing: str | None) -> LabelCard | None:
    """The label while it is needed; `drawing` is the QR code as SVG."""
    parcel = parcel_of(case)
    if case.status not in _WAITING or parcel is None or parcel.label.state == "none":
        return None
    ready = parcel.label.state == "label_ready"
    return LabelCard(
        ready=ready,
        failed=parcel.label.state == "label_failed",
        hint=reader.t("label.hint_qr" if case.method == "qr" else "label.hint"),
        qr=drawing if ready else None,
        number=parcel.tracking_number,
        url=url if ready else None,
        deadline=reader.t("label.deadline", date=reader.long(case.send_by)) if case.send_by else None,
    )


def _next(case: CaseOut, label: LabelCard | None, reader: Reader) -> list[str]:
    if case.status != "approved" or label is None:
        return []
    hand_in = reader.t("next.handin", date=reader.day(case.send_by)) if case.send_by else reader.t("next.handin_plain")
    how = reader.t("next.qr" if case.method == "qr" else "next.label")
    return [reader.t("next.pack"), how, hand_in, reader.t("next.money")]


def _item(line: CaseLineOut, case: CaseOut, reader: Reader) -> ItemRow:
    swap = next((x for x in case.exchange if x.line == line.line), None)
    if line.resolution == "exchange" and swap:
        wanted = reader.t("outcome.exchange", title=swap.title)
    else:
        wanted = known(reader.words, f"outcome.{line.resolution}", "outcome.refund")
    return ItemRow(
        title=line.title,
        quantity=line.quantity,
        variant=wanted,
        price=reader.money(line.amount, case.currency),
        image_url=web(line.image_url),
    )


def _money(case: CaseOut, reader: Reader) -> list[AttemptRow]:
    rows = [_attempt(a, reader) for s in case.settlements for a in s.attempts]
    for settled in case.settlements:
        if settled.credit:
            amount = reader.money(settled.credit.amount + settled.credit.bonus, settled.credit.currency)
            text = reader.t("credit.given", amount=amount)
            rows.append(AttemptRow(state=reader.t("attempt.succeeded_credit"), tone="good", text=text))
    return rows + _swaps(case, reader)


def _attempt(attempt: AttemptOut, reader: Reader) -> AttemptRow:
    amount, name = reader.money(attempt.amount, attempt.currency), tender(attempt.tender_kind, reader)
    if attempt.settled_at and attempt.state == "succeeded":
        text = reader.t("attempt.text_at", amount=amount, tender=name, date=reader.short(attempt.settled_at))
    else:
        text = reader.t("attempt.text", amount=amount, tender=name)
    state = known(reader.words, f"attempt.{attempt.state}", "attempt.pending")
    return AttemptRow(state=state, tone=_TONES.get(attempt.state, ""), text=text)


def _swaps(case: CaseOut, reader: Reader) -> list[AttemptRow]:
    words = {"reserved": "exchange.given", "released": "exchange.sent", "shipped": "exchange.sent"}
    tones = {"reserved": "", "released": "good", "shipped": "good"}
    return [
        AttemptRow(
            state=reader.t(f"exchange.state.{x.state}"),
            tone=tones[x.state],
            text=reader.t(words[x.state], title=x.title),
        )
        for x in case.exchange
        if x.state in words
    ]
