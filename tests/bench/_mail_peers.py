"""What carries the mails of the benchmark `mail` beside ours: the sink, the floor and the peers."""

import asyncio
import os
import re
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import asyncpg
import django
import dkim
import jinja2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import Context as DjangoContext
from django.template import Engine

from comeback.messages.service.publish import default_sources
from comeback.vendors.smtp.handover import Envelope
from comeback.vendors.smtp.pool import SmtpPool
from comeback.vendors.smtp.target import parse_target
from tests.bench.harness import ROOT, cores, free_port

CONNECTIONS = 20
ITEMS = 8


class NullServer:
    """The sink as a process on the first core."""

    def __init__(self) -> None:
        self.port = free_port()

    async def __aenter__(self) -> "NullServer":
        path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench._sink", str(self.port)], cwd=ROOT, env=os.environ | {"PYTHONPATH": path}
        )
        os.sched_setaffinity(self.process.pid, cores()[0])
        for _ in range(100):
            await asyncio.sleep(0.1)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                continue
            writer.close()
            return self
        raise RuntimeError("the sink did not start")

    async def __aexit__(self, *_: object) -> None:
        self.process.terminate()
        await asyncio.to_thread(self.process.wait)


def sample() -> dict[str, Any]:
    """Data that makes a `shipped` mail of 40 KB, offers included."""
    data = dict(next(s for s, _ in default_sources() if s.key == "shipped").sample)
    item = data["shipment"]["items"][0]  # type: ignore[index]
    data["shipment"] = data["shipment"] | {"items": [item] * ITEMS}  # type: ignore[operator]
    return data


def ready_made(port: int, count: int, message: bytes) -> Callable[[], Awaitable[float]]:
    """Our transport alone: bytes that exist already, nothing stored."""

    async def measure() -> float:
        pool = SmtpPool(parse_target(f"smtp://127.0.0.1:{port}"), size=CONNECTIONS)
        envelope = Envelope("bounce@shop.example", "ada@example.com")
        left = iter(range(count))

        async def yes() -> bool:
            return True

        async def work() -> None:
            for _ in left:
                assert (await pool.send(envelope, message, yes)).kind == "accepted"

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
        spent = time.perf_counter() - started
        await pool.close()
        return count / spent

    return measure


def smtp_source(port: int, count: int, size: int) -> Callable[[], Awaitable[float]]:
    program = shutil.which("smtp-source") or "smtp-source"

    async def measure() -> float:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            program, "-s", str(CONNECTIONS), "-m", str(count), "-l", str(size), "-f", "a@shop.example", "-t",
            "b@example.com", f"127.0.0.1:{port}",
        )  # fmt: skip
        await process.wait()
        return count / (time.perf_counter() - started)

    return measure


def foreign(source: str, dialect: str) -> str:
    """Our template in another dialect: the same loops, conditions and values, without our filters."""
    words = [
        (r"\{%-?\s*(assign|capture|endcapture)[^%]*%\}", ""), (r"\{\{\s*_href[^}]*\}\}", ""),
        (r"\{%\s*unless\s+(.*?)\s*%\}", r"{% if not \1 %}"), (r"\{%\s*endunless\s*%\}", "{% endif %}"),
        (r"\{%\s*elsif", "{% elif"), (r"\{\{\s*'([^']*)'\s*\|[^}]*\}\}", r"\1"), (r"(\{\{[^|}]*)\|[^}]*\}\}", r"\1}}"),
        (r" limit: \d+", ""), (r"_(pixel|markup|links)", r"x\1"), (r"\.size", "|length"),
    ]  # fmt: skip
    for pattern, new in words:
        source = re.sub(pattern, new, source)
    return re.sub(r"\.items\b", "['items']", source.replace("forloop.", "loop.")) if dialect == "jinja" else source


def data() -> dict[str, Any]:
    return sample() | {"brand": {}, "shop": {"name": "Bench"}, "unsubscribe_url": "u", "opt_out_url": "u"}


def naive(port: int, count: int, source: str, pem: bytes) -> Callable[[], Awaitable[float]]:
    """Jinja, the standard builder, dkimpy, smtplib: signed, nothing stored."""
    template, values = jinja2.Environment(autoescape=True).from_string(foreign(source, "jinja")), data()

    def send_all() -> float:
        started = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", port) as client:
            for n in range(count):
                message = EmailMessage()
                message["From"], message["To"] = "orders@shop.example", "ada@example.com"
                message["Subject"], message["Message-ID"] = "Your order", f"<{n}@shop.example>"
                message["Date"] = datetime.now(UTC)
                message.set_content("Hello")
                message.add_alternative(template.render(values | {"name": n}), subtype="html")
                raw = message.as_bytes()
                mark = dkim.sign(raw, b"s", b"shop.example", pem, canonicalize=(b"relaxed", b"relaxed"))
                client.sendmail("bounce@shop.example", ["ada@example.com"], mark + raw)
        return count / (time.perf_counter() - started)

    return lambda: asyncio.to_thread(send_all)


def django_peer(url: str, port: int, count: int, source: str) -> Callable[[], Awaitable[float]]:
    """A queue in the way of django-post_office: a template, alternatives, one connection, a row updated each."""
    if not django_settings.configured:
        django_settings.configure(USE_I18N=False, DEFAULT_CHARSET="utf-8")
        django.setup()
    template, values = Engine().from_string(foreign(source, "django")), data()

    def send_one(connection: Any, n: int) -> None:
        body = template.render(DjangoContext(values | {"name": n}))
        message = EmailMultiAlternatives(
            "Your order", "Hello", "orders@shop.example", ["ada@example.com"], connection=connection
        )
        message.attach_alternative(body, "text/html")
        message.send()

    async def measure() -> float:
        database = await asyncpg.connect(url)
        await database.execute("CREATE TABLE IF NOT EXISTS peer_mail (id int PRIMARY KEY, status int)")
        await database.execute("TRUNCATE peer_mail")
        await database.execute("INSERT INTO peer_mail SELECT n, 0 FROM generate_series(0, $1) n", count)
        backend = "django.core.mail.backends.smtp.EmailBackend"
        connection = get_connection(backend, host="127.0.0.1", port=port, use_tls=False)
        started = time.perf_counter()
        connection.open()
        for n in range(count):
            await asyncio.to_thread(send_one, connection, n)
            await database.execute("UPDATE peer_mail SET status = 1 WHERE id = $1", n)
        connection.close()
        spent = time.perf_counter() - started
        await database.close()
        return count / spent

    return measure


def private_pem() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
