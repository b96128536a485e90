"""The hand-over of one mail to a server that answers anything."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from comeback.vendors.smtp.handover import Envelope, Outcome
from comeback.vendors.smtp.pool import SmtpPool
from comeback.vendors.smtp.target import parse_target
from comeback.vendors.smtp.wire import Desync, ReplyReader, path, stuffed
from tests.integration.messages.smtp import SmtpServer

pytestmark = pytest.mark.anyio

MAIL = b"From: a@b.de\r\n\r\n.dot first\r\n..two\r\nend\r\n"
ENVELOPE = Envelope("bounce@b.de", "ada@example.com")


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    made = await SmtpServer().start()
    yield made
    await made.stop()


@pytest.fixture
async def pool(server: SmtpServer) -> AsyncIterator[SmtpPool]:
    made = SmtpPool(parse_target(server.url), size=2, final_seconds=0.5)
    yield made
    await made.close()


class Gate:
    """Counts how often the body was about to go."""

    def __init__(self, answer: bool = True) -> None:
        self.answer, self.asked = answer, 0

    async def __call__(self) -> bool:
        self.asked += 1
        return self.answer


async def send(pool: SmtpPool, gate: Gate | None = None) -> Outcome:
    return await pool.send(ENVELOPE, MAIL, gate or Gate())


async def test_a_mail_arrives_as_it_was(server: SmtpServer, pool: SmtpPool) -> None:
    gate = Gate()
    assert (await send(pool, gate)).kind == "accepted"
    assert (await send(pool, gate)).kind == "accepted"
    assert [t.raw for t in server.taken] == [MAIL, MAIL]
    assert server.connections == 1
    assert gate.asked == 2


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("verb", "reply", "kind"),
    [
        ("MAIL", "450 later", "deferred"), ("MAIL", "550 no", "failed"), ("RCPT", "451 later", "deferred"),
        ("RCPT", "550 5.1.1 unknown", "failed"), ("DATA", "452 full", "deferred"), ("DATA", "554 no", "failed"),
        ("BODY", "451 later", "deferred"), ("BODY", "552 too big", "failed"),
        ("BODY", "550-a\r\n550 b", "failed"), ("MAIL", "421 going", "deferred"), ("RCPT", "421 going", "deferred"),
        ("DATA", "421 going", "deferred"), ("BODY", "421 going", "deferred"),
    ],
)  # fmt: skip
async def test_replies(server: SmtpServer, verb: str, reply: str, kind: str, pipelining: bool) -> None:
    server.pipelining = pipelining
    pool = SmtpPool(parse_target(server.url), size=2, final_seconds=0.5)
    server.say(verb, reply)
    outcome = await send(pool)
    assert (outcome.kind, outcome.stage, outcome.code) == (kind, verb if verb != "BODY" else "body", int(reply[:3]))
    assert not server.taken
    # The connection, or a new one, takes the next mail.
    assert (await send(pool)).kind == "accepted"
    assert len(server.taken) == 1
    await pool.close()


async def test_a_refused_recipient_after_354_is_ended_by_a_lone_dot(server: SmtpServer, pool: SmtpPool) -> None:
    gate = Gate()
    server.refuse = lambda _: "550 5.1.1 unknown"
    assert (await send(pool, gate)).kind == "failed"
    assert gate.asked == 0
    assert "RSET" not in server.commands
    server.refuse = lambda _: None
    assert (await send(pool, gate)).kind == "accepted"
    assert server.connections == 1


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("what", ["drop", "nonsense", "250 ok\r\n250 ok", "999 what", "250-half"])
async def test_what_breaks_before_the_body_may_be_repeated(server: SmtpServer, verb: str, what: str) -> None:
    pool = SmtpPool(parse_target(server.url), size=1, final_seconds=0.5)
    gate = Gate()
    server.say(verb, what)
    try:
        outcome = await asyncio.wait_for(send(pool, gate), 2)
    except TimeoutError:
        assert what == "250-half" or verb in ("CONNECT", "EHLO")
        return
    assert outcome.kind in ("untouched", "accepted")
    assert gate.asked == (outcome.kind == "accepted")
    assert len(server.taken) == (outcome.kind == "accepted")
    await pool.close()


@pytest.mark.parametrize("what", ["drop", "stall", "nonsense", "accept-drop", "accept-stall", "150 eh"])
async def test_what_breaks_after_the_body_is_unknown(server: SmtpServer, pool: SmtpPool, what: str) -> None:
    server.say("BODY", what)
    assert (await send(pool)).kind == "unknown"
    assert (await send(pool)).kind == "accepted"
    assert server.connections == 2


async def test_a_gate_that_says_no_leaves_no_body(server: SmtpServer, pool: SmtpPool) -> None:
    assert (await send(pool, Gate(False))).kind == "withdrawn"
    assert "RSET" not in server.commands
    assert not server.taken
    assert (await send(pool)).kind == "accepted"
    assert server.connections == 2


async def test_a_gate_that_breaks_closes_the_connection(server: SmtpServer, pool: SmtpPool) -> None:
    async def broken() -> bool:
        raise RuntimeError("commit failed")

    with pytest.raises(RuntimeError):
        await pool.send(ENVELOPE, MAIL, broken)
    assert not server.taken
    assert (await send(pool)).kind == "accepted"
    assert server.connections == 2


async def test_a_server_that_speaks_while_the_gate_is_open_is_not_trusted(server: SmtpServer, pool: SmtpPool) -> None:
    server.say("DATA", "354 go\r\n250 more")
    outcome = await send(pool)
    assert outcome.kind == "untouched"
    assert not server.taken


async def test_nobody_there() -> None:
    pool = SmtpPool(parse_target("smtp://127.0.0.1:1"), size=2)
    assert (await send(pool)).kind == "untouched"
    assert (await send(pool)).kind == "untouched"


def test_replies_are_read_whatever_the_pieces() -> None:
    text = b"250-one\r\n250 two\r\n354 go\r\n"
    for cut in range(1, len(text)):
        reader = ReplyReader()
        found = reader.feed(text[:cut]) + reader.feed(text[cut:])
        assert [(r.code, r.text) for r in found] == [(250, "one two"), (354, "go")]
        assert not reader.halfway
    for bad in (b"hello\r\n", b"250-a\r\n251 b\r\n", b"25\r\n", b"2500 x\r\n", b"x" * 5000):
        with pytest.raises(Desync):
            ReplyReader().feed(bad)


@pytest.mark.parametrize("address", ["a b@c.de", "a@b.de>\r\nRCPT TO:<x@y.z", "a\x00@b.de", "<a@b.de", "ä@b.de"])
def test_envelope_addresses_stay_in_their_brackets(address: str) -> None:
    with pytest.raises(ValueError, match="envelope"):
        path(address)


def test_dots_are_doubled() -> None:
    assert stuffed(b".a\r\n.b\r\nc") == b"..a\r\n..b\r\nc\r\n.\r\n"
    assert stuffed(b"a\r\n") == b"a\r\n.\r\n"


def test_targets() -> None:
    target = parse_target("smtp+starttls://user:p%40ss@mail.example")
    assert (target.port, target.tls, target.user) == (587, "required", "user")
    assert "p@ss" not in repr(target)
    with pytest.raises(ValueError, match="SMTP URL"):
        parse_target("http://x")
