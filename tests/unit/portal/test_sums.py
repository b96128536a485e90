"""A quote as a sum: the rows always add up to what comes back; forms mean what they say and nothing else."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from comeback.kit.ids import new_id
from comeback.portal.rules import wizard
from comeback.portal.rules.sums import money_sum
from comeback.portal.schemas import Draft, DraftLine
from comeback.portal.words.reader import Reader
from comeback.returns.schemas import (
    FeeOut,
    LineOption,
    OptionsOut,
    QuoteLineOut,
    QuoteOut,
    ReasonOut,
    ShareOut,
    VariantOption,
)

READER = Reader("en", "IE", ZoneInfo("Europe/Berlin"), datetime(2026, 11, 21, 9, 0, tzinfo=UTC))


def quote(**fields: object) -> QuoteOut:
    line = QuoteLineOut(
        line="l1", quantity=1, resolution="refund", goods=5000, discount_share=500, tax=360, amount=4860
    )
    values = {
        "currency": "EUR", "policy_version": 0, "kind": "return", "gift": False, "already_refunded": 0,
        "lines": [line], "fees": [], "shipping_refund": 0, "refund_total": 4860, "credit_total": 0, "bonus_total": 0,
        "charge_total": 0, "carried_total": 0, "tenders": [ShareOut(tender="t1", kind="card", amount=4860)],
        "explanation": [ReasonOut(code="tender", params={"tender": "t1", "amount": 4860}, text="")], "eligibility": [],
    }  # fmt: skip
    return QuoteOut(**(values | fields))  # type: ignore[arg-type]


def cents(text: str) -> int:
    sign = -1 if "−" in text else 1
    return sign * int("".join(c for c in text if c.isdigit()))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"fees": [FeeOut(kind="return_shipping", amount=595)], "refund_total": 4265},
        {"shipping_refund": 490, "refund_total": 5350},
        {"carried_total": 4000, "refund_total": 860},
        {"refund_total": 2860},
        {"refund_total": 0, "credit_total": 4860},
        {"refund_total": 0, "credit_total": 4860, "bonus_total": 486},
    ],
)
def test_rows_add_up(fields: dict[str, object]) -> None:
    made = money_sum(quote(**fields), {"l1": "Shirt"}, READER)
    totals = {row.label: cents(row.amount) for row in made.totals}
    assert sum(cents(row.amount) for row in made.rows) == sum(v for k, v in totals.items() if k != "Bonus credit")
    assert made.explanation == ["€48.60 goes back to your card."]


def test_tax_inside_is_a_hint() -> None:
    line = QuoteLineOut(line="l1", quantity=1, resolution="refund", goods=5000, discount_share=0, tax=798, amount=5000)
    made = money_sum(quote(lines=[line], refund_total=5000), {}, READER)
    assert [row.label for row in made.rows] == ["Goods"] and made.rows[0].hint == "of which tax €7.98"


def options() -> OptionsOut:
    variants = [
        VariantOption(id=new_id(), external_id=name, title=name, options={}, image_url=None, price=5000, available=free,
                      difference=0)
        for name, free in (("own", 5), ("other", 1))
    ]  # fmt: skip
    line = LineOption(
        line="l1", line_id=new_id(), title="Shirt", sku=None, image_url="javascript:alert(1)", quantity=2, returnable=2,
        unit_amount=5000, decision="yes", reasons=[], last_day=None, resolutions=["refund", "store_credit", "exchange"],
        variants=variants,
    )  # fmt: skip
    return OptionsOut(order_id=new_id(), order_number="#1", currency="EUR", policy_version=0, methods=["label", "qr"],
                      last_day=None, lines=[line])  # fmt: skip


def test_the_same_again_only_where_it_came_broken() -> None:
    for reason, left in (("too_small", ["other"]), ("damaged", ["own", "other"]), (None, ["other"])):
        made = options()
        line = made.lines[0]
        draft = Draft(lines=[DraftLine(line_id=line.line_id, quantity=1, reason=reason)])
        fit = wizard.without_own(made, draft, {line.line_id: "own"})
        assert [v.external_id for v in fit.lines[0].variants] == left
    assert wizard.line_choices(Draft(), options(), READER, only_chosen=False)[0].image_url is None


def test_steps_follow_from_what_is_answered() -> None:
    made = options()
    line = DraftLine(line_id=made.lines[0].line_id, quantity=2)
    draft = Draft(lines=[line])
    assert wizard.missing(Draft(), made) == "items" and wizard.reachable("summary", draft, made) == "reasons"
    line.reason = "too_small"
    line.outcome = f"exchange:{made.lines[0].variants[1].id}"
    assert wizard.missing(draft, made) == "outcomes", "one is free, two are wanted"
    line.outcome = "refund"
    assert wizard.missing(draft, made) == "method"
    draft.method = "qr"
    assert [wizard.reachable(s, draft, made) for s in wizard.STEPS] == list(wizard.STEPS)
    assert wizard.fitting(Draft(lines=[DraftLine(line_id=line.line_id, quantity=3)], method="store"), made) == Draft()


@pytest.mark.parametrize("said", ["0", "-1", "3", "1.5", "٣", "", "99999999", "1e1"])
def test_quantities_that_are_none(said: str) -> None:
    made = options()
    key = str(made.lines[0].line_id)
    _, errors = wizard.read_items({"line": [key], f"quantity-{key}": [said]}, Draft(), made, READER)
    assert [e.field for e in errors] == [f"line-{key}"]
