"""States, back-off, keys, classes of hits, signed addresses."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comeback.kit.ids import new_id
from comeback.kit.states import IllegalMove
from comeback.kit.tokens import Signer
from comeback.messages.rules.hits import Hit, classify, tally
from comeback.messages.rules.states import MACHINE, bad_address, broken_pause, next_try, send_key
from comeback.messages.sender import addresses

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Mobile/15E148"


def test_unknown_never_goes_back_to_the_queue() -> None:
    for state in ("planned", "rendered", "handing_over", "deferred"):
        with pytest.raises(IllegalMove):
            MACHINE.check("unknown", state)
    for end in ("cancelled", "blocked", "failed"):
        assert MACHINE.final(end)
    with pytest.raises(IllegalMove):
        MACHINE.check("accepted", "claimed")
    with pytest.raises(IllegalMove):
        MACHINE.check("claimed", "accepted")


@given(st.lists(st.sampled_from(sorted(MACHINE.states)), min_size=2, max_size=40))
def test_every_way_to_accepted_passes_the_hand_over(walk: list[str]) -> None:
    state, seen = "planned", ["planned"]
    for new in walk:
        if MACHINE.allows(state, new):
            state = new
            seen.append(new)
    if "accepted" in seen:
        assert seen.index("handing_over") < seen.index("accepted")


def test_waits_grow_and_end() -> None:
    first = NOW
    waits = [next_try("service", n, first, NOW) for n in range(1, 8)]
    minutes = [int((due - NOW).total_seconds() / 60) for due in waits if due]
    assert minutes == [1, 5, 15, 60, 120, 240, 240]
    assert next_try("service", 9, NOW - timedelta(hours=73), NOW) is None
    assert next_try("marketing", 9, NOW - timedelta(hours=25), NOW) is None
    assert [broken_pause(n) for n in (0, 1, 2, 3, 4, 50)] == [5, 5, 15, 60, 300, 300]
    assert bad_address("RCPT", 550, "5.1.1 no such user")
    assert not bad_address("RCPT", 550, "5.7.1 policy")
    assert not bad_address("body", 550, "5.1.1 no such user")


def test_send_keys_are_one_for_one_message() -> None:
    key = send_key("f", "s", "e", "Ada@Example.com ", "email")
    assert key == send_key("f", "s", "e", "ada@example.com", "email")
    assert len({key, send_key("f", "s", "e", "ada@example.com", "sms"), send_key("fs", "", "e", "a", "email")}) == 3
    assert "ada" not in key


def hit(**values: object) -> Hit:
    usual: dict[str, object] = {"kind": "click", "at_ms": 1_000_000, "delay_ms": 600_000, "method": "GET",
                                "agent": PHONE, "link": 0, "ip": "a"}  # fmt: skip
    return Hit(**(usual | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "human"), ({"method": "HEAD"}, "machine"), ({"agent": ""}, "machine"), ({"delay_ms": 900}, "machine"),
        ({"delay_ms": None}, "human"), ({"agent": "GoogleImageProxy"}, "probable"), ({"kind": "open"}, "probable"),
        ({"agent": "python-requests/2"}, "machine"), ({"agent": "Barracuda Sentinel"}, "machine"),
        ({"kind": "open", "agent": "Mozilla/5.0"}, "probable"),
    ],
)  # fmt: skip
def test_one_hit(values: dict[str, object], expected: str) -> None:
    assert classify([hit(**values)]) == [expected]


def test_a_scanner_follows_all_links_at_once() -> None:
    scan = [hit(link=n, at_ms=1_000_000 + n * 400) for n in range(5)]
    person = hit(link=1, at_ms=9_000_000, ip="b")
    assert classify([*scan, person]) == ["machine"] * 5 + ["human"]
    slow = [hit(link=n, at_ms=1_000_000 + n * 60_000) for n in range(5)]
    assert classify(slow) == ["human"] * 5
    assert tally([*scan, person])["click"] == {"human": 1, "probable": 0, "machine": 5}


def test_addresses_cannot_be_forged() -> None:
    signer, shop, message = Signer("secret"), new_id(), new_id()
    pixel = addresses.pixel_url("https://s.example", signer, shop, message)
    token = pixel.removeprefix("https://s.example/o/").removesuffix(".gif")
    assert addresses.read_pair(signer, addresses.OPEN, token) == (shop, message)
    assert addresses.read_pair(signer, addresses.CLICK, token) is None
    assert addresses.read_pair(Signer("other"), addresses.OPEN, token) is None
    for position in range(len(token)):
        changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        assert addresses.read_pair(signer, addresses.OPEN, changed) is None


@given(st.uuids())
def test_return_paths_name_their_mail(message: UUID) -> None:
    path = addresses.return_path(message, "bounce.example", "secret")
    assert len(path.partition("@")[0]) <= 64
    assert addresses.read_return_path(path, "secret") == message
    assert addresses.read_return_path(path.upper(), "secret") == message
    assert addresses.read_return_path(path, "other") is None
    assert addresses.read_return_path("bounce+x@y.z", "secret") is None
