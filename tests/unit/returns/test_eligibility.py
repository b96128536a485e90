"""Windows and eligibility: whole local days, the strictest answer, reasons that say why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from comeback.returns.rules.eligibility import Candidate, auto_approved, judge
from comeback.returns.rules.facts import Ask, ClockFacts
from comeback.returns.rules.policy import DEFAULT_POLICY, Policy, problems
from comeback.returns.rules.quoted import Verdict
from comeback.returns.rules.windows import last_day, window_end
from tests.unit.returns.sale import PLACED, Sale, ask, body, line, uid, variant

ARRIVED = datetime(2027, 3, 5, 15, tzinfo=UTC)


def candidate(wanted: Ask, policy: Policy = DEFAULT_POLICY, kind: str = "return", now: datetime = PLACED,
              clock: ClockFacts | None = None, **sold: Any) -> Candidate:  # fmt: skip
    """One ask over a one-line order."""
    sale = Sale(body([line("A", 8000, 2, **sold)], [("t", "card", 16000)]), policy)
    order = msgspec.structs.replace(sale.facts, clock=clock or sale.facts.clock, facts={"country": "DE"})
    return Candidate(order=order, line=order.line(uid("A")), ask=wanted, policy=policy, kind=kind, now=now)


def verdict(*given: Any, **rest: Any) -> Verdict:
    """The verdict over `candidate`."""
    return judge(candidate(*given, **rest))


def clock(parcels: int = 1, delivered: datetime | None = ARRIVED, zone: str = "Europe/Berlin") -> ClockFacts:
    """Parcels that arrived at `delivered`."""
    return ClockFacts(placed_at=PLACED, parcels=parcels, delivered_at=delivered, timezone=zone)


def test_the_window_is_thirty_whole_local_days_after_the_last_parcel() -> None:
    end = window_end(DEFAULT_POLICY.windows[0], clock(), 14)
    assert end is not None and end.isoformat() == "2027-04-05T00:00:00+02:00"
    before, after = end - timedelta(seconds=1), end
    assert verdict(ask("A"), clock=clock(), now=before).decision == "yes"
    late = verdict(ask("A"), clock=clock(), now=after)
    assert (late.decision, [r.code for r in late.reasons]) == ("no", ["window_closed"])
    assert last_day(DEFAULT_POLICY, clock(), {}) == before


def test_before_any_parcel_the_order_date_plus_the_buffer_counts() -> None:
    unknown = clock(parcels=0, delivered=None, zone="UTC")
    end = window_end(DEFAULT_POLICY.windows[0], unknown, 14)
    assert end == datetime(2026, 12, 16, tzinfo=UTC)


def test_a_parcel_without_delivery_has_not_started_the_clock() -> None:
    got = verdict(ask("A"), clock=clock(delivered=None), now=PLACED + timedelta(days=900))
    assert (got.decision, [r.code for r in got.reasons]) == ("yes", ["window_not_started"])


@pytest.mark.parametrize(
    ("kind", "reason", "decision"),
    [("return", "changed_mind", "no"), ("return", "damaged", "review"), ("withdrawal", None, "yes")],
)
def test_final_sale(kind: str, reason: str | None, decision: str) -> None:
    assert verdict(ask("A", reason=reason), kind=kind, final_sale=True).decision == decision


def test_exchange_needs_a_variant_in_stock() -> None:
    assert verdict(ask("A", resolution="exchange")).reasons[0].code == "no_variant"
    short = verdict(ask("A", 2, resolution="exchange", variant=variant(8000, available=1)))
    assert (short.decision, short.reasons[0].params) == ("no", {"available": 1})
    assert verdict(ask("A", resolution="exchange", variant=variant(8000))).decision == "yes"
    assert verdict(ask("A", resolution="repair")).reasons[0].code == "resolution_not_offered"


def test_the_shops_rules_and_their_strictest_answer() -> None:
    policy = msgspec.convert(
        {
            "eligibility": [
                {"when": {"field": "reason", "op": "eq", "value": "worn"}, "decision": "no", "reason": "worn goods"},
                {"when": {"field": "price", "op": "gte", "value": 5000}, "decision": "review", "reason": "dear"},
            ]
        },
        Policy,
    )
    assert verdict(ask("A"), policy).decision == "review"
    worn = verdict(ask("A", reason="worn"), policy)
    assert (worn.decision, worn.reasons[0].params) == ("no", {"reason": "worn goods"})


def test_only_a_plain_yes_is_approved_without_a_human() -> None:
    yes, look = candidate(ask("A")), candidate(ask("A", reason="damaged"), final_sale=True)
    assert auto_approved(DEFAULT_POLICY, (judge(yes),), (yes,))
    assert not auto_approved(DEFAULT_POLICY, (judge(yes), judge(look)), (yes, look))
    nobody = msgspec.structs.replace(DEFAULT_POLICY, auto_approve=())
    assert not auto_approved(nobody, (judge(yes),), (yes,))


def test_problems_name_every_bad_field() -> None:
    draft = {
        "windows": [{"days": -1}],
        "fees": [{"kind": "restocking"}, {"kind": "restocking", "percent": 150}],
        "eligibility": [{"when": {"field": 3, "op": "like", "value": 1}, "decision": "no"}],
        "methods": ["pickup"],
        "claw_back": {"minimum_coupons": True},
    }
    found = {pointer for pointer, _ in problems(msgspec.convert(draft, Policy))}
    assert found == {
        "/windows/0/days", "/fees/0", "/fees/1", "/eligibility/0/when/field", "/eligibility/0/when/op", "/methods/0",
        "/claw_back/minimum_coupons",
    }  # fmt: skip
    assert problems(DEFAULT_POLICY) == []
