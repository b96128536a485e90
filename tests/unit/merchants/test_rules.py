"""Roles, session ages, tokens, keys, passwords and short names: the pure part."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.core.access import PERMISSIONS
from comeback.merchants import rules
from comeback.merchants.models import Role

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_every_role_has_rights_and_every_right_is_known() -> None:
    assert set(rules.ROLE_PERMISSIONS) == set(Role)
    assert rules.ALL_PERMISSIONS == PERMISSIONS
    assert rules.permissions_of("owner") == PERMISSIONS
    assert rules.permissions_of("nobody") == frozenset()


def test_roles_grow() -> None:
    def may(role: str) -> frozenset[str]:
        return rules.permissions_of(role)

    assert may("viewer") < may("agent") < may("manager") < may("owner")
    assert all(permission.endswith(":read") for permission in may("viewer"))
    assert "refunds:write" not in may("warehouse")
    assert "returns:write" in may("warehouse")
    assert "customers:read" not in may("warehouse")
    assert "staff:write" not in may("manager")


@pytest.mark.parametrize(
    ("age", "idle", "revoked", "alive"),
    [
        (timedelta(0), timedelta(0), False, True),
        (timedelta(hours=12), timedelta(hours=11, minutes=59), False, True),
        (timedelta(hours=13), timedelta(hours=12), False, False),
        (timedelta(days=13, hours=23), timedelta(minutes=1), False, True),
        (timedelta(days=14), timedelta(0), False, False),
        (timedelta(0), timedelta(0), True, False),
    ],
)
def test_session_age(age: timedelta, idle: timedelta, revoked: bool, alive: bool) -> None:
    revoked_at = NOON if revoked else None
    assert rules.session_alive(NOON - age, NOON - idle, revoked_at, NOON) is alive


def test_last_use_is_written_rarely() -> None:
    assert not rules.must_touch(NOON - timedelta(minutes=4), NOON)
    assert rules.must_touch(NOON - timedelta(minutes=5), NOON)
    assert not rules.worth_noting(NOON - timedelta(seconds=59), NOON)
    assert rules.worth_noting(NOON - timedelta(seconds=60), NOON)


@given(st.text(min_size=1), st.text(min_size=1))
def test_csrf_belongs_to_one_session(one: str, other: str) -> None:
    assert rules.csrf_matches(one, rules.csrf_token(one))
    assert rules.csrf_matches(one, rules.csrf_token(other)) is (one == other)
    assert not rules.csrf_matches(one, "")


def test_scopes_beyond_the_maker() -> None:
    assert rules.scopes_beyond(["orders:read"], rules.permissions_of("viewer")) == []
    assert rules.scopes_beyond(["orders:write", "staff:write"], rules.permissions_of("viewer")) == [
        "orders:write",
        "staff:write",
    ]


@pytest.mark.parametrize(
    ("plain", "good"),
    [("cb_" + "x" * 27, True), ("sk_" + "x" * 27, False), ("cb_", False), ("cb_" + "ü" * 27, False), ("", False)],
)
def test_what_looks_like_a_key(plain: str, good: bool) -> None:
    assert rules.looks_like_key(plain) is good


def test_the_hint_hides_the_key() -> None:
    assert rules.key_hint("cb_abcdefghijklmnopqrstuvwxyz") == "cb_abcd…wxyz"


@pytest.mark.parametrize("spelling", ["Ada@Example.com", " ada@example.com ", "ADA@EXAMPLE.COM"])
def test_spellings_of_one_address(spelling: str) -> None:
    assert rules.normalise_email(spelling) == "ada@example.com"


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("correct horse battery", True),
        ("short", False),
        ("aaaaaaaaaaaaaa", False),
        ("1234567890", False),
        ("x" * 300, False),
        ("ada.lovelace", False),
        ("Rückgabe geglückt", True),
    ],
)
def test_passwords(password: str, good: bool) -> None:
    assert (rules.password_problems(password, "Ada.Lovelace@example.com") == []) is good


@pytest.mark.parametrize(
    ("slug", "good"),
    [("casa-lume", True), ("a", True), ("7", True), ("-a", False), ("a-", False), ("A", False), ("", False),
     ("a" * 41, False), ("studio", False), ("api", False), ("o", False), ("a/b", False)],
)  # fmt: skip
def test_short_names(slug: str, good: bool) -> None:
    assert (rules.slug_problem(slug) is None) is good


@pytest.mark.parametrize(
    ("domain", "good"),
    [("shop.example", True), ("mail.casa-lume.example", True), ("localhost", False), ("-a.example", False),
     ("a..example", False), ("shop.example\r\nBcc: x", False), ("ShOp.example", False), ("1.2.3.4", False)],
)  # fmt: skip
def test_domains(domain: str, good: bool) -> None:
    assert (rules.domain_problem(domain) is None) is good


def test_the_dns_record() -> None:
    assert rules.dkim_record("AAAA", "rsa") == "v=DKIM1; k=rsa; p=AAAA"
    assert rules.selector("orders", 2) == "orders2"
