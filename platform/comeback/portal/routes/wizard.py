"""The steps of a return: each screen is a page and a form, nothing is skipped, everything is kept."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from comeback.catalog.errors import OutOfStock
from comeback.core.access import CUSTOMER, Principal
from comeback.core.db import Database, ReadSession
from comeback.core.settings import Settings
from comeback.kit.tokens import Signer
from comeback.portal.errors import NoPage
from comeback.portal.pages.render import answer, make, redirect
from comeback.portal.pages.visit import Visit, check_form, csrf_of, form_of, own_visit
from comeback.portal.rules import wizard as rules
from comeback.portal.rules.sums import money_sum
from comeback.portal.schemas import ItemRow
from comeback.portal.service import cases
from comeback.portal.service import wizard as service
from comeback.portal.service.wizard import Making
from comeback.returns.errors import (
    BadQuote,
    BadReturn,
    NotEligible,
    PaymentRequired,
    QuoteChanged,
    QuoteExpired,
    UnitsGone,
)
from comeback.returns.schemas import QuoteOut

_NOTICES = frozenset({"changed", "gone", "stock"})


def _base(seen: Visit) -> str:
    return f"/{seen.look.slug}/returns/new"


def _to(seen: Visit, step: str, notice: str | None = None) -> Response[bytes]:
    joint = "&" if seen.suffix else "?"
    return redirect(f"{_base(seen)}/{step}{seen.suffix}{f'{joint}notice={notice}' if notice else ''}")


def _notes(request: Request[Any, Any, Any], seen: Visit) -> list[str]:
    said = request.query_params.get("notice")
    return [seen.reader.t(f"summary.{said}")] if said in _NOTICES else []


async def _screen(
    session: ReadSession, seen: Visit, order: Principal, made: Making, name: str, csrf: str, **more: Any
) -> dict[str, Any]:
    """What every screen shows."""
    options, draft = made.options, made.draft
    return {
        "step": rules.step_of(name, seen.reader, _base(seen)),
        "order_number": options.order_number,
        "action": f"{_base(seen)}/{name}{seen.suffix}",
        "base": _base(seen),
        "csrf": csrf,
        "lines": rules.line_choices(draft, options, seen.reader, only_chosen=name != "items"),
        "reasons": rules.reason_choices(seen.reader) if name == "reasons" else [],
        "methods": rules.methods(options, seen.reader) if name == "method" else [],
        "method": draft.method,
        "able": any(line.returnable for line in options.lines),
        "cases": await cases.links(session, seen.look.slug, order.id, seen.reader) if name == "items" else [],
        "errors": [],
        "notes": [],
    } | more


def _summary(seen: Visit, made: Making, quote: QuoteOut, notes: list[str]) -> dict[str, Any]:
    """The last screen: items with their outcome, how they travel, the money with its explanation."""
    options = {line.line_id: line for line in made.options.lines}
    titles = {line.line: line.title for line in made.options.lines}
    amounts = {key: line.amount for key, line in zip([x.line_id for x in made.draft.lines], quote.lines, strict=True)}
    refused = [r.text for v in quote.eligibility if v.decision == "no" for r in v.reasons]
    return {
        "items": [
            ItemRow(
                title=options[line.line_id].title,
                quantity=line.quantity,
                variant=rules.outcome_words(line.outcome, options[line.line_id], seen.reader),
                price=seen.reader.money(amounts[line.line_id], quote.currency),
                image_url=rules.web(options[line.line_id].image_url),
            )
            for line in made.draft.lines
        ],
        "method": seen.reader.t(f"method.{made.draft.method}"),
        "sum": money_sum(quote, titles, seen.reader),
        "notes": notes + refused,
        "able": not refused,
    }


@get(
    "/{slug:str}/returns/new/{step:str}", opt={"permission": CUSTOMER}, operation_id="returnStep",
    include_in_schema=False,
)  # fmt: skip
async def step_page(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    step: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    signer: NamedDependency[Signer],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """One screen; a screen that is not due yet leads to the one that is."""
    seen = await own_visit(request, database, slug, principal)
    if step not in rules.STEPS:
        raise NoPage()
    async with database.read(seen.shop_id) as session:
        made = await service.begun(session, principal.id, seen.reader)
        name = rules.reachable(step, made.draft, made.options)
        if name != step:
            return _to(seen, name)
        more: dict[str, Any] = {"notes": _notes(request, seen)}
        if name == "summary":
            try:
                quote = await service.quoted(session, signer, principal.id, made.draft, seen.reader)
            except (UnitsGone, BadReturn):
                return _to(seen, "items", "gone")
            more = _summary(seen, made, quote, more["notes"])
        values = await _screen(session, seen, principal, made, name, csrf_of(request, settings), **more)
    return answer(make("wizard.html", seen.look, seen.reader, keep_language=seen.asked is not None, **values))


@post(
    "/{slug:str}/returns/new/{step:str}", opt={"permission": CUSTOMER}, operation_id="answerReturnStep",
    include_in_schema=False,
)  # fmt: skip
async def step_answer(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    step: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    signer: NamedDependency[Signer],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Keeps the answer and leads on; with mistakes the same screen again, with what was typed."""
    seen = await own_visit(request, database, slug, principal)
    form = await form_of(request)
    check_form(request, settings, form)
    if step == "summary":
        return await _confirm(database, signer, seen, principal, rules.one(form, "quote"))
    if step not in rules.READERS:
        raise NoPage()
    async with database.write(seen.shop_id) as session:
        made = await service.begun(session, principal.id, seen.reader)
        if rules.reachable(step, made.draft, made.options) != step:
            return _to(seen, rules.missing(made.draft, made.options))
        draft, errors = rules.READERS[step](form, made.draft, made.options, seen.reader)
        if not errors:
            await service.store(session, principal.id, draft)
            return _to(seen, rules.STEPS[rules.STEPS.index(step) + 1])
        again = Making(made.options, draft)
        values = await _screen(session, seen, principal, again, step, csrf_of(request, settings), errors=errors)
    page = make("wizard.html", seen.look, seen.reader, keep_language=seen.asked is not None, **values)
    return answer(page, 422)


async def _confirm(database: Database, signer: Signer, seen: Visit, who: Principal, token: str) -> Response[bytes]:
    """Makes the return. A second click finds the return that the first one made."""
    try:
        async with database.write(seen.shop_id) as session:
            case_id = await service.confirm(session, signer, who, seen.reader, token)
    except (QuoteChanged, QuoteExpired, BadQuote):
        return _to(seen, "summary", "changed")
    except (UnitsGone, NotEligible):
        return _to(seen, "items", "gone")
    except (OutOfStock, PaymentRequired, BadReturn):
        return _to(seen, "outcomes", "stock")
    if case_id is not None:
        return redirect(seen.path(f"returns/{case_id}"))
    async with database.read(seen.shop_id) as session:
        known = await cases.links(session, seen.look.slug, who.id, seen.reader)
    return redirect(f"{known[0].url}{seen.suffix}") if known else _to(seen, "items")


ROUTES = (step_page, step_answer)
