"""How a benchmark is run: floor, peer and ours in turn, several rounds, medians, ratios of one run.

A benchmark is a module with `async def run(config) -> list[Row]`. Servers run in their own process, pinned to one
core, the load on another; absolute numbers drift with the machine, ratios within a run hold. Where a measurement
knows the processor time of an answer, ratios are of that: neighbours slow the clock, they do not add to our cost.
"""

import asyncio
import os
import resource
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from comeback.app.wiring import import_models
from comeback.core.schema import create_all

ROOT = Path(__file__).resolve().parents[2]
Role = Literal["floor", "peer", "ours", "scale"]


@dataclass(frozen=True)
class Config:
    """`server` is a PostgreSQL URL that may create databases; `seconds` is one measurement, `scale` shrinks data."""

    server: str
    rounds: int = 3
    seconds: float = 3.0
    scale: float = 1.0


@dataclass(frozen=True)
class Row:
    """One line of the table. `rate`: median of the rounds; `ratio` to the floor; `target`: least good ratio."""

    bench: str
    name: str
    role: Role
    rate: float
    unit: str = "/s"
    ratio: float | None = None
    target: float | None = None
    note: str = ""


@dataclass
class Contestant:
    """Something to measure: `measure` answers a rate per second, or that and the processor seconds of one piece of
    work. `target` is the least ratio to the floor."""

    name: str
    role: Role
    measure: Callable[[], Awaitable[float | tuple[float, float]]]
    target: float | None = None
    note: str = ""
    rates: list[float] = field(default_factory=list[float])
    costs: list[float] = field(default_factory=list[float])


async def contest(bench: str, contestants: Sequence[Contestant], rounds: int, unit: str = "/s") -> list[Row]:
    """Measures all in turn, `rounds` times, after one round that is thrown away.

    A ratio is the median of the rounds' ratios to the first floor: neighbours in time see the same machine, so drift
    and other people's work cancel out.
    """
    for number in range(rounds + 1):
        for contestant in contestants:
            got = await contestant.measure()
            rate, cost = got if isinstance(got, tuple) else (got, None)
            if number:
                contestant.rates.append(rate)
                contestant.costs += [] if cost is None else [cost]
    floor = next((contestant for contestant in contestants if contestant.role == "floor"), None)
    return [_row(bench, contestant, floor, unit) for contestant in contestants]


def _row(bench: str, contestant: Contestant, floor: Contestant | None, unit: str) -> Row:
    rate = statistics.median(contestant.rates)
    spread = (max(contestant.rates) - min(contestant.rates)) / rate if rate else 0.0
    note = f"±{spread / 2:.0%}" + (f", {contestant.note}" if contestant.note else "")
    ratio = ratio_of(contestant, floor) if floor else None
    if floor and contestant.costs and floor.costs:
        note = f"{statistics.median(contestant.costs) * 1e3:.3f} ms CPU, rate {by_rate(contestant, floor):.2f} {note}"
    return Row(bench, contestant.name, contestant.role, rate, unit, ratio, contestant.target, note)


def ratio_of(one: Contestant, other: Contestant) -> float:
    """How many times cheaper (else faster) one is than another: the median over the rounds."""
    if one.costs and other.costs:
        return statistics.median(theirs / mine for mine, theirs in zip(one.costs, other.costs, strict=True) if mine)
    return by_rate(one, other)


def by_rate(one: Contestant, other: Contestant) -> float:
    """How many times faster one is than another by the clock: the median over the rounds."""
    pairs = zip(one.rates, other.rates, strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs if theirs)


def versus(rows: Sequence[Row], ours: str, peer: str) -> float:
    """How many times faster one row is than another."""
    rates = {row.name: row.rate for row in rows}
    return rates[ours] / rates[peer]


def table(rows: Sequence[Row]) -> str:
    """All rows as one table for the terminal."""
    head = ("bench", "what", "role", "rate", "of floor", "target", "", "note")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    made = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([made[0], "-" * max(map(len, made)), *made[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "" if row.target is None or row.ratio is None else "ok" if row.ratio >= row.target else "MISSED"
    return (
        row.bench,
        row.name,
        row.role,
        f"{row.rate:,.0f}{row.unit}" if row.rate >= 10 else f"{row.rate:.2f}{row.unit}",
        "" if row.ratio is None else f"{row.ratio:.2f}",
        "" if row.target is None else f"≥ {row.target:.2f}",
        verdict,
        row.note,
    )


async def fresh_database(config: Config, name: str) -> str:
    """A new database with our whole schema; answers its URL."""
    database = f"bench_{name}_{secrets.token_hex(3)}"
    admin = create_async_engine(_async(config.server), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {database}"))
    await admin.dispose()
    url = _renamed(config.server, database)
    import_models()
    engine = create_async_engine(_async(url))
    async with engine.begin() as connection:
        await create_all(connection)
    await engine.dispose()
    return url


async def drop_database(config: Config, url: str) -> None:
    """Removes a database made by `fresh_database`."""
    admin = create_async_engine(_async(config.server), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)"))
    await admin.dispose()


def _async(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


def _name(url: str) -> str:
    return url.split("?")[0].rsplit("/", 1)[1]


def _renamed(url: str, database: str) -> str:
    base, _, query = url.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{database}" + (f"?{query}" if query else "")


def cores() -> tuple[set[int], set[int]]:
    """The server's core and the cores of the load; one core has to do for both where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[0]}, set(usable[1:]) or {usable[0]}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """An ASGI application factory (`tests.bench.module:name`) behind granian: one worker, one core."""

    def __init__(self, factory: str, env: Mapping[str, str]) -> None:
        self.factory, self.env, self.port = factory, dict(env), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> "Served":
        server, _ = cores()
        command = [
            sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers", "1", "--loop", "uvloop",
            "--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning", "--no-ws", self.factory,
        ]  # fmt: skip
        path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": path} | self.env,
            start_new_session=True,
        )
        os.sched_setaffinity(self._process.pid, server)  # before it starts its worker, which inherits it
        await self._wait()
        return self

    async def _wait(self) -> None:
        assert self._process is not None
        for _ in range(300):
            await asyncio.sleep(0.1)
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.factory} did not start")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                continue
            writer.close()
            return
        raise RuntimeError(f"{self.factory} did not answer")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            await asyncio.to_thread(self._process.wait, 20)

    def _stats(self) -> Iterator[list[str]]:
        """`/proc/*/stat` of the server's processes, from the field after the name on."""
        assert self._process is not None
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == self._process.pid:
                yield fields

    def memory_mb(self) -> float:
        """Resident memory of the server's processes."""
        return sum(int(fields[21]) for fields in self._stats()) * resource.getpagesize() / 1e6

    def cpu_seconds(self) -> float:
        """Processor time that the server's processes have used."""
        return sum(int(fields[11]) + int(fields[12]) for fields in self._stats()) / os.sysconf("SC_CLK_TCK")


@dataclass
class Stand:
    """A server that stays up while the others are measured, a short slice each, and what was seen of it."""

    served: Served
    requests: Callable[[], Iterator[bytes]]
    connections: int
    answers: int = 0
    """Good answers of the last slice."""
    p50: list[float] = field(default_factory=list[float])
    p99: list[float] = field(default_factory=list[float])

    async def slice(self, seconds: float) -> tuple[float, float]:
        """Answers per second and processor seconds of the server per answer. Raises RuntimeError for a bad answer."""
        before = self.served.cpu_seconds()
        load = await hammer(self.served.port, self.requests, connections=self.connections, seconds=seconds)
        if load.errors:
            raise RuntimeError(f"{self.served.factory}: {load.errors} bad answers")
        self.answers = load.answers
        self.p50.append(load.p50)
        self.p99.append(load.p99)
        return load.rate, (self.served.cpu_seconds() - before) / load.answers

    def note(self) -> str:
        """Latency and memory."""
        p50, p99 = statistics.median(self.p50), statistics.median(self.p99)
        return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, {self.served.memory_mb():.0f} MB"


@dataclass
class Load:
    """What a load run saw: good `answers` and their `rate` per second, latencies in milliseconds, bad answers."""

    answers: int
    rate: float
    p50: float
    p99: float
    errors: int


class _Client(asyncio.Protocol):
    """One keep-alive connection that sends the next request as soon as an answer is whole."""

    def __init__(self, requests: Iterator[bytes], until: float, times: list[float], good: Sequence[bytes]) -> None:
        self.requests, self.until, self.times, self.good = requests, until, times, tuple(good)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.errors = 0
        self._buffer = bytearray()
        self._started = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._next()

    def _next(self) -> None:
        now = time.perf_counter()
        if now >= self.until:
            self._finish()
            return
        self._started = now
        self.transport.write(next(self.requests))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        lower = bytes(self._buffer[:head]).lower()
        mark = lower.find(b"content-length:")
        length = int(lower[mark + 15 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
        if len(self._buffer) < head + 4 + length:
            return
        if bytes(self._buffer[9:12]) in self.good:
            self.times.append(time.perf_counter() - self._started)
        else:
            self.errors += 1
        del self._buffer[: head + 4 + length]
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.errors += 1
            self.done.set_result(None)

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


async def hammer(
    port: int,
    requests: Callable[[], Iterator[bytes]],
    *,
    connections: int,
    seconds: float,
    good: Sequence[bytes] = (b"200", b"201", b"202", b"204", b"302", b"303"),
) -> Load:
    """Closed-loop load: each connection sends its next request when the last was answered.

    `requests` makes an endless iterator of whole HTTP/1.1 requests for one connection.
    """
    loop = asyncio.get_running_loop()
    times: list[float] = []
    started = time.perf_counter()
    clients: list[_Client] = []
    for _ in range(connections):
        _, client = await loop.create_connection(
            lambda: _Client(requests(), started + seconds, times, good), "127.0.0.1", port
        )
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    spent = time.perf_counter() - started
    times.sort()
    return Load(
        answers=len(times),
        rate=len(times) / spent,
        p50=times[len(times) // 2] * 1e3 if times else 0.0,
        p99=times[int(len(times) * 0.99)] * 1e3 if times else 0.0,
        errors=sum(client.errors for client in clients),
    )


def get(port: int, path: str) -> bytes:
    """One plain GET, to see that a server is right before it is measured."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return bytes(answer.read())
