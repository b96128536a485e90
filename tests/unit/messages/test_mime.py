"""The bytes of a mail, against the standard library and dkimpy."""

import base64
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from hashlib import sha256
from types import SimpleNamespace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comeback.messages.mime import dkim as ours
from comeback.messages.mime.builder import Mail, build, draft, fits, quoted_printable
from comeback.messages.mime.headers import BadHeader, address, header, mailbox, phrase, unstructured


class VerifyKey:
    """What dkimpy asks of PyNaCl, by OpenSSL; an extra package for one check is not worth it."""

    def __init__(self, data: bytes, encoder: object) -> None:
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(data))

    def verify(self, data: bytes, mark: bytes) -> None:
        try:
            self.key.verify(mark, data)
        except InvalidSignature as error:
            raise ValueError("bad signature") from error


NACL = SimpleNamespace(
    signing=SimpleNamespace(VerifyKey=VerifyKey), encoding=SimpleNamespace(Base64Encoder=None),
    exceptions=SimpleNamespace(BadSignatureError=ValueError, ValueError=ValueError),
)  # fmt: skip
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PRINTABLE = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), blacklist_characters="\x85"))
NAMES = PRINTABLE.map(str.strip).filter(bool)


def mail(**changes: object) -> Mail:
    values: dict[str, object] = {
        "sender_name": "Lindenhof", "sender": "orders@shop.example", "to_name": None, "to": "ada@example.com",
        "subject": "Your order #1001", "date": NOW, "message_id": "0190-abc@shop.example", "text": "Hello\n",
        "html": b"<p>Hello</p>",
    }  # fmt: skip
    return Mail(**(values | changes))  # type: ignore[arg-type]


def parse(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def parts(raw: bytes) -> tuple[str, str]:
    text, html = parse(raw).iter_parts()
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


def test_text_comes_first_and_lines_are_short() -> None:
    raw = build(mail(text="Grüße\n" + "x" * 3000, html=b"<p>&#252;</p>" + b"y" * 3000))
    parsed = parse(raw)
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert not parsed.defects


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subject=PRINTABLE, name=NAMES, text=st.text(st.characters(blacklist_categories=("Cs",))), html=PRINTABLE)
def test_the_standard_library_reads_what_was_meant(subject: str, name: str, text: str, html: str) -> None:
    wanted_html = html.encode("ascii", "xmlcharrefreplace")
    raw = build(mail(subject=subject, sender_name=name, text=text, html=wanted_html))
    parsed = parse(raw)
    assert not parsed.defects
    assert " ".join(parsed["Subject"].split()) == " ".join(subject.split())
    sender = parsed["From"].addresses[0]
    # Blanks between encoded words are not text (RFC 2047 §6.2); Python 3.11 keeps them in display names.
    assert (sender.addr_spec, "".join(sender.display_name.split())) == ("orders@shop.example", "".join(name.split()))
    assert parsedate_to_datetime(parsed["Date"]) == NOW
    got_text, got_html = parts(raw)
    assert got_text == _plain(text)
    assert got_html == _plain(wanted_html.decode())


def _plain(text: str) -> str:
    """What a part may hold: no control characters, one kind of line end, one at the end."""
    kept = "".join(c for c in text if c in "\t\n\r" or not (ord(c) < 32 or ord(c) == 127))
    return kept.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


@settings(max_examples=80, deadline=None)
@given(subject=PRINTABLE, name=NAMES)
def test_headers_say_what_the_standard_builder_says(subject: str, name: str) -> None:
    reference = EmailMessage(policy=policy.SMTP)
    reference["Subject"] = subject.strip()
    reference.set_content("x")
    theirs = message_from_bytes(reference.as_bytes(), policy=policy.SMTP)["Subject"]
    mine = parse(build(mail(subject=subject, sender_name=name)))["Subject"]
    assert " ".join(mine.split()) == " ".join(str(theirs).split())


INJECTIONS = ["a\r\nBcc: x@y.z", "a\nBcc: x@y.z", "a\rb", "a\x00b", "a\x0bb", "a\x7fb", "\ud800", "a\r\n\r\n<p>"]


@pytest.mark.parametrize("value", INJECTIONS)
def test_control_characters_are_refused_in_every_header(value: str) -> None:
    for change in ("subject", "sender_name", "to_name", "sender", "to", "message_id", "reply_to"):
        with pytest.raises(BadHeader):
            build(mail(**{change: value}))
    with pytest.raises(BadHeader):
        build(mail(extra=[("X-Thing", value)]))
    with pytest.raises(BadHeader):
        header(value, "x")


def test_encoded_words_that_decode_to_line_ends_stay_text() -> None:
    trick = "=?utf-8?q?a=0D=0ABcc:_x@y.z?="
    parsed = parse(build(mail(subject=trick, sender_name=trick)))
    assert parsed["Subject"] == trick
    assert parsed["Bcc"] is None


@pytest.mark.parametrize(
    "value", ["a@b@c", "a b@c.de", "<a@b.c>", "a,b@c.de", "", "@x.de", "a@", "ä@x.de", "a..b@x.de"]
)
def test_addresses_that_could_be_two_are_refused(value: str) -> None:
    with pytest.raises(BadHeader):
        address(value)


def test_names_are_quoted_or_encoded() -> None:
    assert mailbox("Müller, GmbH", "a@b.de").startswith("=?utf-8?B?")
    assert phrase('Say "hi"') == '"Say \\"hi\\""'
    assert phrase("Plain Name") == "Plain Name"
    assert unstructured("x" * 200).startswith("=?")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r")))
def test_quoted_printable_round_trips(text: str) -> None:
    import quopri  # noqa: PLC0415 - the reference decoder, used here only

    encoded = quoted_printable(text.replace("\n", "\r\n").encode())
    assert quopri.decodestring(encoded).replace(b"\r\n", b"\n") == text.encode()
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))


def rsa_pem() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def ed_pem() -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def record(key: ours.Key) -> bytes:
    public = key.private.public_key()
    if key.algorithm.startswith("rsa"):
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)


@pytest.mark.parametrize("pem", [rsa_pem, ed_pem])
@pytest.mark.parametrize("html", [b"<p>one</p>", b"<p>two  blanks</p>\t \r\n\r\n\r\nend \r\n\r\n", b"."])
def test_dkimpy_verifies(pem: object, html: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dkim, "nacl", NACL, raising=False)
    key = ours.load_key("shop.example", "orders1", pem())  # type: ignore[operator]
    raw = build(
        mail(
            subject="Grüße " * 20,
            html=html,
            extra=[
                ("List-Unsubscribe", "<https://shop.example/u/abc>"),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                ("Auto-Submitted", "auto-generated"),
            ],
        )
    )
    done = ours.signed(raw, key, 1_780_000_000)
    assert dkim.verify(done, dnsfunc=lambda name, timeout=5: record(key))
    names = parse(done)["DKIM-Signature"].replace(" ", "")
    assert "list-unsubscribe:list-unsubscribe-post" in names.replace("\r\n", "")
    broken = done.replace(b"One-Click", b"Two-Click")
    assert not dkim.verify(broken, dnsfunc=lambda name, timeout=5: record(key))
    added = done.replace(b"Subject:", b"Subject: other\r\nSubject:", 1)
    assert not dkim.verify(added, dnsfunc=lambda name, timeout=5: record(key))


BODIES = [b"<p>one</p>", b"<p>two  blanks</p>\t \r\n\r\n\r\nend \r\n\r\n", b"a\tb", "ü".encode()]


@pytest.mark.parametrize("html", BODIES)
def test_a_draft_is_signed_as_its_bytes_are(html: bytes) -> None:
    """The sender never looks at the whole message again: what it signs must be what a reader of the bytes signs."""
    key = ours.load_key("shop.example", "orders1", rsa_pem())
    one = mail(html=html, extra=[("List-Unsubscribe", "<https://shop.example/u/abc>")], reply_to="a@b.de")
    made = draft(one)
    assert build(one) == b"".join([*made.lines, b"\r\n", made.body])
    assert ours.seal(made, key, 1) == ours.signature(build(one), key, 1)
    assert ours.seal(made, key, 1, sha256(made.body).digest()) == ours.signature(build(one), key, 1)
    assert not made.flat or ours.relaxed_body(made.body) == made.body


def test_short_keys_are_refused() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with pytest.raises(ours.BadKey):
        ours.load_key("shop.example", "s", pem)
    with pytest.raises(ours.BadKey):
        ours.load_key("shop.example", "s", b"no key")


@given(st.lists(st.integers(0, 1_100), max_size=12))
@settings(max_examples=80, deadline=None)
def test_long_lines_are_seen(lengths: list[int]) -> None:
    body = b"".join(b"x" * n + b"\r\n" for n in lengths)
    assert fits(body) == all(n <= 998 for n in lengths)
