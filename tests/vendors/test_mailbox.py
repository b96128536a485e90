"""The mailbox by smtplib and by HTTP: what comes in, what it can be told to do wrong, what the page may load."""

import asyncio
import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from comeback.sandbox.config import Urls

TEXT = "Hello\n.\n..two dots\nZażółć\n"


def mail(to: str = "ada@example.com", subject: str = "Your parcel – shipped") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Demo <shop@example.com>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content(TEXT)
    message.add_alternative(
        "<html><head><style>@media (prefers-color-scheme: dark){p{color:#fff}}</style></head>"
        '<body><p>Hi</p><img src="cid:pic"><script>alert(1)</script></body></html>',
        subtype="html",
    )
    message.add_attachment(b"%PDF-1.7 label", maintype="application", subtype="pdf", filename='a";b.pdf')
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"=={part.get_content_subtype()}==")
    return message


async def by_smtp(urls: Urls, work: Callable[[smtplib.SMTP], Any]) -> Any:
    """Runs `work` with a connected client, in a thread."""
    place = urlsplit(urls.smtp)

    def talk() -> Any:
        client = smtplib.SMTP(place.hostname or "", place.port or 0, timeout=5)
        try:
            client.ehlo()
            return work(client)
        finally:
            client.close()

    return await asyncio.to_thread(talk)


async def send(urls: Urls, message: EmailMessage | None = None) -> Any:
    return await by_smtp(urls, lambda client: client.send_message(message or mail()))


@pytest.fixture
async def mailbox(urls: Urls) -> Any:
    async with httpx.AsyncClient(base_url=urls.mailbox) as client:
        yield client


async def arrived(mailbox: httpx.AsyncClient, to: str = "") -> list[dict[str, Any]]:
    return (await mailbox.get("/messages", params={"to": to})).json()["items"]


async def test_what_is_sent_is_kept_to_the_byte(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    message = mail()
    await send(urls, message)
    await send(urls, mail("bob@example.com", "Second"))
    assert [entry["subject"] for entry in await arrived(mailbox)] == ["Second", "Your parcel – shipped"]
    (entry,) = await arrived(mailbox, "ADA@example.com")
    assert {name: entry[name] for name in ("from", "to", "subject")} == {
        "from": "Demo <shop@example.com>",
        "to": "ada@example.com",
        "subject": "Your parcel – shipped",
    }
    raw = await mailbox.get(f"/messages/{entry['id']}/raw")
    assert raw.content == message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    assert (await mailbox.delete("/messages")).status_code == 204
    assert await arrived(mailbox) == []
    assert (await mailbox.get(f"/messages/{entry['id']}/raw")).status_code == 404


async def test_extensions_are_advertised(urls: Urls) -> None:
    features = await by_smtp(urls, lambda client: dict(client.esmtp_features))
    assert {"pipelining", "8bitmime", "smtputf8"} <= set(features)


async def test_pipelined_commands_are_answered_in_order(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    def talk(client: smtplib.SMTP) -> bytes:
        one = b"MAIL FROM:<a@b.c>\r\nRCPT TO:<x@y.z>\r\nDATA\r\nSubject: 1\r\n\r\n..dot\r\n.\r\n"
        assert client.sock is not None
        client.sock.sendall(one.replace(b"Subject: 1\r\n\r\n..dot\r\n.\r\n", b""))
        answer = b""
        while answer.count(b"\r\n") < 3:
            answer += client.sock.recv(4096)
        client.sock.sendall(b"Subject: 1\r\n\r\n..dot\r\n.\r\n" + one + b"QUIT\r\n")
        while b"221" not in answer:
            answer += client.sock.recv(4096)
        return answer

    answer = await by_smtp(urls, talk)
    assert [line[:3] for line in answer.split(b"\r\n")] == [
        b"250", b"250", b"354", b"250", b"250", b"250", b"354", b"250", b"221", b"",
    ]  # fmt: skip
    entries = await arrived(mailbox, "x@y.z")
    assert len(entries) == 2
    assert (await mailbox.get(f"/messages/{entries[0]['id']}/raw")).content == b"Subject: 1\r\n\r\n.dot\r\n"


async def test_nonsense_is_refused(urls: Urls) -> None:
    def talk(client: smtplib.SMTP) -> list[int]:
        commands = ("DATA", "RCPT TO:<a@b>", "WHAT", "MAIL FROM:<>", "RCPT TO:<nobody>", "NOOP", "RSET")
        return [client.docmd(command)[0] for command in commands]

    assert await by_smtp(urls, talk) == [554, 503, 500, 250, 501, 250, 250]


async def test_any_password_will_do(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    def talk(client: smtplib.SMTP) -> int:
        return client.login("user", "password")[0]

    assert await by_smtp(urls, talk) == 235
    for kind in ("plain", "login"):

        def one(client: smtplib.SMTP, kind: str = kind) -> int:
            client.user, client.password = "user", "password"  # type: ignore[attr-defined]
            method = client.auth_plain if kind == "plain" else client.auth_login
            return client.auth(kind.upper(), method, initial_response_ok=False)[0]

        assert await by_smtp(urls, one) == 235


@pytest.mark.parametrize(("verb", "reply", "error"), [
    ("CONNECT", "421 4.3.2 busy", smtplib.SMTPConnectError),
    ("MAIL", "451 4.3.0 later", smtplib.SMTPSenderRefused),
    ("RCPT", "550 5.1.1 unknown", smtplib.SMTPRecipientsRefused),
    ("rcpt", "450-4.2.0 two\n450 4.2.0 lines", smtplib.SMTPRecipientsRefused),
    ("DATA", "452 4.3.1 full", smtplib.SMTPDataError),
    (".", "552 5.3.4 too big", smtplib.SMTPDataError),
    ("EHLO", "drop", smtplib.SMTPServerDisconnected),
    ("MAIL", "gibberish", smtplib.SMTPResponseException),
])  # fmt: skip
async def test_any_reply_at_any_verb(
    urls: Urls, mailbox: httpx.AsyncClient, control: httpx.AsyncClient, verb: str, reply: str, error: type[Exception]
) -> None:
    armed = await control.post("/mail/faults", json={"verb": verb, "reply": reply})
    assert armed.status_code == 201
    with pytest.raises((error, ConnectionError)):
        await send(urls)
    assert await arrived(mailbox) == []
    await send(urls)
    assert len(await arrived(mailbox)) == 1


async def test_cut_in_the_middle_of_the_text(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    await mailbox.post("/faults", json={"verb": "BODY", "reply": "drop", "after_bytes": 100})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await send(urls)
    assert await arrived(mailbox) == []


async def test_kept_but_never_confirmed(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    await mailbox.post("/faults", json={"verb": "DOT", "reply": "drop", "store": True})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await send(urls)
    assert len(await arrived(mailbox)) == 1


async def test_a_late_250(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    await mailbox.post("/faults", json={"verb": "DOT", "delay": 0.3})
    loop = asyncio.get_running_loop()
    before = loop.time()
    await send(urls)
    assert loop.time() - before >= 0.3
    assert len(await arrived(mailbox)) == 1


async def test_faults_by_recipient_and_for_ever(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    await mailbox.post("/faults", json={"verb": "RCPT", "reply": "550 5.1.1 no", "to": "bob@", "count": None})
    await send(urls)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            await send(urls, mail("bob@example.com"))
    await mailbox.delete("/faults")
    await send(urls, mail("bob@example.com"))
    assert (await mailbox.post("/faults", json={"verb": "SING"})).status_code == 422


async def test_the_reader_runs_nothing(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    await send(urls)
    (entry,) = await arrived(mailbox)
    page = await mailbox.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")
    light = await mailbox.get(f"/messages/{entry['id']}/html")
    policy = light.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    dark = await mailbox.get(f"/messages/{entry['id']}/html", params={"scheme": "dark"})
    assert "(max-width: 0)" in light.text
    assert "(min-width: 0)" in dark.text
    assert f"/messages/{entry['id']}/parts/pic" in dark.text
    detail = (await mailbox.get(f"/messages/{entry['id']}")).json()
    assert detail["text"].replace("\r\n", "\n") == TEXT
    (label,) = detail["attachments"]
    part = await mailbox.get(f"/messages/{entry['id']}/parts/{label['number']}")
    assert part.content == b"%PDF-1.7 label"
    assert part.headers["content-disposition"] == 'inline; filename="a-b.pdf"'


async def test_many_connections_at_once(urls: Urls, mailbox: httpx.AsyncClient) -> None:
    await asyncio.gather(*[send(urls, mail(f"u{number}@example.com")) for number in range(30)])
    assert {entry["to"] for entry in await arrived(mailbox)} == {f"u{number}@example.com" for number in range(30)}


async def test_a_dropped_line_is_reset_not_closed(urls: Urls, control: httpx.AsyncClient) -> None:
    await control.post("/mail/faults", json={"verb": "NOOP", "reply": "drop"})
    place = urlsplit(urls.smtp)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    await reader.readline()
    writer.write(b"NOOP\r\n")
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
