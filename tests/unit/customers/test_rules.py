"""Consent fold and suppression matrix, as tables and as properties."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.customers.models import Reason
from comeback.customers.rules import MATRIX, Block, Statement, address_hash, fold, normalise_email, verdict

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YES = Statement("email", "marketing", True, NOW - 9 * DAY, source="checkout")
NO = Statement("email", "marketing", False, NOW - 2 * DAY, source="page")

statements = st.builds(
    Statement,
    channel=st.sampled_from(["email", "sms"]),
    purpose=st.sampled_from(["marketing", "reviews"]),
    granted=st.booleans(),
    at=st.integers(0, 5).map(lambda d: NOW + d * DAY),
    source=st.sampled_from(["checkout", "page", "import"]),
)


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("ada+shop@example.com", "ada+shop@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@localhost", "ada@localhost"),
        ("ada@example.com.", "ada@example.com"),
        ("ada", None),
        ("@example.com", None),
        ("a b@example.com", None),
        ("ada@example", None),
        ("ada..l@example.com", None),
        (".ada@example.com", None),
        ("ada@example.com\nBcc: eve@example.com", None),
        ("ada\r@example.com", None),
        ("ada@exa\x00mple.com", None),
        ("x" * 65 + "@example.com", None),
        ("ada@" + "x" * 64 + ".com", None),
        ('"ada"@example.com', None),
    ],
)
def test_normalises_addresses(raw: str, known: str | None) -> None:
    assert normalise_email(raw) == known


@given(st.text(max_size=40))
def test_a_normal_address_is_its_own_normal_form(raw: str) -> None:
    known = normalise_email(raw)
    assert known is None or (normalise_email(known) == known and not set(known) & set(" \r\n\t\x00<>,"))


@given(st.lists(statements, max_size=4))
def test_the_fold_does_not_depend_on_arrival(said: list[Statement]) -> None:
    assert all(fold(order) == fold(said) == fold([*order, *order]) for order in permutations(said))


@given(st.lists(statements, min_size=1, max_size=8))
def test_the_latest_statement_holds_and_a_tie_is_a_withdrawal(said: list[Statement]) -> None:
    for (channel, purpose), held in fold(said).items():
        of_key = [s for s in said if (s.channel, s.purpose) == (channel, purpose)]
        latest = [s for s in of_key if s.at == max(s.at for s in of_key)]
        assert held.at == latest[0].at
        assert held.granted == all(s.granted for s in latest)


D6 = [
    (Reason.UNSUBSCRIBED, False, True),
    (Reason.COMPLAINT, False, True),
    (Reason.SERVICE_COMPLAINT, False, False),
    (Reason.HARD_BOUNCE, False, False),
    (Reason.SOFT_LIMIT, False, True),
    (Reason.ERASED, False, False),
    (Reason.MANUAL_MARKETING, False, True),
    (Reason.MANUAL_ALL, False, False),
]


@pytest.mark.parametrize(("reason", "marketing", "service"), D6)
def test_suppression_matrix(reason: Reason, marketing: bool, service: bool) -> None:
    blocks = [Block(reason, NOW - DAY)]
    assert verdict("marketing", blocks, YES, NOW).send is marketing
    answer = verdict("service", blocks, YES, NOW)
    assert (answer.send, answer.offers, answer.why) == (service, False, str(reason))


def test_every_reason_has_a_row() -> None:
    assert set(MATRIX) == set(Reason) == {r for r, _, _ in D6}


def test_without_consent_service_goes_without_offers() -> None:
    for consent, why in ((None, "no consent"), (NO, "consent withdrawn")):
        marketing, service = (verdict(c, [], consent, NOW) for c in ("marketing", "service"))
        assert (marketing.send, service.send, service.offers) == (False, True, False)
        assert marketing.why == service.why == why


def test_with_consent_the_basis_is_named() -> None:
    assert verdict("service", [], YES, NOW) == verdict("marketing", [], YES, NOW)
    assert verdict("service", [], YES, NOW).why == "consent: checkout"


def test_a_topic_is_blocked_alone() -> None:
    block = [Block(Reason.UNSUBSCRIBED, NOW - DAY, topic="tips")]
    assert not verdict("marketing", block, YES, NOW, "tips").send
    assert verdict("marketing", block, YES, NOW, "sale").send


def test_a_soft_limit_ends() -> None:
    block = [Block(Reason.SOFT_LIMIT, NOW - DAY, until=NOW)]
    assert verdict("marketing", block, YES, NOW).send
    assert not verdict("marketing", block, YES, NOW - timedelta(seconds=1)).send


@pytest.mark.parametrize(("reason", "open_again"), [(Reason.UNSUBSCRIBED, True), (Reason.COMPLAINT, False)])
def test_only_an_opt_out_yields_to_a_newer_consent(reason: Reason, open_again: bool) -> None:
    assert verdict("marketing", [Block(reason, YES.at - DAY)], YES, NOW).send is open_again
    assert not verdict("marketing", [Block(reason, YES.at)], YES, NOW).send


def test_hashes_are_keyed_and_see_through_spelling() -> None:
    one = address_hash(b"k", "email", "Ada@Example.com ")
    assert one == address_hash(b"k", "email", "ada@example.com") and len(one) == 32
    assert one != address_hash(b"other", "email", "ada@example.com")
    assert address_hash(b"k", "sms", "0049 30 123") == address_hash(b"k", "sms", "+4930123")
