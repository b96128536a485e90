"""The steps of a return: what each screen offers, what a form means, which screen comes next. Pure."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from comeback.portal.rules.sentences import known
from comeback.portal.schemas import Choice, Draft, DraftLine, FormError, LineChoice, WizardStep
from comeback.portal.words.reader import Reader
from comeback.returns.rules.facts import MERCHANT_FAULT
from comeback.returns.schemas import LineOption, OptionsOut, WishLine

STEPS = ("items", "reasons", "outcomes", "method", "summary")
REASONS = (
    "too_small", "too_large", "changed_mind", "not_as_described", "damaged", "defective", "wrong_item",
    "arrived_late", "other",
)  # fmt: skip
NOTE_MAX = 500

Form = Mapping[str, Sequence[str]]
Parsed = tuple[Draft, list[FormError]]


def one(form: Form, name: str) -> str:
    """The first value of a field, without the spaces around it and without NUL."""
    values = form.get(name) or ("",)
    return values[0].replace("\x00", "").strip()


def step_of(name: str, reader: Reader, base: str) -> WizardStep:
    """One screen; `base` is where the screens lie."""
    at = STEPS.index(name)
    return WizardStep(
        name=name,
        index=at + 1,
        count=len(STEPS),
        title=reader.t(f"step.{name}"),
        lead=None if name == "method" else reader.t(f"step.{name}_lead"),
        submit=reader.t("wizard.confirm" if name == "summary" else "wizard.next"),
        back=f"{base}/{STEPS[at - 1]}" if at else None,
    )


def fitting(draft: Draft, options: OptionsOut) -> Draft:
    """The draft without what can no longer be returned."""
    left = {line.line_id: line.returnable for line in options.lines}
    lines = [line for line in draft.lines if 0 < line.quantity <= left.get(line.line_id, 0)]
    return Draft(lines=lines, method=draft.method if draft.method in options.methods else None)


def without_own(options: OptionsOut, draft: Draft, bought: Mapping[UUID, str | None]) -> OptionsOut:
    """Without swapping an item for its like, unless the one that came was at fault; `bought` is line → variant."""
    reasons = {line.line_id: line.reason for line in draft.lines}
    for line in options.lines:
        if reasons.get(line.line_id) not in MERCHANT_FAULT:
            line.variants = [v for v in line.variants if v.external_id != bought.get(line.line_id)]
    return options


def missing(draft: Draft, options: OptionsOut) -> str:
    """The first screen that has no answer yet; summary when all have."""
    if not draft.lines:
        return "items"
    if any(line.reason not in REASONS for line in draft.lines):
        return "reasons"
    lines = {line.line_id: line for line in options.lines}
    if any(line.outcome not in allowed(lines[line.line_id], line.quantity) for line in draft.lines):
        return "outcomes"
    return "summary" if draft.method in options.methods else "method"


def reachable(asked: str, draft: Draft, options: OptionsOut) -> str:
    """The screen asked for, or the first one before it that is not answered: no step can be skipped."""
    first = missing(draft, options)
    return asked if asked in STEPS and STEPS.index(asked) <= STEPS.index(first) else first


def allowed(option: LineOption, quantity: int) -> list[str]:
    """Outcomes as values of the form, the exchange first; replacements only where enough are free."""
    swaps = [f"exchange:{v.id}" for v in option.variants if v.available >= quantity and v.difference <= 0]
    plain = [name for name in ("store_credit", "refund") if name in option.resolutions]
    return (swaps if "exchange" in option.resolutions else []) + plain


def read_items(form: Form, draft: Draft, options: OptionsOut, reader: Reader) -> Parsed:
    """Chosen lines with their quantities; answers given before for a line stay."""
    known_lines = {line.line_id: line for line in draft.lines}
    chosen = set(form.get("line") or ())
    lines: list[DraftLine] = []
    errors: list[FormError] = []
    for option in options.lines:
        key = str(option.line_id)
        if key not in chosen or not option.returnable:
            continue
        quantity = _count(one(form, f"quantity-{key}"))
        if not 0 < quantity <= option.returnable:
            message = reader.t("items.too_many", n=option.returnable, title=option.title)
            errors.append(FormError(field=f"line-{key}", message=message))
            quantity = option.returnable
        before = known_lines.get(option.line_id) or DraftLine(line_id=option.line_id, quantity=quantity)
        lines.append(replace(before, quantity=quantity))
    if not lines:
        first = next((x for x in options.lines if x.returnable), None)
        field = f"line-{first.line_id}" if first else "main"
        errors.append(FormError(field=field, message=reader.t("items.choose")))
    return Draft(lines=lines, method=draft.method), errors


def _count(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


def read_reasons(form: Form, draft: Draft, options: OptionsOut, reader: Reader) -> Parsed:
    """A reason and a note for each chosen line."""
    titles = {line.line_id: line.title for line in options.lines}
    lines: list[DraftLine] = []
    errors: list[FormError] = []
    for line in draft.lines:
        reason = one(form, f"reason-{line.line_id}")
        note = one(form, f"note-{line.line_id}")[:NOTE_MAX] or None
        if reason not in REASONS:
            message = reader.t("reason.choose", title=titles[line.line_id])
            errors.append(FormError(field=f"reason-{line.line_id}", message=message))
        lines.append(replace(line, reason=reason if reason in REASONS else None, note=note))
    return Draft(lines=lines, method=draft.method), errors


def read_outcomes(form: Form, draft: Draft, options: OptionsOut, reader: Reader) -> Parsed:
    """What the customer wants for each chosen line."""
    by_id = {line.line_id: line for line in options.lines}
    lines: list[DraftLine] = []
    errors: list[FormError] = []
    for line in draft.lines:
        option, said = by_id[line.line_id], one(form, f"outcome-{line.line_id}")
        good = said if said in allowed(option, line.quantity) else None
        if good is None:
            message = reader.t("outcome.choose", title=option.title)
            errors.append(FormError(field=f"outcome-{line.line_id}", message=message))
        lines.append(replace(line, outcome=good))
    return Draft(lines=lines, method=draft.method), errors


def read_method(form: Form, draft: Draft, options: OptionsOut, reader: Reader) -> Parsed:
    """How the goods come back."""
    said = one(form, "method")
    if said in options.methods:
        return Draft(lines=draft.lines, method=said), []
    return draft, [FormError(field="method", message=reader.t("method.choose"))]


READERS: Mapping[str, Callable[[Form, Draft, OptionsOut, Reader], Parsed]] = {
    "items": read_items, "reasons": read_reasons, "outcomes": read_outcomes, "method": read_method,
}  # fmt: skip


def wish(draft: Draft) -> list[WishLine]:
    """The draft as the quote wants it."""
    return [_wish(line) for line in draft.lines]


def _wish(line: DraftLine) -> WishLine:
    outcome, _, variant = (line.outcome or "refund").partition(":")
    return WishLine(
        line=str(line.line_id),
        quantity=line.quantity,
        reason=line.reason,
        note=line.note,
        resolution="exchange" if outcome == "exchange" else "store_credit" if outcome == "store_credit" else "refund",
        exchange_variant=variant or None,
    )


def line_choices(draft: Draft, options: OptionsOut, reader: Reader, *, only_chosen: bool) -> list[LineChoice]:
    """Lines of the order as a screen shows them."""
    chosen = {line.line_id: line for line in draft.lines}
    return [
        _choice(option, chosen.get(option.line_id), options.currency, reader)
        for option in options.lines
        if not only_chosen or option.line_id in chosen
    ]


def _choice(option: LineOption, line: DraftLine | None, currency: str, reader: Reader) -> LineChoice:
    price = reader.money(option.unit_amount, currency) if option.returnable else None
    return LineChoice(
        id=str(option.line_id),
        title=option.title,
        left=option.returnable,
        chosen=line is not None,
        quantity=line.quantity if line else option.returnable,
        price=reader.t("items.each", price=price) if price and option.returnable > 1 else price,
        image_url=web(option.image_url),
        hint=_hint(option, reader),
        why_not=None if option.returnable else " ".join(reason.text for reason in option.reasons),
        reason=line.reason if line else None,
        note=line.note if line else None,
        outcome=line.outcome if line else None,
        outcomes=_outcomes(option, line.quantity, currency, reader) if line else [],
    )


def _hint(option: LineOption, reader: Reader) -> str | None:
    if not option.returnable:
        return None
    if option.decision == "review":
        return reader.t("items.review")
    return reader.t("items.return_until", date=reader.short(option.last_day)) if option.last_day else None


def _outcomes(option: LineOption, quantity: int, currency: str, reader: Reader) -> list[Choice]:
    variants = {f"exchange:{v.id}": v for v in option.variants}
    found: list[Choice] = []
    for value in allowed(option, quantity):
        swap = variants.get(value)
        if swap is None:
            label, hint = reader.t(f"outcome.{value}"), reader.t(f"outcome.{value}_hint")
            found.append(Choice(value=value, label=label, hint=hint))
            continue
        back = reader.money(-swap.difference, currency)
        hint = reader.t("outcome.exchange_back", amount=back) if swap.difference else reader.t("outcome.exchange_even")
        label = reader.t("outcome.exchange", title=swap.title)
        image = web(swap.image_url) or web(option.image_url)
        found.append(Choice(value=value, label=label, hint=hint, image_url=image))
    return found


def methods(options: OptionsOut, reader: Reader) -> list[Choice]:
    """Ways to send it back."""
    return [Choice(value=m, label=reader.t(f"method.{m}"), hint=reader.t(f"method.{m}_hint")) for m in options.methods]


def reason_choices(reader: Reader) -> list[Choice]:
    """Reasons to choose from."""
    return [Choice(value=code, label=reader.t(f"why.{code}")) for code in REASONS]


def outcome_words(outcome: str | None, option: LineOption, reader: Reader) -> str:
    """What was chosen for a line, in a few words."""
    if outcome and outcome.startswith("exchange:"):
        wanted = UUID(outcome.removeprefix("exchange:"))
        title = next((v.title for v in option.variants if v.id == wanted), "")
        return reader.t("outcome.exchange", title=title)
    return known(reader.words, f"outcome.{outcome}", "outcome.refund")


def web(url: str | None) -> str | None:
    """A picture's address, where it is one of the web."""
    return url if url and url.startswith(("https://", "http://")) else None
