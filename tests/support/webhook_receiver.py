"""A receiver of webhooks on a socket: what it answers is said by the path."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Receiver:
    """Answers 200 at any path except: `/status/<n>`, `/hang`, `/slow/<ms>`, `/endless`, `/redirect`, `/drop`,
    `/big`. `answers` overrules the status of a path, one value a call, the last one for ever."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    under_way: dict[str, int] = field(default_factory=dict)
    peak: dict[str, int] = field(default_factory=dict)

    def url(self, path: str = "/ok") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Got]:
        return [g for g in self.got if g.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append(Got(path, headers, body, time.monotonic()))
        self.under_way[path] = self.under_way.get(path, 0) + 1
        self.peak[path] = max(self.peak.get(path, 0), self.under_way[path])
        try:
            return await self._answer(path, writer)
        finally:
            self.under_way[path] -= 1

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> bool:
        status = int(path.split("/")[2]) if path.startswith("/status/") else 302 if path == "/redirect" else 200
        if (planned := self.answers.get(path)) is not None:
            status = planned[0] if len(planned) == 1 else planned.pop(0)
        if path.startswith("/hang"):
            await asyncio.sleep(3600)
        if path.startswith("/slow/"):
            await asyncio.sleep(int(path.split("/")[2]) / 1000)
        if path == "/drop":
            return False
        if path == "/endless":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        text = b"z" * 100_000 if path == "/big" else b"taken\x00 \xff"
        extra = "".join(f"{k}: {v}\r\n" for k, v in self.headers.items())
        where = f"location: {self.url('/ok')}\r\n" if path == "/redirect" else ""
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(text)}\r\n{where}{extra}\r\n".encode() + text)
        await writer.drain()
        return True


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free loopback port."""
    receiver = Receiver()
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        task.add_done_callback(running.discard)
        await receiver.serve(reader, writer)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
