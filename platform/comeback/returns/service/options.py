"""What the portal offers of an order: per line how many may come back, why not, until when, and for what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.catalog import service as catalog
from comeback.core import clock
from comeback.core.db import ReadSession
from comeback.orders.models import OrderLine
from comeback.returns.rules.eligibility import Candidate, condition_facts, judge
from comeback.returns.rules.exchange import swap
from comeback.returns.rules.facts import Ask, LineFacts, VariantFacts
from comeback.returns.rules.policy import Policy
from comeback.returns.rules.quoted import Step, Verdict
from comeback.returns.rules.windows import last_day
from comeback.returns.schemas import LineOption, OptionsOut, VariantOption
from comeback.returns.service.facts import Loaded, load_order
from comeback.returns.service.policies import current
from comeback.returns.service.quoting import reasons


async def _choices(session: ReadSession, loaded: Loaded) -> dict[UUID, list[dict[str, Any]]]:
    """Order line → active variants of the same product, in the order's currency, with what is free of each."""
    unknown = [x.variant_external_id for x in loaded.lines if x.variant_id is None and x.variant_external_id]
    by_key = await catalog.variants_by_external(session, unknown) if unknown else {}
    found: dict[UUID, list[dict[str, Any]]] = {}
    for line in loaded.lines:
        variant = line.variant_id or by_key.get(line.variant_external_id or "", {}).get("id")
        siblings = await catalog.siblings(session, variant) if variant else []
        found[line.id] = [v for v in siblings if v["active"] and v["currency"] == loaded.order.currency]
    return found


def _variant(line: LineFacts, row: dict[str, Any], available: int, *, included: bool) -> VariantOption:
    known = VariantFacts(
        id=row["id"],
        key=row["external_id"],
        price=row["price"],
        tax_rate_bp=row["tax_rate_bp"],
        available=available,
        title=row["title"],
    )
    unit = line.unit(line.lowest(1)[0])
    return VariantOption(
        id=known.id,
        external_id=known.key,
        title=known.title,
        options=row["options"],
        image_url=row["image_url"],
        price=known.price,
        available=available,
        difference=swap(line, (unit,), known, tax_included=included).difference,
    )


def _verdict(loaded: Loaded, line: LineFacts, policy: Policy, kind: str, now: datetime) -> Verdict:
    if not line.free:
        return Verdict(line=line.id, key=line.key, decision="no", reasons=(Step(code="no_units_left"),))
    wish = Ask(line=line.id, quantity=1)
    return judge(Candidate(order=loaded.facts, line=line, ask=wish, policy=policy, kind=kind, now=now))


def _line(
    loaded: Loaded, sold: OrderLine, policy: Policy, choices: list[VariantOption], kind: str, locale: str
) -> LineOption:
    line = loaded.facts.line(sold.id)
    verdict = _verdict(loaded, line, policy, kind, clock.now())
    known = condition_facts(loaded.facts, line, Ask(line=line.id, quantity=1), kind)
    offered = [r for r in policy.resolutions if r != "exchange" or choices]
    returnable = line.free if verdict.decision != "no" else 0
    return LineOption(
        line=line.key,
        line_id=line.id,
        title=sold.title,
        sku=sold.sku,
        image_url=sold.image_url,
        quantity=sold.quantity,
        returnable=returnable,
        unit_amount=line.unit(line.lowest(1)[0]).amount if line.free else 0,
        decision=verdict.decision,
        reasons=reasons(verdict.reasons, loaded.order.currency, locale),
        last_day=last_day(policy, loaded.facts.clock, known),
        resolutions=offered if returnable else [],
        variants=choices if returnable else [],
    )


async def options(session: ReadSession, order_id: UUID, kind: str = "return", locale: str | None = None) -> OptionsOut:
    """What can be returned of an order and for what. Dearer replacements are left out: they need a payment."""
    loaded = await load_order(session, order_id)
    version, policy = await current(session)
    choices = await _choices(session, loaded)
    free = await catalog.available(session, [v["id"] for rows in choices.values() for v in rows])
    lines: list[LineOption] = []
    for sold in loaded.lines:
        line = loaded.facts.line(sold.id)
        offered = [
            _variant(line, row, free[row["id"]], included=loaded.order.tax_included)
            for row in choices[sold.id]
            if line.free and free[row["id"]] > 0
        ]
        payable = [v for v in offered if v.difference <= 0]
        lines.append(_line(loaded, sold, policy, payable, kind, locale or loaded.order.locale or "en"))
    days = [x.last_day for x in lines if x.last_day and x.returnable]
    return OptionsOut(
        order_id=loaded.order.id,
        order_number=loaded.order.number,
        currency=loaded.order.currency,
        policy_version=version,
        methods=list(policy.methods),
        last_day=min(days, default=None),
        lines=lines,
    )
