"""What carries the mails of the benchmark `mail` beside ours: the sink, the floor and the peers."""

import asyncio
import importlib.util
import json
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

import dkim
import jinja2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

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
        # The sink has the first core; those who send, and their databases, run where the system puts them.
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


def smtp_source(port: int, count: int, size: int, *, keep: bool = False) -> Callable[[], Awaitable[float]]:
    """Postfix's load generator with mails of its own. As it comes it opens a connection a mail, 20 at a time; with
    `keep` 20 connections stay open."""
    program = shutil.which("smtp-source") or "smtp-source"
    options = ["-s", str(CONNECTIONS), "-m", str(count), "-l", str(size), *(["-d"] if keep else [])]

    async def measure() -> float:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            program, *options, "-f", "a@shop.example", "-t", "b@example.com", f"127.0.0.1:{port}"
        )
        if await process.wait():
            raise RuntimeError("smtp-source did not send")
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


def post_office(url: str, port: int, count: int, source: str, notes: dict[str, str]) -> Callable[[], Awaitable[float]]:
    """The real django-post_office: its queue in PostgreSQL, its own sender, unsigned."""
    given = json.dumps({"template": foreign(source, "django"), "values": data(), "count": count}).encode()

    async def measure() -> float:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench._post_office", url, str(port), cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        answer, _ = await process.communicate(given)
        if process.returncode:
            raise RuntimeError("django-post_office did not send")
        found = json.loads(answer)
        notes["post_office"] = f"{found['cpu'] * 1e3:.2f} ms CPU each"
        return float(found["rate"])

    return measure


def post_office_is_here() -> bool:
    """Whether the extra `bench` is installed."""
    return all(importlib.util.find_spec(name) for name in ("post_office", "psycopg"))


def private_pem() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
