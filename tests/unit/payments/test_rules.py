"""P4: any interleaving of answer, webhooks, retries, listing and late failure ends with equal books."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from comeback.payments.rules import (
    HOLDING,
    PROVIDER_STATES,
    REFUND,
    Absent,
    Booking,
    Next,
    after_absence,
    back_off,
    entitlement,
    journal,
    next_call,
    observe,
    split,
)

START = datetime(2026, 11, 20, tzinfo=UTC)
AMOUNT, CAPTURED = 4000, 4000


class Attempt:
    """One refund attempt as stored."""

    def __init__(self, name: str) -> None:
        self.name, self.state = name, "created"
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.posts = 0


class RefundLife(RuleBasedStateMachine):
    """Our side (attempts, reserve, ledger) against a provider with memory that may lose answers."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.attempts = [Attempt("r1")]
        self.reserved, self.refunded = AMOUNT, 0
        self.ledger: dict[str, int] = {}
        self.posted: set[tuple[str, Booking]] = set()
        self.provider: dict[str, str] = {}
        self.keys: dict[str, datetime] = {}
        self.mailbag: list[tuple[str, str]] = []

    @property
    def current(self) -> Attempt:
        """The attempt that counts."""
        return self.attempts[-1]

    def see(self, attempt: Attempt, status: str) -> None:
        """One observation, booked once."""
        move = observe(attempt.state, status)
        if not move.changed:
            return
        REFUND.check(attempt.state, move.state)
        attempt.state = move.state
        if move.booking is Booking.SETTLE:
            self.reserved, self.refunded = self.reserved - AMOUNT, self.refunded + AMOUNT
        elif move.booking is Booking.RELEASE:
            self.reserved -= AMOUNT
        elif move.booking is Booking.REVERSE:
            self.refunded -= AMOUNT
        if entries := journal(move.booking, "stripe", "EUR", AMOUNT):
            assert (attempt.name, move.booking) not in self.posted
            self.posted.add((attempt.name, move.booking))
            for account, _, amount in entries:
                self.ledger[account] = self.ledger.get(account, 0) + amount

    def execute(self, attempt: Attempt, status: str) -> str:
        """The provider's side of a post: same key, same refund, until the key is forgotten."""
        known = attempt.name in self.keys and self.now - self.keys[attempt.name] < timedelta(hours=24)
        if not known:
            assert attempt.name not in self.provider, "posted again after the key was forgotten"
            self.keys[attempt.name], self.provider[attempt.name] = self.now, status
            self.mailbag.append((attempt.name, status))
        return self.provider[attempt.name]

    @rule(
        answer=st.sampled_from(["answered", "lost", "not_executed"]), status=st.sampled_from(["succeeded", "pending"])
    )
    def work(self, answer: str, status: str) -> None:
        """The job runs: list what may have arrived, post what has not."""
        attempt = self.current
        call = next_call(attempt.state, attempt.first, self.now)
        if call is Next.NOTHING:
            return
        if call is Next.LIST:
            if attempt.name in self.provider:
                self.see(attempt, self.provider[attempt.name])
                return
            assert attempt.first and attempt.last
            allowed = after_absence(attempt.first, attempt.last, attempt.posts, self.now)
            if allowed is Absent.WAIT:
                return
            if allowed is Absent.REPLACE:
                self.see(attempt, "failed")
                self.attempts.append(Attempt(f"r{len(self.attempts) + 1}"))
                self.reserved += AMOUNT
                return
        attempt.state = "sent" if attempt.state == "created" else attempt.state
        attempt.first, attempt.last, attempt.posts = attempt.first or self.now, self.now, attempt.posts + 1
        if answer == "not_executed":
            self.see(attempt, "unknown")
            return
        got = self.execute(attempt, status)
        self.see(attempt, got if answer == "answered" else "unknown")

    @precondition(lambda self: self.mailbag)
    @rule(data=st.data())
    def webhook(self, data: st.DataObject) -> None:
        """Any webhook ever sent arrives (again): early, late, twice, out of order."""
        name, status = data.draw(st.sampled_from(self.mailbag))
        self.see(next(a for a in self.attempts if a.name == name), status)

    @precondition(lambda self: self.provider)
    @rule(status=st.sampled_from(["succeeded", "failed"]), data=st.data())
    def bank(self, status: str, data: st.DataObject) -> None:
        """The bank moves a refund on: pending to succeeded, anything but failed to failed."""
        name = data.draw(st.sampled_from(sorted(self.provider)))
        if self.provider[name] == "failed" or (status == "succeeded" and self.provider[name] != "pending"):
            return
        self.provider[name] = status
        self.mailbag.append((name, status))

    @rule(minutes=st.sampled_from([1, 15, 600, 1600]))
    def wait(self, minutes: int) -> None:
        """Time passes, outages included."""
        self.now += timedelta(minutes=minutes)

    @invariant()
    def never_more_than_captured(self) -> None:
        """M6 at every moment, ours and the provider's."""
        assert self.reserved >= 0 and self.refunded >= 0 and self.reserved + self.refunded <= CAPTURED
        assert AMOUNT * sum(s in ("succeeded", "pending") for s in self.provider.values()) <= CAPTURED
        assert sum(self.ledger.values()) == 0

    def teardown(self) -> None:
        """After a last listing of everything, books and provider agree."""
        for attempt in self.attempts:
            if attempt.name in self.provider:
                self.see(attempt, self.provider[attempt.name])
        paid = AMOUNT * sum(s == "succeeded" for s in self.provider.values())
        assert self.refunded == paid == self.ledger.get("refund_clearing", 0) == -self.ledger.get("cash:stripe", 0)
        assert self.reserved == AMOUNT * sum(a.state in HOLDING for a in self.attempts)


TestRefundLife = RefundLife.TestCase
TestRefundLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("state", sorted(REFUND.states))
@pytest.mark.parametrize("seen", sorted(PROVIDER_STATES))
def test_an_observation_never_leaves_the_machine(state: str, seen: str) -> None:
    move = observe(state, seen)
    assert REFUND.allows(state, move.state)
    assert observe(move.state, seen).changed is False
    assert move.changed or move.booking is Booking.NONE


def test_a_late_failure_reverses_and_a_plain_one_releases() -> None:
    assert observe("succeeded", "failed").booking is Booking.REVERSE
    assert observe("pending", "failed").booking is Booking.RELEASE
    assert observe("failed", "succeeded").changed is False
    assert observe("succeeded", "pending").changed is False


def test_a_key_older_than_twenty_hours_is_never_posted() -> None:
    late = START + timedelta(hours=20)
    assert after_absence(START, START, 1, START + timedelta(hours=19, minutes=59)) is Absent.POST
    assert after_absence(START, START, 1, late) is Absent.REPLACE
    assert after_absence(START, late, 6, late + timedelta(minutes=9)) is Absent.WAIT
    assert after_absence(START, START, 6, START + timedelta(minutes=10)) is Absent.REPLACE


def test_journals_balance_and_back_off_grows() -> None:
    entries = journal(Booking.SETTLE, "stripe", "EUR", 5) + journal(Booking.REVERSE, "stripe", "EUR", 5)
    assert sum(a for _, _, a in entries) == 0
    assert journal(Booking.NONE, "stripe", "EUR", 5) == journal(Booking.RELEASE, "stripe", "EUR", 5) == []
    assert sum(a for _, _, a in entitlement("goodwill", "EUR", 7)) == 0
    assert [back_off(n).seconds for n in (0, 1, 2, 3, 9)] == [2, 2, 8, 32, 300]


def test_split_names_lines_then_shipping_then_the_rest() -> None:
    gift, card, sold = UUID(int=1), UUID(int=2), UUID(int=3)
    parts = split([(gift, 2500), (card, 3500)], {sold: 4000}, 500)
    assert [(p.amount, p.lines, p.shipping, p.unallocated) for p in parts] == [
        (2500, {sold: 2500}, 0, 0), (3500, {sold: 1500}, 500, 1500),
    ]  # fmt: skip
